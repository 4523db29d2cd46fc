"""When a role counts that somebody was given: conditions on a grant."""

from typing import Any

from sqlalchemy import and_, or_

from fundapp.models import RoleGrant


def standing(at: Any) -> Any:
    """Whether a grant of the statement stands at a moment."""
    return and_(RoleGrant.from_at <= at, or_(RoleGrant.to_at.is_(None), RoleGrant.to_at > at))


def counts_in(fund: Any) -> Any:
    """Whether a grant of the statement counts in a fund: it is of that one, or of all."""
    return or_(RoleGrant.fund_id.is_(None), RoleGrant.fund_id == fund)

"""Who may open a page. Every view is gated, or says that anyone may; a test goes over the whole URL map."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from flask import abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from fundapp.queries import people as asks
from fundapp.queries.blind import SEE_NAMES
from workflows.roles import GRANTED

P = ParamSpec("P")
R = TypeVar("R")

ANYONE: Final = frozenset({"anyone"})
#: Anybody who is signed in, whatever their roles.
SIGNED_IN: Final = frozenset({"signed_in"})


def gate(*roles: str, before_factor: bool = False) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Let in only who holds one of these roles in some fund; `anyone` and `signed_in` stand alone.

    What they may see of one bid is asked again where that bid is loaded. Who must give a second factor, or has one,
    gives it first; `before_factor` marks the few pages that it is given on.
    """
    allowed = frozenset(roles)
    unknown = allowed - {*GRANTED, *ANYONE, *SIGNED_IN}
    if unknown or not allowed:
        raise ValueError(f"a gate for nobody we know: {unknown}")

    def hang(view: Callable[P, R]) -> Callable[P, R | Response]:
        @wraps(view)
        def gated(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            if allowed == ANYONE:
                return view(*args, **kwargs)
            if g.person is None:
                target = request.full_path.rstrip("?") if request.method == "GET" else None
                return redirect(url_for("signin.sign_in", next=target))
            held_up = None if before_factor else _second_factor()
            if held_up is not None:
                return held_up
            if allowed != SIGNED_IN and not (allowed & held_roles()):
                abort(403)
            return view(*args, **kwargs)

        gated.gate = allowed  # type: ignore[attr-defined]
        return gated

    return hang


def _second_factor() -> Any:
    """The page that asks for the second factor, if this session owes it."""
    if not (g.session.guarded or g.session.has_factor):
        return None
    # The room of signing in hangs its own pages behind gates, so it is loaded after them.
    from fundapp.pages.signin.confirm import asked_now

    return asked_now()


def held_roles() -> frozenset[str]:
    """The roles that the signed-in person holds now, in any fund; read once a request."""
    return frozenset(role for role, _ in held_grants())


def held_grants() -> tuple[tuple[str, int | None], ...]:
    """(role, fund or None for every fund) of each standing grant of the signed-in person."""
    if "grants" not in g:
        g.grants = ()
        if g.person is not None:
            rows: list[Any] = asks.roles(g.conn, g.person.id, g.arrived)
            g.grants = tuple((row.role, row.fund_id) for row in rows)
    grants: tuple[tuple[str, int | None], ...] = g.grants
    return grants


def named_funds() -> list[int] | None:
    """The funds in which the person sees names by their work, where panels read without; None for every fund."""
    return funds_for(*SEE_NAMES)


def sees_names(fund: int) -> bool:
    """Whether the person sees names in this fund by their work; then they neither read nor judge without names."""
    funds = named_funds()
    return funds is None or fund in funds


def funds_for(*roles: str) -> list[int] | None:
    """The funds in which the person holds one of these roles; None for every fund."""
    funds = [fund for role, fund in held_grants() if role in roles]
    return None if None in funds else [fund for fund in funds if fund is not None]

"""The limit of a page: session, user and list in three queries, 25 rows through Jinja, served as the service is."""

import os
from typing import Any

from flask import Flask, abort, render_template_string, session
from sqlalchemy import bindparam, select

from fundapp.database import Database
from fundapp.models import Account, Bid, Organisation, Person, RoleGrant, SignInSession
from fundapp.queries.sessions import sha256_of

_ACCOUNT = (
    select(SignInSession.id, Account.person_id)
    .join(Account, Account.id == SignInSession.account_id)
    .where(SignInSession.key_sha256 == bindparam("key"), SignInSession.ended_at.is_(None))
)
_USER = (
    select(Person.name, RoleGrant.role, RoleGrant.fund_id)
    .join(RoleGrant, RoleGrant.person_id == Person.id)
    .where(Person.id == bindparam("id"))
)
_LIST = (
    select(
        Bid.id,
        Bid.reference,
        Bid.title,
        Bid.state,
        Bid.amount_pence,
        Bid.since,
        Organisation.name.label("group"),
    )
    .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
    .order_by(Bid.id.desc())
    .limit(25)
)
#: About 17.7 kB with 25 rows.
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bids</title></head><body>
<header><nav>{% for entry in menu %}<a class="entry" href="/{{ entry }}">{{ entry }}</a>{% endfor %}</nav>
{{ name }}</header>
<main><h1>Bids</h1><table class="bids"><thead><tr><th>Reference</th><th>Project</th><th>State</th></tr></thead><tbody>
{% for bid in bids %}<tr class="bid bid-{{ bid.state }}">
<td class="reference"><a class="reference-link" href="/bids/{{ bid.reference }}">{{ bid.reference }}</a></td>
<td class="project"><a class="project-link" href="/bids/{{ bid.reference }}">{{ bid.title }}</a>
<span class="organisation">{{ bid.group }}</span></td><td class="state"><span class="badge">{{ bid.state }}</span></td>
<td class="amount">£{{ "{:,.2f}".format(bid.amount_pence / 100) }}</td>
<td class="since"><time datetime="{{ bid.since.isoformat() }}">{{ bid.since.strftime("%d %B %Y") }}</time></td>
<td class="journey"><ol class="steps">{% for step in steps %}<li class="step">{{ step }}</li>{% endfor %}</ol></td></tr>
{% endfor %}</tbody></table></main></body></html>"""
_STEPS = ("sent", "backed", "read", "awarded", "reported")
_MENU = ("bids", "rounds", "people", "panel", "awards", "payments", "record")


def create() -> Flask:
    """The app over DATABASE_URL; a session carries its key, as the service's does."""
    app = Flask("limit")
    app.secret_key = os.environ["SECRET_KEY"]
    app.config["SESSION_COOKIE_NAME"] = "fund"
    database = Database(os.environ["DATABASE_URL"])

    @app.get("/bids")
    def bids() -> Any:
        key = sha256_of(session.get("_user_id", ""))
        with database.read() as conn:
            account = conn.execute(_ACCOUNT, {"key": key}).one_or_none()
            if account is None:
                abort(403)
            user = conn.execute(_USER, {"id": account.person_id}).first()
            rows = conn.execute(_LIST).all()
        return render_template_string(
            _PAGE, bids=rows, name=user.name if user else "", menu=_MENU, steps=_STEPS
        )

    return app

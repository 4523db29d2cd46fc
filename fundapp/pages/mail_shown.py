"""A mail shown before it is sent: what its readers will get, without the fund's own lines below it."""

from typing import Any

from flask import request

from fundapp.mail.messages import compose


def sample(name: str, path: str, to: str, **told: Any) -> dict[str, str]:
    """{subject, text} of a message as somebody called `to` would read it; its link leads to `path`.

    `told`: what else the message needs, by the keys of `mail.messages.MESSAGES`. Raises MessageNotMade.
    """
    base_url = request.url_root.rstrip("/")
    context = {
        "fund": "", "contact": {"phone": "", "hours": "", "email": ""}, "base_url": base_url, "to_name": to,
        "url": base_url + path, "link": base_url + path, **told,
    }  # fmt: skip
    composed = compose(name, context)
    return {"subject": composed.subject.strip(), "text": composed.text.split("\n-- \n")[0].strip()}

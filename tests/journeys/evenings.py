"""A whole bid, question by question as the pages lead: what is answered, and how each kind of question is filled in."""

import re
from typing import Any

from fundapp.mail.kept import KeptMail, read_folder
from tests import handed
from tests.journeys.walker import Walker
from tests.journeys.world import World
from tests.web import PATIENCE

TITLE = "Light on the lock steps: a winter of boat-side lanterns"
SUMMARY = "On forty winter evenings volunteers hang lanterns on the lock steps and walk people home."

#: Typed into the box of that name.
ANSWERS: dict[str, str] = {
    "title": TITLE,
    "summary": SUMMARY,
    "people": "120 people on foot each evening, most of them over 60",
    "starts_on": "2027-10-01",
    "ends_on": "2028-03-31",
    "organisation": "Lock Lanterns",
    "organisation_id": "",
    "address": "The Toll House, 1 Wharf Lane, Millbeck MB2 5TT",
    "party_link": "The branch keeps the rota and two of its members walk every evening.",
    "helps_win": "A hundred and twenty people a night see who lights their way.",
    "new_approach": "Nobody has asked boaters to light the way for the houses.",
    "leaders": "Two boaters lead; six neighbours learn to keep the rota and the batteries.",
    "amount_pence": "1,250",
}
#: What the budget's lines say; together the amount.
LINES = (("Lanterns and batteries", "950"), ("Two ladders", "300"))
WARD, DECLARED = "E05900011", ("true", "lawful", "report")

_QUESTION = re.compile(r"/my-bids/[^/]+/(?:form|files)/([^/?]+)$")


def asked(walker: Walker) -> str | None:
    """The question that the page asks; None on any other page."""
    found = _QUESTION.search(walker.page.url.partition("#")[0])
    return found[1] if found else None


def fills_in(walker: Walker, world: World, question: str) -> None:
    """Answer the question that the page asks, whatever its kind; the button is the caller's."""
    if question in ANSWERS:
        walker.fill(question, ANSWERS[question])
    elif question == "area":
        walker.choose("area", world.cast.areas[WARD])
    elif question == "representative":
        walker.choose("representative", world.cast.holdings["councillor"])
    elif question == "declarations":
        for statement in DECLARED:
            walker.choose("declarations", statement)
    elif question == "budget":
        for number, (what, pounds) in enumerate(LINES, 1):
            walker.fill(f"what-{number}", what)
            walker.fill(f"pounds-{number}", pounds)
    else:
        assert question == "other_funding", f"nobody knows what to answer to {question!r}"


def hands_in(walker: Walker, name: str) -> None:
    """Add a file, and go on."""
    content = handed.pdf("The plan of the steps")
    walker.page.locator('input[name="files"]').set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": content}
    )
    walker.press("Add these files")
    walker.reads(name)
    walker.press("Go on", exact=True)


def writes_on(walker: Walker, world: World, until: str | None = None) -> list[str]:
    """Answer and go on, from the question that stands there, to `until` or to the end; which were answered."""
    done: list[str] = []
    while (question := asked(walker)) is not None and question != until:
        assert question not in done, f"{question} came twice: {done}"
        done.append(question)
        if "/files/" in walker.page.url:
            hands_in(walker, f"{question}.pdf")
            continue
        fills_in(walker, world, question)
        walker.press("Save and go on")
    return done


def mail_to(world: World, address: str, words: str = "") -> KeptMail:
    """The newest mail to that address whose subject holds these words."""
    mails = [mail for mail in read_folder(world.served.mail) if f"<{address}>" in mail.to]
    found = [mail for mail in mails if words in mail.subject]
    assert found, f"no mail about {words!r} to {address}: {[mail.subject for mail in mails]}"
    return found[0]


def opens_mail(walker: Walker, mail: KeptMail) -> Any:
    """The mail as a mail program shows it, and the button in it."""
    page = {"content_type": "text/html; charset=utf-8", "body": mail.html}
    walker.page.route("http://mail.example/", lambda route: route.fulfill(**page))
    walker.page.goto("http://mail.example/", wait_until="load")
    button = walker.page.locator(".act a")
    assert button.count() == 1
    return button


def says(walker: Walker, words: str) -> None:
    """The line beside the button comes to say this."""
    walker.page.locator(".keeping-line", has_text=words).wait_for(timeout=PATIENCE)

"""The catalogue and its folders agree, and every message renders whatever people typed."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from fundapp.mail.messages import MESSAGES, MessageNotMade, compose
from tests.mail.told import CONTEXT, TYPED, told

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "mail"
EACH = [(name, role) for name, message in MESSAGES.items() for role in message.readers]
HOSTILE = {
    "markup": '<script src="http://evil.example/x.js"></script><img src=x onerror=alert(1)>',
    "newlines": "Ines\r\nBcc: everyone@fund.example\r\n\r\nbody\u2028more\x00\x1b[31m",
    "long": "w" * 10_000,
    "template": "{{ 7 * 7 }}{% include '/etc/passwd' %}%(title)s%s%",
    "directions": "\u202egnp.exe\u2066 \u202d شارع",
}


class Reading(HTMLParser):
    """The tags, addresses and words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.attributes: set[str] = set()
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)
        self.addresses += [
            value or "" for name, value in attrs if name in ("href", "src", "background", "srcset")
        ]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_catalogue_and_the_folders_agree() -> None:
    assert {one.name for one in FOLDER.iterdir() if one.is_dir()} == set(MESSAGES)
    for name in MESSAGES:
        files = {one.name for one in (FOLDER / name).iterdir()}
        assert files == {"subject.txt", "body.txt", "body.html"}, name


@pytest.mark.parametrize(("name", "role"), EACH)
def test_a_message_needs_all_its_keys_and_no_other(name: str, role: str) -> None:
    needed = {key: told(to_role=role)[key] for key in MESSAGES[name].needs}
    composed = compose(name, needed)
    for key in needed:
        with pytest.raises(MessageNotMade, match=key):
            compose(name, {k: v for k, v in needed.items() if k != key})
    # What is needed is also said, or chooses what is said.
    if len(MESSAGES[name].readers) == 1:
        assert MESSAGES[name].needs.isdisjoint({"to_role"})
    assert composed.subject
    assert composed.subject == composed.subject.strip()


@pytest.mark.parametrize(("name", "role"), EACH)
def test_both_forms_say_the_same(name: str, role: str) -> None:
    composed = compose(name, told(to_role=role))
    page = " ".join(Reading(composed.html).words.split())
    for line in composed.text.splitlines():
        said = line.removeprefix("> ").strip()
        if said in ("", "--", ">") or said.endswith(":") or said.startswith(("The bid: ", "https://")):
            continue
        assert said in page, said
    assert "0330 555 0142 (weekdays 10 to 4)" in page
    assert "You get this because" in composed.text
    assert ("A bench for every bus stop" in composed.text) == ("title" in MESSAGES[name].keys)


@pytest.mark.parametrize(("name", "role"), EACH)
def test_nothing_is_fetched_and_links_stay_at_home(name: str, role: str) -> None:
    page = Reading(compose(name, told(to_role=role)).html)
    assert set(page.addresses) <= {CONTEXT["url"], CONTEXT["link"], CONTEXT["copy"], CONTEXT["base_url"]}
    assert len(page.addresses) <= 2
    assert {"img", "script", "link", "iframe", "form", "svg"}.isdisjoint(page.tags)
    assert "url(" not in compose(name, told(to_role=role)).html


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(("name", "role"), EACH)
def test_what_people_typed_stays_text(name: str, role: str, kind: str) -> None:
    plain = Reading(compose(name, told(to_role=role)).html)
    composed = compose(name, told(to_role=role, **dict.fromkeys(TYPED, HOSTILE[kind])))
    page = Reading(composed.html)
    assert page.tags == plain.tags
    assert page.attributes == plain.attributes
    assert page.addresses == plain.addresses
    assert composed.subject.isprintable()
    assert len(composed.subject) <= 120
    for text in (composed.text, composed.html):
        assert {c for c in text if ord(c) < 32} <= {"\n"}
        assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028") & set(text)
    if kind == "template":
        assert "49" not in composed.text
        assert "{{ 7 * 7 }}" in composed.text
    if kind == "newlines":
        # A second line of a name is no line of the mail.
        assert not any(line.startswith("Bcc") for line in composed.text.splitlines())


def test_the_request_in_words() -> None:
    composed = compose("endorsement_request", CONTEXT)
    assert composed.subject == (
        "Will you back “A bench for every bus stop”? Please answer by 5pm on Friday 26 March 2027"
    )
    assert composed.text == (
        "Dear Perpetua Quill,\n\n"
        "Will you back this bid?\n\n"
        "The bid: A bench for every bus stop (B-0142X)\n\n"
        "Ines Okoro of Wetherfold Walkers asks the Communities Fund for £2,425.50."
        " The project is in Wetherfold.\n\n"
        "A bid reaches the panel only with the word of an elected representative of the area."
        " This one names you: councillor for Wetherfold North.\n\n"
        "You can back it, send it back with a question, or say no."
        " It takes about two minutes and you need no account.\n\n"
        "Please answer by 5pm on Friday 26 March 2027. After that the bid lapses.\n\n"
        "This link is yours alone, so please do not pass it on."
        " If you are not the right person, ring us and we put it right.\n\n"
        "Read the bid and answer:\n"
        "https://fund.example/endorse/q7Zk3\n\n"
        "-- \n"
        "Communities Fund\n"
        "Stuck? Ring 0330 555 0142 (weekdays 10 to 4) or write to help@fund.example.\n"
        "You get this because the bid names you as the elected representative who may back it.\n"
        "https://fund.example\n"
    )


@pytest.mark.parametrize(
    ("name", "others", "subject", "first"),
    [
        ("endorsement_request", {"changed": True},
         "Changed: will you back “A bench for every bus stop”? Please answer by 5pm on Friday 26 March 2027",
         "The bid has changed. Will you back it as it stands now?"),
        ("assigned", {"count": 1}, "A bid to read by 5pm on Friday 7 May 2027", "One bid is yours to read."),
        ("assigned", {}, "3 bids to read by 5pm on Friday 7 May 2027", "3 bids are yours to read."),
        ("endorsed", {"to_role": "officer"},
         "Cllr Ambrose Tarn backs bid B-0142X", "Cllr Ambrose Tarn backs this bid."),
        ("endorsed", {"to_role": "applicant"},
         "Cllr Ambrose Tarn backs your bid B-0142X", "Cllr Ambrose Tarn backs your bid."),
        ("payment_sent", {"amount": 200_000},
         "£2,000.00 is on its way to you (B-0142X)", "£2,000.00 is on its way to you."),
        ("released_award", {"amount": 200_000},
         "Good news about your bid B-0142X", "Good news: you are offered £2,000."),
        ("endorsement_copy", {"answer": "refuse"},
         "Your answer about bid B-0142X: a copy for you", "Thank you. You do not back this bid."),
    ],
)  # fmt: skip
def test_words_follow_the_case(name: str, others: dict[str, object], subject: str, first: str) -> None:
    composed = compose(name, told(**others))
    assert composed.subject == subject
    assert composed.text.split("\n\n")[1] == first


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("draft", "The round closed before the bid was sent."),
        ("submitted", "The time for an answer from the elected representative ended, and none had come."),
        ("returned", "It had gone back for a change, and the time to send it again has ended."),
    ],
)
def test_what_lapsed(what: str, sentence: str) -> None:
    text = compose("lapsed", told(to_role="applicant", what=what)).text
    assert text.split("\n\n")[3] == sentence


def test_a_statement_keeps_its_lines() -> None:
    composed = compose("endorsed", told(to_role="officer"))
    assert "> People rest.\n>\n> Then they walk on.\n" in composed.text
    assert "<blockquote><bdi>People rest.\n\nThen they walk on.</bdi></blockquote>" in composed.html


@pytest.mark.parametrize(
    ("name", "others", "why"),
    [
        ("newsletter", {}, "no message called 'newsletter'"),
        ("payment_sent", {"amount": 24.25}, "whole number as amount"),
        ("payment_sent", {"amount": "£24"}, "whole number as amount"),
        ("receipt", {"title": None}, "wants text as title"),
        ("receipt", {"contact": {"phone": "1", "hours": "2"}}, "wants text as email"),
        ("receipt", {"url": "https://elsewhere.example/bids"}, "links only to pages under"),
        ("receipt", {"url": "https://fund.example.evil.example/"}, "links only to pages under"),
        ("receipt", {"url": "javascript:alert(1)"}, "links only to pages under"),
        ("receipt", {"url": 'https://fund.example/a b"'}, "links only to pages under"),
        ("lapsed", {"what": "awarded", "to_role": "applicant"}, "knows no what 'awarded'"),
        ("endorsed", {"to_role": "reviewer"}, "not for a reader in the part 'reviewer'"),
        ("receipt", {"to_role": "officer"}, None),
    ],
)
def test_a_wrong_context_is_named(name: str, others: dict[str, object], why: str | None) -> None:
    if why is None:
        assert "your bid" in compose(name, told(**others)).html  # one reader: a part is not asked for
        return
    with pytest.raises(MessageNotMade, match=why):
        compose(name, told(**others))

"""What messages are told in these tests; every name is invented."""

from __future__ import annotations

from typing import Any

CONTEXT: dict[str, Any] = {
    "fund": "Communities Fund",
    "contact": {"phone": "0330 555 0142", "hours": "weekdays 10 to 4", "email": "help@fund.example"},
    "base_url": "https://fund.example",
    "to_name": "Perpetua Quill",
    "reference": "B-0142X",
    "title": "A bench for every bus stop",
    "url": "https://fund.example/bids/B-0142X",
    "copy": "https://fund.example/my-bids/B-0142X/sent/2",
    "mark": "9f86d081884c",
    "link": "https://fund.example/endorse/q7Zk3",
    "representative": "Cllr Ambrose Tarn",
    "organisation": "Wetherfold Walkers",
    "applicant": "Ines Okoro",
    "amount": 242_550,
    "place": "Wetherfold",
    "answer_by": "5pm on Friday 26 March 2027",
    "changed": False,
    "office_words": "councillor for Wetherfold North",
    "statement": "People rest.\n\nThen they walk on.",
    "reason": "The pavement is too narrow.\nPlease ask the county.",
    "answer": "endorse",
    "aside": "interest",
    "by": "Cllr Ambrose Tarn",
    "who": "Ros Penhallow",
    "until": "5pm on Friday 9 April 2027",
    "what": "submitted",
    "count": 3,
    "panel_by": "5pm on Friday 7 May 2027",
    "accept_by": "5pm on Thursday 10 June 2027",
    "due_on": "Monday 21 June 2027",
    "amount_then": 200_000,
    "owed": 50_000,
    "report_by": "5pm on Friday 31 March 2028",
    "role": "reviewer",
    "reading": "ahead",
    "duty": "report",
    "due": "ahead",
    "came_on": "Monday 31 May 2027",
    "notice": "new_browser",
    "when": "5pm on Friday 26 March 2027",
    "browser": "Firefox on Android",
    "file": "Plan of the hall.pdf",
    "note": "fund.example/log\n3\nMwBHTBIFhBe47fkjg8LvO24mbXT2rvRV2ZPBCkunVjg=\n\n— fund.example/log LarxI81j=",
    "day": "Monday 31 May 2027",
    "because": "It was not kept whole. Please add it once more.",
}

#: The keys that hold what people typed.
TYPED = (
    "to_name", "title", "representative", "organisation", "applicant", "place", "office_words", "statement",
    "reason", "by", "who", "file", "because",
)  # fmt: skip


def told(**others: Any) -> dict[str, Any]:
    """The context with some keys changed."""
    return {**CONTEXT, **others}

"""Letters that the tests of this folder set; every name in them is invented."""

from __future__ import annotations

from datetime import date

from fundapp.letters.award import AwardLetter, Instalment
from fundapp.letters.feedback import FeedbackLetter
from fundapp.letters.sender import Contact, Signatory

CONTACT = Contact(
    ("The Old Reading Room", "4 Tanner’s Row, Millbeck MB1 4AA"),
    "0330 555 0142",
    "help@communitiesfund.example",
)
SIGNATORIES = (
    Signatory("Helen Abernethy", "Chair of the panel"),
    Signatory("Joseph Adeyemi-Clarke", "Treasurer"),
)

AWARD = AwardLetter(
    reference="B-0142X",
    project_title="From Allotment to Table: a weekly community kitchen, seed library and cookery club",
    organisation="Millbeck Growers",
    recipient_name="Sunita Rao",
    address_lines=("Allotment Lodge, 18 Hawthorn Bank", "Netherdale, Millbeck MB3 7QT"),
    fund_name="Communities Fund",
    round_title="Spring 2027 round",
    amount_pence=485_000,
    dated=date(2027, 5, 20),
    starts_on=date(2027, 9, 1),
    ends_on=date(2028, 7, 31),
    payments=(
        Instalment("First half", "ten days after you accept", "bank details, checked", 242_500),
        Instalment("Second half", "31 January 2028", "a short note of how the first term went", 242_500),
    ),
    conditions=(
        "Ask us before you move more than £250 from one line to another.",
        "Keep receipts for two years and show them if we ask.",
        "Use none of it for campaigning or an election.",
        "Return what is not spent.",
    ),
    panel_words="The panel was moved by ninety-seven homes that said they would come.",
    endorser_line="Three readers scored your bid, and Councillor Margaret Oyelaran backed it.",
    accept_by="5pm on Thursday 10 June 2027",
    report_by="31 August 2028",
    signatories=SIGNATORIES,
    contact=CONTACT,
)

FEEDBACK = FeedbackLetter(
    reference="B-0143T",
    project_title="A bench on Quarry Lane",
    organisation="Bench Friends",
    recipient_name=None,
    address_lines=(),
    fund_name="Communities Fund",
    round_title="Spring 2027 round",
    dated=date(2027, 5, 20),
    round_words="The panel read 31 bids and could back 12.",
    strengths=("A clear budget, line by line.",),
    reasons=("The panel could not see who would keep the bench up after the first year.",),
    next_steps=("Copy this bid into the autumn round, which opens on 1 September 2027.",),
    signatories=SIGNATORIES[:1],
    contact=CONTACT,
)

"""What the register of personal data says of a table and a column: whose it is, why it is kept, what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

#: What stands in the place of words that went.
GONE: Final = "Details removed"
#: What somebody is called whose name went.
FORMER: Final = "A former member"
#: In the place of the hash of something that went: a bare hash of short words could be guessed.
NO_HASH: Final = "0" * 64
#: Stands for a value of its own for each row, where a column must differ from row to row: `erased:<id>`.
NUMBERED: Final = object()


@dataclass(frozen=True, slots=True)
class Words:
    """A column that may tell of a person: what is left in it, and of whom it tells.

    `about` names relations: `bid` (whoever bids), `self` (the person of this row), a column that holds a person's id,
    `account_id>account` (a column, the table it names, whose `person_id` it is), `@address` (a column that holds an address).
    Empty: no row says of whom it tells, as in the minutes' own words; then it is looked for by name.
    """

    leaves: Any
    about: tuple[str, ...] = ("bid",)


@dataclass(frozen=True, slots=True)
class Kept:
    """One table of the register.

    `record`: its class (CLASSES). `what`: what it holds, in a few plain words. `facts`: columns that tell of nobody
    once the words are gone (numbers, states, moments, ids). `end`: `blank` (its words are overwritten), `delete` (its rows
    go) or `stay` (it tells of nobody, or is nobody's to take out). `bid`: how its rows hang on a bid: a column that holds
    its id, `column>table` through another table, `<table.column` where the other table names it, `round` through
    the bid's round. `to`: the relations through which a person is given the row in their own data; `back` columns that are left
    out of that.
    """

    record: str
    what: str
    facts: str
    words: Mapping[str, Words] = field(default_factory=dict)
    end: str = "stay"
    bid: str = ""
    to: tuple[str, ...] = ()
    back: tuple[str, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """Every column that is classed."""
        return frozenset(self.facts.split()) | frozenset(self.words)

    @property
    def about(self) -> tuple[str, ...]:
        """Every relation through which a row of it tells of somebody, in the order in which they are named."""
        return tuple(dict.fromkeys(relation for words in self.words.values() for relation in words.about))


@dataclass(frozen=True, slots=True)
class Class:
    """A class of record: what it is called, why it is kept (its lawful basis in plain words), how long, and how it ends."""

    title: str
    why: str
    how_long: str
    end: str


#: Lawful basis by the UK GDPR: articles 6 and, where belonging to a party shows, 9(2)(d).
CLASSES: Final[Mapping[str, Class]] = {
    "person": Class(
        "Your name and address to write to",
        "We must know who bids, backs, reads and decides, and reach you (legitimate interests of the fund and its "
        "members; as a political body under article 9(2)(d)).",
        "Until you ask us to remove it, or two years after the last thing you had here ended.",
        "Your name becomes “A former member”, your addresses go.",
    ),
    "sign_in": Class(
        "How you sign in",
        "To let you in and keep others out (legitimate interests: security).",
        "Sign-ins for 13 months; mailed links for a month; your ways in for as long as you are known here.",
        "It is deleted.",
    ),
    "draft": Class(
        "A bid that you are writing",
        "You asked us to keep it for you until you send it (steps before an agreement).",
        "Until you send it; one that is never sent, 12 months after it lapsed.",
        "What you wrote goes. That there was a draft stays, without words.",
    ),
    "bid": Class(
        "A bid that was not funded, and what was said of it",
        "To decide fairly, to answer questions and complaints about it (legitimate interests; article 9(2)(d)).",
        "12 months after it ended.",
        "Words, files and letters go. The sum, the dates and how it ended stay, with nobody’s name.",
    ),
    "award": Class(
        "An award, its letters and its payments",
        "The law asks us to keep accounts, and an agreement can be sued on for six years (legal obligation).",
        "Six years after the end of the financial year in which the last of it happened.",
        "Words, files and letters go. Sums and dates stay, with nobody’s name.",
    ),
    "bank": Class(
        "Bank details that an award is paid to",
        "To pay you (the agreement about the award). They are encrypted, each under a key of its own.",
        "13 months after the award is done: by then no payment comes back.",
        "The key is thrown away, so nobody can read them again; then the rest goes.",
    ),
    "office": Class(
        "Elected offices and their public addresses",
        "To ask the right representative to back a bid (legitimate interests; made public by who holds the office).",
        "As long as the office is held, and with its holder’s name after that.",
        "The address goes. That an office was held between two days stays, without the name.",
    ),
    "interests": Class(
        "Interests that the panel declared",
        "To keep those who judge apart from those they judge (legitimate interests).",
        "With the bid or with the name of whoever declared it, whichever goes first.",
        "The words go. That there was an interest stays.",
    ),
    "donation": Class(
        "Who gave money to the fund",
        "Election law asks who gave, and to keep it (legal obligation: PPERA 2000; accounts).",
        "Six years after the end of the financial year.",
        "Name and address go. Sums and dates stay.",
    ),
    "minutes": Class(
        "Minutes of the panel, and papers made of many bids",
        "To show how decisions were come to (legitimate interests).",
        "The words of the minutes with the round’s awards; papers are made anew without what went.",
        "Papers that name what went are deleted and can be made again.",
    ),
    "work": Class(
        "What the service works with",
        "To send each mail once, and to count too many tries (legitimate interests: security).",
        "13 months at most; counts of tries for days.",
        "It is deleted.",
    ),
    "list": Class(
        "Fingerprints of the membership list",
        "To confirm your membership without keeping the list (article 9(2)(d)).",
        "Until the next list is brought in.",
        "They are replaced. They cannot be read back into names without the service’s key.",
    ),
    "record": Class(
        "The record of what was done",
        "To prove that nobody changed a decision or moved money unseen (legitimate interests).",
        "For good.",
        "It never held names or words: only numbers, codes and sealed marks, which nobody can open once the words are gone.",
    ),
    "fund": Class(
        "The fund’s own rounds, forms and accounts",
        "To run the fund. It tells of no applicant.",
        "For good.",
        "It stays.",
    ),
    "places": Class(
        "Wards, councils and postcodes", "Official lists of places. They tell of nobody.", "Until newer lists come.",
        "They are replaced.",
    ),
}  # fmt: skip

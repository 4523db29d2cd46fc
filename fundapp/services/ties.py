"""The register of interests: what people of the panel say beforehand, and what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fundapp.database import AnyRow
from fundapp.domain import deadlines, ties
from fundapp.models import Tie
from fundapp.queries import apart as asks
from fundapp.queries import interests
from fundapp.services import marks
from fundapp.services.deed import CLOCK, Actor, Deed, Office

#: Characters of what somebody says of a tie.
MOST_WORDS: Final = 400
#: Ties that one person may have standing: more is a slip of the hand.
MOST_TIES: Final = 500


class TieRefused(ValueError):
    """A tie cannot be put down, or not be ended; `code`: unknown_tie, tie_too_long, too_many_ties or names_withheld."""

    def __init__(self, code: str, **params: int) -> None:
        self.code, self.params = code, params
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Said:
    """One tie as somebody says it: the key of what they are tied to, how (`why` of models.ties.Tie), and their words."""

    key: str
    why: str
    words: str = ""


def look_again(deed: Deed, round_ids: Sequence[int]) -> list[AnyRow]:
    """Make every mark of these rounds' bids and of everybody on the panel anew; the turns that they forbid.

    The panel is given its work under this, so that what nobody noticed while it changed opens no bid.
    """
    deed.settle_marks()
    for round_id in round_ids:
        marks.refresh_bids(deed.conn, deed.secret_key, asks.bids_of_round(deed.conn, round_id))
    marks.refresh_judges(deed.conn, deed.now, deadlines.civil_day(deed.now, deed.zone))
    return [turn for each in round_ids for turn in asks.readers_kept_apart(deed.conn, round_id=each)]


def declare(
    office: Office, actor: Actor, said: Sequence[Said], rounds: Sequence[int], arrived: datetime
) -> tuple[int, int]:
    """Put down what somebody says they are tied to, and that they were asked before these rounds: how many ties are new,
    and from how many bids of these rounds they are kept by marks now.

    One tie stands for a key: in the same words it is left alone, in others it is ended and said anew. Raises TieRefused.
    """
    person = actor.person
    if person is None:
        raise LookupError("nobody is signed in")
    for each in said:
        if ties.why_of(each.key, each.why) is None:
            raise TieRefused("unknown_tie")
        if len(each.words) > MOST_WORDS:
            raise TieRefused("tie_too_long", limit=MOST_WORDS)
    with office.deed(actor, arrived) as deed:
        subject = f"person:{person}"
        deed.entry(subject)  # from here on nobody else changes this person's ties
        standing = {row.key: row for row in asks.standing_ties(deed.conn, person)}
        new = {each.key: each for each in said}
        if len(standing.keys() | new.keys()) > MOST_TIES:
            raise TieRefused("too_many_ties", most=MOST_TIES)
        again = [
            (subject, standing[key].id, None, {"ended_at": deed.now})
            for key, each in new.items()
            if key in standing and (standing[key].why, standing[key].words) != (each.why, each.words)
        ]
        deed.change_many(Tie, again)
        over = {row for _subject, row, _seen, _values in again}
        fresh = [each for key, each in new.items() if key not in standing or standing[key].id in over]
        told = [Said(ties.asked(number), "other", "") for number in rounds]
        missing = set(rounds) - asks.was_asked(deed.conn, person, rounds)
        told = [each for each in told if ties.number_of(each.key) in missing]
        rows = [
            {
                "person_id": person, "key": each.key, "why": each.why, "words": each.words, "declared_at": deed.now,
                "ended_at": None,
            }
            for each in [*fresh, *told]
        ]  # fmt: skip
        if rows:
            deed.put_many(Tie, [(subject, row) for row in rows])
            deed.note(subject, "tie.declared", params={"ties": len(fresh), "rounds": sorted(missing)})
            deed.settle_marks()
            deed.end_turns(asks.readers_kept_apart(deed.conn, people=[person]))
        return len(fresh), asks.in_rounds(deed.conn, person, rounds)


def end(office: Office, actor: Actor, tie: int, arrived: datetime) -> None:
    """Somebody says that a tie of theirs is over: the record keeps it. Turns that it ended stay ended.

    Ending it twice changes nothing. Raises LookupError for a tie that is not theirs, TieRefused while it keeps them
    from a bid that their panel reads without names: what would show again is the bid of whom they named.
    """
    person = actor.person
    with office.deed(actor, arrived) as deed:
        subject = f"person:{person}"
        deed.entry(subject)
        row = next((row for row in asks.standing_ties(deed.conn, person or 0) if row.id == tie), None)
        if row is None or ties.kind_of(row.key) == "round":
            raise LookupError(f"tie {tie}")
        if interests.hides_the_unnamed(deed.conn, person or 0, row.key, deed.now):
            raise TieRefused("names_withheld")
        deed.change(subject, Tie, tie, {"ended_at": deed.now})
        deed.note(subject, "tie.ended")


def refresh_live(deed: Deed) -> None:
    """Make the marks of every live bid and of everybody on the panel anew, after the map of areas has changed.

    Turns that they forbid end.
    """
    bids = marks.refresh_bids(deed.conn, deed.secret_key, asks.live_bids(deed.conn))
    people = marks.refresh_judges(deed.conn, deed.now, deadlines.civil_day(deed.now, deed.zone))
    deed.end_turns(asks.readers_kept_apart(deed.conn, bids=sorted(bids), people=sorted(people)))


def follow_dates(office: Office, at: datetime) -> int:
    """Make the marks follow the roles and offices that began or ended by their dates; of how many people.

    A turn that a new one forbids ends. It writes nothing where nothing changed.
    """
    on = deadlines.civil_day(at, office.zone)
    with office.db.read() as conn:
        people = marks.out_of_date(conn, at, on)
    if not people:
        return 0
    with office.deed(CLOCK, at) as deed:
        marks.refresh_people(deed.conn, people, at, on)
        deed.end_turns(asks.readers_kept_apart(deed.conn, people=people))
    return len(people)

"""What somebody typed as the answer to a question, read into the form in which a draft keeps it."""

from datetime import date
from typing import Any

from flask import g, request

from fundapp.domain import deadlines, forms, money
from fundapp.pages import acting, typed
from fundapp.queries import people, places
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _

#: Lines that a budget has room for; more come with "Add more lines".
LINES, MOST_LINES = 5, 40
#: Characters of one thing in a budget.
MOST_IN_A_LINE = 200
#: Far beyond any word limit: what is longer was not typed by a person.
MOST_CHARACTERS = 20_000


class Unreadable(ValueError):
    """An answer that cannot be kept; `problems` say where and why, `typed` is what stood there."""

    def __init__(self, problems: list[dict[str, str]], typed: Any) -> None:
        self.problems, self.typed = problems, typed
        super().__init__(str(problems))


def read(asked: dict[str, Any]) -> Any:
    """The answer as it is kept; an empty one is None. Raises Unreadable."""
    kind, name = asked["kind"], asked["id"]
    if kind == "budget":
        return _read_lines("what")
    if kind == "funding":
        return _read_lines("who")
    if kind == "declarations":
        return sorted(set(request.form.getlist(name)) & set(asked["statements"]))
    text = typed.words(name)
    if len(text) > MOST_CHARACTERS:
        raise Unreadable([{"field": name, "words": _("This is far too long to keep. Shorten it.")}], text)
    if not text:
        return None
    if kind == "words":
        return " ".join(text.split())
    if kind == "pence":
        return _pence(name, text)
    if kind == "number":
        return _whole(asked, text)
    if kind in forms.DECIDING:
        return _chosen(asked, text)
    if kind == "day":
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise Unreadable(
                [{"field": name, "words": _("Choose a day, or write it like 2027-09-01.")}], text
            ) from None
    if kind in ("area", "representative"):
        chosen = typed.whole(text)
        if chosen is None or not _known(kind, chosen):
            raise Unreadable([{"field": name, "words": _("Choose one of the list.")}], None)
        return chosen
    return text


def _pence(name: str, text: str) -> int:
    try:
        pence = money.parse_pounds(text)
    except money.MoneyError as wrong:
        words = refusals.plain(wrong.code, wrong.params, acting.office().zone)
        raise Unreadable([{"field": name, "words": words}], text) from None
    if pence < 0:
        raise Unreadable([{"field": name, "words": _("Give an amount above nothing, like 4850.")}], text)
    return pence


def _whole(asked: dict[str, Any], text: str) -> int:
    """A whole number as people write it: `1,200`, `-3`."""
    figures = text.replace(",", "").replace(" ", "").replace("−", "-")
    number = typed.whole(figures.removeprefix("-"))
    if number is None:
        words = _(
            "Give a whole number from %(least)s to %(most)s, in figures.",
            least=f"{asked['least']:,}", most=f"{asked['most']:,}",
        )  # fmt: skip
        raise Unreadable([{"field": asked["id"], "words": words}], text)
    return -number if figures.startswith("-") else number


def _chosen(asked: dict[str, Any], text: str) -> str:
    known = forms.YES_NO if asked["kind"] == "yes_no" else asked["options"]
    if text not in known:
        raise Unreadable([{"field": asked["id"], "words": _("Choose one of the answers.")}], None)
    return text


def _read_lines(who_or_what: str) -> list[dict[str, Any]]:
    """The lines of a budget ({what, pence}) or of other funding ({who, pence, certain})."""
    lines, problems, shown = [], [], []
    for number in range(1, MOST_LINES + 1):
        said, sum_ = typed.line(f"{who_or_what}-{number}"), typed.line(f"pounds-{number}")
        if not said and not sum_:
            continue
        certain = {"certain": request.form.get(f"certain-{number}") == "yes"} if who_or_what == "who" else {}
        shown.append({who_or_what: said, "typed": sum_, **certain})
        try:
            pence = money.parse_pounds(sum_) if sum_ else 0
        except money.MoneyError:
            pence = -1
        if sum_ and pence < 0:
            words = _("Line %(number)s: give an amount in pounds, like 120 or 120.50", number=len(shown))
            problems.append({"field": f"pounds-{len(shown)}", "words": words})
        if len(said) > MOST_IN_A_LINE:
            words = _(
                "Line %(number)s: shorten it to %(most)s characters", number=len(shown), most=MOST_IN_A_LINE
            )
            problems.append({"field": f"{who_or_what}-{len(shown)}", "words": words})
        lines.append({who_or_what: said, "pence": max(pence, 0), **certain})
    if problems:
        raise Unreadable(problems, shown)
    return lines


def _known(kind: str, chosen: int) -> bool:
    """Whether that ward, or somebody in that office today, is known."""
    if kind == "area":
        return places.ward(g.conn, chosen) is not None
    return places.in_office(g.conn, chosen, _today())


def choices(asked: dict[str, Any], area: int | None, bid: int | None = None) -> list[Any]:
    """What a question of kind area or representative lets choose from; nothing where there is too much to show.

    Wards: (id, name, council). Representatives of the ward `area`: (id, name, office, area, email, source).
    """
    if asked["kind"] == "area":
        return places.few_wards(g.conn) or []
    return people.representatives(g.conn, area, _today(), bid) if area is not None else []


def ward(answer: Any) -> Any | None:
    """The ward that was answered: (id, name, council)."""
    return places.ward(g.conn, answer) if isinstance(answer, int) else None


def _today() -> date:
    return deadlines.civil_day(g.arrived, acting.office().zone)

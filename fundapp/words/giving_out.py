"""What is said of a plan of who reads what: its reasons, and what cannot be with what to relax."""

from collections.abc import Mapping, Sequence
from typing import Final

from fundapp.domain.shortfalls import Fault
from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: Why a reading is in a plan.
REASONS: Final[dict[str, str]] = {
    "theme": N_("knows the theme"),
    "near": N_("near"),
    "evens": N_("evens the load"),
}
#: Names in one sentence; the others are counted.
NAMED: Final = 5


def counted(readings: int) -> str:
    """`One reading`, `12 readings`."""
    return str(ngettext("One reading", "%(num)s readings", readings))


def fault_sentences(
    faults: Sequence[Fault], references: Mapping[int, str], names: Mapping[int, str]
) -> list[str]:
    """Why bids lack readers and which rule to relax, a sentence or two for each fault, the largest first."""
    alike: dict[tuple[str, int, int], list[Fault]] = {}
    others = []
    for fault in faults:
        if fault.code == "few_possible":
            alike.setdefault((fault.code, fault.possible, fault.short), []).append(fault)
        else:
            others.append(fault)
    ordered = sorted(others, key=lambda fault: (-fault.short, fault.bids))
    few = [_too_few(same, references) for _key, same in sorted(alike.items())]
    return few + [_fault(fault, references, names) for fault in ordered]


def _too_few(faults: Sequence[Fault], references: Mapping[int, str]) -> str:
    """Bids of which each lacks as many people who may read it at all."""
    possible, short = faults[0].possible, faults[0].short
    bids = [references.get(bid, str(bid)) for fault in faults for bid in fault.bids]
    if possible:
        may = ngettext("only one more person may read it", "only %(num)s more people may read it", possible)
    else:
        may = _("nobody else may read it")
    if len(bids) == 1:
        words = _(
            "%(bids)s: %(may)s, %(short)s too few. Ask more people onto the panel, or fewer readers for it."
        )
    else:
        words = _(
            "%(bids)s, each of them: %(may)s, %(short)s too few. Ask more people onto the panel, or fewer readers for them."
        )
    return str(words) % {"bids": _list(bids), "may": may, "short": short}


def _fault(fault: Fault, references: Mapping[int, str], names: Mapping[int, str]) -> str:
    bids = _list([references.get(bid, str(bid)) for bid in fault.bids])
    if fault.code == "limits":
        return str(
            _(
                "All limits together leave room for %(can)s of the %(asked)s readings, %(short)s too few. Raise limits, "
                "ask more people onto the panel, or fewer readers for each bid.",
                can=fault.possible, asked=fault.possible + fault.short, short=fault.short,
            )
        )  # fmt: skip
    return str(
        _(
            "%(bids)s: %(can)s of the %(asked)s readings can be, %(short)s too few, because %(people)s may read no more. "
            "Raise their limits by %(short)s, or ask more people onto the panel.",
            bids=bids, can=fault.possible, asked=fault.possible + fault.short, short=fault.short,
            people=_list([names.get(person, str(person)) for person in fault.people]),
        )
    )  # fmt: skip


def _list(words: Sequence[str]) -> str:
    if len(words) > NAMED:
        first = ", ".join(words[: NAMED - 1])
        return str(_("%(first)s and %(rest)s more", first=first, rest=len(words) - NAMED + 1))
    if len(words) < 2:
        return "".join(words)
    return str(_("%(some)s and %(last)s", some=", ".join(words[:-1]), last=words[-1]))

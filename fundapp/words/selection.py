"""A suggested set of awards in words: its rules, what stands in the way, why one bid is in it or not."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from fundapp.domain.candidates import Rule
from fundapp.domain.money import pounds
from fundapp.domain.weighing import Why
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: What a group is called: its kind and its key, to words.
Named = Callable[[str, str | None], str]


def points(hundredths: Fraction | float | int) -> str:
    """Hundredths of a point as points, cut to two places: 4.35."""
    return f"{int(hundredths * 100 // 100) / 100:,.2f}"


def group(kind: str, key: str | None, names: Mapping[str, str], *, told: bool = True) -> str:
    """A group as it stands in a sentence. `told` False keeps the name back: the panel reads without names."""
    if key is None:
        return {"region": _("each region"), "theme": _("each theme"), "organisation": _("each organisation")}[
            kind
        ]
    if not told:
        return {"region": _("its region"), "theme": _("its theme"), "organisation": _("its organisation")}[
            kind
        ]
    return names.get(key, key) if kind != "organisation" else names.get(key, _("that organisation"))


def rule(which: Rule, named: Named) -> str:
    """A floor or a cap as a sentence without its stop."""
    who = named(which.kind, which.key)
    if which.least_pence is not None:
        return _("at least %(sum)s for %(who)s", sum=pounds(which.least_pence), who=who)
    if which.least_awards is not None:
        return ngettext(
            "at least one award for %(who)s", "at least %(num)s awards for %(who)s", which.least_awards, who=who
        )  # fmt: skip
    if which.most_pence is not None:
        return _("at most %(sum)s for %(who)s", sum=pounds(which.most_pence), who=who)
    return ngettext(
        "at most one award for %(who)s", "at most %(num)s awards for %(who)s", which.most_awards or 0, who=who
    )  # fmt: skip


def unmet(code: str, params: Mapping[str, Any], named: Named) -> str:
    """Why no set keeps the terms, and what to relax."""
    which: Rule | None = params["rule"]
    if which is None:
        return _("With this bid in, the money or a cap is broken whatever else is given up.")
    words = rule(which, named)
    if code == "floor_alone":
        most = params["reachable"]
        reach = (
            pounds(most) if which.least_pence is not None else ngettext("one award", "%(num)s awards", most)
        )
        return _(
            "You ask for %(rule)s, but at most %(reach)s can be reached there above the bar, within the money and the caps. "
            "Lower this floor, the bar or a cap.",
            rule=words, reach=reach,
        )  # fmt: skip
    if code == "floor_together":
        return _("You ask for %(rule)s; together with the other floors the money does not reach.", rule=words)
    return _("With this bid in, there is no room left for %(rule)s.", rule=words)


def why(answer: Why, score: int, bar: int, left: int, named: Named) -> list[str]:
    """The answer for one bid in sentences; the lists of what comes and goes stand beside them."""
    short = _("Its score of %(score)s is below the bar of %(bar)s.", score=points(score), bar=points(bar))
    if answer.code == "below_bar":
        return [short]
    if answer.code == "dearer":
        return [
            _("The least it could be given, %(sum)s, is more than all the money.", sum=pounds(answer.pence))
        ]
    if answer.code == "over_cap":
        over: Rule = answer.blocks[0][1]["rule"]
        return [
            _("The least it could be given, %(sum)s, is more than a rule allows: %(rule)s.",
              sum=pounds(answer.pence), rule=rule(over, named))
        ]  # fmt: skip
    if answer.code == "no_room":
        return [unmet(code, params, named) for code, params in answer.blocks]
    if answer.code == "in":
        said = [_("It is in the set, with %(sum)s.", sum=pounds(answer.pence))]
        said.append(
            _("Without it the best set is worth %(loss)s points less.", loss=points(answer.loss))
            if answer.loss
            else _("Another set without it is worth exactly as much; this one funds bids that stand higher.")
        )
        return said
    said = []
    for code, params in answer.blocks:
        if code == "money":
            said.append(
                _("It needs at least %(needs)s, and the set leaves %(left)s.",
                  needs=pounds(params["needs"]), left=pounds(params["left"]))
            )  # fmt: skip
        else:
            said.append(_("A rule is used up: %(rule)s.", rule=rule(params["rule"], named)))
    if answer.loss:
        said.append(
            _("With it in, the best set is worth %(loss)s points less, and it would have %(sum)s.",
              loss=points(answer.loss), sum=pounds(answer.pence))
        )  # fmt: skip
    else:
        said.append(_("A set with it is worth exactly as much; the one shown funds bids that stand higher."))
    return said

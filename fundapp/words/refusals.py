"""Refusals in sentences: what happened, and what to do about it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from fundapp.domain import money
from fundapp.domain.forms import FUND_QUESTIONS, Lack
from fundapp.words import moments, states
from fundapp.words.sentences import LACKS, OFFICERS, PAST, SENTENCES, THIS, WHO
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext
from workflows import LIVES
from workflows.grammar import Refusal

if TYPE_CHECKING:  # the services say things through this package
    from fundapp.services.panel import AssignRefused
    from fundapp.services.transition import Refused

_LABELS: Final[dict[str, str]] = {question["id"]: question["label"] for question in FUND_QUESTIONS}


def sentence(
    refusal: Refusal, zone: ZoneInfo, *, life: str = "bid", now: datetime | None = None, officer: bool = False
) -> str:
    """One refusal as a sentence. `life` is what was acted on; `now` tells a time of today from others.

    `officer`: the reader is the fund’s officer, so is not sent to the officer.
    """
    return plain(refusal.code, refusal.params, zone, life=life, now=now, officer=officer)


def sentences(
    refused: "Refused",
    zone: ZoneInfo,
    now: datetime | None = None,
    *,
    officer: bool = False,
    labels: Mapping[str, str] | None = None,
) -> list[str]:
    """Every reason of a refused move as a sentence, each once, in the policy's order.

    `labels`: the questions of the round's own form by id.
    """
    said = (
        _stale_step(refused.step.life, refused.step.move, refusal, zone, now)
        if refusal.code == "stale"
        else sentence(
            _labelled(refusal, labels or {}), zone, life=refused.step.life, now=now, officer=officer
        )
        for refusal in refused.refusals
    )
    return list(dict.fromkeys(said))


def _labelled(refusal: Refusal, labels: Mapping[str, str]) -> Refusal:
    """The refusal with the questions that it names in their own words."""
    if refusal.code != "form_incomplete":
        return refusal
    missing = tuple(labels.get(name, name) for name in refusal.params["missing"])
    return replace(refusal, params={**refusal.params, "missing": missing})


def assign_sentences(
    refused: "AssignRefused", references: Mapping[int, str], names: Mapping[int, str], zone: ZoneInfo
) -> list[str]:
    """Why bids could not be given to reviewers: `B-0142, Ann Example: …`, by reference and name."""
    return [
        str(
            _(
                "%(bid)s, %(name)s: %(why)s",
                bid=references.get(bid, str(bid)),
                name=names.get(person, str(person)),
                why=sentence(why, zone),
            )
        )
        for bid, person, why in refused.refusals
    ]


def plain(
    code: str,
    params: Mapping[str, Any],
    zone: ZoneInfo,
    *,
    life: str = "bid",
    now: datetime | None = None,
    officer: bool = False,
) -> str:
    """A code with its parameters as a sentence. Raises KeyError for a code that nothing returns."""
    if code == "stale":
        return _stale(params, zone, life, now)
    if code == "not_from_here":
        return _not_from_here(params, life)
    chosen = _CHOSEN.get(code)
    if chosen is not None:
        return str(chosen(params, zone))
    shown = {name: _shown(name, value, zone) for name, value in params.items()}
    words = OFFICERS.get(code) if officer else None
    return str(_(words or SENTENCES[code], **shown))


def lack_sentence(lack: Lack, question: Mapping[str, Any]) -> str:
    """What one question of the form still needs."""
    return str(_(LACKS[lack.code], **{**lack.params, "label": str(question["label"])}))


def _shown(name: str, value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return moments.moment(value, zone)
    if isinstance(value, date):
        return moments.whole_day(value)
    if name.endswith("_pence") and isinstance(value, int):
        return money.pounds_short(value)
    if isinstance(value, tuple | list):
        return ", ".join(str(item) for item in value)
    return value


def _stale_step(life: str, name: str, refusal: Refusal, zone: ZoneInfo, now: datetime | None) -> str:
    moves = [move for move in LIVES[life].moves if move.name == name]
    if any(move.edits for move in moves):
        return str(
            _(
                "What you were changing was changed meanwhile, perhaps by yourself in another window. "
                "Look at it as it stands now."
            )
        )
    # A bid comes back to "endorsed" when its reviews are opened again: that moment is the panel's own.
    if refusal.params["state"] == "endorsed" and all(move.by == ("applicant",) for move in moves):
        return _changed(life)
    from_there = any(refusal.params["state"] in move.sources for move in moves)
    return _stale(refusal.params, zone, life, now, from_there)


def _stale(
    params: Mapping[str, Any], zone: ZoneInfo, life: str, now: datetime | None, from_there: bool = True
) -> str:
    state = params["state"]
    in_place = from_there and any(
        move.target == state and state in move.sources and not move.edits for move in LIVES[life].moves
    )
    # Where the move could still be made, and another may stay in that state, the time of that state says nothing of the change.
    words = None if in_place else PAST.get((life, state))
    if words is None:
        return _changed(life)
    past = _(words, time=_since(params["since"], zone, now or datetime.now(UTC)))
    return str(_("Somebody was quicker: %(past)s. Look at it as it stands now.", past=past))


def _changed(life: str) -> str:
    return str(
        _(
            "Somebody was quicker: %(this)s has changed since you opened the page. "
            "Look at it as it stands now.",
            this=_(THIS[life]),
        )
    )


def _since(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    if at.astimezone(zone).date() == now.astimezone(zone).date():
        return moments.clock_time(at, zone)
    return moments.deadline(at, zone, now.astimezone(zone).date())


def _not_from_here(params: Mapping[str, Any], life: str) -> str:
    if params["state"] is None:
        return str(_("There is nothing yet to do this with. Begin it first."))
    return str(
        _(
            "This cannot be done as things stand: %(this)s reads “%(state)s”. Look at it as it stands now.",
            this=_(THIS[life]),
            state=states.label(life, params["state"]),
        )
    )


def _not_yours(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    return str(_("This is not yours to do: only %(who)s may do it.", who=_either(params["by"])))


def _either(roles: Iterable[str]) -> str:
    # A person can never be the clock, so that naming it beside people would help nobody.
    people = [role for role in roles if role != "clock"] or ["clock"]
    words = [str(_(WHO[role])) for role in people]
    if len(words) == 1:
        return words[0]
    return str(_("%(some)s or %(last)s", some=", ".join(words[:-1]), last=words[-1]))


def _form_incomplete(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    missing = params["missing"]
    # A label that ends in its own question mark needs no quotes to stand out in the list.
    listed = "; ".join(_LABELS.get(question, question) for question in missing)
    return str(
        ngettext(
            "One question still needs an answer, or a different one: %(listed)s",
            "%(num)s questions still need an answer, or a different one: %(listed)s",
            len(missing),
            listed=listed,
        )
    )


def _score_every_criterion(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    if not params["missing"]:
        return str(_("A score was given for something that this round does not score. Load the page again."))
    return str(
        ngettext(
            "One criterion has no score yet. Give it a mark.",
            "%(num)s criteria have no score yet. Give each a mark.",
            len(params["missing"]),
        )
    )


def _reviews_missing(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    return str(
        ngettext(
            "%(num)s review is in and this round asks for %(needed)s. Wait, or give it to more people.",
            "%(num)s reviews are in and this round asks for %(needed)s. Wait, or give it to more people.",
            params["reviews"],
            needed=params["needed"],
        )
    )


def _talk_it_over(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    return str(_(SENTENCES["talk_it_over"], spread=_points(params["spread"]), limit=_points(params["limit"])))


def _scores_close(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    return str(_(SENTENCES["scores_close"], spread=_points(params["spread"]), limit=_points(params["limit"])))


def _points(hundredths: int) -> str:
    whole, part = divmod(hundredths, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".")


def _panel_not_at_work(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    if params["state"] in ("planned", "open", "closed"):
        return str(_("The panel has not started on this round yet. Wait until the fund’s officer starts it."))
    return str(_("The panel’s work on this round is done, so this cannot be changed any more."))


def _payments_open(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    return str(
        ngettext(
            "One payment is not made yet. Mark it paid or cancel it first.",
            "%(num)s payments are not made yet. Mark each paid or cancel it first.",
            params["count"],
        )
    )


def _files_unchecked(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    return str(
        ngettext(
            "One file is still being checked, or was refused. Wait a minute, or take it away.",
            "%(num)s files are still being checked, or were refused. Wait a minute, or take them away.",
            params["count"],
        )
    )


def _bids_unsettled(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    return str(
        ngettext(
            "One bid of the round has no decision yet. Record it first.",
            "%(num)s bids of the round have no decision yet. Record them first.",
            params["count"],
        )
    )


def _decisions_unpublished(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    return str(
        ngettext(
            "One decision has not been released. All of a round’s decisions are released together.",
            "%(num)s decisions have not been released. All of a round’s decisions are released together.",
            params["count"],
        )
    )


def _deadline_not_passed(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    if params["due_at"] is None:
        return str(_("It has no deadline, so it cannot lapse."))
    return str(
        _(
            "Its deadline, %(due_at)s, is still to come or has only just passed. Try again later.",
            due_at=moments.moment(params["due_at"], zone),
        )
    )


def _window_running(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    if params["publish_at"] is None:
        return str(_("The round’s decisions are not being released. Start the release first."))
    return str(
        _(
            "The release can still be stopped until %(publish_at)s. Nothing is released before then.",
            publish_at=moments.moment(params["publish_at"], zone),
        )
    )


#: Codes whose sentence depends on how many there are, or on what is known.
_CHOSEN: Final[dict[str, Callable[[Mapping[str, Any], ZoneInfo], str]]] = {
    "not_yours": _not_yours,
    "form_incomplete": _form_incomplete,
    "score_every_criterion": _score_every_criterion,
    "reviews_missing": _reviews_missing,
    "talk_it_over": _talk_it_over,
    "scores_close": _scores_close,
    "panel_not_at_work": _panel_not_at_work,
    "payments_open": _payments_open,
    "files_unchecked": _files_unchecked,
    "bids_unsettled": _bids_unsettled,
    "decisions_unpublished": _decisions_unpublished,
    "deadline_not_passed": _deadline_not_passed,
    "window_running": _window_running,
}

#: Every code that has a sentence.
CODES: Final = frozenset({"stale", "not_from_here", *SENTENCES, *_CHOSEN})

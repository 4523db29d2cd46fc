"""What election law asks of whoever receives an award that is a donation to them. A help, not legal advice."""

from datetime import date
from typing import Final

from fundapp.domain import money, recipients, thresholds
from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _

_AS: Final[dict[str, str]] = {
    "local_party": N_("The money goes to a local party."),
    "association": N_("The money goes to an association of party members."),
    "councillor": N_("The money goes to somebody in elected office."),
}
_REPORTS: Final[dict[str, str]] = {
    "local_party": N_(
        "Tell your party’s treasurer now: the party may have to report it to the Electoral Commission with its next report."
    ),
    "association": N_(
        "You may have to report it to the Electoral Commission, within %(days)s days beginning with the day you accept the money."
    ),
    "councillor": N_(
        "You may have to report it to the Electoral Commission, within %(days)s days beginning with the day you accept the"
        " money, and to enter it in your council’s or parliament’s register of interests."
    ),
}


def help_only() -> str:
    """That it is a help, and who answers questions."""
    return str(_("This is a help, and not legal advice. The Electoral Commission answers questions."))


def of_recipient(holder: str | None, amount_pence: int, day: date) -> list[str]:
    """Paragraphs for who holds the money of an award; none unless election law looks at it on that day.

    `holder` is one of `domain.recipients.RECIPIENTS`; of those outside political life nothing is asked.
    """
    if holder not in recipients.POLITICAL or not recipients.over(amount_pence, day):
        return []
    return [f"{_(_AS[holder])} {_duty(day)}", f"{_reports(holder, day)} {help_only()}"]


def for_the_letter(
    holder: str | None, *, fund: str, reference: str, amount_pence: int, day: date
) -> list[str]:
    """The same for the treasurer to put into a letter, with the award's reference and sum.

    Where only a hint speaks for it, or the answer is another, it says `if`.
    """
    sum_ = money.pounds(amount_pence)
    begin = _("Your award %(reference)s from %(fund)s is %(sum)s.", reference=reference, fund=fund, sum=sum_)
    if holder in recipients.POLITICAL:
        return [f"{begin} {_(_AS[holder])} {_duty(day)}", f"{_reports(holder, day)} {help_only()}"]
    if_so = _(
        "If the money goes to a local party, to an association of party members or to somebody in elected office, election law"
        " may treat it as a donation to them."
    )
    rest = _(
        "Whoever receives it then checks, within %(days)s days beginning with the day the money comes, that we may give, and may"
        " have to report it to the Electoral Commission within %(days)s days of accepting it.",
        days=_days(day),
    )
    return [f"{begin} {if_so}", f"{rest} {_('If none of this is so, you need do nothing.')} {help_only()}"]


def _duty(day: date) -> str:
    return str(
        _(
            "Over %(limit)s, election law may treat it as a donation that you receive. You have to check that we may give, within"
            " %(days)s days beginning with the day the money comes; if we may not, give it back in that time.",
            limit=money.pounds_short(thresholds.on("check_over_pence", day)), days=_days(day),
        )
    )  # fmt: skip


def _reports(holder: str, day: date) -> str:
    return str(_(_REPORTS[holder], days=_days(day)))


def _days(day: date) -> int:
    return thresholds.on("days", day)

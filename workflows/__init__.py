"""The policy: what may happen to a bid and all that hangs on it, as data. No web, no database."""

from workflows.award import AWARD
from workflows.bid import BID
from workflows.grammar import Life
from workflows.payee import PAYEE
from workflows.payment import PAYMENT
from workflows.report import REPORT
from workflows.round import ROUND

#: Every life of this policy, by name.
LIVES: dict[str, Life] = {life.name: life for life in (BID, ROUND, AWARD, PAYEE, PAYMENT, REPORT)}

__all__ = ["AWARD", "BID", "LIVES", "PAYEE", "PAYMENT", "REPORT", "ROUND"]

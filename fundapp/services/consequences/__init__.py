"""What a move writes beside the new state: the columns it sets (`SETS`) and the rows it records (`RECORDS`).

A file for each part of the bid's life (applying, endorsing, deciding, ending) and for each of the other lives.
"""

from fundapp.services.consequences import (
    applying,
    award,
    deciding,
    ending,
    endorsing,
    payee,
    payment,
    report,
    round,
)
from fundapp.services.consequences.table import RECORDS, SETS

__all__ = [
    "RECORDS", "SETS", "applying", "award", "deciding", "ending", "endorsing", "payee", "payment", "report", "round",
]  # fmt: skip

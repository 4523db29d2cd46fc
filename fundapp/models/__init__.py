"""Tables and constraints, and which of their columns are evidence."""

from fundapp.models.awards import Award, AwardAnswer, Cancellation, Payment, PaymentRun, Report, Variation
from fundapp.models.base import Base, Evidential
from fundapp.models.bids import (
    Bid,
    BidVersion,
    CoApplicant,
    CoInvitation,
    Comment,
    CopyPaper,
    Document,
    Draft,
    Endorsement,
    EndorsementLink,
    EndorsementRequest,
    Naming,
    Remark,
)
from fundapp.models.deciding import Decision, MinutesPaper, Moderation, Sitting, Suggestion
from fundapp.models.effects import Outbox, Pulse, Tally
from fundapp.models.letters import Letter, LetterBundle, LetterFile, Wording
from fundapp.models.likeness import Likeness, LikenessLooked
from fundapp.models.panel import Assignment, Interest, MaskedCopy, PanelSeat, Review, ReviewDraft, Score
from fundapp.models.payees import DataKey, Payee, Payer
from fundapp.models.people import (
    Account,
    Area,
    ListedMember,
    Membership,
    OfficeHolding,
    Organisation,
    Person,
    Postcode,
    RoleGrant,
    WardConstituency,
)
from fundapp.models.pot import BankLine, DonationReport, Income, Permissibility, Source
from fundapp.models.privacy import Erasure, RetentionHold
from fundapp.models.record import AuditCheckpoint, AuditEvent, AuditHead, AuditLeaf, AuditNode, Verification
from fundapp.models.rounds import FormVersion, Fund, Round
from fundapp.models.schema import SchemaFloor
from fundapp.models.sign_in import (
    RecoveryCode,
    SecondFactor,
    SecurityEvent,
    SignInLink,
    SignInSession,
    Throttle,
)
from fundapp.models.ties import BidMark, PersonMark, Tie

#: Every table whose rows are committed to in the audit log, by table name.
EVIDENTIAL: dict[str, type[Evidential]] = {
    mapper.class_.__tablename__: mapper.class_
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, Evidential)
}

#: On SQLite no id is ever given twice, not even after its row is gone: ids are names in the audit log.
for _table in Base.metadata.tables.values():
    if "id" not in _table.c:
        continue
    _table.dialect_options["sqlite"]["autoincrement"] = True

__all__ = [
    "EVIDENTIAL",
    "Account",
    "Area",
    "Assignment",
    "AuditCheckpoint",
    "AuditEvent",
    "AuditHead",
    "AuditLeaf",
    "AuditNode",
    "Award",
    "AwardAnswer",
    "BankLine",
    "Base",
    "Bid",
    "BidMark",
    "BidVersion",
    "Cancellation",
    "CoApplicant",
    "CoInvitation",
    "Comment",
    "CopyPaper",
    "DataKey",
    "Decision",
    "Document",
    "DonationReport",
    "Draft",
    "Endorsement",
    "EndorsementLink",
    "EndorsementRequest",
    "Erasure",
    "Evidential",
    "FormVersion",
    "Fund",
    "Income",
    "Interest",
    "Letter",
    "LetterBundle",
    "LetterFile",
    "Likeness",
    "LikenessLooked",
    "ListedMember",
    "MaskedCopy",
    "Membership",
    "MinutesPaper",
    "Moderation",
    "Naming",
    "OfficeHolding",
    "Organisation",
    "Outbox",
    "PanelSeat",
    "Payee",
    "Payer",
    "Payment",
    "PaymentRun",
    "Permissibility",
    "Person",
    "PersonMark",
    "Postcode",
    "Pulse",
    "RecoveryCode",
    "Remark",
    "Report",
    "RetentionHold",
    "Review",
    "ReviewDraft",
    "RoleGrant",
    "Round",
    "SchemaFloor",
    "Score",
    "SecondFactor",
    "SecurityEvent",
    "SignInLink",
    "SignInSession",
    "Sitting",
    "Source",
    "Suggestion",
    "Tally",
    "Throttle",
    "Tie",
    "Variation",
    "Verification",
    "WardConstituency",
    "Wording",
]

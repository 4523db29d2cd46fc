"""A payment run as ISO 20022 pain.001.001.09: a customer's credit transfers, as British banks take them."""

from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from fundapp.domain import money
from fundapp.exports.payments import Account, Line, Run, check

if TYPE_CHECKING:
    from lxml import etree

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
#: British sort codes, in the list of clearing systems.
SORT_CODES: Final = "GBDSC"
#: Whole days, not hours: urgent would ask for CHAPS, at some twenty pounds a payment.
SERVICE: Final = "NURG"


def document(run: Run) -> bytes:
    """The document as UTF-8, the same bytes every time: its ids and times are the run's own. Raises Unfit.

    One block of payments from one account. Each is booked by itself (BtchBookg false), so that the bank's statement can be
    held against it line by line. No postal address is sent: none is needed, and one in free lines is refused from November 2026.
    """
    from lxml import etree

    check(run)
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    initiation = _in(root, "CstmrCdtTrfInitn")
    # Banks refuse a message that they have had before, so that one file cannot be paid twice.
    message = f"F{run.fund}-R{run.number}-{run.made_at.astimezone(UTC):%Y%m%d}"
    count, total = str(len(run.lines)), money.pounds_plain(run.total_pence)
    header = _in(initiation, "GrpHdr")
    _in(header, "MsgId", message)
    _in(header, "CreDtTm", run.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _in(header, "NbOfTxs", count)
    _in(header, "CtrlSum", total)
    _in(_in(header, "InitgPty"), "Nm", run.payer.name)
    block = _in(initiation, "PmtInf")
    _in(block, "PmtInfId", f"{message}-1")
    _in(block, "PmtMtd", "TRF")
    _in(block, "BtchBookg", "false")
    _in(block, "NbOfTxs", count)
    _in(block, "CtrlSum", total)
    _in(_in(_in(block, "PmtTpInf"), "SvcLvl"), "Cd", SERVICE)
    _in(_in(block, "ReqdExctnDt"), "Dt", run.pay_on.isoformat())
    _party(block, "Dbtr", run.payer)
    _account(block, "DbtrAcct", run.payer)
    _agent(block, "DbtrAgt", run.payer)
    for line in run.lines:
        _transfer(block, run, line)
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return content


def _transfer(block: "etree._Element", run: Run, line: Line) -> None:
    transfer = _in(block, "CdtTrfTxInf")
    ids = _in(transfer, "PmtId")
    _in(ids, "InstrId", f"F{run.fund}-R{run.number}-P{line.payment}")
    # Other than the reference it differs when a payment that came back goes again.
    _in(ids, "EndToEndId", f"{line.reference}-R{run.number}")
    amount = _in(_in(transfer, "Amt"), "InstdAmt", money.pounds_plain(line.amount_pence))
    amount.set("Ccy", "GBP")
    _agent(transfer, "CdtrAgt", line.to)
    _party(transfer, "Cdtr", line.to)
    _account(transfer, "CdtrAcct", line.to)
    _in(_in(transfer, "RmtInf"), "Ustrd", line.reference)


def _party(parent: "etree._Element", name: str, account: Account) -> None:
    _in(_in(parent, name), "Nm", account.name)


def _account(parent: "etree._Element", name: str, account: Account) -> None:
    whole = _in(parent, name)
    _in(_in(_in(whole, "Id"), "Othr"), "Id", account.account)
    _in(whole, "Ccy", "GBP")


def _agent(parent: "etree._Element", name: str, account: Account) -> None:
    member = _in(_in(_in(parent, name), "FinInstnId"), "ClrSysMmbId")
    _in(_in(member, "ClrSysId"), "Cd", SORT_CODES)
    _in(member, "MmbId", account.sort_code)


def _in(parent: "etree._Element", name: str, text: str | None = None) -> Any:
    """A child of that name."""
    from lxml import etree

    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text
    return child

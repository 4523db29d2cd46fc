"""Verifies the whole record from one snapshot: chains, heads, moves, rights, and every evidential row."""

import gc
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select
from sqlalchemy.exc import OperationalError

from fundapp.audit.authority import Authority
from fundapp.audit.chains import Chain, ChainReader, Claim, Legal
from fundapp.audit.findings import Problem, Report
from fundapp.audit.record import EVENTS, HEADS, Recorder
from fundapp.audit.seals import check_seals
from fundapp.audit.standalone.notes import Checkpoint, Key
from fundapp.audit.stored import Ranged, Reader, Span, counted, raw, readers
from fundapp.database import Database
from workflows.history import legal as released

__all__ = ["Problem", "Report", "verify"]

#: Subjects that are held in memory at once.
BATCH = 2000
#: Claims of a role that are checked at once.
CLAIMS = 5000

#: Tables whose rows live one of the policy's lives.
LIVES = frozenset(("award", "bid", "payee", "payment", "report", "round"))
#: Tables whose rows say to which fund their home belongs.
_OF_FUND = frozenset(("bid", "round"))


def verify(
    db: Database,
    recorder: Recorder,
    *,
    legal: Legal | None = None,
    zone: ZoneInfo | None = None,
    keys: Sequence[Key] | None = None,
    outside: Sequence[Checkpoint] = (),
) -> Report:
    """Reads everything once and names every event, head and row that is not as the record says, and every broken seal.

    `legal` judges a move by the policy version that it names (default: the released ones); `zone` is where
    days of office begin and end (default: London). `keys` are those that sign checkpoints (None: signatures are not
    looked at), `outside` checkpoints that were kept elsewhere. Nothing that stands in the database makes it raise.
    """
    judge = legal or released
    place = zone or ZoneInfo("Europe/London")
    with db.snapshot() as conn, _no_collection():

        def run() -> Report:
            report = _Verification(conn, recorder, judge, place).run()
            check_seals(conn, report, keys, outside)
            return report

        try:
            return run()
        except (OperationalError, sqlite3.OperationalError):
            if conn.dialect.name != "sqlite":
                raise
            # SQLite holds text that is no UTF-8: read once more, such text as bytes.
            with _any_text(conn):
                return run()


def verify_subjects(
    conn: Connection,
    recorder: Recorder,
    subjects: Iterable[str],
    *,
    legal: Legal | None = None,
    zone: ZoneInfo | None = None,
) -> Report:
    """The same for some subjects, in the snapshot of `conn`: their chains, heads, moves, rights and rows."""
    checking = _Verification(conn, recorder, legal or released, zone or ZoneInfo("Europe/London"))
    with _no_collection():
        return checking.run_only(subjects)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of small objects come and go, none in a cycle: looking for cycles would take a third of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


class _any_text:
    """While it is open, text that is no UTF-8 comes back as bytes instead of an error."""

    def __init__(self, conn: Connection) -> None:
        self._raw: Any = conn.connection.driver_connection

    def __enter__(self) -> None:
        def tolerant(value: bytes) -> str | bytes:
            try:
                return value.decode()
            except UnicodeDecodeError:
                return value

        self._raw.text_factory = tolerant

    def __exit__(self, *trouble: object) -> None:
        self._raw.text_factory = str


class _Verification:
    def __init__(self, conn: Connection, recorder: Recorder, legal: Legal, zone: ZoneInfo) -> None:
        self.conn = conn
        self.report = Report()
        self.reader = ChainReader(recorder, legal, self.report)
        self.authority = Authority(conn, zone, self.report)
        dialect = conn.dialect.name
        names = ("subject", "number", "actor", "action", "at", "body", "hash", "mac")
        events = (
            select(*(raw(EVENTS.c[name], dialect) for name in names))
            .select_from(EVENTS)
            .order_by(EVENTS.c.subject, EVENTS.c.number, EVENTS.c.id)
        )
        if dialect != "sqlite":
            events = events.execution_options(stream_results=True, max_row_buffer=2000)
        heads = select(*(raw(HEADS.c[name], dialect) for name in ("subject", "number", "hash", "mac")))
        step = select(HEADS.c.subject).order_by(HEADS.c.subject).offset(BATCH).limit(1)
        self.events = Ranged(events, "audit_event.subject", dialect)
        self.heads = Ranged(heads.select_from(HEADS), "audit_head.subject", dialect)
        self.steps = Ranged(step, "audit_head.subject", dialect)
        self.readers = readers(dialect)
        self.claims: list[Claim] = []
        #: The fund of each bid and round whose row was read since claims were last checked.
        self.funds: dict[Any, Any] = {}
        self.head_rows = 0

    def run(self) -> Report:
        """Span by span, in flat memory; then counts, to find rows that stand outside every span."""
        for span in self._spans():
            self._span(span)
        self._settle_claims()
        seen = {"audit_event": self.report.events, "audit_head": self.head_rows, **self.report.tables}
        for table, count in seen.items():
            there = self.conn.execute(counted(table)).scalar_one()
            if there != count:
                self.report.find(table, "rows_unseen", count=there - count)
        return self.report

    def run_only(self, subjects: Iterable[str]) -> Report:
        """Some subjects, batch by batch as they come."""
        coming = iter(subjects)
        while batch := tuple(islice(coming, BATCH)):
            self._span(Span(listed=batch))
        self._settle_claims()
        return self.report

    def _spans(self) -> Iterator[Span]:
        after = None
        while True:
            upto = self.steps.rows(self.conn, Span(after)).scalar()
            yield Span(after, upto)
            if upto is None:
                return
            after = upto

    def _span(self, span: Span) -> None:
        heads: dict[Any, list[tuple[Any, ...]]] = {}
        for part in self.heads.parts(self.conn, span):
            for subject, *head in part:
                heads.setdefault(subject, []).append(tuple(head))
            self.head_rows += len(part)
        chains: dict[Any, Chain] = {}
        chain = None
        add = self.reader.add
        for stretch in self._stretches(span):
            for event in stretch:
                if chain is None or event[0] != chain.subject:
                    chain = chains.setdefault(event[0], Chain(event[0]))
                add(chain, event)
            self.report.events += len(stretch)
            if chain is not None and len(chain.claims) >= CLAIMS:
                self._take_claims(chain)
        for subject in heads:
            chains.setdefault(subject, Chain(subject))
        for subject, chain in chains.items():
            self.reader.close(chain, heads.get(subject, ()))
        self.report.subjects += len(chains)
        for reader in self.readers:
            count = 0
            for stored in reader.statement.parts(self.conn, span):
                self._rows(chains, reader, stored)
                count += len(stored)
            self.report.rows += count
            self.report.tables[reader.table] = self.report.tables.get(reader.table, 0) + count
        for chain in chains.values():
            self._missing(chain)
            self._take_claims(chain)

    def _stretches(self, span: Span) -> Iterator[Sequence[Any]]:
        """Events, a thousand at a time, never all of a span: SQLite reads as it goes, PostgreSQL through a cursor."""
        if self.conn.dialect.name == "sqlite":
            return self.events.parts(self.conn, span)
        return self.events.rows(self.conn, span).partitions(1000)

    def _rows(self, chains: dict[Any, Chain], reader: Reader, stored: Sequence[Any]) -> None:
        """Rows of one table, each held against the last commitment to it. One loop: it runs for all that there is."""
        table, find = reader.table, self.report.find
        lives, of_fund = table in LIVES, table in _OF_FUND
        for row_id, home, event_no, made, gone, columns in map(reader.row, stored):
            if of_fund:
                self.funds[home] = columns["fund_id"]
            chain = chains.get(home)
            recorded = chain.rows.pop((table, row_id), None) if chain else None
            if chain is None or recorded is None:
                find(f"{table} {row_id}", "row_extra", home=home)
                continue
            if recorded != (made, event_no):
                commitment, number = recorded
                if made is None:
                    find(f"{table} {row_id}", "row_salt")
                elif made != commitment:
                    find(f"{table} {row_id}", "row_changed", number=number, home=home)
                if event_no != number:
                    find(f"{table} {row_id}", "row_event", number=number, home=home, named=event_no)
            if gone or (table, row_id) in chain.erased:
                self._gone(chain, table, row_id, gone)
            if lives:
                state, stood = columns["state"], chain.states.pop((table, row_id), None)
                if stood is None:
                    find(f"{table} {row_id}", "state_unrecorded", state=state)
                elif stood != state:
                    find(f"{table} {row_id}", "state_differs", state=state, recorded=stood)

    def _gone(self, chain: Chain, table: str, row_id: int, gone: bool) -> None:
        """A row that was erased, by its salt or by an event: both must say so."""
        if not gone:
            self.report.find(f"{table} {row_id}", "row_unerased", home=chain.subject)
        elif (table, row_id) not in chain.erased:
            self.report.find(f"{table} {row_id}", "row_erased", home=chain.subject)
        else:
            self.report.erased += 1

    def _missing(self, chain: Chain) -> None:
        for (table, row_id), (_, number) in chain.rows.items():
            self.report.find(f"{table} {row_id}", "row_missing", number=number, home=chain.subject)
        for (life, row_id), state in chain.states.items():
            if (life, row_id) not in chain.rows:
                self.report.find(f"{life} {row_id}", "state_differs", state=None, recorded=state)

    def _take_claims(self, chain: Chain) -> None:
        self.claims += chain.claims
        chain.claims = []
        if len(self.claims) >= CLAIMS:
            self._settle_claims()

    def _settle_claims(self) -> None:
        self.authority.check(self.claims, self.funds)
        self.claims = []
        self.funds = {}

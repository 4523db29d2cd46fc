"""What must hold: after each fault what can be asked quickly, and at the end, when all is quiet, everything."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import orjson

from fundapp.audit.standalone.notes import Checkpoint, read_checkpoint
from fundapp.audit.verify import verify
from fundapp.storage import FileMissing, open_storage
from tests.databases import closing_database
from tests.fleet.post import Handed
from tests.soak.faults import Faults
from tests.soak.ground import SEAL_KEYS, Ground

#: What can happen only once to a subject, whoever asks how often.
ONCE = (
    "bid.award",
    "award.offer",
    "award.accept",
    "payee.give",
    "bid.report",
    "round.release",
    "round.publish",
    "report.file",
)

MONEY = {
    "a round promises more than it has":
        "SELECT r.code FROM round r JOIN award a ON a.round_id = r.id WHERE a.state IN ('offered', 'accepted', 'complete') "
        "GROUP BY r.id, r.code, r.budget_pence HAVING sum(a.amount_pence) > r.budget_pence",
    "an award is paid more than it is":
        "SELECT b.reference FROM award a JOIN bid b ON b.id = a.bid_id JOIN payment p ON p.award_id = a.id "
        "WHERE p.state <> 'cancelled' GROUP BY a.id, b.reference, a.amount_pence HAVING sum(p.amount_pence) > a.amount_pence",
    "a payment is sent that no run has":
        "SELECT id FROM payment WHERE state IN ('sent', 'paid') AND run_id IS NULL",
    "a run has not the payments that it says":
        "SELECT r.id FROM payment_run r LEFT JOIN payment p ON p.run_id = r.id "
        "GROUP BY r.id, r.payments, r.total_pence "
        "HAVING count(p.id) <> r.payments OR coalesce(sum(p.amount_pence), 0) <> r.total_pence",
}  # fmt: skip

HALF = {
    "a sent bid has no copy of what was sent":
        "SELECT reference FROM bid b WHERE state NOT IN ('draft', 'withdrawn') "
        "AND NOT EXISTS (SELECT 1 FROM bid_version v WHERE v.bid_id = b.id)",
    "a draft was frozen twice":
        "SELECT b.reference FROM bid b JOIN bid_version v ON v.bid_id = b.id GROUP BY b.id, b.reference HAVING count(*) > 1",
    "a submitted bid asks nobody, or two":
        "SELECT b.reference FROM bid b LEFT JOIN endorsement_request e ON e.bid_id = b.id WHERE b.state = 'submitted' "
        "GROUP BY b.id, b.reference HAVING count(e.id) <> 1",
    "an endorsed bid has no statement, or two":
        "SELECT b.reference FROM bid b LEFT JOIN endorsement e ON e.bid_id = b.id "
        "WHERE b.state NOT IN ('draft', 'submitted', 'withdrawn', 'lapsed') "
        "GROUP BY b.id, b.reference HAVING count(e.id) <> 1",
    "an awarded bid has no award": "SELECT reference FROM bid b WHERE state IN ('awarded', 'reported') "
        "AND NOT EXISTS (SELECT 1 FROM award a WHERE a.bid_id = b.id)",
    "an accepted award has no report to come": "SELECT a.id FROM award a WHERE a.state IN ('accepted', 'complete') "
        "AND NOT EXISTS (SELECT 1 FROM report t WHERE t.bid_id = a.bid_id)",
}  # fmt: skip


def quick(ground: Ground) -> list[str]:
    """What is wrong now, in words: answers that are lost, events that are doubled, money that does not add up."""
    events = Counter({(row[0], row[1]): int(row[2]) for row in ground.rows(
        "SELECT subject, action, count(*) FROM audit_event GROUP BY subject, action"
    )})  # fmt: skip
    wrong = ground.journal.lost_or_doubled(events)
    wrong += [
        f"doubled: {action} of {subject}"
        for (subject, action), count in events.items()
        if action in ONCE and count > 1
    ]
    wrong += _typed(ground)
    for words, sql in (MONEY | HALF).items():
        wrong += [f"{words}: {row[0]}" for row in ground.rows(sql)]
    wrong += _in_two_runs(ground)
    wrong += [f"an error was answered: {error}" for error in ground.journal.errors]
    return wrong


def full(ground: Ground, faults: Faults, outside: list[Checkpoint]) -> list[str]:
    """The same, and the whole record, its seals held against the checkpoints kept outside, the letters, the mails."""
    wrong = quick(ground)
    with closing_database(ground.url) as db:
        found = verify(db, ground.town.office.recorder, keys=SEAL_KEYS.known, outside=outside)
    wrong += [f"the record: {problem}" for problem in found.problems]
    for row in ground.rows("SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 1"):
        outside.append(read_checkpoint(row[0]))
    for file in sorted((ground.folder / "fleet").glob("*/log/checkpoint")):
        kept, newest = read_checkpoint(file.read_text()), outside[-1].size if outside else 0
        if kept.size > newest:
            wrong.append(
                f"the checkpoint outside, of {kept.size} events, is ahead of the database's, of {newest}"
            )
    wrong += _letters(ground)
    return wrong + mails(ground, faults)[2]


def mails(ground: Ground, faults: Faults) -> tuple[int, int, list[str]]:
    """(mails, handings over again under the same Message-ID, those of them that nothing excuses)."""
    by_id: dict[str, list[Handed]] = defaultdict(list)
    for mail in list(ground.post.taken):
        by_id[mail.message_id].append(mail)
    again, wrong = 0, []
    for message_id, several in by_id.items():
        for first, second in pairwise(several):
            again += 1
            sender = ground.brought.get((first.port, first.taken_at))
            if not any(
                excuse.covers(sender, first.taken_at, second.taken_at) for excuse in list(faults.excuses)
            ):
                wrong.append(
                    f"doubled: the mail {message_id} was handed over twice, by process {sender} and "
                    f"{second.taken_at - first.taken_at:.3f} s later, and nothing had happened to that process"
                )
            # Its words may differ: a mail says what is true when it goes out.
            if first.to != second.to:
                wrong.append(f"the mail {message_id} was handed over again to somebody else")
    return len(by_id), again, wrong


def _typed(ground: Ground) -> Sequence[str]:
    """What was typed last stands in the draft, or in the copy that was sent."""
    stands: dict[int, list[Any]] = defaultdict(list)
    for sql in ("SELECT bid_id, answers FROM draft", "SELECT bid_id, answers FROM bid_version"):
        for bid, answers in ground.rows(sql):
            stands[bid].append(orjson.loads(answers) if isinstance(answers, str) else answers)
    wrong = []
    for (bid, question), possible in list(ground.journal.typed.items()):
        if not any(copy.get(question) in possible for copy in stands.get(bid, [])):
            wrong.append(f"lost: what was typed for {question} of bid {bid}")
    return wrong


def _in_two_runs(ground: Ground) -> list[str]:
    runs: dict[int, list[int]] = defaultdict(list)
    for run, lines in ground.rows("SELECT id, lines FROM payment_run"):
        for line in orjson.loads(lines) if isinstance(lines, str) else lines:
            runs[line[0]].append(run)
    return [
        f"doubled: payment {payment} is in runs {several}"
        for payment, several in runs.items()
        if len(several) > 1
    ]


def _letters(ground: Ground) -> list[str]:
    """Every letter has its one file, and the bytes are those that the record names."""
    wrong = [f"a letter has no file: {row[0]} of bid {row[1]}" for row in ground.rows(
        "SELECT l.kind, l.bid_id FROM letter l WHERE NOT EXISTS (SELECT 1 FROM letter_file f WHERE f.letter_id = l.id)"
    )]  # fmt: skip
    files = open_storage(ground.fleet.environ["STORAGE_URL"])
    for (mark,) in ground.rows("SELECT sha256 FROM letter_file"):
        try:
            with files.open(mark) as file:
                there = hashlib.sha256(file.read()).hexdigest()
        except FileMissing:
            wrong.append(f"lost: the file {mark} of a letter")
        else:
            if there != mark:
                wrong.append(f"the file {mark} of a letter is not what it was")
    return wrong

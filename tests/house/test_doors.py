"""The house as drawn, held against its syntax trees: one door, one place for every SELECT, light imports."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT
from fundapp.services import transition
from workflows import LIVES

FILES = sorted((ROOT / "fundapp").rglob("*.py"))
#: Where the five states are set: the door.
DOOR = "fundapp/services/transition.py"
#: A file's own state, clean or not, which no policy moves.
FILES_STATE = "fundapp/services/documents.py"
#: Rooms that may ask the database themselves, each for the reason beside it.
MAY_SELECT = {
    "fundapp/queries": "every SELECT of the service",
    "fundapp/audit": "the record reads itself, under its own locks",
    "fundapp/outbox": "leases are read and taken in one statement",
    "fundapp/database.py": "the clock and the lists of ids",
    "fundapp/services/links.py": "the hash of a link, in the transaction that keeps it",
    "fundapp/services/likeness.py": "arrays that are given, as the rows to insert: no table is read",
    "fundapp/services/sessions.py": "whose sessions end, within the statement that ends them",
}
#: Where a transaction is opened.
MAY_WRITE = {
    "fundapp/services/deed.py", "fundapp/services/drafts.py", "fundapp/services/links.py", "fundapp/outbox/leases.py",
    "fundapp/services/copies.py", "fundapp/jobs/tick.py", "fundapp/jobs/handlers.py", "fundapp/database.py",
    "fundapp/services/sessions.py", "fundapp/services/entrances.py", "fundapp/services/factors.py",
    "fundapp/services/likeness.py", "fundapp/services/own_account.py", "fundapp/services/sign_in_links.py",
    "fundapp/services/throttle.py", "fundapp/services/review_drafts.py", "fundapp/services/minutes_papers.py",
    "fundapp/services/letter_bundles.py", "fundapp/services/retention.py", "fundapp/services/verifications.py",
    "fundapp/services/vault.py", "fundapp/services/bank_details.py", "fundapp/services/pulses.py",
    "fundapp/audit/seal.py", "fundapp/jobs/checkpointing.py",
}  # fmt: skip
#: Where words of SQL are put together: of names of our own tables and columns, never of what a request brought.
SPELLS_SQL = {
    "fundapp/audit": "how each database writes a moment or a JSON path",
    "fundapp/backups": "tables in the order of their keys",
    "fundapp/database.py": "settings of a connection, the clock",
    "fundapp/models": "conditions of indexes",
    "fundapp/queries/events.py": "a number of the code, so that the plan is kept",
    "fundapp/queries/lists.py": "a number of the code, so that the plan is kept",
    "fundapp/queries/facts.py": "names of facts, of the code",
}
#: What runs or brings to life whatever it is given.
RUNS_ANYTHING = {"pickle", "marshal", "shelve", "dill", "yaml", "code", "codeop", "ctypes", "pty"}
#: What speaks to another program or machine, and the only places that do.
SPEAKS = {
    "fundapp/intake/scanner.py": {"socket"},
    "fundapp/mail/post.py": {"smtplib", "ssl"},
    "fundapp/cli/clock.py": {"socket"},  # for the machine's own name
    "fundapp/letters/glyphs.py": {"subprocess"},  # fc-list, with words of the code
    "fundapp/services/presses.py": {"multiprocessing"},  # its own processes, by pipes
}
_SPEAKING = {
    "socket", "ssl", "smtplib", "http.client", "urllib.request", "requests", "httpx", "urllib3", "ftplib", "imaplib",
    "poplib", "telnetlib", "asyncio", "socketserver", "xmlrpc", "subprocess", "multiprocessing",
}  # fmt: skip
#: Slow to import: each is imported where it is used.
HEAVY = {
    "weasyprint",
    "openpyxl",
    "xlsxwriter",
    "playwright",
    "zxcvbn",
    "pyotp",
    "segno",
    "cryptography",
    "numpy",
    "scipy",
    "lxml",
    "pyhanko",
}


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def within(name: str, places: set[str] | dict[str, str]) -> bool:
    return any(name == place or name.startswith(f"{place}/") for place in places)


def trees() -> Iterator[tuple[str, ast.Module]]:
    for file in FILES:
        yield name_of(file), ast.parse(file.read_text(encoding="utf-8"))


def sets_a_state(node: ast.AST) -> bool:
    """A dict with the key "state", `.values(state=…)`, or an assignment to `.state` or `["state"]`."""
    if isinstance(node, ast.Dict):
        return any(isinstance(key, ast.Constant) and key.value == "state" for key in node.keys)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("values", "update")
    ):
        return any(keyword.arg == "state" for keyword in node.keywords)
    targets = (
        node.targets
        if isinstance(node, ast.Assign)
        else [node.target]
        if isinstance(node, ast.AugAssign)
        else []
    )
    return any(
        (isinstance(target, ast.Attribute) and target.attr == "state")
        or (isinstance(target, ast.Subscript) and ast.unparse(target.slice) == "'state'")
        for target in targets
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('put(entry, Bid, {"state": "awarded"})', True), ('update(Bid).values(state="awarded")', True),
        ('bid.state = "awarded"', True), ('case.changes["state"] = "awarded"', True),
        ('changes.update(state="x")', True), ('row.state == "awarded"', False), ('Refusal("x", {"since": 1})', False),
    ],
)  # fmt: skip
def test_the_search_finds_what_it_should(code: str, expected: bool) -> None:
    assert any(sets_a_state(node) for node in ast.walk(ast.parse(code))) is expected


def test_only_the_door_sets_a_state() -> None:
    """In services and jobs, where rows are written. Elsewhere the word names a filter or a part of a page."""
    writers = (
        "fundapp/services",
        "fundapp/jobs",
        "fundapp/demo",
        "fundapp/intake",
        "fundapp/outbox",
        "fundapp/cli",
    )
    found = {
        f"{name}:{node.lineno}"
        for name, tree in trees()
        if name.startswith(writers) and name not in (DOOR, FILES_STATE)
        for node in ast.walk(tree)
        if sets_a_state(node) and not _only_says(tree, node)
    }
    assert found == set()


def _only_says(tree: ast.Module, node: ast.AST) -> bool:
    """A dict that fills a refusal's sentence or a mail."""
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and node in ast.walk(n)]
    return any(isinstance(call.func, ast.Name) and call.func.id == "Refusal" for call in calls)


def test_pages_write_no_rows() -> None:
    words = {"insert", "update", "delete"}
    found = {
        name
        for name, tree in trees()
        if name.startswith(("fundapp/pages", "fundapp/cli", "fundapp/queries", "fundapp/words", "fundapp/letters"))
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        and words & {alias.name for alias in node.names}
    }  # fmt: skip
    assert found == set()


def test_every_select_lives_in_its_room() -> None:
    found = {
        name
        for name, tree in trees()
        if not within(name, MAY_SELECT)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "select"
    }
    assert found == set()


def test_transactions_are_opened_in_few_places() -> None:
    """Nobody commits by hand; `db.write()` stands where it is named above, and where passwords are kept."""
    opened, committed = set(), set()
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr == "write" and ast.unparse(node.func.value).endswith("db"):
                    opened.add(name)
                if node.func.attr == "commit":
                    committed.add(name)
    assert committed == {"fundapp/database.py"}
    assert opened - MAY_WRITE == set()


def test_every_consequence_belongs_to_a_move_and_every_life_has_its_table() -> None:
    from fundapp.services.consequences import RECORDS, SETS

    moves = {(life.name, move.name) for life in LIVES.values() for move in life.moves}
    assert set(SETS) | set(RECORDS) <= moves
    assert set(transition.TABLES) == set(LIVES)
    assert {name for _, name in moves} >= transition.TAKES_MONEY


def test_every_effect_has_its_words() -> None:
    sent = {name for life in LIVES.values() for move in life.moves for name in move.sends}
    templates = {folder.name for folder in (ROOT / "templates" / "mail").iterdir() if folder.is_dir()}
    assert sent | {"report_due", "assigned"} <= templates


def test_the_package_is_a_docstring_only() -> None:
    (only,) = ast.parse((ROOT / "fundapp" / "__init__.py").read_text(encoding="utf-8")).body
    assert isinstance(only, ast.Expr)
    assert isinstance(only.value, ast.Constant)


def test_what_is_slow_to_import_is_imported_where_it_is_used() -> None:
    found = set()
    for name, tree in trees():
        for node in tree.body:
            if isinstance(node, ast.Import):
                modules = {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                modules = {(node.module or "").partition(".")[0]}
            else:
                continue
            found |= {(name, module) for module in modules & HEAVY}
    assert found == set()


@pytest.mark.parametrize(
    "module", ["fundapp.app", "fundapp.cli", "fundapp.jobs.handlers", "fundapp.services.papers"]
)
def test_starting_loads_nothing_slow(module: str) -> None:
    code = f"import sys, {module}; print(sorted({HEAVY!r} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout.strip()) == (0, "[]"), ran.stderr


def imported(tree: ast.Module) -> set[str]:
    """Whole modules, wherever in the file they are imported."""
    return {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        )
    }


def test_sql_is_spelt_in_few_rooms_and_never_of_what_a_request_brought() -> None:
    found = {
        f"{name}:{node.lineno}"
        for name, tree in trees()
        if not within(name, SPELLS_SQL)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            getattr(node.func, "id", "") in ("text", "literal_column")
            or getattr(node.func, "attr", "") in ("literal_column", "exec_driver_sql", "executescript")
        )
        and not (node.args and isinstance(node.args[0], ast.Constant))
    }
    assert found == set()


def test_nothing_that_was_read_is_run() -> None:
    """No eval, no pickle; other programs and the network by few files, each for what the settings name."""
    found: set[tuple[str, str]] = set()
    for name, tree in trees():
        modules = imported(tree)
        found |= {(name, module) for module in modules if module.partition(".")[0] in RUNS_ANYTHING}
        speaking = {one for one in _SPEAKING if any(f"{m}.".startswith(f"{one}.") for m in modules)}
        found |= {(name, one) for one in speaking - SPEAKS.get(name, set())}
        found |= {
            (f"{name}:{node.lineno}", ast.unparse(node.func))
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and (
                getattr(node.func, "id", "") in ("eval", "exec", "compile", "__import__")
                or ast.unparse(node.func) in ("os.system", "os.popen", "jinja2.Template")
                or ast.unparse(node.func).endswith(("env.from_string", "environment.from_string"))
                or ast.unparse(node.func).endswith(("render_template_string", "Template"))
            )
        }
    assert found == set()


def test_the_policy_knows_neither_the_web_nor_the_database() -> None:
    code = (
        "import sys, workflows, fundapp.domain.money; print(sorted({'flask', 'sqlalchemy'} & {*sys.modules}))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout.strip()) == (0, "[]"), ran.stderr

"""Letters beside bare WeasyPrint on the same HTML with shared resources, alone and on every core with signing; memory."""

import io
import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from fundapp.letters import paper
from fundapp.letters.checking import Check
from fundapp.letters.signature import Seal
from fundapp.services import papers, presses
from tests.bench.measure import Line, interleaved, seconds
from tests.bench.plan import Plan
from tests.letters.letters import AWARD

#: Letters before memory is looked at: fonts and parsers have been filled by then.
WARM = 30
#: Letters of each process before the clock starts: by then even one that began late has imported what it needs.
BEGIN = 10

#: (letters a second, letters a second of processor time, cores that were busy)
Pace = tuple[float, float, float]


def run(plan: Plan) -> list[Line]:
    """The award letter, one page or more, PDF/UA on."""
    each, rounds = (5, 3) if plan.quick else (15, 5)
    render()
    html = paper.page("award", AWARD)
    bare = _bare()

    def ours(number: int) -> float:
        return seconds(lambda: [render() for _ in range(each)]) / each * 1000

    def limit(number: int) -> float:
        return seconds(lambda: [bare(html) for _ in range(each)]) / each * 1000

    service, least = interleaved(rounds, ours, limit)
    lines = [Line("a letter", "ms", service, least, 1.15, "at_most")]
    lines += _on_every_core(plan)
    single, double = interleaved(
        2 if plan.quick else 3, lambda _: _rate(1, each * 2), lambda _: _rate(2, each * 2)
    )
    lines.append(Line("two processes", "/s", double, single, 1.7, note="the limit is one process"))
    count = 60 if plan.quick else 200
    grown = _in_process(_growth, count)
    lines.append(
        Line("memory that a press gains before a fresh one takes its place", "MB", grown * presses.LIFE / count, target=20,
             sense="at_most", note=f"{presses.LIFE} letters, reckoned from {count} after {WARM}")
    )  # fmt: skip
    return lines


def _on_every_core(plan: Plan) -> list[Line]:
    """A round's letters with their data inside, signed, beside bare WeasyPrint and pyHanko in as many processes."""
    cores = os.cpu_count() or 1
    each = 12 if plan.quick else 30
    seal = Seal(plan.folder / "letter_key.pem", plan.folder / "letter_cert.pem", own=True)
    sheets = [_sheet(number, seal) for number in range(cores * (each + BEGIN))]
    html = [paper.page("award", _letter(sheet), sheet.check) for sheet in sheets]
    ours: list[Pace] = []
    limit: list[Pace] = []
    for _round in range(3 if plan.quick else 5):
        ours.append(_pressed(sheets, cores))
        limit.append(_signed(html, seal, cores))
    rate, worked, busy = ([median(pace[n] for pace in paces) for paces in (ours, limit)] for n in range(3))
    return [
        Line("a round's letters, signed, on every core", "/s", *rate, 0.9, note=f"{cores} processes each"),
        Line(
            "the same for a second of processor time",
            "/s",
            *worked,
            0.9,
            note="ours with what hands out and takes in",
        ),
        Line("cores that they keep busy", "", *busy, 0.9),
    ]


def _sheet(number: int, seal: Seal) -> presses.Sheet:
    """The award letter of one of many groups, as the service hands it to a press."""
    letter = replace(AWARD, organisation=f"Millbeck Growers {number}")
    facts = asdict(letter)
    facts.pop("said")
    facts["signatories"] = [[one.name, one.title] for one in letter.signatories]
    for name in ("dated", "starts_on", "ends_on"):
        facts[name] = facts[name].isoformat()
    facts = orjson.loads(orjson.dumps(facts))
    data = orjson.dumps(facts, option=orjson.OPT_INDENT_2)
    enclosed = paper.Enclosed(
        "award.json", "What this letter says, as data", data, datetime(2027, 5, 20, tzinfo=UTC)
    )
    check = Check("7K4M-2QXP-AB2D", "https://fund.example/check/7K4M-2QXP-AB2D", signed=True)
    return presses.Sheet(number, "award", facts, enclosed, check, seal)


def _letter(sheet: presses.Sheet) -> Any:
    return papers.letter_of(sheet.facts, sheet.kind)


def _pressed(sheets: Sequence[presses.Sheet], cores: int) -> Pace:
    """The service's own presses, from when all are under way until each has its last letter in hand."""
    made: Iterator[tuple[int, bytes]] = presses.press_all(iter(sheets), cores)
    for _letter in range(BEGIN * cores):
        next(made)
    running = [child.pid for child in multiprocessing.active_children() if child.name == "press"]
    begun, own = time.monotonic(), time.process_time()
    before = {pid: _worked(pid) for pid in running}
    count = len(sheets) - BEGIN * cores - cores
    for _letter in range(count):
        next(made)
    took = time.monotonic() - begun
    worked = time.process_time() - own + sum(_worked(pid) - before[pid] for pid in running)
    if len(list(made)) != cores:
        raise AssertionError("not a letter of every sheet")
    return count / took, count / worked, worked / took


def _signed(html: Sequence[str], seal: Seal, cores: int) -> Pace:
    """Bare WeasyPrint and pyHanko, each process with its share of the same pages."""
    context = multiprocessing.get_context("spawn")
    together, told = context.Barrier(cores), context.Queue()
    running = [
        context.Process(target=_sign_bare, args=(html[number::cores], seal, together, told), daemon=True)
        for number in range(cores)
    ]
    for process in running:
        process.start()
    spans = [told.get(timeout=300) for _ in running]
    for process in running:
        process.join(10)
    count = len(html) - BEGIN * cores
    took = max(end for _, end, _ in spans) - min(begin for begin, _, _ in spans)
    worked = sum(each for _, _, each in spans)
    return count / took, count / worked, worked / took


def _sign_bare(html: Sequence[str], seal: Seal, together: Any, told: Any) -> None:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers

    from fundapp.letters import signature

    bare, (signer, _room) = _bare(), signature._signer(seal)

    def make(page: str) -> None:
        writer = IncrementalPdfFileWriter(io.BytesIO(bare(page)))
        signers.sign_pdf(writer, signers.PdfSignatureMetadata(field_name="Signature"), signer=signer)

    for page in html[:BEGIN]:
        make(page)
    together.wait(120)
    begun, worked = time.monotonic(), time.process_time()
    for page in html[BEGIN:]:
        make(page)
    told.put((begun, time.monotonic(), time.process_time() - worked))


def _worked(pid: int | None) -> float:
    """Seconds of processor time that a process has had, also of one that has just ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def render() -> bytes:
    """One letter as the service makes it."""
    return paper.render("award", AWARD)


def _bare() -> Any:
    """WeasyPrint with what can be shared parsed once, its PDF without a variant and as it comes."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    fetcher = paper._press().fetcher
    fonts, images = FontConfiguration(), dict[str, Any]()
    style = weasyprint.CSS(
        string=(Path(paper.__file__).parents[2] / "templates" / "letters" / "letter.css").read_text("utf-8"),
        base_url="fund:", font_config=fonts, url_fetcher=fetcher,
    )  # fmt: skip

    def bare(html: str) -> Any:
        document = weasyprint.HTML(string=html, base_url="fund:", url_fetcher=fetcher)
        return document.write_pdf(stylesheets=[style], font_config=fonts, cache=images)

    return bare


def _rate(processes: int, each: int) -> float:
    """Letters a second of that many processes that start together."""
    context = multiprocessing.get_context("spawn")
    together, told = context.Barrier(processes), context.Queue()
    running = [
        context.Process(target=_letters, args=(each, together, told), daemon=True) for _ in range(processes)
    ]
    for process in running:
        process.start()
    spans = [told.get(timeout=120) for _ in running]
    for process in running:
        process.join(10)
    return processes * each / (max(end for _, end in spans) - min(begin for begin, _ in spans))


def _letters(each: int, together: Any, told: Any) -> None:
    render()
    together.wait(60)
    begun = time.monotonic()
    for _ in range(each):
        render()
    told.put((begun, time.monotonic()))


def _in_process(work: Any, count: int) -> float:
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    process = context.Process(target=work, args=(count, told), daemon=True)
    process.start()
    found: float = told.get(timeout=300)
    process.join(10)
    return found


def _growth(count: int, told: Any) -> None:
    for _ in range(WARM):
        render()
    before = resident()
    for _ in range(count):
        render()
    told.put(resident() - before)


def resident() -> float:
    """Megabytes of this process that are in memory now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError("this system does not tell the memory of a process")

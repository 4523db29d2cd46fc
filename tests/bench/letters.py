"""Letters a second, beside bare WeasyPrint on the same HTML with shared resources; two processes; memory."""

import multiprocessing
import time
from pathlib import Path
from typing import Any

from fundapp.letters import paper
from tests.bench.measure import Line, interleaved, seconds
from tests.bench.plan import Plan
from tests.letters.letters import AWARD

#: Letters before memory is looked at: fonts and parsers have been filled by then.
WARM = 30


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
    single, double = interleaved(
        2 if plan.quick else 3, lambda _: _rate(1, each * 2), lambda _: _rate(2, each * 2)
    )
    lines.append(Line("two processes", "/s", double, single, 1.7, note="the limit is one process"))
    count = 60 if plan.quick else 200
    grown = _in_process(_growth, count)
    lines.append(
        Line("memory that 1,000 letters add", "MB", grown * 1000 / count, target=20, sense="at_most",
             note=f"reckoned from {count} after {WARM}")
    )  # fmt: skip
    return lines


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

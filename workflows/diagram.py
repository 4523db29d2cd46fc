"""The policy as people read it: a table, a diagram, and the whole of docs/workflow.md."""

from collections.abc import Iterable
from pathlib import Path

from workflows import LIVES
from workflows.grammar import GUARDS, Ask, Life, Move

#: Where `python -m workflows.diagram` writes.
DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "workflow.md"

_COLUMNS = ("move", "from → to", "by", "needs", "asks", "records", "sends")

_OPENING = """\
# What may happen, who may do it, and when

This page is written by `python -m workflows.diagram` from the policy in `workflows/`. Change the policy, not
the page; a test fails while the two differ. Words of the field are explained in the [glossary](glossary.md).

A move is refused with every reason at once: it is not yours, not possible from here, not possible now, or not
yet, with what is missing. Times are compared with the moment at which a request arrived, never with what the
clock has got to. An input in brackets may be left out.
"""


def table(life: Life) -> str:
    """Every move of a life as one Markdown table, a row a move; what all moves need stands beneath it."""
    lines = [_row(_COLUMNS), _row("---" for _ in _COLUMNS)]
    lines += [_row(_cells(move)) for move in life.moves]
    return "\n".join(lines) + "\n" + _shared_needs(life)


def mermaid(life: Life) -> str:
    """A life as a Mermaid state diagram: one arrow for all moves that lead from one state to another."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for move in life.moves:
        for source in move.sources or ("[*]",):
            arrows.setdefault((source, move.target), []).append(move.name)
    lines = ["stateDiagram-v2"]
    lines += [f"    {source} --> {target}: {', '.join(names)}" for (source, target), names in arrows.items()]
    lines += [f"    {end} --> [*]" for end in life.ends]
    return "\n".join(lines) + "\n"


def rules(life: Life) -> str:
    """The guards of a life in words, in the order in which its moves first name them."""
    names = dict.fromkeys(name for move in life.moves for name in life.needs_of(move))
    return "".join(f"- `{name}`: {_lower(GUARDS[name].says)}.\n" for name in names)


def document() -> str:
    """The whole of docs/workflow.md: a section for each life."""
    return "\n".join([_OPENING, *(_section(life) for life in LIVES.values())])


def _section(life: Life) -> str:
    policy, version = life.policy
    return (
        f"## {life.name.capitalize()}\n\n"
        f"{_sentence(life)} Policy `{policy}`, version {version}.\n\n"
        f"```mermaid\n{mermaid(life)}```\n\n"
        f"{table(life)}\n"
        f"### The rules of a {life.name}, in words\n\n"
        f"{rules(life)}"
    )


def _sentence(life: Life) -> str:
    way = f"A {life.name} goes {_words(life.spine, ' → ')}"
    aside = f"; on the way it may stand {_words(life.side, ' or ')}" if life.side else ""
    return f"{way}{aside}; it ends {_words(life.ends, ', ')}."


def _shared_needs(life: Life) -> str:
    if not life.always:
        return ""
    free = [f"`{move.name}`" for move in life.moves if not move.waits_for_release]
    whom = f"Every move but {' and '.join(free)}" if free else "Every move"
    needs = "; ".join(_lower(GUARDS[name].says) for name in life.always)
    return f"\n{whom} also needs: {needs}.\n"


def _cells(move: Move) -> tuple[str, ...]:
    return (
        f"`{move.name}`",
        f"{_words(move.sources, ', ') or '–'} → {_words((move.target,), '')}",
        _words(move.by, ", "),
        "; ".join(_lower(GUARDS[name].says) for name in move.needs),
        ", ".join(_ask(ask) for ask in move.asks),
        _words(move.records, ", "),
        _words(move.sends, ", "),
    )


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _ask(ask: Ask) -> str:
    name = ask.name.removesuffix("_pence").removesuffix("_id").replace("_", " ")
    words = name if name == ask.kind else f"{name}: {ask.kind}"
    return words if ask.required else f"[{words}]"


def _words(names: tuple[str, ...], between: str) -> str:
    return between.join(name.replace("_", " ") for name in names)


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def main() -> None:
    """Write docs/workflow.md."""
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(document(), encoding="utf-8")
    print(f"Written: {DOCUMENT}")


if __name__ == "__main__":
    main()

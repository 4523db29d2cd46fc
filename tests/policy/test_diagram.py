"""The policy as people read it says what the policy says, and the page in docs/ is not stale."""

from pathlib import Path

import pytest

from workflows import AWARD, BID, LIVES, PAYEE, PAYMENT, REPORT, diagram
from workflows.grammar import GUARDS


def test_page_is_not_stale() -> None:
    stands = diagram.DOCUMENT.read_text(encoding="utf-8")
    assert stands == diagram.document(), "docs/workflow.md is stale: run `python -m workflows.diagram`"


def test_command_writes_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "docs" / "workflow.md"
    monkeypatch.setattr(diagram, "DOCUMENT", page)
    diagram.main()
    assert page.read_text(encoding="utf-8") == diagram.document()
    assert capsys.readouterr().out == f"Written: {page}\n"


def test_diagram_of_a_report() -> None:
    assert diagram.mermaid(REPORT).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> due: open",
        "    due --> filed: file",
        "    returned --> filed: file",
        "    filed --> accepted: accept",
        "    filed --> returned: return",
        "    due --> dropped: drop",
        "    filed --> dropped: drop",
        "    returned --> dropped: drop",
        "    accepted --> [*]",
        "    dropped --> [*]",
    ]


def test_diagram_of_bank_details() -> None:
    assert diagram.mermaid(PAYEE).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> standing: give",
        "    [*] --> asked: change",
        "    asked --> confirmed: confirm",
        "    asked --> refused: refuse",
        "    confirmed --> refused: refuse",
        "    confirmed --> standing: stand",
        "    standing --> replaced: replace",
        "    standing --> standing: note_bank, vouch",
        "    replaced --> [*]",
        "    refused --> [*]",
    ]


def test_moves_between_the_same_states_share_an_arrow() -> None:
    assert "    awarded --> cancelled: fall_through, confirm_cancel\n" in diagram.mermaid(BID)


def test_table_of_an_award() -> None:
    lines = diagram.table(AWARD).splitlines()
    assert lines[:2] == [
        "| move | from → to | by | needs | asks | records | sends |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    assert lines[3] == (
        "| `accept` | offered → accepted | applicant | it arrived before the offer ended; the applicant ticks "
        "that they have read the terms and agree; the applicant types their name, for a signature "
        "| agreed: flag, name: text, [recipient: choice] | award answer, letter | offer accepted |"
    )
    assert len(lines) == 2 + len(AWARD.moves)


def test_table_names_what_may_be_left_out_and_what_every_move_needs() -> None:
    table = diagram.table(BID)
    assert "no interest: flag, [document: file], [received by: words]" in table
    assert table.endswith(
        "\n\nEvery move but `award` and `decline` also needs: the round is not being released.\n"
    )
    assert "also needs" not in diagram.table(PAYMENT)


@pytest.mark.parametrize("life", sorted(LIVES))
def test_every_move_stands_in_a_row_of_seven_cells_and_every_rule_in_words(life: str) -> None:
    rows = [line for line in diagram.table(LIVES[life]).splitlines() if line.startswith("|")]
    assert {row.count("|") for row in rows} == {8}
    assert [row.split("`")[1] for row in rows[2:]] == [move.name for move in LIVES[life].moves]
    needed = {name for move in LIVES[life].moves for name in LIVES[life].needs_of(move)}
    said = diagram.rules(LIVES[life]).splitlines()
    assert len(said) == len(needed)
    for name in needed:
        sentence = GUARDS[name].says
        assert f"- `{name}`: {sentence[0].lower()}{sentence[1:]}." in said

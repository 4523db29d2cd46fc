"""What a round's page says and asks before a bid: the boxes, and what was typed read back."""

from typing import Any

from flask import request
from sqlalchemy import Row

from fundapp.domain import money
from fundapp.pages import acting, typed
from fundapp.pages.officer.term_fields import LONGEST, Field, Read, lines
from fundapp.services.rounds import about_of
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _


def words(row: Row[Any]) -> list[Field]:
    """What the round's page says."""
    about = about_of(row.about)
    example = about["example"]
    costs = "\n".join(f"{what}: {money.pounds_short(pence)[1:]}" for what, pence in example["costs"])
    return [
        Field("text", "title", _("Title"), row.title, _("As people read it, such as Spring 2027.")),
        Field("area", "lead", _("What it is about"), about["lead"], _("Two sentences at the top of its page.")),
        Field("area", "funds", _("What it funds"), "\n".join(about["funds"]), _("One thing on each line.")),
        Field("area", "not_funds", _("What it does not fund"), "\n".join(about["not_funds"]), _("One thing on each line.")),
        Field("head", "example", _("An example of a bid that worked")),
        Field("text", "example_title", _("Project"), example["title"]),
        Field("text", "example_group", _("Group"), example["group"], _("The group, and no person’s name.")),
        Field("area", "example_story", _("In their words"), example["story"]),
        Field("area", "example_costs", _("What it cost"), costs, _("One thing on each line: what, a colon, the pounds.")),
    ]  # fmt: skip


def read_words(row: Row[Any], read: Read) -> None:
    """Its title, and what its page says."""
    costs: list[list[Any]] = []
    for line in lines("example_costs"):
        what, colon, pounds = line.rpartition(":")
        try:
            costs.append([what.strip(), money.parse_pounds(pounds)])
        except money.MoneyError as wrong:
            read.wrong("example_costs", refusals.plain(wrong.code, wrong.params, acting.office().zone))
            return
        if not colon or not what.strip():
            read.wrong(
                "example_costs",
                _("Write each line as what, a colon and the pounds: “Hall, 20 evenings: 400”."),
            )
            return
    read.given["title"] = typed.line("title")
    about = {
        "lead": typed.line("lead")[:LONGEST], "funds": lines("funds"), "not_funds": lines("not_funds"),
        "example": {
            "title": typed.line("example_title")[:200], "group": typed.line("example_group")[:200],
            "story": typed.line("example_story")[:LONGEST], "costs": costs,
        },
    }  # fmt: skip
    _about(row, read, about)


def _about(row: Row[Any], read: Read, written: dict[str, Any]) -> None:
    """Only what says something else than before is kept: what is usual goes on following the fund's words."""
    before = about_of(row.about)
    read.given["about"] = {
        **row.about,
        **{part: words for part, words in written.items() if words != before[part]},
    }


def check(row: Row[Any]) -> list[Field]:
    """The questions before a bid."""
    fields: list[Field] = []
    for number, question in enumerate(about_of(row.about)["questions"]):
        fields += [
            Field("head", f"question_{number}", _("Question %(number)s", number=number + 1)),
            Field("text", f"ask_{number}", _("What is asked"), question["ask"],
                  _("{least}, {most} and {reports} are filled in from the round.")),
            Field("choice", f"right_{number}", _("Who may bid answers"), question["right"]),
            Field("text", f"why_not_{number}", _("Why not, for everybody else"), question["why_not"]),
            Field("text", f"instead_{number}", _("What they can do instead"), question["instead"]),
        ]  # fmt: skip
    return fields


def read_check(row: Row[Any], read: Read) -> None:
    """The questions, each with all of its sentences."""
    questions = []
    for number in range(len(about_of(row.about)["questions"])):
        parts = {part: typed.line(f"{part}_{number}")[:500] for part in ("ask", "why_not", "instead")}
        for part, words in parts.items():
            if not words:
                read.wrong(
                    f"{part}_{number}",
                    _("Question %(number)s needs this. Write a sentence.", number=number + 1),
                )
        questions.append({**parts, "right": "no" if request.form.get(f"right_{number}") == "no" else "yes"})
    _about(row, read, {"questions": questions})

"""The form of a round in words: its sections, the kinds of question, conditions, and what is wrong with a form."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fundapp.domain import form_building, forms, money
from fundapp.domain.form_building import Complaint
from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _

#: The fund's own sections; any other is called what its officer called it.
SECTIONS: Final[dict[str, str]] = {
    "project": N_("Your project"),
    "group": N_("Your group"),
    "case": N_("Why it matters"),
    "money": N_("The money"),
    "backing": N_("Your representative"),
}

#: Kinds as an officer chooses them: what it is, and what it is for.
KINDS: Final[dict[str, tuple[str, str]]] = {
    "words": (N_("A few words"), N_("One line, such as a name.")),
    "text": (N_("A longer text"), N_("Paragraphs, with a limit in words that is counted while they write.")),
    "number": (N_("A whole number"), N_("With the least and the most that it can be.")),
    "pence": (N_("An amount of money"), N_("Pounds and pence.")),
    "day": (N_("A day"), N_("A date in the calendar.")),
    "choice": (N_("One of a list"), N_("They choose one answer. Other questions can depend on it.")),
    "yes_no": (N_("Yes or no"), N_("Other questions can depend on it.")),
    "file": (N_("Files"), N_("Quotes, letters, plans or photographs that they attach.")),
    "funding": (N_("Other money"), N_("Who else gives, how much, and whether it is certain.")),
    "budget": (N_("The budget"), N_("Lines that must add up to the amount.")),
    "area": (N_("A ward"), N_("Chosen from the wards that the fund knows.")),
    "representative": (N_("The representative"), N_("Chosen from those in office there.")),
    "declarations": (N_("Declarations"), N_("Statements that are ticked one by one.")),
}

YES_NO: Final[dict[str, str]] = {"yes": N_("Yes"), "no": N_("No")}

COMPLAINTS: Final[dict[str, str]] = {
    "too_many_questions": N_("A form has room for %(limit)s questions and this one has %(questions)s. Take some away."),
    "core_missing": N_("Every form of this fund asks “%(label)s”. Put it in your own words if you like, but keep it."),
    "core_kind": N_("This question is always of the same kind. Keep it, and add one of your own beside it."),
    "core_must_answer": N_("Every bid must answer this question, so it cannot be left out or asked of some only."),
    "double_id": N_("This question stands in the form twice. Take one away."),
    "unknown_kind": N_("Choose what kind of answer it takes."),
    "only_once": N_("A form asks for this once. Change the question that is there."),
    "no_label": N_("Write the question."),
    "label_too_long": N_("The question has %(length)s characters and there is room for %(limit)s. Shorten it."),
    "help_too_long": N_("The help has %(length)s characters and there is room for %(limit)s. Shorten it."),
    "no_section": N_("Choose the part of the form that it stands in, or name a new one."),
    "section_too_long": N_("The part’s name has %(length)s characters and there is room for %(limit)s. Shorten it."),
    "scattered_section": N_("The questions of one part of the form must stand together. Move them together."),
    "limits_wrong": N_("This question lacks something that its kind needs. Take it away and add it anew."),
    "limit_beyond": N_("Give a whole number from %(least)s to %(most)s."),
    "limits_crossed": N_("The least is more than the most. Change one of the two."),
    "too_few_options": N_("Give at least %(least)s answers to choose from, each on a line of its own."),
    "too_many_options": N_("There is room for %(limit)s answers and you gave %(options)s. Take some away."),
    "option_too_long": N_("Each answer to choose from needs between 1 and %(limit)s characters."),
    "double_option": N_("Two of the answers to choose from are the same. Change one."),
    "condition_not_earlier": N_(
        "A question can only depend on one that stands before it. Move it down, or change what it depends on."
    ),
    "condition_of_no_choice": N_("A question can only depend on a list to choose from, or on yes or no."),
    "condition_without_answers": N_("Tick for which answers it is asked."),
    "condition_answer_gone": N_("It depends on an answer that is no longer offered. Choose again when it is asked."),
}  # fmt: skip

#: The box on the question's page where a complaint is mended.
BOXES: Final[dict[str, str]] = {
    "no_label": "label", "label_too_long": "label", "help_too_long": "help", "no_section": "section",
    "section_too_long": "new_section", "scattered_section": "section", "limits_crossed": "most",
    "too_few_options": "options", "too_many_options": "options", "option_too_long": "options", "double_option": "options",
    "condition_not_earlier": "when", "condition_of_no_choice": "when", "condition_without_answers": "when",
    "condition_answer_gone": "when", "core_must_answer": "required",
}  # fmt: skip


def section(name: str) -> str:
    """What a section is called."""
    return str(_(SECTIONS[name])) if name in SECTIONS else name


def kind(name: str) -> str:
    """What a kind of question is called."""
    return str(_(KINDS[name][0])) if name in KINDS else name


def options(question: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(value, words) of each answer that a choice or a yes-or-no question offers."""
    if question["kind"] == "yes_no":
        return [(value, str(_(words))) for value, words in YES_NO.items()]
    return [(code, str(_(words))) for code, words in forms.options_of(question)]


def lines(question: Mapping[str, Any], answer: Any) -> list[str]:
    """A chosen answer, a number, other funding or files in lines, each as it reads."""
    kind = question["kind"]
    if kind in forms.DECIDING:
        return [words for value, words in options(question) if value == answer]
    if kind == "number":
        return [f"{answer:,}"]
    if kind == "funding":
        return [_funding_line(line) for line in answer]
    return [str(file["name"]) for file in answer]


def _funding_line(line: Mapping[str, Any]) -> str:
    said = {"who": line["who"], "sum": money.pounds_short(line["pence"])}
    if line.get("certain"):
        return str(_("%(who)s: %(sum)s, certain", **said))
    return str(_("%(who)s: %(sum)s, not certain yet", **said))


def condition(question: Mapping[str, Any], questions: Sequence[Mapping[str, Any]]) -> str:
    """When a question is asked: `Asked if “Will children take part?” is answered: Yes`. Empty for one always asked."""
    when = question.get("when")
    decider = next((q for q in questions if when and q["id"] == when["question"]), None)
    if when is None or decider is None:
        return ""
    chosen = [words for value, words in options(decider) if value in when["is"]]
    said = {"question": _(decider["label"]), "answers": _(" or ").join(chosen)}
    return str(_("Asked if “%(question)s” is answered: %(answers)s", **said))


def complaint(each: Complaint, questions: Sequence[Mapping[str, Any]] = (), *, named: bool = True) -> str:
    """What is wrong with a form, as a sentence; `named` puts the question that it is about before it."""
    params = {name: _(value) if name == "label" else value for name, value in each.params.items()}
    words = str(_(COMPLAINTS[each.code], **params))
    try:
        label = form_building.find(questions, each.question)["label"]
    except form_building.NotThere:
        return words
    return f"{_(label)} {words}" if named else words


def box(each: Complaint) -> str:
    """The name of the box where a complaint is mended."""
    return str(each.params["limit"]) if each.code == "limit_beyond" else BOXES.get(each.code, "label")

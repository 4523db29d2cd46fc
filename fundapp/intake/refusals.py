"""What can be wrong with a file: codes with parameters, and the one place that words them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fundapp.domain.money import pounds_short

Params = Mapping[str, str | int]


def _(message: str) -> str:
    """Mark a message for translation; `sentence` looks the translation up when it is asked for."""
    return message


@dataclass(frozen=True)
class Problem:
    """One thing about one row. `column` is the header as the file has it, empty for the whole row."""

    line: int
    column: str
    code: str
    params: Params = field(default_factory=dict)


class FileRefused(Exception):
    """The file as a whole cannot be read. Its text is a sentence saying what to do.

    `params` always has `file`, the file's name; the others depend on `code` (see WHOLE_FILE).
    """

    def __init__(self, code: str, params: Params) -> None:
        super().__init__(code)
        self.code = code
        self.params: Params = params

    def __str__(self) -> str:
        return sentence(self)


ROW: Mapping[str, str] = {
    "no_title": _("there is no title. Give the project a title."),
    "no_organisation": _("there is no organisation. Say who is bidding."),
    "no_amount": _("there is no amount. Give the amount asked for, in pounds."),
    "money_unreadable": _("'%(text)s' is not an amount. Write pounds and pence like 1234.50 or £1,234.50."),
    "money_too_fine": _("%(text)s has parts of a penny. Give no more than two figures after the point."),
    "money_too_large": _("%(text)s is more than the %(most)s that can be handled. Check the amount."),
    "not_above_zero": _("the amount is %(amount)s. It must be more than zero."),
    "below_minimum": _("the amount is %(amount)s. The least that this round gives is %(limit)s."),
    "above_maximum": _("the amount is %(amount)s. The most that this round gives is %(limit)s."),
    "other_currency": _("the currency is '%(text)s'. Amounts must be in pounds: GBP, or nothing."),
    "unreadable_date": _(
        "'%(text)s' is not a date. Write it like 2027-09-01, 01/09/2027 or 1 September 2027."
    ),
    "too_long": _("it is %(length)s characters long. Shorten it to %(most)s."),
    "error_value": _("the spreadsheet shows the error %(text)s. Put the value there."),
    "duplicate_identifier": _("'%(text)s' is on line %(first)s already. Give each bid its own."),
    "duplicate_bid": _(
        "it has the same title, organisation, amount and postcode as line %(first)s. Take one of them out,"
        " or add a column 'Identifier' that tells them apart."
    ),
    "extra_cells": _(
        "it has %(cells)s cells where the first row has %(headers)s. Put quotation marks around text that"
        " contains the character between the columns."
    ),
    "area_without_name": _("'%(text)s' has no name beside it. Give the area's name."),
    "ward_without_code": _("the ward '%(text)s' has no code. Give its official code, like E05000770."),
    "ward_without_council": _(
        "nothing says which council the ward '%(text)s' lies in. Give its council and the code."
    ),
    "council_without_code": _(
        "the council '%(text)s' has no code, and none of that name is known. Give its official code, like E08000006."
    ),
    "constituency_without_code": _(
        "the constituency '%(text)s' has no code, and none of that name is known. Give its official code."
    ),
    "no_area": _("it names no area. Give a ward with its code and its council, or take the row out."),
    "not_a_code": _("'%(text)s' is not an area's code. Codes are letters and figures, like E05000770."),
    "code_of_another_kind": _(
        "%(text)s is the code of a %(kind)s. Check that the cells stand in the right columns."
    ),
    "code_of_two_kinds": _(
        "%(text)s is the code of a %(kind)s on line %(first)s already. An area is one or the other."
    ),
    "area_of_two_names": _("%(text)s is called '%(name)s' on line %(first)s already. Give it one name."),
    "area_in_two_areas": _("%(text)s lies in '%(name)s' on line %(first)s already. It can lie in one only."),
    "code_known_as_another_kind": _("%(text)s is known as the code of a %(kind)s already. Check the code."),
    "no_name": _("there is no name. Give the representative's name."),
    "no_office": _("there is no office. Say councillor, mayor, MP, MS, MSP, MLA or PCC."),
    "unknown_office": _(
        "'%(text)s' is not an office that can back a bid. Say councillor, mayor, MP, MS, MSP, MLA or PCC."
    ),
    "no_start": _(
        "nothing says since when they are in office. Give the day in a column 'from', or one day for all rows."
    ),
    "term_ends_before_start": _("the term ends on %(end)s, before its start on %(start)s. Check the days."),
    "term_leaves_answer_out": _(
        "they answered a bid on %(day)s, and the term as it stands here leaves that day out. Check the days."
    ),
    "not_an_email": _("'%(text)s' is not an email address. Check it for slips, such as a missing @."),
    "no_place_for_office": _("nothing says for which %(kind)s. Give its name or code."),
    "unknown_area": _("no %(kind)s '%(text)s' is in the directory. Check it, or bring the areas in first."),
    "area_not_certain": _("more than one %(kind)s is called '%(text)s'. Give its code."),
    "other_council": _("%(text)s lies in %(name)s, not in %(other)s. Check both."),
    "representative_twice": _(
        "the same person stands on line %(first)s for the same office and place. Take one out."
    ),
    "address_of_another": _(
        "this address stands on line %(first)s for %(name)s. Give each person an address of their own, or leave it empty."
    ),
    "known_by_address": _("the address is known as that of %(name)s: taken to be the same person."),
    "no_number": _("there is no membership number. Give it, or take the row out."),
    "not_a_membership_number": _(
        "'%(text)s' is not a membership number. It has 3 to 20 letters and figures."
    ),
    "member_twice": _("the number %(text)s stands on line %(first)s already. Take one of the two out."),
    "no_local_party": _("there is no local party. Give the CLP or the branch."),
    "no_name_and_no_email": _(
        "there is neither a name nor an address, so nobody could be known by it. Give one, or take the row out."
    ),
    "no_date": _("there is no day. Every line of a statement has the day on which it was booked."),
    "date_to_come": _("%(text)s is still to come. A statement says what has happened: check the day."),
    "nothing_moved": _("there is no amount. Take the row out if it only says what was left in the account."),
    "out_and_in": _("it has an amount paid out and one paid in. A line is one or the other."),
    "amounts_differ": _(
        "the signed amount is not what the columns of money out and in say. Check the three."
    ),
    "below_nothing": _("it is below zero. Money in is more than zero."),
    "neither_side": _("'%(text)s' is neither debit nor credit. Write DR or CR."),
    "ends_before_start": _("the project ends on %(end)s, before its start on %(start)s. Check the dates."),
}

WHOLE_FILE: Mapping[str, str] = {
    "not_found": _("There is no file %(file)s. Check the name and the folder."),
    "not_a_file": _("%(file)s is a folder or a device, not a file. Name a CSV or XLSX file."),
    "not_allowed": _(
        "You are not allowed to read %(file)s. Change its permissions, or copy it somewhere else."
    ),
    "unreadable": _(
        "%(file)s could not be read: %(reason)s. Check the disk, or copy the file somewhere else."
    ),
    "too_big": _("%(file)s is larger than %(most)s MB. Split it into smaller files."),
    "empty": _("%(file)s is empty. It needs a row of headers, and rows of %(rows)s beneath it."),
    "no_rows": _("%(file)s has headers but no %(rows)s. Put one a row beneath the headers."),
    "binary": _("%(file)s is not a spreadsheet. Save it as CSV UTF-8 or XLSX."),
    "old_workbook": _(
        "%(file)s is an older or password-protected workbook. Save it as XLSX without a password."
    ),
    "not_a_workbook": _("%(file)s is an archive, but not an XLSX workbook. Save it as XLSX or CSV UTF-8."),
    "damaged": _(
        "%(file)s is a damaged workbook. Open it in a spreadsheet program and save it as XLSX again."
    ),
    "unsafe": _("%(file)s has contents that no spreadsheet program writes. Save it as CSV UTF-8."),
    "not_utf8": _(
        "%(file)s is not UTF-8 text: line %(line)s cannot be read. In Excel choose 'Save as' and 'CSV UTF-8';"
        " in LibreOffice choose 'Edit filter settings' when saving, and 'Unicode (UTF-8)'."
    ),
    "not_utf8_anywhere": _(
        "%(file)s is not UTF-8 text. Save it as CSV UTF-8, and unpack it first if it is an archive."
    ),
    "broken_quotes": _(
        "In %(file)s the record that starts on line %(line)s is broken. Look for a quotation mark that is not"
        " closed, or a cell of more than 131,072 characters."
    ),
    "no_header": _(
        "%(file)s has no row of headers that can be understood. Its first row says: %(seen)s."
        " Needed: %(needed)s."
    ),
    "missing_columns": _(
        "%(file)s lacks a column for: %(missing)s. Its headers are: %(seen)s. Needed: %(needed)s."
    ),
    "same_meaning": _("In %(file)s the columns %(headers)s mean the same. Take out or rename all but one."),
    "too_many_rows": _("%(file)s has more than %(most)s rows. Split it into smaller files."),
}

_ON_LINE = _("Line %(line)s: %(what)s")
_IN_COLUMN = _("Line %(line)s, column '%(column)s': %(what)s")


def sentence(refusal: Problem | FileRefused, translate: Callable[[str], str] = _) -> str:
    """The refusal in plain words, with what to do. `translate` is a gettext, asked before values go in.

    Parameters named `…_pence` are put in as pounds under the name without the ending.
    """
    values = dict(_shown(name, value) for name, value in refusal.params.items())
    if isinstance(refusal, FileRefused):
        return translate(WHOLE_FILE[refusal.code]) % values
    what = translate(ROW[refusal.code]) % values
    frame = _IN_COLUMN if refusal.column else _ON_LINE
    return translate(frame) % {"line": refusal.line, "column": refusal.column, "what": what}


def _shown(name: str, value: str | int) -> tuple[str, str]:
    if name.endswith("_pence"):
        return name.removesuffix("_pence"), pounds_short(int(value))
    return name, f"{value:,}" if isinstance(value, int) and name not in {"line", "first"} else str(value)

"""Addresses in a mail's text, made into links."""

import re

from markupsafe import Markup, escape

_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")

_REFERENCE = re.compile(r"\b(B-\w{5,7})\b")


def linked(text: str) -> Markup:
    """The text, escaped, each address in it a link."""
    told, at = Markup(""), 0
    for found in _ADDRESS.finditer(text):
        address = escape(found.group())
        told += escape(text[at : found.start()]) + Markup('<a href="{0}">{0}</a>').format(address)
        at = found.end()
    return told + escape(text[at:])


def unbroken(subject: str) -> Markup:
    """A subject, escaped, each reference of a bid in it kept on one line."""
    return Markup("").join(
        Markup('<span class="text-nowrap">{}</span>').format(part) if number % 2 else escape(part)
        for number, part in enumerate(_REFERENCE.split(subject))
    )


def paragraphs(text: str) -> list[Markup]:
    """The text by its empty lines, with links, its line ends kept."""
    return [linked(part).replace("\n", Markup("<br>")) for part in re.split(r"\n{2,}", text.strip())]

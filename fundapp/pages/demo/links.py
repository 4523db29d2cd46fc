"""Addresses in a mail's text, made into links."""

import re

from markupsafe import Markup, escape

_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


def linked(text: str) -> Markup:
    """The text, escaped, each address in it a link."""
    told, at = Markup(""), 0
    for found in _ADDRESS.finditer(text):
        address = escape(found.group())
        told += escape(text[at : found.start()]) + Markup('<a href="{0}">{0}</a>').format(address)
        at = found.end()
    return told + escape(text[at:])


def paragraphs(text: str) -> list[Markup]:
    """The text by its empty lines, with links, its line ends kept."""
    return [linked(part).replace("\n", Markup("<br>")) for part in re.split(r"\n{2,}", text.strip())]

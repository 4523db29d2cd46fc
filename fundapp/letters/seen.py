"""A letter as a piece of a page: what it says, without the sheet's own look and its place among headings."""

from __future__ import annotations

import re
from typing import Final, cast

from markupsafe import Markup

from fundapp.letters import paper

_BODY: Final = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)
#: The fund's own head and foot are the same on every letter.
_SAME: Final = re.compile(r'<div class="foot">.*?<div class="to">', re.DOTALL)
_HEADINGS: Final = re.compile(r"<(/?)h([12])\b")


def fragment(kind: str, letter: paper.Letter) -> Markup:
    """What a letter of a kind says from its address on, as markup that its own template escaped; its headings are two
    levels lower.
    """
    found = _BODY.search(paper.page(cast("paper.TemplateName", kind), letter))
    if found is None:
        raise LookupError(f"the letter {kind} has no body")
    body = _SAME.sub('<div class="to">', found[1], count=1)
    return Markup(_HEADINGS.sub(lambda tag: f"<{tag[1]}h{int(tag[2]) + 2}", body))

"""Letters after one another in one PDF for the printer: each begins on the front of a sheet."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable
from io import BytesIO
from typing import Any, BinaryIO

#: What of a page is printed; tags, links and what lies in the letter beside its pages stay behind.
_PRINTED = ("/Type", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/Group", "/UserUnit")


def write_print(letters: Iterable[bytes], title: str, out: BinaryIO) -> int:
    """Writes the pages of these letters to a file that begins here; how many pages. The same letters give the same bytes.

    One letter is held at a time. After a letter with an odd number of pages stands an empty one. The file is no letter: it
    is not signed, and neither for the archive nor for screen readers.
    """
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.reader import PdfFileReader

    sheet = _Sheet(out)
    tree = sheet.number()
    pages: list[int] = []
    hashed = hashlib.sha256()
    for letter in letters:
        hashed.update(letter)
        reader = PdfFileReader(BytesIO(letter))
        own = list(_pages(reader.root["/Pages"]))
        for page in own:
            pages.append(sheet.copied({key: page.raw_get(key) for key in _PRINTED if key in page}, tree))
        if len(own) % 2:
            box = {"/Type": generic.NameObject("/Page"), "/MediaBox": own[-1].raw_get("/MediaBox")}
            pages.append(sheet.copied(box, tree))
    sheet.put(tree, {
        "/Type": generic.NameObject("/Pages"), "/Count": generic.NumberObject(len(pages)),
        "/Kids": generic.ArrayObject([sheet.reference(page) for page in pages]),
    })  # fmt: skip
    root, info = sheet.number(), sheet.number()
    twosided = {"/Duplex": generic.NameObject("/DuplexFlipLongEdge")}
    sheet.put(root, {
        "/Type": generic.NameObject("/Catalog"), "/Pages": sheet.reference(tree),
        "/ViewerPreferences": _dictionary(twosided),
    })  # fmt: skip
    sheet.put(info, {"/Title": generic.pdf_string(title)})
    sheet.close(root, info, hashed.digest()[:16])
    return len(pages)


class _Sheet:
    """A PDF that is written an object at a time: only where each begins is remembered."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.begins = array("Q", [0])
        self.out.write(b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n")

    def number(self) -> int:
        """A number for an object to come."""
        self.begins.append(0)
        return len(self.begins) - 1

    def reference(self, number: int) -> Any:
        """What stands for an object in another."""
        from pyhanko.pdf_utils import generic

        return generic.IndirectObject(number, 0, None)

    def put(self, number: int, thing: Any) -> None:
        """Writes an object under its number."""
        self.begins[number] = self.out.tell()
        self.out.write(b"%d 0 obj\n" % number)
        (_dictionary(thing) if type(thing) is dict else thing).write_to_stream(self.out, None)
        self.out.write(b"\nendobj\n")

    def copied(self, page: dict[str, Any], tree: int) -> int:
        """Writes a page of another PDF, and all that it needs; its number here."""
        known: dict[tuple[int, int], int] = {}
        needed: list[tuple[int, Any]] = []

        def here(thing: Any) -> Any:
            return _copy(thing, reference)

        def reference(old: Any) -> Any:
            key = (old.idnum, old.generation)
            if key not in known:
                known[key] = self.number()
                needed.append((known[key], old.get_object()))
            return self.reference(known[key])

        number = self.number()
        self.put(
            number, {key: here(value) for key, value in page.items()} | {"/Parent": self.reference(tree)}
        )
        while needed:
            other, thing = needed.pop()
            self.put(other, here(thing))
        return number

    def close(self, root: int, info: int, identity: bytes) -> None:
        """Writes where everything begins."""
        begins = self.out.tell()
        self.out.write(b"xref\n0 %d\n0000000000 65535 f \n" % len(self.begins))
        for place in self.begins[1:]:
            self.out.write(b"%010d 00000 n \n" % place)
        known = identity.hex().encode()
        self.out.write(
            b"trailer\n<</Size %d /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>]>>\nstartxref\n%d\n%%%%EOF\n"
            % (len(self.begins), root, info, known, known, begins)
        )


def _pages(tree: Any) -> Iterable[Any]:
    for each in tree["/Kids"]:
        kid = each.get_object()
        yield from _pages(kid) if kid["/Type"] == "/Pages" else (kid,)


def _copy(thing: Any, reference: Any) -> Any:
    """An object as it is in another file, its references turned into those of this one; a stream stays as it is packed."""
    from pyhanko.pdf_utils import generic

    if isinstance(thing, generic.IndirectObject):
        return reference(thing)
    if isinstance(thing, generic.ArrayObject):
        return generic.ArrayObject([_copy(each, reference) for each in thing])
    if isinstance(thing, generic.DictionaryObject):
        inside = _dictionary({key: _copy(thing.raw_get(key), reference) for key in thing})
        if isinstance(thing, generic.StreamObject):
            return generic.StreamObject(inside, encoded_data=thing.encoded_data)
        return inside
    return thing


def _dictionary(entries: dict[str, Any]) -> Any:
    from pyhanko.pdf_utils import generic

    return generic.DictionaryObject({generic.NameObject(str(key)): value for key, value in entries.items()})

"""One file for the archive and for screen readers: what PDF/A-3a leaves out of PDF/UA-1."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, Final

_END = b"</rdf:RDF>"

# A PDF/A file may carry a property of another standard only with a description of its schema (ISO 19005-3, 6.6.2.3).
_ACCESSIBLE = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1" />
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of PDF/UA that the file keeps to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


def declare_accessible(pdf: Any) -> None:
    """Say in the metadata of a pydyf PDF/A-3a that it is PDF/UA-1 too, and leave them readable without unpacking.

    Raises LookupError where the metadata are not as WeasyPrint 70 writes them.
    """
    for thing in pdf.objects:
        if getattr(thing, "extra", {}).get("Type") == "/Metadata":
            whole = b"\n".join(thing.stream)
            if whole.count(_END) != 1:
                break
            thing.stream = [whole.replace(_END, _ACCESSIBLE + _END)]
            thing.compress = False
            return
    raise LookupError(
        "WeasyPrint wrote the file's metadata in another way than this version of the service knows."
    )


#: A stream whose last byte is a carriage return: readers take it for a part of the line's end, and count one byte less
#: than the file says, which PDF/A-3 (ISO 19005-3, 6.1.7.1) forbids.
_UNCLEAR: Final = b"\r\nendstream"
_BEGIN, _CLOSE = b"\nstream\n", b"\nendstream"

#: The last byte of what is packed is as good as drawn by lot: one file in a hundred is made anew once.
_TRIES: Final = 8


def pack(pdf: Any) -> None:
    """Pack what a pydyf PDF would pack when it is written, now, and leave unpacked what would end unclearly by it."""
    for thing in pdf.objects:
        if getattr(thing, "compress", False):
            thing.compress = False
            packed = zlib.compress(thing.data.partition(_BEGIN)[2].removesuffix(_CLOSE), 9)
            if not packed.endswith(b"\r"):
                thing.stream = [packed]
                thing.extra["Filter"] = "/FlateDecode"


def made_clear(make: Callable[[int], bytes]) -> bytes:
    """The first file without a stream that ends unclearly, of those that `make` makes of 0, 1, 2 …

    What a library packs while it writes can only be seen when it is written. Raises LookupError where none is clear.
    """
    for attempt in range(_TRIES):
        pdf = make(attempt)
        if _UNCLEAR not in pdf:
            return pdf
    raise LookupError("The streams of this file end in another way than this version of the service knows.")

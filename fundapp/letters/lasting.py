"""One file for the archive and for screen readers: what PDF/A-3a leaves out of PDF/UA-1."""

from __future__ import annotations

from typing import Any

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

"""The XML that EndNote exports: one document a record."""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from kg.documents.authors import turned
from kg.documents.description import Particulars, doi_in, year_in
from kg.documents.jats.body import marked_blocks
from kg.documents.jats.inline import inline_text
from kg.documents.records.readings import Reading, record_reading

IDENTITY = "endnote xml 1"
_LOOKS = {"superscript": "sup", "subscript": "sub"}
_JOURNALS = ("periodical/full-title", "titles/secondary-title", "periodical/abbr-1")
_DATES = ("dates/year", "dates/pub-dates/date")


def endnote_readings(root: etree._Element, path: Path) -> Iterator[Reading]:
    """The records in order; none where the XML is another. The numbers of a library are no ids beyond it."""
    for record in root.findall("./records/record"):
        data = etree.tostring(record, with_tail=False)
        for style in record.iter("style"):
            style.tag = next((tag for look, tag in _LOOKS.items() if look in style.get("face", "")), "style")
        doi = doi_in(_first(record, "electronic-resource-num"))
        known = Particulars(
            title=_first(record, "titles/title"),
            authors=tuple(name for one in record.findall("contributors/authors/author") if (name := _name(one))),
            year=year_in(_first(record, *_DATES)),
            journal=_first(record, *_JOURNALS) or None,
            identifiers={"doi": doi} if doi else {},
            source_id=doi or "",
        )
        abstracts = (block for one in record.findall("abstract") for block in marked_blocks(one, 2))
        body = tuple(block for block in abstracts if block.text)
        line = record.sourceline if isinstance(record.sourceline, int) else 1
        yield record_reading(path, line, data, known, body, media_type="application/endnote+xml", parser=IDENTITY)


def _name(author: etree._Element) -> str:
    return turned(inline_text(author))


def _first(record: etree._Element, *paths: str) -> str:
    return next(
        (text for path in paths if (found := record.find(path)) is not None and (text := inline_text(found))), ""
    )

"""Records of Dublin Core, as repositories give them by OAI-PMH: one document a record."""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from kg.documents.authors import turned
from kg.documents.description import Particulars, doi_in, year_in
from kg.documents.records.markup import blocks_of, line_of
from kg.documents.records.readings import Reading, record_reading

IDENTITY = "dublin core 1"


def dublin_core_readings(root: etree._Element, path: Path) -> Iterator[Reading]:
    """The records in order; none where the XML is another. The id is the DOI, else the one in the repository."""
    for record in root.iter("dc"):
        texts = {name: _texts(record, name) for name in ("title", "creator", "date", "identifier", "description")}
        if not texts["title"] and not texts["description"]:
            continue
        doi = next((doi for text in texts["identifier"] if (doi := doi_in(text))), "")
        years = [year for text in texts["date"] if (year := year_in(text))]
        known = Particulars(
            title=line_of(next(iter(texts["title"]), "")),
            authors=tuple(map(turned, texts["creator"])),
            year=min(years, default=None),
            identifiers={"doi": doi} if doi else {},
            source_id=doi or _id_in_repository(record),
        )
        body = tuple(block for text in texts["description"] for block in blocks_of(text))
        line = record.sourceline if isinstance(record.sourceline, int) else 1
        data = etree.tostring(record, with_tail=False)
        yield record_reading(path, line, data, known, body, media_type="application/oai-dc+xml", parser=IDENTITY)


def _texts(record: etree._Element, name: str) -> list[str]:
    return [text for one in record.findall(name) if (text := "".join(map(str, one.itertext())).strip())]


def _id_in_repository(record: etree._Element) -> str:
    around = next(record.iterancestors("record"), None)
    return (around.findtext("header/identifier") or "").strip() if around is not None else ""

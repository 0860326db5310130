"""PubMed's XML of articles and books: one document a record."""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from kg.documents.authors import person
from kg.documents.description import Particulars, year_in
from kg.documents.jats.body import marked_blocks
from kg.documents.jats.inline import inline_text
from kg.documents.records.readings import Reading, record_reading
from kg.domain import Block

IDENTITY = "pubmed 1"
_RECORDS = ("PubmedArticle", "PubmedBookArticle", "MedlineCitation")
_IDENTIFIERS = {"doi": "doi", "pubmed": "pmid", "pmc": "pmcid"}
_DATES = (".//JournalIssue/PubDate", ".//ArticleDate", ".//Book/PubDate", ".//PubDate")


def pubmed_readings(root: etree._Element, path: Path) -> Iterator[Reading]:
    """The records of a set, in order; none where the XML is another."""
    for record in root.iter(*_RECORDS):
        if next(record.iterancestors(*_RECORDS), None) is not None:
            continue
        line = record.sourceline if isinstance(record.sourceline, int) else 1
        data = etree.tostring(record, with_tail=False)
        known, body = _particulars(record), tuple(_body(record))
        yield record_reading(path, line, data, known, body, media_type="application/pubmed+xml", parser=IDENTITY)


def _body(record: etree._Element) -> Iterator[Block]:
    for abstract in (*record.findall(".//Article/Abstract"), *record.findall(".//BookDocument/Abstract")):
        yield from _abstract(abstract)
    for abstract in record.iter("OtherAbstract"):
        yield from _abstract(abstract)


def _abstract(element: etree._Element) -> Iterator[Block]:
    for part in element.findall("AbstractText"):
        yield from (block for block in marked_blocks(part, 2) if block.text)


def _particulars(record: etree._Element) -> Particulars:
    identifiers: dict[str, str] = {}
    for element in (*record.findall("./PubmedData/ArticleIdList/ArticleId"), *record.iter("ELocationID")):
        name = _IDENTIFIERS.get(element.get("IdType") or element.get("EIdType") or "")
        if name and (value := inline_text(element)):
            identifiers.setdefault(name, value)
    if number := _first(record, "./PMID", "./MedlineCitation/PMID", "./BookDocument/PMID"):
        identifiers["pmid"] = number
    title = _first(record, ".//Article/ArticleTitle", ".//BookDocument/ArticleTitle", ".//BookTitle")
    return Particulars(
        title=title if title.strip("[]. ") else _first(record, ".//VernacularTitle"),
        authors=tuple(_authors(record)),
        year=_year(record),
        journal=_first(record, ".//Journal/Title", ".//MedlineJournalInfo/MedlineTA") or None,
        identifiers=identifiers,
        source_id=identifiers.get("pmid", ""),
    )


def _authors(record: etree._Element) -> Iterator[str]:
    listed = record.find(".//Article/AuthorList")
    if listed is None:
        listed = record.find(".//BookDocument/AuthorList")
    for author in () if listed is None else listed.findall("Author"):
        given = _first(author, "ForeName", "FirstName", "Initials")
        whole = person(given, _first(author, "LastName")) or _first(author, "CollectiveName")
        if whole:
            yield f"{whole} {_first(author, 'Suffix')}".strip()


def _year(record: etree._Element) -> int | None:
    for path in _DATES:
        for date in record.findall(path):
            if year := year_in(_first(date, "Year", "MedlineDate")):
                return year
    return None


def _first(element: etree._Element, *paths: str) -> str:
    return next(
        (text for path in paths if (found := element.find(path)) is not None and (text := inline_text(found))), ""
    )

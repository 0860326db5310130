"""XML of papers: JATS, and the formats that are read through its elements."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lxml import etree

from kg.documents.description import Particulars, described
from kg.documents.encoding import decoded_as
from kg.documents.extent import counted
from kg.documents.jats.body import article_blocks
from kg.documents.jats.front import particulars_of
from kg.documents.jats.inline import strip_namespaces
from kg.documents.jats.tei import as_article, tei_documents, tei_particulars
from kg.documents.records.dublin_core import dublin_core_readings
from kg.documents.records.endnote_xml import endnote_readings
from kg.documents.records.pubmed import pubmed_readings
from kg.documents.records.readings import Reading, gathered
from kg.domain import BlockKind
from kg.errors import DamagedDocument, EmptyDocument, OtherUse
from kg.protocols import ParseLimits, ParseResult

_PROLOGUE = 65536
"""Bytes at the start of a file in which a document type declares its entities."""
_DECLARED = re.compile(rb"<\?xml\s[^>]{0,100}encoding\s{0,9}=\s{0,9}[\"']([\w.-]{1,40})")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_NO_TEXT = "the article has neither abstract nor body"


class JatsParser:
    """Reads JATS and NLM articles, chapters of BITS, TEI, and records of PubMed, EndNote and Dublin Core.

    Each article of a set or an envelope (E-utilities, OAI-PMH), and each translation, meeting abstract, review or reply
    in an article is a document. Nothing is loaded, and no entities are expanded.
    """

    identity = "jats 2"

    def reads(self, path: Path, head: bytes) -> bool:
        """By the root element, or the ending; XML of another kind is refused."""
        text = head.replace(b"\x00", b"")
        return (
            re.search(rb"<article[\s>]|<!DOCTYPE\s+article", text) is not None
            and b"<html" not in text.lower()
            and text.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").startswith(b"<")
        ) or path.suffix.lower() in {".nxml", ".xml", ".jats"}

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document an article; raises DamagedDocument for broken XML, OtherUse for other XML."""
        data = path.read_bytes()
        root = xml_root(data, path)
        articles = [root] if root.tag == "article" else list(_articles(root))
        kinds = (pubmed_readings, endnote_readings, dublin_core_readings)
        if not articles and (records := [reading for kind in kinds for reading in kind(root, path)]):
            return gathered(path, records)
        readings = [reading for article in articles for reading in self._readings(article, path, data, limits)]
        if not articles:
            readings = [*self._chapters(root, path, limits), *self._tei(root, path, data, limits)]
        if not readings:
            raise OtherUse(
                str(path),
                f"its root element is <{root.tag}>, and no <article> is in it",
                "XML is read of JATS, BITS, TEI, PubMed, EndNote and Dublin Core; convert it to text",
            )
        if not any(reading.document for reading in readings):
            raise EmptyDocument(str(path), readings[0].problem)
        return gathered(path, readings)

    def _readings(self, article: etree._Element, path: Path, data: bytes, limits: ParseLimits) -> Iterator[Reading]:
        """The article and the parts inside it that have text; an article that is the root has the bytes of the file."""
        own = data if article.getparent() is None else etree.tostring(article, with_tail=False)
        known = particulars_of(article)
        parts: list[tuple[etree._Element, Reading]] = []
        for number, part in enumerate(article.iter("sub-article", "response"), start=1):
            inside = _part(part, known, number)
            reading = self._reading(part, path, etree.tostring(part, with_tail=False), inside, limits)
            if reading.document:
                parts.append((part, reading))
        whole = self._reading(article, path, own, known, limits)
        if whole.document or not parts:
            others = [_kind_of(part) for part, _ in parts if not _is_translation(part)]
            kinds = ", ".join(dict.fromkeys(others))
            yield replace(whole, warning=f"{len(others)} parts are documents of their own: {kinds}" if others else "")
        yield from (reading for _, reading in parts)

    def _chapters(self, root: etree._Element, path: Path, limits: ParseLimits) -> Iterator[Reading]:
        """The parts of a book of BITS that have a text of their own."""
        book = particulars_of(root) if root.tag != "book-part" else Particulars()
        for part in root.iter("book-part"):
            own = particulars_of(part)
            known = replace(
                own, authors=own.authors or book.authors, year=own.year or book.year, journal=book.title or None
            )
            reading = self._reading(part, path, etree.tostring(part, with_tail=False), known, limits)
            if reading.document or part.find(".//book-part") is None:
                yield reading

    def _tei(self, root: etree._Element, path: Path, data: bytes, limits: ParseLimits) -> Iterator[Reading]:
        for tei in tei_documents(root):
            own = data if tei is root else etree.tostring(tei, with_tail=False)
            known = tei_particulars(tei)
            yield self._reading(as_article(tei), path, own, known, limits)

    def _reading(
        self, article: etree._Element, path: Path, data: bytes, known: Particulars, limits: ParseLimits
    ) -> Reading:
        line = article.sourceline if isinstance(article.sourceline, int) else 1
        blocks = list(counted(article_blocks(article, known.title), path, limits))
        if all(block.kind in (BlockKind.HEADING, BlockKind.REFERENCE) for block in blocks):
            return Reading(line, problem=_NO_TEXT)
        found = described(
            path, data, blocks, media_type="application/jats+xml", parser=self.identity, particulars=known
        )
        return Reading(line, found)


def _articles(root: etree._Element) -> Iterator[etree._Element]:
    """The articles of a set or an envelope, in order."""
    return (article for article in root.iter("article") if next(article.iterancestors("article"), None) is None)


def _is_translation(part: etree._Element) -> bool:
    return part.get("article-type") == "translation"


def _kind_of(part: etree._Element) -> str:
    """What a part of an article is, such as ``reviewer report``."""
    return (part.get("article-type") or part.get("response-type") or str(part.tag)).replace("-", " ")


def _part(part: etree._Element, whole: Particulars, number: int) -> Particulars:
    """The particulars of a part: year and journal of the whole where it has none; authors for a translation alone."""
    own = particulars_of(part)
    identifiers = {name: value for name, value in own.identifiers.items() if whole.identifiers.get(name) != value}
    name, title, authors = part.get("id") or str(number), f"{_kind_of(part).capitalize()}: {whole.title}", own.authors
    if _is_translation(part):
        name, title, authors = part.get(_LANGUAGE) or part.get("id") or "translation", whole.title, whole.authors
    return replace(
        own,
        title=own.title or title,
        authors=own.authors or authors,
        year=own.year or whole.year,
        journal=whole.journal,
        identifiers=identifiers,
        source_id=identifiers.get("doi") or (f"{whole.source_id}.{name}" if whole.source_id else ""),
    )


def _is_utf8_unsaid(data: bytes) -> bool:
    """Whether a file that declares another encoding is UTF-8, as programs leave it that save what they decoded."""
    declared = _DECLARED.match(data)
    if declared is None or declared[1].lower().startswith(b"utf") or data.isascii():
        return False
    return decoded_as(data, "utf-8", False) is not None


def xml_root(data: bytes, path: Path) -> etree._Element:
    """The root of an XML file, its elements without namespaces; raises DamagedDocument."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        encoding="utf-8" if _is_utf8_unsaid(data) else None,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise DamagedDocument(
            str(path),
            f"line {error.lineno}: no well-formed XML ({error.msg})",
            "the file is cut off or broken: get it again",
        ) from error
    if re.search(rb"<!ENTITY\s", data.replace(b"\x00", b"")[:_PROLOGUE]):
        raise DamagedDocument(
            str(path), "it declares entities of its own, which are never expanded", "save it with the entities replaced"
        )
    strip_namespaces(root)
    return root

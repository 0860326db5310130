"""JATS XML."""

import re
from pathlib import Path

from lxml import etree

from kg.documents.description import described
from kg.documents.jats.body import article_blocks
from kg.documents.jats.front import particulars_of
from kg.domain import BlockKind
from kg.errors import DamagedDocument, EmptyDocument, UnsupportedFormat
from kg.protocols import ParseLimits, ParseResult

_PROLOGUE = 65536
"""Bytes at the start of a file in which a document type declares its entities."""


class JatsParser:
    """Reads JATS and NLM articles; loads nothing from the network and expands no entities."""

    identity = "jats 1"

    def reads(self, path: Path, head: bytes) -> bool:
        """By the root element, or the ending ``.nxml``; other XML is refused as not JATS."""
        text = head.replace(b"\x00", b"")
        return (
            re.search(rb"<article[\s>]|<!DOCTYPE\s+article", text) is not None
            and b"<html" not in text.lower()
            and text.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").startswith(b"<")
        ) or path.suffix.lower() in {".nxml", ".xml", ".jats"}

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document; raises DamagedDocument for broken XML, UnsupportedFormat for other XML."""
        data = path.read_bytes()
        root = _root(data, path)
        if root.tag != "article":
            raise UnsupportedFormat(
                str(path),
                f"its root element is <{root.tag}>, not <article>",
                "only JATS XML is read; convert it to text",
            )
        known = particulars_of(root)
        blocks = article_blocks(root, known.title)
        if all(block.kind in (BlockKind.HEADING, BlockKind.REFERENCE) for block in blocks):
            raise EmptyDocument(str(path), "the article has neither abstract nor body")
        found = described(
            path, data, blocks, media_type="application/jats+xml", parser=self.identity, particulars=known
        )
        return ParseResult((found,))


def _root(data: bytes, path: Path) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
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
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.startswith("{https://jats.nlm.nih.gov"):
            element.tag = etree.QName(element).localname
    return root

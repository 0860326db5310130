"""DOCX, the format of Word."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from kg.documents.description import Particulars, described, doi_in
from kg.documents.grids import filled_grid, span_of
from kg.documents.references import heads_references, with_references
from kg.documents.tables import markdown_table
from kg.domain import Block, BlockKind
from kg.errors import DamagedDocument, EmptyDocument, EncryptedDocument, OversizedDocument, UnsupportedFormat
from kg.protocols import ParseLimits, ParseResult

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TREE_FACTOR = 16
"""A tree of XML takes up to so many times the memory of its text."""
_MOST_PARTS = 10_000
_CAPTION = re.compile(r"(?:table|figure|fig\.)\s*\d+\s*[.:]|[图表]\s*\d+\s*[.:：、\s]", re.IGNORECASE)


class WordParser:
    """Reads DOCX: headings by style, lists, tables with merged cells, captions; tracked insertions are text."""

    identity = "docx 1"

    def reads(self, path: Path, head: bytes) -> bool:
        """By the signature: a zip with Word's parts, or the old binary format, which is refused with its cure."""
        if head.startswith(_OLD_WORD):
            return True
        return head.startswith(b"PK\x03\x04") and (
            path.suffix.lower() == ".docx" or b"word/" in head or b"[Content_Types]" in head
        )

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document; raises EncryptedDocument, DamagedDocument, OversizedDocument or UnsupportedFormat."""
        data = path.read_bytes()
        _check(path, data, limits)
        word = _opened(path)
        blocks = with_references(_blocks(word))
        if not any(block.kind is not BlockKind.HEADING for block in blocks):
            raise EmptyDocument(str(path), "there is no text in the document")
        known = _particulars(word, blocks)
        media = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        return ParseResult((described(path, data, blocks, media_type=media, parser=self.identity, particulars=known),))


def _check(path: Path, data: bytes, limits: ParseLimits) -> None:
    if data.startswith(_OLD_WORD):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise EncryptedDocument(str(path), "a password is needed", "save it without a password")
        raise UnsupportedFormat(str(path), "it is in Word's old binary format", "save it as .docx")
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise DamagedDocument(str(path), f"no readable DOCX ({error})", "the file is cut off or broken") from error
    if "word/document.xml" not in {part.filename for part in parts}:
        raise UnsupportedFormat(str(path), "it is a zip archive, but no Word document", "unpack it and give its files")
    unpacked = sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    most = limits.memory_bytes // _TREE_FACTOR
    if unpacked > most or len(parts) > _MOST_PARTS or sum(p.file_size for p in parts) > limits.memory_bytes // 2:
        raise OversizedDocument(
            str(path),
            f"unpacked it has {unpacked / 2**20:.0f} MB of XML in {len(parts)} parts (limit {most / 2**20:.0f} MB)",
            "raise JIANXI_LIMIT_MEMORY_MB if it is no zip bomb",
        )


def _opened(path: Path) -> "WordDocument":
    import docx
    from docx.opc.exceptions import OpcError

    try:
        return docx.Document(str(path))
    except (OpcError, etree.XMLSyntaxError, zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise DamagedDocument(str(path), f"no readable DOCX ({error})", "open it in Word and save it again") from error


def _blocks(word: "WordDocument") -> Iterator[Block]:
    from docx.table import Table

    for item in word.iter_inner_content():
        if isinstance(item, Table):
            if text := markdown_table(_grid(item)):
                yield Block(BlockKind.TABLE, text)
        elif block := _paragraph(item):
            yield block


def _paragraph(paragraph: "Paragraph") -> Block | None:
    text = _text(paragraph._p)
    if not text:
        return None
    style = ((paragraph.style.name if paragraph.style else "") or "").lower()
    level = _level(style, paragraph) or (2 if heads_references(text) else None)
    if level:
        return Block(BlockKind.HEADING, text, level=level)
    if style == "caption" or "题注" in style or (_CAPTION.match(text) and len(text) < 500):
        return Block(BlockKind.CAPTION, text)
    if style.startswith("list") or paragraph._p.find(f"{_W}pPr/{_W}numPr") is not None:
        return Block(BlockKind.LIST, text)
    return Block(BlockKind.PARAGRAPH, text)


def _level(style: str, paragraph: "Paragraph") -> int | None:
    if style in {"title", "标题"}:
        return 1
    named = re.match(r"(?:heading|标题)\s*(\d)", style)
    if named:
        return min(int(named[1]) + 1, 6)
    outline = paragraph._p.find(f"{_W}pPr/{_W}outlineLvl")
    value = outline.get(f"{_W}val", "9") if outline is not None else "9"
    return int(value) + 2 if value.isdigit() and int(value) < 5 else None


def _text(element: etree._Element) -> str:
    parts: list[str] = []
    skip = {f"{_W}txbxContent", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback", f"{_W}del"}

    def walk(node: etree._Element) -> None:
        for child in node:
            if child.tag in skip:
                continue
            if child.tag == f"{_W}t":
                parts.append(child.text or "")
            elif child.tag in {f"{_W}tab", f"{_W}br", f"{_W}cr"}:
                parts.append(" ")
            elif child.tag == f"{_W}rPr" or child.tag == f"{_W}pPr":
                continue
            else:
                walk(child)

    walk(element)
    return " ".join("".join(parts).split())


def _grid(table: "Table") -> list[list[str]]:
    rows: list[list[tuple[str, int, int]]] = []
    for row in table._tbl.findall(f"{_W}tr"):
        cells = []
        for cell in row.findall(f"{_W}tc"):
            span = cell.find(f"{_W}tcPr/{_W}gridSpan")
            text = " ".join(t for p in cell.iter(f"{_W}p") if (t := _text(p)))
            cells.append((text, span_of(span.get(f"{_W}val") if span is not None else None), 1))
        rows.append(cells)
    return filled_grid(rows)


def _particulars(word: "WordDocument", blocks: list[Block]) -> Particulars:
    heading = next((b.text for b in blocks if b.kind is BlockKind.HEADING and b.level == 1), "")
    told = word.core_properties
    title = heading or (told.title or "").strip()
    doi = doi_in("\n".join(b.text for b in blocks[:30]))
    authors = tuple(name.strip() for name in re.split(r"[;,、；，]", told.author or "") if name.strip())
    return Particulars(
        title=title,
        authors=() if authors in {("python-docx",), ("Microsoft Office User",)} else authors,
        identifiers={"doi": doi} if doi else {},
    )

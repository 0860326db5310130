"""The parser of DOCX: its blocks in order."""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lxml import etree

from kg.documents.authors import author_names
from kg.documents.description import Particulars, described, doi_in
from kg.documents.extent import counted, too_many_blocks
from kg.documents.grids import filled_grid, span_of
from kg.documents.invisible import left_out
from kg.documents.references import heads_references, with_references
from kg.documents.tables import markdown_table
from kg.documents.word.drawings import Drawings
from kg.documents.word.looks import WHITE, Styles, W, number_in, shade, val
from kg.documents.word.numbering import Numbering
from kg.documents.word.symbols import Symbols
from kg.documents.word.text import Reading, TextReader, is_deleted, unfolded
from kg.domain import Block, BlockKind
from kg.errors import DamagedDocument, EmptyDocument, EncryptedDocument, OversizedDocument, UnsupportedFormat
from kg.protocols import ParseLimits, ParseResult

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TREE_FACTOR = 16
"""A tree of XML takes up to so many times the memory of its text."""
_BODY_TEXT = 9
"""The outline level that is none."""
_SYMBOL_CHARSETS = frozenset({"02", "2"})
_MOST_PARTS = 10_000
_STRICT = b"http://purl.oclc.org/ooxml/"
_OPENING = 1000
_STRICT_NAME = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w{1,40})/")
_DOCUMENT_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OTHER_TYPE = re.compile(
    rb"application/vnd\.(?:ms-word\.(?:document|template)\.macroEnabled(?:Template)?|openxmlformats-officedocument\."
    rb"wordprocessingml\.template)\.main\+xml"
)
_MAIN_PART = re.compile(r"word/document\d{0,3}\.xml")
_RELATION = re.compile(rb"<Relationship\s[^<>]{1,4000}/>")
_CAPTION = re.compile(r"(?:table|figure|fig\.)\s*\d+\s*[.:]|[图表]\s*\d+\s*[.:：、\s]", re.IGNORECASE)


class WordParser:
    """Reads DOCX: headings by style, lists, tables with merged cells, captions, text boxes, SmartArt, notes, equations.

    Numbers that Word counts stand before their headings, items and cells; bullets do not. Tracked changes are read
    as accepted; hidden and struck text is left out and told.
    """

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
        body = _Body(word, path, limits)
        blocks = with_references(counted(body.blocks(), path, limits))
        if not any(block.kind is not BlockKind.HEADING for block in blocks):
            raise EmptyDocument(str(path), "there is no text in the document")
        known = _particulars(word, blocks)
        media = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        found = described(path, data, blocks, media_type=media, parser=self.identity, particulars=known)
        return ParseResult((found,), warnings=tuple(body.warnings()))


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
    if not any(_MAIN_PART.fullmatch(part.filename) for part in parts):
        raise UnsupportedFormat(str(path), "it is a zip archive, but no Word document", "unpack it and give its files")
    unpacked = sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    most = limits.memory_bytes // _TREE_FACTOR
    if len(parts) > _MOST_PARTS:
        why = f"it has {len(parts):,} parts (limit {_MOST_PARTS:,})"
        raise OversizedDocument(str(path), why, "open it in Word and save it again, or split it")
    whole = sum(part.file_size for part in parts)
    for size, limit, what in ((unpacked, most, "of XML"), (whole, limits.memory_bytes // 2, "in all")):
        if size > limit:
            why = f"unpacked it has {size / 2**20:,.0f} MB {what} (limit {limit / 2**20:,.0f} MB)"
            raise OversizedDocument(str(path), why, "raise JIANXI_LIMIT_MEMORY_MB if it is no zip bomb")


def _usual(path: Path) -> BytesIO:
    """The file as python-docx reads it.

    One in the strict form of the standard has the names of the usual form, a template or a document with macros the
    type of a document, and relations to parts that are not there are left out.
    """
    with zipfile.ZipFile(path) as archive:
        there = frozenset(name.rpartition("/")[2] for name in archive.namelist())
        marked = [part for part in archive.infolist() if part.filename.endswith((".xml", ".rels"))]
        mended = {p.filename: text for p in marked if (text := _mended(old := archive.read(p), there)) != old}
        if not mended:
            return BytesIO(path.read_bytes())
        usual = BytesIO()
        with zipfile.ZipFile(usual, "w") as written:
            for part in archive.infolist():
                written.writestr(part, mended.get(part.filename) or archive.read(part))
        return usual


def _mended(content: bytes, parts: frozenset[str]) -> bytes:
    if _STRICT in content:
        content = _STRICT_NAME.sub(rb"http://schemas.openxmlformats.org/\1/2006/", content)
    if b"/content-types" in content[:_OPENING]:
        return _OTHER_TYPE.sub(_DOCUMENT_TYPE, content)
    if b"/relationships" in content[:_OPENING] and b"<Relationships" in content[:_OPENING]:
        return _RELATION.sub(lambda found: found[0] if _leads(found[0], parts) else b"", content)
    return content


def _leads(relation: bytes, parts: frozenset[str]) -> bool:
    """Whether a relation leads out of the file, or to a part with the name of one in it, whatever their folders."""
    target = re.search(rb"Target\s*=\s*[\"']([^\"']*)", relation)
    if target is None or b"External" in relation:
        return True
    last = unquote(target[1].decode("utf-8", "replace")).rpartition("/")[2]
    return not last or last in parts


def _opened(path: Path) -> "WordDocument":
    import docx
    from docx.opc.exceptions import OpcError

    try:
        return docx.Document(_usual(path))
    except (OpcError, etree.XMLSyntaxError, zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise DamagedDocument(str(path), f"no readable DOCX ({error})", "open it in Word and save it again") from error


class _Body:
    """The blocks of a document in order: each paragraph, then the text boxes and footnotes anchored in it."""

    def __init__(self, word: "WordDocument", path: Path, limits: ParseLimits) -> None:
        self._path, self._limits = path, limits
        self._paragraphs = 0
        self._root = word.element.body
        self._styles = Styles(word.styles.element)
        self._reader = TextReader(self._styles, Symbols([*_symbol_fonts(word)]))
        self._drawings = Drawings(word.part.related_parts)
        self._numbering = Numbering(next((root for _, root in _parts(word, "numbering")), None), self._styles)
        self._notes = dict(_notes(word))
        self._foreign = 0
        self._endnotes: list[tuple[str, str]] = []

    def blocks(self) -> Iterator[Block]:
        """The blocks; endnotes come last."""
        yield from self._inside(self._root, WHITE)
        for note in self._endnotes:
            yield from self._note(note)

    def warnings(self) -> Iterator[str]:
        """What was not read."""
        for what, texts in (("hidden", self._reader.hidden), ("struck-through", self._reader.struck)):
            text = " ".join("".join(texts).split())
            if text:
                yield left_out(f"{what} text", text)
        if self._foreign:
            yield f"{self._foreign} parts are other documents put into it, which are not read: save it again in Word"
        if fonts := sorted(self._reader.symbols.unread):
            yield f"symbols are left out whose characters are not known ({', '.join(fonts)}): set them in another font"
        if self._drawings.charts:
            yield f"{self._drawings.charts} charts are read by their titles alone: give their numbers in a table"
        if self._reader.objects:
            yield f"{self._reader.objects} equations are embedded objects or fields, which are not read: convert them"

    def _inside(self, container: etree._Element, ground: str | None) -> Iterator[Block]:
        carried = ""
        for child in unfolded(container):
            if child.tag == f"{W}p":
                self._paragraphs += 1
                if self._paragraphs > self._limits.blocks:  # empty ones too, which are no blocks
                    raise too_many_blocks(self._path, self._limits)
                found = self._reader.read(child, ground)
                number = "" if is_deleted(child) else self._numbering.mark(child)
                found.text = f"{carried}{found.text}".strip()
                carried = f"{found.text} " if is_deleted(child) else found.text if _is_initial(child) else ""
                if found.text and not carried:
                    yield self._block(child, found, number)
                yield from self._anchored(found)
            elif child.tag == f"{W}tbl":
                yield from self._table(child, ground)
            elif child.tag in {f"{W}altChunk", f"{W}subDoc"}:
                self._foreign += 1
        if carried.strip():
            yield Block(BlockKind.PARAGRAPH, carried.strip())

    def _anchored(self, found: Reading) -> Iterator[Block]:
        for box in found.boxes:
            yield from self._inside(box, None if _is_filled(box) else WHITE)
        for drawing in found.drawings:
            yield from self._drawings.blocks(drawing)
        for note in found.notes:
            if note[0] == "endnote":
                self._endnotes.append(note)
            else:
                yield from self._note(note)

    def _note(self, note: tuple[str, str]) -> Iterator[Block]:
        root = self._notes.pop(note, None)
        if root is not None:
            for number, block in enumerate(self._inside(root, WHITE)):
                yield replace(block, text=f"{self._reader.mark(note)} {block.text}") if not number else block

    def _block(self, paragraph: etree._Element, found: Reading, number: str) -> Block:
        heads = heads_references(found.text)
        text = found.text if heads else f"{number} {found.text}".strip()
        style = self._styles.name_of(paragraph)
        level = _level(self._styles, paragraph) or (2 if heads else None)
        if level:
            return Block(BlockKind.HEADING, text, level=level)
        if found.is_formula:
            return Block(BlockKind.FORMULA, text)
        if style == "caption" or "题注" in style or (_CAPTION.match(text) and len(text) < 500):
            return Block(BlockKind.CAPTION, text)
        if style.startswith("list") or _is_numbered(self._styles, paragraph):
            return Block(BlockKind.LIST, text)
        return Block(BlockKind.PARAGRAPH, text)

    def _table(self, table: etree._Element, ground: str | None) -> Iterator[Block]:
        ground = None if self._styles.is_shaded(table) else ground
        rows = [row for row in unfolded(table) if row.tag == f"{W}tr" and not _is_out(row)]
        cells = [_cells(row) for row in rows]
        if sum(map(len, cells)) == 1:
            only = next(line[0] for line in cells if line)
            yield from self._inside(only, _ground(only, ground))
            return
        anchored: list[Reading] = []
        grid = _merged(
            [*_before(row), *(self._cell(cell, ground, anchored) for cell in line)]
            for row, line in zip(rows, cells, strict=True)
        )
        if text := markdown_table(filled_grid(grid)):
            yield Block(BlockKind.TABLE, text)
        for found in anchored:
            yield from self._anchored(found)

    def _cell(self, cell: etree._Element, ground: str | None, anchored: list[Reading]) -> tuple[str, int, str]:
        """The text of a cell, the columns it spans and whether it begins or continues a merge."""
        own = _ground(cell, ground)
        span = cell.find(f"{W}tcPr/{W}gridSpan")
        merge = cell.find(f"{W}tcPr/{W}vMerge")
        state = (val(merge) or "continue") if merge is not None else ""
        paragraphs = [*_paragraphs(cell)]
        found = [self._reader.read(p, own) for p in paragraphs]
        anchored += found
        for paragraph, one in zip(paragraphs, found, strict=True) if state != "continue" else ():
            number = "" if is_deleted(paragraph) else self._numbering.mark(paragraph)
            one.text = f"{number} {one.text}".strip()
        return " ".join(f.text for f in found if f.text), span_of(val(span)), state


def _merged(rows: Iterable[Sequence[tuple[str, int, str]]]) -> list[list[tuple[str, int, int]]]:
    """Cells as (text, columns, rows): one that continues another downwards repeats its text."""
    above: dict[int, str] = {}
    grid: list[list[tuple[str, int, int]]] = []
    for row in rows:
        line: list[tuple[str, int, int]] = []
        column = 0
        for text, span, state in row:
            shown = above.get(column, text) if state == "continue" and not text else text
            above[column] = shown
            line.append((shown, span, 1))
            column += span
        grid.append(line)
    return grid


def _before(row: etree._Element) -> list[tuple[str, int, str]]:
    """The columns that a row leaves free before its first cell."""
    free = val(row.find(f"{W}trPr/{W}gridBefore"))
    return [("", span_of(free), "")] if free and free != "0" else []


def _is_initial(paragraph: etree._Element) -> bool:
    """Whether a paragraph is the large first letter of the next one."""
    frame = paragraph.find(f"{W}pPr/{W}framePr")
    return frame is not None and frame.get(f"{W}dropCap", "none") != "none"


def _is_out(row: etree._Element) -> bool:
    return any(row.find(f"{W}trPr/{W}{name}") is not None for name in ("del", "hidden"))


def _cells(row: etree._Element) -> list[etree._Element]:
    return [c for c in unfolded(row) if c.tag == f"{W}tc" and c.find(f"{W}tcPr/{W}cellDel") is None]


def _paragraphs(cell: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs of a cell and of the tables inside it."""
    for child in unfolded(cell):
        if child.tag == f"{W}p":
            yield child
        elif child.tag == f"{W}tbl":
            inner = (c for row in unfolded(child) if row.tag == f"{W}tr" and not _is_out(row) for c in _cells(row))
            yield from (paragraph for one in inner for paragraph in _paragraphs(one))


def _ground(cell: etree._Element, ground: str | None) -> str | None:
    return shade(cell.find(f"{W}tcPr/{W}shd"), ground)


def _is_filled(box: etree._Element) -> bool:
    """Whether the shape around a text box has a fill or a style, which may be of any colour."""
    shape = next((p for p in box.iterancestors() if etree.QName(p).localname in {"wsp", "shape", "rect"}), None)
    if shape is None:
        return False
    fills = {"solidFill", "gradFill", "blipFill", "pattFill", "style", "fill"}
    return bool(shape.get("fillcolor")) or any(
        etree.QName(part).localname in fills for part in shape.iter() if isinstance(part.tag, str)
    )


def _symbol_fonts(word: "WordDocument") -> Iterator[str]:
    """The fonts of which the document says that their letters are symbols."""
    for _, root in _parts(word, "fontTable"):
        for font in root.iter(f"{W}font"):
            if val(font.find(f"{W}charset")) in _SYMBOL_CHARSETS:
                yield font.get(f"{W}name", "")


def _parts(word: "WordDocument", *kinds: str) -> Iterator[tuple[str, etree._Element]]:
    """The roots of the parts of these kinds."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    for relation in word.part.rels.values():
        kind = relation.reltype.rpartition("/")[2].removesuffix("s")
        if kind in kinds and not relation.is_external:
            yield kind, etree.fromstring(relation.target_part.blob, parser)


def _notes(word: "WordDocument") -> Iterator[tuple[tuple[str, str], etree._Element]]:
    for kind, root in _parts(word, "footnote", "endnote"):
        for note in root.findall(f"{W}{kind}"):
            if note.get(f"{W}type", "normal") == "normal":
                yield (kind, note.get(f"{W}id", "")), note


def _level(styles: Styles, paragraph: etree._Element) -> int | None:
    """The level of a heading by its outline level, or by the built-in style that its own is based on."""
    for name, properties in styles.properties(paragraph):
        if name in {"title", "标题"}:
            return 1
        if named := re.match(r"(?:heading|标题)\s*(\d)", name):
            return min(int(named[1]) + 1, 6)
        told = val(properties.find(f"{W}outlineLvl")) if properties is not None else None
        if told and told.isdecimal() and (name or number_in(told, _BODY_TEXT) < _BODY_TEXT):
            outline = number_in(told, _BODY_TEXT)
            return min(outline + 2, 6) if outline < _BODY_TEXT else None
    return None


def _is_numbered(styles: Styles, paragraph: etree._Element) -> bool:
    """Whether a paragraph is an item of a list, itself or by its style; the number 0 takes it out of one."""
    for _, properties in styles.properties(paragraph):
        number = val(properties.find(f"{W}numPr/{W}numId")) if properties is not None else None
        if number is not None:
            return number != "0"
    return False


def _particulars(word: "WordDocument", blocks: list[Block]) -> Particulars:
    heading = next((b.text for b in blocks if b.kind is BlockKind.HEADING and b.level == 1), "")
    told = word.core_properties
    title = heading or (told.title or "").strip()
    doi = doi_in("\n".join(b.text for b in blocks[:30]))
    authors = author_names(re.sub("[；;]", ";", told.author or ""))
    return Particulars(
        title=title,
        authors=() if authors in {("python-docx",), ("Microsoft Office User",)} else authors,
        identifiers={"doi": doi} if doi else {},
    )

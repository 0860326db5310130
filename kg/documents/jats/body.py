"""The blocks of a JATS article."""

from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from kg.documents.grids import filled_grid, span_of
from kg.documents.jats.front import front_of
from kg.documents.jats.inline import formula_text, inline_text, name_of, note_text, reference_text
from kg.documents.tables import markdown_table
from kg.domain import Block, BlockKind

_APART_NAMES = """
disp-formula disp-formula-group list def-list table-wrap fig fig-group boxed-text disp-quote code preformat
supplementary-material table-wrap-group verse-group media statement array
"""
_APART = frozenset(_APART_NAMES.split())
_SECTIONS = frozenset({"sec", "app", "ack", "boxed-text", "fn-group", "glossary", "notes", "statement"})
_GIVEN_HEADS = {"ack": "Acknowledgements", "glossary": "Glossary", "abstract": "Abstract", "trans-abstract": "Abstract"}
_HEADS = frozenset({"title", "h1", "h2", "h3", "h4", "h5", "h6"})
_FREE = _APART | _HEADS | {"p", "sec", "div", "ul", "ol", "abstract", "abstracttext", "AbstractText"}
_SKIPPED_NAMES = """
title label sec-meta object-id alternatives caption contrib-group bio index permissions alt-text long-desc kwd-group
book-part
"""
_SKIPPED = frozenset(_SKIPPED_NAMES.split())
_BLOCKS = _APART | _SECTIONS | _SKIPPED | {"p", "ref-list", "fn"}


def article_blocks(root: etree._Element, title: str) -> Iterator[Block]:
    """Title, abstract, body, back matter and floats; what is a document of its own inside is left out."""
    return (block for block in _article(root, title) if block.text)


def _article(root: etree._Element, title: str) -> Iterator[Block]:
    if title:
        yield Block(BlockKind.HEADING, title, level=1)
    front = front_of(root)
    for abstract in (*front.findall("abstract"), *front.findall("trans-abstract")):
        if abstract.get("abstract-type") not in {"graphical", "teaser", "toc"}:
            yield from _section(abstract, 2)
    for part in ("body", "back", "floats-group", "floats-wrap"):
        element = root.find(part)
        if element is not None:
            yield from _children(element, 2)


def _section(element: etree._Element, level: int) -> Iterator[Block]:
    title = element.find("title")
    label = element.findtext("label") or ""
    head = inline_text(title) if title is not None else _GIVEN_HEADS.get(name_of(element), "")
    if not head and name_of(element) in {"boxed-text", "statement"}:
        head, label = _caption(element), ""
    if head:
        numbered = f"{label.strip()} {head}" if label.strip()[:1].isdigit() else head
        yield Block(BlockKind.HEADING, numbered, level=min(level, 6))
        yield from _children(element, level + 1)
    else:
        yield from _children(element, level)


def _children(element: etree._Element, level: int) -> Iterator[Block]:
    loose = [element.text, *(child.tail for child in element)]
    has_text = any(text and text.strip() for text in loose)
    pieces: Iterable[str | etree._Element] = _pieces(element, _BLOCKS) if has_text else element
    for piece in pieces:
        if isinstance(piece, str):
            yield Block(BlockKind.PARAGRAPH, piece)
        else:
            yield from _child(piece, level)


def _child(element: etree._Element, level: int) -> Iterator[Block]:
    name = name_of(element)
    if name in _SECTIONS:
        yield from _section(element, level)
    elif name == "p":
        yield from _paragraph(element, level)
    elif name == "ref-list":
        yield from _references(element, level)
    elif name in _APART:
        yield from _apart(element, level)
    elif name == "fn":
        yield Block(BlockKind.PARAGRAPH, note_text(element))
    elif name and name not in _SKIPPED:
        yield from _children(element, level)


def marked_blocks(element: etree._Element, level: int) -> Iterator[Block]:
    """The blocks of marked text that follows no schema, such as an abstract in a record; loose text is a paragraph."""
    label = element.get("Label") or element.get("label") or ""
    if label and label != "UNLABELLED":
        yield Block(BlockKind.HEADING, label.capitalize() if label.isupper() else label, level=level)
    for piece in _pieces(element, _FREE):
        if isinstance(piece, str):
            yield Block(BlockKind.PARAGRAPH, piece)
        elif name_of(piece) in _HEADS:
            yield Block(BlockKind.HEADING, inline_text(piece), level=level)
        elif name_of(piece) in _APART | {"ul", "ol"}:
            yield from _apart(piece, level)
        else:
            yield from marked_blocks(piece, level + (name_of(piece) == "sec"))


def _paragraph(element: etree._Element, level: int) -> Iterator[Block]:
    """A paragraph, split at each list, table, figure or formula inside it; notes in its text follow it."""
    notes = [note_text(note) for note in element.iter("fn") if _is_in_text(note, element)]
    for piece in _pieces(element, _APART):
        if isinstance(piece, str):
            yield Block(BlockKind.PARAGRAPH, piece)
        else:
            yield from _apart(piece, level)
    yield from (Block(BlockKind.PARAGRAPH, note) for note in notes)


def _is_in_text(note: etree._Element, paragraph: etree._Element) -> bool:
    """Whether a note stands in the text of a paragraph, not in a table or figure inside it."""
    parents = [name_of(parent) for parent in note.iterancestors()]
    return _APART.isdisjoint(parents[: len(parents) - sum(1 for _ in paragraph.iterancestors())])


def _pieces(element: etree._Element, apart: frozenset[str]) -> Iterator[str | etree._Element]:
    """The text of an element, and between it the children that stand apart."""
    piece = etree.Element("p")
    piece.text = element.text
    for child in list(element):
        if name_of(child) not in apart:
            piece.append(child)
            continue
        tail, child.tail = child.tail, None
        if text := inline_text(piece):
            yield text
        yield child
        piece = etree.Element("p")
        piece.text = tail
    if text := inline_text(piece):
        yield text


def _apart(element: etree._Element, level: int) -> Iterator[Block]:
    name = name_of(element)
    if name in {"disp-formula", "disp-formula-group"}:
        yield Block(BlockKind.FORMULA, formula_text(element))
    elif name in {"list", "def-list", "ul", "ol"}:
        if (title := element.find("title")) is not None:
            yield Block(BlockKind.PARAGRAPH, inline_text(title))
        for item in element:
            if name_of(item) in {"list-item", "def-item", "li"}:
                yield Block(BlockKind.LIST, inline_text(item))
    elif name == "table-wrap":
        yield from _table(element)
    elif name == "array":
        yield Block(BlockKind.TABLE, _grid(element))
    elif name in {"fig", "supplementary-material", "media"}:
        yield Block(BlockKind.CAPTION, _caption(element))
    elif name in {"code", "preformat"}:
        yield Block(BlockKind.CODE, "".join(str(text) for text in element.itertext()).strip("\n"))
    elif name == "disp-quote":
        yield Block(BlockKind.PARAGRAPH, inline_text(element))
    elif name in {"boxed-text", "statement"}:
        yield from _section(element, level)
    else:
        if name in {"table-wrap-group", "fig-group"}:
            yield Block(BlockKind.CAPTION, _caption(element))
        yield from _children(element, level)


def _table(element: etree._Element) -> Iterator[Block]:
    foot = " ".join(text for note in element.findall("table-wrap-foot") for text in _foot_texts(note))
    caption = " ".join(part for part in (_caption(element), foot) if part)
    if caption:
        yield Block(BlockKind.CAPTION, caption)
    for table in element.iter("table", "tgroup"):
        if name_of(table) == "tgroup" or table.find("tgroup") is None:
            yield Block(BlockKind.TABLE, _grid(table))


def _grid(table: etree._Element) -> str:
    columns = {spec.get("colname"): number for number, spec in enumerate(table.iter("colspec"))}
    rows = [
        [(inline_text(cell), *_spans(cell, columns)) for cell in row if name_of(cell) in {"td", "th", "entry"}]
        for row in table.iter("tr", "row")
    ]
    return markdown_table(filled_grid(rows))


def _foot_texts(element: etree._Element) -> Iterator[str]:
    """The notes and paragraphs below a table, each note behind its mark."""
    for piece in _pieces(element, frozenset({"fn", "fn-group", "p", "title"})):
        if isinstance(piece, str):
            yield piece
        elif name_of(piece) == "fn-group":
            yield from _foot_texts(piece)
        else:
            yield note_text(piece) if name_of(piece) == "fn" else inline_text(piece)


def _spans(cell: etree._Element, columns: Mapping[str | None, int]) -> tuple[int, int]:
    """Columns and rows that a cell covers, in tables of HTML or of OASIS."""
    if name_of(cell) != "entry":
        return span_of(cell.get("colspan")), span_of(cell.get("rowspan"))
    first, last = columns.get(cell.get("namest"), 0), columns.get(cell.get("nameend"), 0)
    more = cell.get("morerows") or "0"
    return max(last - first, 0) + 1, span_of(str(int(more) + 1) if more.isdigit() and len(more) < 4 else None)


def _caption(element: etree._Element) -> str:
    label = inline_text(found, frozenset()) if (found := element.find("label")) is not None else ""
    caption = element.find("caption")
    text = inline_text(caption) if caption is not None else ""
    return f"{label.rstrip('.')}. {text}".strip() if label and text else label or text


def _references(element: etree._Element, level: int) -> Iterator[Block]:
    title = element.find("title")
    yield Block(BlockKind.HEADING, inline_text(title) if title is not None else "References", level=level)
    for reference in element.iter("ref"):
        label = (reference.findtext("label") or "").strip()
        if text := reference_text(reference):
            yield Block(BlockKind.REFERENCE, f"{label} {text}".strip())

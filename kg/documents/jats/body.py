"""The blocks of a JATS article."""

from collections.abc import Iterator, Mapping

from lxml import etree

from kg.documents.grids import filled_grid, span_of
from kg.documents.jats.front import front_of
from kg.documents.jats.inline import formula_text, inline_text, name_of
from kg.documents.tables import markdown_table
from kg.domain import Block, BlockKind

_APART_NAMES = """
disp-formula disp-formula-group list def-list table-wrap fig fig-group boxed-text disp-quote code preformat
supplementary-material table-wrap-group verse-group
"""
_APART = frozenset(_APART_NAMES.split())
_SECTIONS = frozenset({"sec", "app", "ack", "boxed-text", "fn-group", "glossary", "notes", "statement"})
_GIVEN_HEADS = {"ack": "Acknowledgements", "glossary": "Glossary", "abstract": "Abstract", "trans-abstract": "Abstract"}
_HEADS = frozenset({"title", "h1", "h2", "h3", "h4", "h5", "h6"})
_FREE = _APART | _HEADS | {"p", "sec", "div", "ul", "ol", "abstract", "abstracttext", "AbstractText"}
_SKIPPED = frozenset(
    {"title", "label", "sec-meta", "object-id", "alternatives", "caption", "contrib-group", "bio", "index"}
)


def article_blocks(root: etree._Element, title: str) -> Iterator[Block]:
    """Title, abstract, body and back matter; sub-articles (translations, reviews, replies) are left out."""
    return (block for block in _article(root, title) if block.text)


def _article(root: etree._Element, title: str) -> Iterator[Block]:
    if title:
        yield Block(BlockKind.HEADING, title, level=1)
    front = front_of(root)
    for abstract in (*front.findall("abstract"), *front.findall("trans-abstract")):
        if abstract.get("abstract-type") not in {"graphical", "teaser", "toc"}:
            yield from _section(abstract, 2)
    for part in ("body", "back", "floats-group"):
        element = root.find(part)
        if element is not None:
            yield from _children(element, 2)


def _section(element: etree._Element, level: int) -> Iterator[Block]:
    title = element.find("title")
    label = element.findtext("label") or ""
    head = inline_text(title) if title is not None else _GIVEN_HEADS.get(name_of(element), "")
    if head:
        numbered = f"{label.strip()} {head}" if label.strip()[:1].isdigit() else head
        yield Block(BlockKind.HEADING, numbered, level=min(level, 6))
        yield from _children(element, level + 1)
    else:
        yield from _children(element, level)


def _children(element: etree._Element, level: int) -> Iterator[Block]:
    for child in element:
        name = name_of(child)
        if name in _SECTIONS:
            yield from _section(child, level)
        elif name == "p":
            yield from _paragraph(child, level)
        elif name == "ref-list":
            yield from _references(child, level)
        elif name in _APART:
            yield from _apart(child, level)
        elif name == "fn":
            yield Block(BlockKind.PARAGRAPH, inline_text(child))
        elif name and name not in _SKIPPED:
            yield from _children(child, level)


def marked_blocks(element: etree._Element, level: int) -> Iterator[Block]:
    """The blocks of marked text that follows no schema, such as an abstract in a record; loose text is a paragraph."""
    if label := element.get("Label") or element.get("label"):
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
    """A paragraph, split at each list, table, figure or formula inside it."""
    for piece in _pieces(element, _APART):
        if isinstance(piece, str):
            yield Block(BlockKind.PARAGRAPH, piece)
        else:
            yield from _apart(piece, level)


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
        for item in element:
            if name_of(item) in {"list-item", "def-item", "li"}:
                yield Block(BlockKind.LIST, inline_text(item))
    elif name == "table-wrap":
        yield from _table(element)
    elif name in {"fig", "supplementary-material"}:
        yield Block(BlockKind.CAPTION, _caption(element))
    elif name in {"code", "preformat"}:
        yield Block(BlockKind.CODE, "".join(str(text) for text in element.itertext()).strip("\n"))
    elif name == "disp-quote":
        yield Block(BlockKind.PARAGRAPH, inline_text(element))
    elif name == "boxed-text":
        yield from _section(element, level)
    else:
        yield from _children(element, level)


def _table(element: etree._Element) -> Iterator[Block]:
    foot = " ".join(inline_text(note) for note in element.findall("table-wrap-foot"))
    caption = " ".join(part for part in (_caption(element), foot) if part)
    if caption:
        yield Block(BlockKind.CAPTION, caption)
    for table in element.iter("table", "tgroup"):
        columns = {spec.get("colname"): number for number, spec in enumerate(table.iter("colspec"))}
        rows = [
            [(inline_text(cell), *_spans(cell, columns)) for cell in row if name_of(cell) in {"td", "th", "entry"}]
            for row in table.iter("tr", "row")
        ]
        if name_of(table) == "tgroup" or table.find("tgroup") is None:
            yield Block(BlockKind.TABLE, markdown_table(filled_grid(rows)))


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
        text = inline_text(reference, frozenset({"label", "object-id"}))
        if text:
            yield Block(BlockKind.REFERENCE, f"{label} {text}".strip())

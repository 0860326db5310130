"""MinerU's ``content_list.json``, of versions 3 and 4, and the page-grouped list of 3."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.documents.description import described
from kg.documents.markup_table import table_from_html
from kg.documents.pdf.first_page import page_of, particulars_of
from kg.documents.pdf.page_count import page_sizes
from kg.documents.pdf.repair import unspaced
from kg.documents.references import with_references
from kg.domain import Block, BlockKind, Box, Document
from kg.errors import DamagedDocument, EmptyDocument
from kg.protocols import ParseLimits, ParseResult

_MARGINS = frozenset(
    {"header", "footer", "page_header", "page_footer", "page_number", "aside_text", "page_aside_text", "seal"}
)

_WHOLE = 1000
"""The width and the height of a page in MinerU's boxes."""


class ContentListParser:
    """Reads MinerU's output as a document; without its PDF the sizes of pages are unknown, so there are no boxes."""

    identity = "mineru content_list"

    def reads(self, path: Path, head: bytes) -> bool:
        """By the name, or a list of objects with ``page_idx``."""
        if path.suffix.lower() != ".json":
            return False
        by_content = head.lstrip().startswith(b"[") and b'"page_idx"' in head and b'"type"' in head
        return "content_list" in path.name or by_content

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document; raises DamagedDocument if it is not a content list."""
        data = path.read_bytes()
        document = document_of(path, data, data.decode("utf-8", errors="replace"), parser=self.identity)
        return ParseResult((document,))


def document_of(path: Path, data: bytes, content: str, *, parser: str) -> tuple[Document, tuple[Block, ...]]:
    """The document at ``path`` with these bytes as MinerU read it; ``content`` is the list in JSON.

    MinerU tells one box a block, in thousandths of the page. Each block has that box in points, and no lines, so a
    sentence has the box of its block.
    """
    try:
        value = json.loads(content)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DamagedDocument(str(path), f"MinerU's content list is no JSON ({error})", "run MinerU again") from error
    if not isinstance(value, list):
        raise DamagedDocument(str(path), "MinerU's content list is no list", "give content_list.json, not middle.json")
    blocks = tuple(with_references(_blocks(_items(value), page_sizes(path))))
    if not blocks:
        raise EmptyDocument(str(path), "MinerU found no text in it")
    pages = max((block.page or 1 for block in blocks), default=None)
    return described(
        path,
        data,
        blocks,
        media_type="application/pdf" if data.startswith(b"%PDF") else "application/json",
        parser=parser,
        particulars=particulars_of(page_of(blocks)),
        pages=pages,
    )


@dataclass(frozen=True, slots=True)
class _Item:
    values: Mapping[str, object]
    page: int | None

    def text(self, *names: str) -> str:
        return next((t for name in names if (t := _flat(self.values.get(name)))), "")

    def texts(self, *names: str) -> list[str]:
        for name in names:
            value = self.values.get(name)
            if isinstance(value, list):
                return [t for part in value if (t := _flat(part))]
            if text := _flat(value):
                return [text]
        return []

    def box(self, sizes: Sequence[tuple[float, float]]) -> Box | None:
        value = self.values.get("bbox")
        known = self.page is not None and 1 <= self.page <= len(sizes)
        if known and isinstance(value, list) and len(value) == 4 and all(isinstance(n, (int, float)) for n in value):
            size = sizes[(self.page or 1) - 1]
            return Box(*(round(n / _WHOLE * side, 1) for n, side in zip(value, size * 2, strict=True)))
        return None


def _items(value: Sequence[object], page: int | None = None) -> Iterator[_Item]:
    """Items of a flat list, or of a list of pages."""
    for number, entry in enumerate(value):
        if isinstance(entry, list):
            yield from _items(entry, number + 1)
        elif isinstance(entry, dict):
            index = entry.get("page_idx", entry.get("page_index"))
            inner = entry.get("content")
            values = {**entry, **inner} if isinstance(inner, dict) else entry
            yield _Item(values, index + 1 if isinstance(index, int) else page)


def _blocks(items: Iterator[_Item], sizes: Sequence[tuple[float, float]]) -> Iterator[Block]:
    for item in items:
        kind = str(item.values.get("type", ""))
        if kind in _MARGINS:
            continue
        for block_kind, text, level in _parts(item, kind):
            if text:
                yield Block(block_kind, text, page=item.page, box=item.box(sizes), level=level)


def _parts(item: _Item, kind: str) -> Iterator[tuple[BlockKind, str, int | None]]:
    level = item.values.get("text_level", item.values.get("level"))
    if kind in {"text", "title", "paragraph", "ref_text", "phonetic", "abstract", "index", "page_footnote"}:
        text = unspaced(item.text("text", "title_content", "paragraph_content", "page_footnote_content"))
        if kind == "title" or (isinstance(level, int) and level > 0):
            yield BlockKind.HEADING, text, level if isinstance(level, int) and level > 0 else 1
        else:
            yield BlockKind.REFERENCE if kind == "ref_text" else BlockKind.PARAGRAPH, text, None
    elif kind in {"image", "chart", "figure"}:
        caption = item.texts("image_caption", "chart_caption", "img_caption")
        notes = item.texts("image_footnote", "chart_footnote", "img_footnote")
        yield BlockKind.CAPTION, unspaced(" ".join([*caption, *notes])), None
    elif kind == "table":
        caption = [*item.texts("table_caption"), *item.texts("table_footnote")]
        yield BlockKind.CAPTION, unspaced(" ".join(caption)), None
        yield BlockKind.TABLE, table_from_html(item.text("table_body", "html")), None
    elif kind in {"equation", "interline_equation", "equation_interline"}:
        tex = item.text("text", "math_content", "latex").strip().strip("$").strip()
        yield BlockKind.FORMULA, f"${' '.join(tex.split())}$" if tex else "", None
    elif kind in {"code", "algorithm"}:
        yield BlockKind.CAPTION, " ".join(item.texts("code_caption", "algorithm_caption")), None
        yield BlockKind.CODE, item.text("code_body", "code_content", "algorithm_content", "text"), None
    elif kind == "list":
        reference = str(item.values.get("sub_type", item.values.get("list_type", ""))) in {"ref_text", "reference_list"}
        for text in item.texts("list_items", "text"):
            yield BlockKind.REFERENCE if reference else BlockKind.LIST, unspaced(text), None


def _flat(value: object) -> str:
    """Text of a string, of a list of spans, or of an object that holds either."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return " ".join(t for part in value if (t := _flat(part)))
    if isinstance(value, dict):
        return next((t for name in ("content", "text", "item_content", "html") if (t := _flat(value.get(name)))), "")
    return ""

"""HTML between the lines of Markdown: tables are read, comments and hidden elements left out."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from kg.documents.markup_table import line_of, table_from_node
from kg.documents.page_text import plain_inside
from kg.domain import Block, BlockKind

_MARK = re.compile(
    r"^[ \t]{0,3}(?P<fence>`{3,}|~{3,})"
    r"|(?<!`)(?P<comment><!--)"
    r"|(?<!`)<(?P<element>table|script|style)\b[^<>]{0,2000}>"
    r"|<(?P<hidden>div|span|p|section|details|font|b|i|em|small)\b(?=[^<>]{0,2000}"
    r"(?:\shidden[\s=>]|display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden))[^<>]{1,2000}(?<!/)>",
    re.IGNORECASE | re.MULTILINE,
)


def split_html(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is a table in HTML; what is never seen is left out.

    Fenced code is text as it stands; an element or comment that never closes is text too.
    """
    pieces: list[str] = []
    at = look = 0
    closed: dict[str, bool] = {}
    while found := _MARK.search(text, look):
        name = (found["element"] or found["hidden"] or "").lower()
        if found["fence"]:
            end = re.compile(rf"^[ \t]{{0,3}}{found['fence']}", re.MULTILINE).search(text, found.end())
            look = end.end() if end else len(text)
            continue
        closing = name or "-->"
        stop = -1
        if closed.get(closing, True):
            stop = _element_end(text, found.end(), name) if name else text.find("-->", found.end()) + 3
        if stop < found.end():
            closed[closing] = False
            look = found.end()
            continue
        pieces.append(text[at : found.start()])
        if name == "table" and not found["hidden"]:
            yield "".join(pieces), False
            yield text[found.start() : stop], True
            pieces = []
        at = look = stop
    yield "".join([*pieces, text[at:]]), False


def html_blocks(html: str) -> Iterator[Block]:
    """A table with its caption."""
    table = LexborHTMLParser(html).css_first("table")
    if table is None:
        return
    plain_inside(table)
    caption = table.css_first("caption")
    if caption is not None and (told := line_of(caption)):
        yield Block(BlockKind.CAPTION, told)
    if text := table_from_node(table):
        yield Block(BlockKind.TABLE, text)


def _element_end(text: str, start: int, name: str) -> int:
    """Where the element that opened before ``start`` is closed; -1 where it never is."""
    depth = 1
    for tag in re.compile(rf"<(/?){name}\b[^<>]{{0,2000}}>", re.IGNORECASE).finditer(text, start):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.end()
    return -1

"""HTML between the lines of Markdown: tables are read, comments and hidden elements left out."""

import re
from collections.abc import Iterator
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser

from kg.documents.main_text import outermost
from kg.documents.markup_table import line_of, table_from_node
from kg.documents.page_style import HIDDEN_MARKS, without_hidden
from kg.documents.page_text import plain_inside
from kg.domain import Block, BlockKind

_MARK = re.compile(
    r"^[ \t]{0,3}(?P<fence>`{3,}|~{3,})"
    r"|(?P<code>`{1,9}[^`\n]+`)"
    r"|(?<!`)(?P<comment><!--)"
    r"|(?<!`)<(?P<element>table|script|style)\b[^<>]{0,2000}>"
    r"|<(?P<styled>[a-z][a-z0-9]{0,9})\b(?=[^<>]{0,2000}?\s(?:hidden|aria-hidden|style|color)\b)[^<>]{1,2000}(?<!/)>",
    re.IGNORECASE | re.MULTILINE,
)
_PAINTS = re.compile(r"background|bgcolor", re.IGNORECASE)
_PAINTED = '<div style="background:url(x)">'


def split_html(text: str, hidden: list[str]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is a table in HTML; what is never seen is left out.

    Code, fenced or in a line, is text as it stands; an element or comment that never closes is text too. The text of
    elements that are hidden is added to ``hidden``.
    """
    pieces: list[str] = []
    at = look = painted = 0
    closed: dict[str, bool] = {}
    while found := _MARK.search(text, look):
        name = (found["element"] or found["styled"] or "").lower()
        if found["fence"]:
            end = re.compile(rf"^[ \t]{{0,3}}{found['fence']}", re.MULTILINE).search(text, found.end())
            look = end.end() if end else len(text)
            continue
        if found["code"]:
            look = found.end()
            continue
        shown = found["styled"] and not _is_hidden(found[0], found.start() < painted)
        if shown and (found.start() < painted or not _PAINTS.search(found[0])):
            look = found.end()
            continue
        closing = name or "-->"
        stop = -1
        if closed.get(closing, True):
            stop = _element_end(text, found.end(), name) if name else text.find("-->", found.end()) + 3
        if stop < found.end():
            closed[closing] = False
            look = found.end()
            continue
        if shown:
            painted, look = stop, found.end()
            continue
        pieces.append(text[at : found.start()])
        if found["element"] == "table":
            yield "".join(pieces), False
            yield (_PAINTED if found.start() < painted else "") + text[found.start() : stop], True
            pieces = []
        elif found["styled"]:
            hidden.append(_text(LexborHTMLParser(text[found.start() : stop])))
        at = look = stop
    yield "".join([*pieces, text[at:]]), False


def html_blocks(html: str, hidden: list[str]) -> Iterator[Block]:
    """A table with its caption; the text that is hidden in it is added to ``hidden``."""
    tree = LexborHTMLParser(html)
    hidden.append(without_hidden(tree))
    for node in tree.css("script,style,template"):
        node.decompose()
    if tree.body is None:
        return
    for node in outermost(tree.body, HIDDEN_MARKS):
        hidden.append(" ".join(node.text(deep=True, separator=" ").split()))
        node.decompose()
    table = tree.css_first("table")
    if table is None:
        return
    plain_inside(table)
    caption = table.css_first("caption")
    if caption is not None and (told := line_of(caption)):
        yield Block(BlockKind.CAPTION, told)
    if text := table_from_node(table):
        yield Block(BlockKind.TABLE, text)


@lru_cache(1000)
def _is_hidden(tag: str, is_painted: bool) -> bool:
    """Whether the element that a tag opens hides its text, on a white page or on a ground of unknown colour."""
    tree = LexborHTMLParser(f"{_PAINTED if is_painted else ''}{tag}x")
    return tree.css_first(HIDDEN_MARKS) is not None or bool(without_hidden(tree))


def _text(tree: LexborHTMLParser) -> str:
    return " ".join(tree.body.text(deep=True).split()) if tree.body is not None else ""


def _element_end(text: str, start: int, name: str) -> int:
    """Where the element that opened before ``start`` is closed; -1 where it never is."""
    depth = 1
    for tag in re.compile(rf"<(/?){name}\b[^<>]{{0,2000}}>", re.IGNORECASE).finditer(text, start):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.end()
    return -1

"""A table in HTML made rows of Markdown."""

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kg.documents.grids import filled_grid, span_of
from kg.documents.page_text import plain_inside
from kg.documents.superscript import subscript, superscript
from kg.documents.tables import markdown_table


def table_from_html(html: str) -> str:
    """The first table in a piece of HTML as a Markdown table; empty where there is none."""
    node = LexborHTMLParser(html).css_first("table")
    if node is None:
        return ""
    plain_inside(node)
    return table_from_node(node)


def table_from_node(node: LexborNode) -> str:
    """A table element as a Markdown table, spanning cells repeated."""
    rows = [
        [
            (line_of(cell), span_of(cell.attributes.get("colspan")), span_of(cell.attributes.get("rowspan")))
            for cell in row.css("td,th")
        ]
        for row in node.css("tr")
    ]
    return markdown_table(filled_grid(rows))


def line_of(node: LexborNode) -> str:
    """The text of an element in one line, powers and citations in superscript kept apart from what stands before."""
    text = node.text(deep=True) if node.css_first("sup,sub") is None else "".join(_parts(node))
    return " ".join(text.split())


def _parts(node: LexborNode) -> Iterator[str]:
    child, before = node.child, ""
    while child is not None:
        if child.tag == "-text":
            text = child.text_content or ""
        elif child.tag in {"sup", "sub"}:
            text = _moved(child, before)
        elif (child.tag or "-").startswith(("-", "_", "!")):
            text = ""
        else:
            text = " " if child.tag == "br" else "".join(_parts(child))
        yield text
        before = text or before
        child = child.next


def _moved(node: LexborNode, before: str) -> str:
    """A superscript or subscript; one that is a link to a reference is a citation."""
    text = "".join(_parts(node)).strip()
    if node.tag == "sub":
        after = node.next.text_content if node.next is not None and node.next.tag == "-text" else ""
        return subscript(text, before, after or "")
    return f"[{text.strip('[]')}]" if node.css_first("a[href]") is not None and text else superscript(text)

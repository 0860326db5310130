"""A table in HTML made rows of Markdown."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kg.documents.grids import filled_grid, span_of
from kg.documents.page_text import plain_inside
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
    """The text of an element in one line; what only a layout shows is made plain before (``plain_inside``)."""
    return " ".join(node.text(deep=True).split())

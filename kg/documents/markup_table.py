"""A table in HTML made rows of Markdown."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kg.documents.grids import filled_grid
from kg.documents.tables import markdown_table


def table_from_html(html: str) -> str:
    """The first table in a piece of HTML as a Markdown table; empty where there is none."""
    node = LexborHTMLParser(html).css_first("table")
    return table_from_node(node) if node is not None else ""


def table_from_node(node: LexborNode) -> str:
    """A table element as a Markdown table, spanning cells repeated."""
    rows = [
        [(line_of(cell), _span(cell, "colspan"), _span(cell, "rowspan")) for cell in row.css("td,th")]
        for row in node.css("tr")
    ]
    return markdown_table(filled_grid(rows))


def line_of(node: LexborNode) -> str:
    """The text of an element in one line."""
    return " ".join(node.text(deep=True).split())


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or "1"
    return int(value) if value.isdigit() and len(value) < 5 else 1

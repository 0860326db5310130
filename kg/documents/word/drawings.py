"""What a drawing shows from parts of its own: the text of a SmartArt, the title of a chart."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lxml import etree

from kg.documents.word.looks import number_in
from kg.domain import Block, BlockKind

if TYPE_CHECKING:
    from docx.opc.part import Part

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_POINTS = f"{_DRAWING}diagram}}"
_NAMED_BY = {
    f"{_POINTS}relIds": f"{_RELATION}dm",
    f"{_DRAWING}chart}}chart": f"{_RELATION}id",
    "{http://schemas.microsoft.com/office/drawing/2014/chartex}chart": f"{_RELATION}id",
}


def part_named(element: etree._Element) -> str:
    """The relation to the part that a drawing's element stands for; empty for another element."""
    attribute = _NAMED_BY.get(str(element.tag))
    return element.get(attribute, "") if attribute else ""


class Drawings:
    """Reads the parts of drawings by their relations; ``charts`` counts those whose numbers are not read."""

    def __init__(self, parts: Mapping[str, "Part"]) -> None:
        self._unread = dict(parts)
        self.charts = 0

    def blocks(self, relation: str) -> Iterator[Block]:
        """The texts of a SmartArt, each point before those below it, or the title of a chart; each is read once."""
        part = self._unread.pop(relation, None)
        if part is None or not part.blob:
            return
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
        root = etree.fromstring(part.blob, parser)
        if root is not None and root.tag == f"{_POINTS}dataModel":
            yield from (Block(BlockKind.LIST, text) for point in _points(root) for text in _lines(point))
            return
        self.charts += 1
        title = root.find("{*}chart/{*}title") if root is not None else None
        if title is not None and (text := " ".join(_lines(title))):
            yield Block(BlockKind.CAPTION, text)


def _points(root: etree._Element) -> Iterator[etree._Element]:
    points = {point.get("modelId", ""): point for point in root.iter(f"{_POINTS}pt")}
    below: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for link in root.iter(f"{_POINTS}cxn"):
        if link.get("type", "parOf") == "parOf":
            below[link.get("srcId", "")].append((number_in(link.get("srcOrd"), 0), link.get("destId", "")))
    open_ = [name for name, point in points.items() if point.get("type") == "doc"]
    while open_:
        name = open_.pop()
        if (point := points.pop(name, None)) is not None:
            yield point
            open_ += [under for _, under in sorted(below[name], reverse=True)]


def _lines(element: etree._Element) -> Iterator[str]:
    for paragraph in element.iter(f"{_DRAWING}main}}p"):
        if text := " ".join("".join(part.text or "" for part in paragraph.iter(f"{_DRAWING}main}}t")).split()):
            yield text

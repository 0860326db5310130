"""How a run of text looks: hidden, struck, raised or lowered, and in what font."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT_FILL = "{http://schemas.microsoft.com/office/word/2010/wordml}textFill"
_NO_FILL = "{http://schemas.microsoft.com/office/word/2010/wordml}noFill"
_LEAST_HALF_POINTS = 6
_LEAST_WIDTH_PERCENT = 5
_LEAST_DIFFERENCE = 48
_MOST_PARENTS = 20
_WHITE_OF_THEME = frozenset({"background1", "light1"})
WHITE = "FFFFFF"


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a run; ``place`` is ``superscript``, ``subscript`` or empty."""

    hidden: bool = False
    struck: bool = False
    place: str = ""
    font: str = ""


class Styles:
    """The styles of a document, each with those it is based on."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._plain: dict[tuple[str | None, str | None], Look] = {}

    @cached_property
    def _by_id(self) -> Mapping[str, etree._Element]:
        return {style.get(f"{W}styleId", ""): style for style in self._root.findall(f"{W}style")}

    @cached_property
    def _default(self) -> str:
        for name, style in self._by_id.items():
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in {"1", "true", "on"}:
                return name
        return ""

    def chain(self, name: str | None) -> Iterator[etree._Element]:
        """A style and those it is based on, the nearest first."""
        for _ in range(_MOST_PARENTS):
            style = self._by_id.get(name or "")
            if style is None:
                return
            yield style
            name = val(style.find(f"{W}basedOn"))

    def name_of(self, paragraph: etree._Element) -> str:
        """The name of a paragraph's style in small letters."""
        style = self._by_id.get(val(paragraph.find(f"{W}pPr/{W}pStyle")) or self._default)
        return (val(style.find(f"{W}name")) or "").lower() if style is not None else ""

    def look(self, run: etree._Element, paragraph: etree._Element, ground: str | None) -> Look:
        """The look of a run on a ground of this colour; the colour is None where it is not known."""
        if run.find(f"{W}rPr") is not None or paragraph.find(f"{W}pPr/{W}shd") is not None:
            return self._look(run, paragraph, ground)
        key = (val(paragraph.find(f"{W}pPr/{W}pStyle")), ground)
        if key not in self._plain:
            self._plain[key] = self._look(run, paragraph, ground)
        return self._plain[key]

    def _look(self, run: etree._Element, paragraph: etree._Element, ground: str | None) -> Look:
        own = run.find(f"{W}rPr")
        styles = [*self.chain(val(own.find(f"{W}rStyle")) if own is not None else None)]
        styles += self.chain(val(paragraph.find(f"{W}pPr/{W}pStyle")) or self._default)
        given = [own, *(s.find(f"{W}rPr") for s in styles), self._root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")]
        levels = [level for level in given if level is not None]

        def told(name: str) -> etree._Element | None:
            return next((found for level in levels if (found := level.find(name)) is not None), None)

        fonts = told(f"{W}rFonts")
        place = val(told(f"{W}vertAlign")) or ""
        if told(f"{W}highlight") is not None:
            ground = None
        ground = shade(told(f"{W}shd"), shade(paragraph.find(f"{W}pPr/{W}shd"), ground))
        size, width = val(told(f"{W}sz")) or "", val(told(f"{W}w")) or ""
        fill = told(_TEXT_FILL)
        return Look(
            hidden=on(told(f"{W}vanish"))
            or (size.isdecimal() and int(size) < _LEAST_HALF_POINTS)
            or (width.isdecimal() and int(width) < _LEAST_WIDTH_PERCENT)
            or (fill is not None and fill.find(_NO_FILL) is not None)
            or _alike(_ink(told(f"{W}color")), ground),
            struck=on(told(f"{W}strike")) or on(told(f"{W}dstrike")),
            place=place if place in {"superscript", "subscript"} else _moved(told(f"{W}position")),
            font=(fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or "") if fonts is not None else "",
        )

    def is_shaded(self, table: etree._Element) -> bool:
        """Whether a table's style colours its cells."""
        name = val(table.find(f"{W}tblPr/{W}tblStyle"))
        return any(shade(shd, WHITE) != WHITE for style in self.chain(name) for shd in style.iter(f"{W}shd"))


def val(element: etree._Element | None) -> str | None:
    """The ``w:val`` of an element."""
    return element.get(f"{W}val") if element is not None else None


def on(element: etree._Element | None) -> bool:
    """Whether a switch is there and on."""
    return element is not None and (val(element) or "1") not in {"0", "false", "off", "none"}


def shade(shading: etree._Element | None, ground: str | None) -> str | None:
    """The colour of the ground under a shading."""
    fill = (shading.get(f"{W}fill") or "auto") if shading is not None else "auto"
    return ground if fill == "auto" else fill


def _ink(colour: etree._Element | None) -> str | None:
    if colour is not None and colour.get(f"{W}themeColor") in _WHITE_OF_THEME and not colour.get(f"{W}themeShade"):
        return WHITE
    return val(colour)


def _alike(colour: str | None, ground: str | None) -> bool:
    try:
        one, two = bytes.fromhex(colour or ""), bytes.fromhex(ground or "")
    except ValueError:
        return False
    return len(one) == len(two) == 3 and sum(abs(a - b) for a, b in zip(one, two, strict=True)) < _LEAST_DIFFERENCE


def _moved(position: etree._Element | None) -> str:
    moved = val(position) or "0"
    if not moved.lstrip("-").isdecimal() or abs(int(moved)) < 4:
        return ""
    return "shifted up" if int(moved) > 0 else "shifted down"

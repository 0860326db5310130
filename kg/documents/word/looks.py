"""How a run of text looks: hidden, struck, raised or lowered, and in what font."""

from collections import ChainMap
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT_FILL = "{http://schemas.microsoft.com/office/word/2010/wordml}textFill"
_NO_FILL = "{http://schemas.microsoft.com/office/word/2010/wordml}noFill"
_LARGEST_NUMBER = 10_000
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


@dataclass(frozen=True, slots=True)
class Setting:
    """What a paragraph gives its runs: its style, its shading, and the ground below it, None where it is not known."""

    style: str | None
    shading: etree._Element | None
    ground: str | None


class Styles:
    """The styles of a document, each with those it is based on."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._plain: dict[tuple[str | None, str | None], Look] = {}
        self._told: dict[str | None, MutableMapping[str, etree._Element]] = {}

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

    def properties(self, paragraph: etree._Element) -> Iterator[tuple[str, etree._Element | None]]:
        """The properties of a paragraph, then those of its style and the ones that is based on, each with its name."""
        own = paragraph.find(f"{W}pPr")
        yield "", own
        named = val(own.find(f"{W}pStyle")) if own is not None else None
        for style in self.chain(named or self._default):
            yield (val(style.find(f"{W}name")) or "").lower(), style.find(f"{W}pPr")

    @staticmethod
    def setting(paragraph: etree._Element, ground: str | None) -> Setting:
        """What a paragraph on a ground of this colour gives its runs; looked up once, for a paragraph may have many."""
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return Setting(None, None, ground)
        return Setting(val(properties.find(f"{W}pStyle")), properties.find(f"{W}shd"), ground)

    def look(self, run: etree._Element, setting: Setting) -> Look:
        """The look of a run in a paragraph."""
        own = run.find(f"{W}rPr")
        if own is not None or setting.shading is not None:
            return self._look(own, setting)
        key = (setting.style, setting.ground)
        if key not in self._plain:
            self._plain[key] = self._look(None, setting)
        return self._plain[key]

    def _look(self, own: etree._Element | None, setting: Setting) -> Look:
        given = _by_tag(own)
        levels = ChainMap(given, self._of_style(val(given.get(f"{W}rStyle"))))
        levels.maps += [self._of_style(setting.style or self._default), self._of_all]
        told, ground = levels.get, setting.ground
        fonts = told(f"{W}rFonts")
        place = val(told(f"{W}vertAlign")) or ""
        if told(f"{W}highlight") is not None:
            ground = None
        ground = shade(told(f"{W}shd"), shade(setting.shading, ground))
        size, width = val(told(f"{W}sz")) or "", val(told(f"{W}w")) or ""
        fill = told(_TEXT_FILL)
        return Look(
            hidden=on(told(f"{W}vanish"))
            or number_in(size, _LEAST_HALF_POINTS) < _LEAST_HALF_POINTS
            or number_in(width, _LEAST_WIDTH_PERCENT) < _LEAST_WIDTH_PERCENT
            or (fill is not None and fill.find(_NO_FILL) is not None)
            or _alike(_ink(told(f"{W}color")), ground),
            struck=on(told(f"{W}strike")) or on(told(f"{W}dstrike")),
            place=place if place in {"superscript", "subscript"} else _moved(told(f"{W}position")),
            font=(fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or "") if fonts is not None else "",
        )

    def _of_style(self, name: str | None) -> MutableMapping[str, etree._Element]:
        """What a style and those it is based on tell of a run, the nearest first."""
        if name not in self._told:
            levels = [_by_tag(style.find(f"{W}rPr")) for style in self.chain(name)]
            self._told[name] = dict(ChainMap(*levels))
        return self._told[name]

    @cached_property
    def _of_all(self) -> MutableMapping[str, etree._Element]:
        return _by_tag(self._root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))

    def is_shaded(self, table: etree._Element) -> bool:
        """Whether a table's style colours its cells."""
        name = val(table.find(f"{W}tblPr/{W}tblStyle"))
        return any(shade(shd, WHITE) != WHITE for style in self.chain(name) for shd in style.iter(f"{W}shd"))


def _by_tag(properties: etree._Element | None) -> dict[str, etree._Element]:
    """The first child of each name."""
    return {child.tag: child for child in reversed(properties)} if properties is not None else {}


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


def number_in(text: str | None, default: int) -> int:
    """The number of an attribute; the default where it is none, or has more digits than any in use."""
    return min(int(text), _LARGEST_NUMBER) if text and text.isdecimal() and len(text) < 10 else default


def _moved(position: etree._Element | None) -> str:
    moved = val(position) or "0"
    if number_in(moved.removeprefix("-"), 0) < 4:
        return ""
    return "shifted down" if moved.startswith("-") else "shifted up"

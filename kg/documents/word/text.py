"""The text of a Word paragraph in its accepted state, with what is anchored in it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from lxml import etree

from kg.documents.superscript import subscript, superscript
from kg.documents.word.drawings import part_named
from kg.documents.word.equations import M, equation_text
from kg.documents.word.looks import Look, Setting, Styles, W, on
from kg.documents.word.symbols import Symbols

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TEXT_BOX = f"{W}txbxContent"
_DRAWN_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
_LEFT_OUT = frozenset(
    W + name for name in ("del", "moveFrom", "rPr", "pPr", "sdtPr", "rt", "instrText", "delText", "fldData")
)
_BLANKS = frozenset(W + name for name in ("tab", "br", "cr", "ptab"))
_EQUATION = re.compile(r"Equation|MathType", re.IGNORECASE)
_CITES = re.compile(r"\s*(?:ADDIN|CITATION|(?:NOTE|PAGE)?REF)\b")
_NUMBERS = re.compile(r"\[?([\d\s,;–−-]{1,80})\]?")
_FONT = re.compile(r"\\f\s{1,9}\"?([^\"\\]{1,80})")
_SHIFTED = {"shifted up": "superscript", "shifted down": "subscript"}


@dataclass(slots=True)
class Reading:
    """The text of a paragraph, the text boxes and the parts of drawings anchored in it and the ids of its notes."""

    text: str = ""
    boxes: list[etree._Element] = field(default_factory=list)
    drawings: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    is_formula: bool = False


@dataclass(slots=True)
class _Field:
    """A field that is open: its code with the look that it gives its result, and whether the result has not begun."""

    code: str = ""
    look: Look | None = None
    is_code: bool = True


@dataclass(slots=True)
class _Walk:
    """A walk through one paragraph: what it gives its runs, its text in parts by kind, the fields that are open."""

    setting: Setting
    found: Reading = field(default_factory=Reading)
    parts: list[tuple[str, str]] = field(default_factory=list)
    fields: list[_Field] = field(default_factory=list)

    def in_code(self) -> bool:
        """Whether what comes next is the code of a field, which no reader sees."""
        return any(one.is_code for one in self.fields)


class TextReader:
    """Reads paragraphs; ``hidden``, ``objects`` and ``symbols`` tell what was not read."""

    def __init__(self, styles: Styles, symbols: Symbols) -> None:
        self._styles = styles
        self.symbols = symbols
        self._numbers: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.hidden: list[str] = []
        self.struck: list[str] = []
        self.objects = 0

    def read(self, paragraph: etree._Element, ground: str | None) -> Reading:
        """The text of one paragraph on a ground of this colour."""
        walk = _Walk(self._styles.setting(paragraph, ground))
        self._walk(paragraph, walk, "")
        alike = groupby(walk.parts, key=itemgetter(0))
        walk.found.text = _line([(kind, "".join(text for _, text in parts)) for kind, parts in alike])
        walk.found.is_formula = {kind for kind, text in walk.parts if text.strip()} == {"formula"}
        return walk.found

    def _walk(self, node: etree._Element, walk: _Walk, link: str) -> None:
        for child in unfolded(node):
            if child.tag == _TEXT_BOX:
                walk.found.boxes.append(child)
            elif child.tag in {f"{M}oMath", f"{M}oMathPara"}:
                walk.parts.append(("formula", f" {equation_text(child)} "))
            elif child.tag == f"{W}r":
                self._run(child, walk, link)
            elif child.tag == _DRAWN_TEXT:
                walk.parts.append(("plain", f" {child.text or ''} "))
            elif drawing := part_named(child):
                walk.found.drawings.append(drawing)
            elif child.tag == f"{W}fldSimple":
                self._walk(child, walk, child.get(f"{W}instr") or "")
            elif child.tag == f"{W}hyperlink":
                self._walk(child, walk, "REF" if child.get(f"{W}anchor") else "")
            else:
                self._walk(child, walk, link)

    def _run(self, run: etree._Element, walk: _Walk, link: str) -> None:
        fields = walk.fields
        look = self._styles.look(run, walk.setting)
        for child in run:
            mark = child.get(f"{W}fldCharType") if child.tag == f"{W}fldChar" else ""
            if mark == "begin":
                fields.append(_Field())
            elif mark == "separate" and fields:
                fields[-1].is_code = False
            elif mark == "end" and fields:
                self._end_field(fields.pop(), look, walk)
            elif child.tag == f"{W}instrText" and fields:
                fields[-1].code += child.text or ""
                fields[-1].look = fields[-1].look or look
        in_code = walk.in_code()
        cited = _CITES.match(link) or any(_CITES.match(one.code) for one in fields)
        for child in unfolded(run):
            text = self._own(child, look, walk.found)
            if child.tag == _TEXT_BOX:
                walk.found.boxes.append(child)
            elif text is None:
                self._walk(run_of(child), walk, link)
            elif text and not in_code:
                self._show(text, look, walk, cited=bool(cited))

    def _show(self, text: str, look: Look, walk: _Walk, *, cited: bool = False) -> None:
        """Add a text to what is read, or to what is told as hidden or struck."""
        if look.hidden:
            self.hidden.append(text)
        elif look.struck:
            self.struck.append(text)
        else:
            walk.parts.append((_kind(look, text, cited), text))

    def _end_field(self, ended: _Field, look: Look, walk: _Walk) -> None:
        """What a field without a result shows: a symbol; an equation is told."""
        told = ended.code.replace('"', " ").split()
        if not told or not ended.is_code:
            return
        is_symbol = told[0] == "SYMBOL" and len(told) > 1 and told[1].isdecimal() and len(told[1]) < 7
        if is_symbol and not walk.in_code():
            named = _FONT.search(ended.code)
            shown = self.symbols.character(named[1].strip() if named else "", int(told[1]))
            self._show(shown, ended.look or look, walk)
        self.objects += told[0].upper() == "EQ"

    def _own(self, child: etree._Element, look: Look, found: Reading) -> str | None:
        """The text of an element of a run; None for one with content of its own."""
        if child.tag == f"{W}t":
            return self.symbols.text(look.font, child.text or "")
        if child.tag == f"{W}sym":
            code = child.get(f"{W}char") or ""
            valid = re.fullmatch(r"[0-9A-Fa-f]{1,6}", code) is not None
            return self.symbols.character(child.get(f"{W}font") or look.font, int(code, 16)) if valid else ""
        if child.tag == f"{W}noBreakHyphen":
            return "-"
        if child.tag in _BLANKS:
            return " "
        if child.tag in {f"{W}footnoteReference", f"{W}endnoteReference"}:
            note = ("footnote" if child.tag.endswith("footnoteReference") else "endnote", child.get(f"{W}id") or "")
            found.notes.append(note)
            return "" if on(child) and child.get(f"{W}customMarkFollows") else self.mark(note)
        if child.tag == f"{W}object":
            self.objects += any(
                _EQUATION.match(part.get("ProgID") or "") for part in child.iter() if part.get("ProgID")
            )
        return None

    def mark(self, note: tuple[str, str]) -> str:
        """The mark of a note: footnotes have a raised number, endnotes one in brackets."""
        kind = note[0]
        numbers = self._numbers[kind]
        number = numbers.setdefault(note[1], len(numbers) + 1)
        return superscript(str(number)) if kind == "footnote" else f"[{number}]"


def unfolded(node: etree._Element) -> Iterator[etree._Element]:
    """The children that count: of alternatives one, no deleted text, no prompt of an empty content control.

    A cell that is such a control keeps its place in the row, and is empty.
    """
    around = node.getparent() if node.tag == f"{W}tc" else None
    if around is not None and _shows_prompt(around.getparent()):
        return
    for child in node:
        if not isinstance(child.tag, str) or child.tag in _LEFT_OUT:
            continue
        if child.tag == f"{_MC}AlternateContent":
            choices = [choice for choice in child if choice.tag in {f"{_MC}Choice", f"{_MC}Fallback"}]
            yield from unfolded(next((one for one in choices if _has_text(one)), choices[0] if choices else child))
        elif child.tag == f"{W}sdt":
            inside = child.find(f"{W}sdtContent")
            if inside is not None:
                yield from inside.findall(f"{W}tc") if _shows_prompt(child) else unfolded(inside)
        elif child.tag in {f"{W}ins", f"{W}moveTo", f"{W}customXml", f"{W}smartTag"}:
            yield from unfolded(child)
        else:
            yield child


def run_of(child: etree._Element) -> etree._Element:
    """The element whose children are walked: of a ruby only its base."""
    base = child.find(f"{W}rubyBase") if child.tag == f"{W}ruby" else None
    return child if base is None else base


def is_deleted(paragraph: etree._Element) -> bool:
    """Whether the mark at the end of a paragraph is deleted: the next one continues it."""
    marks = paragraph.find(f"{W}pPr/{W}rPr")
    return marks is not None and any(marks.find(W + name) is not None for name in ("del", "moveFrom"))


def _shows_prompt(control: etree._Element | None) -> bool:
    return control is not None and on(control.find(f"{W}sdtPr/{W}showingPlcHdr"))


def _has_text(element: etree._Element) -> bool:
    return next(element.iter(f"{W}t", f"{M}t", _DRAWN_TEXT), None) is not None


def _kind(look: Look, text: str, cited: bool) -> str:
    place = look.place
    if place in _SHIFTED:
        place = _SHIFTED[place] if re.fullmatch(r"[\d+−–-]{1,8}", text.strip()) else ""
    return "citation" if place == "superscript" and cited else place or "plain"


def _line(parts: Sequence[tuple[str, str]]) -> str:
    line = ""
    for number, (kind, text) in enumerate(parts):
        inner = text.strip()
        if kind not in {"plain", "formula"} and inner:
            after = parts[number + 1][1] if number + 1 < len(parts) else ""
            numbers = _NUMBERS.fullmatch(inner)
            if kind == "citation" and numbers:
                shown = f"[{numbers[1].strip()}]"
            elif kind == "subscript":
                shown = subscript(inner, line, after)
            else:
                shown = superscript(inner)
            text = text.replace(inner, shown, 1)
        line += text
    return " ".join(line.split())

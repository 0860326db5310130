"""What the styles of a page hide, raise, lower or fix to the window, by its own style sheets and attributes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import tinycss2
import tinycss2.color4
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from kg.documents.selector_cost import SelectorBudget

HIDDEN_MARKS = "[hidden],[aria-hidden=true]"
"""Elements that are hidden by an attribute of their own."""
_LENGTH = re.compile(r"(-?(?:\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}))(px|pt|em|rem|ex|ch|%|vw|vh|cm|mm|in)?(?![\w.])")
_PIXELS = {"": 1, "px": 1, "pt": 1.33, "em": 16, "rem": 16, "ex": 8, "ch": 8, "%": 12.8, "vw": 12.8, "vh": 8}
_PIXELS |= {"cm": 38, "mm": 3.8, "in": 96}
_VARIABLE = re.compile(r"var\(\s{0,9}(--[\w-]{1,80})[^()]{0,200}\)")
_STATES = re.compile(r"::|:(?:hover|focus|active|before|after|target|checked|visited|link|root)")
_CLASS = re.compile(r"\.[\w-]{1,80}")
_NOWHERE = re.compile(r"inset\(\s{0,9}(?:4[5-9]|[5-9]\d|100)|(?:circle|ellipse)\(\s{0,9}0|polygon\([0%,px\s]{1,200}\)")
_NONE = r"(?:0?\.0\d{0,9}|0)(?![.\d])"
_SHRUNK = re.compile(rf"scale(?:3d|x|y)?\(\s{{0,9}}{_NONE}|rotate[xy]\(-?90deg")
_FAINT = re.compile(rf"opacity\(\s{{0,9}}{_NONE}")
_FAR, _TINY, _FAINTEST, _ALIKE = 900, 3.0, 0.1, 0.06
_SIDES = ("left", "right", "top", "bottom", "margin-left", "margin-top", "margin", "translate")
_SIZES = ("width", "height", "max-width", "max-height")
_WATCHED = frozenset(
    {*_SIDES, *_SIZES, "display", "visibility", "content-visibility", "opacity", "filter", "transform", "scale", "zoom",
     "clip", "clip-path", "overflow", "overflow-y", "text-indent", "font-size", "font", "color", "background",
     "background-color", "-webkit-text-fill-color", "vertical-align", "position"}
)  # fmt: skip
_SCREEN = 1280
_MOST_RULES = 5_000
_NO_TEXT = frozenset({"head", "script", "style", "template", "noscript", "math", "svg"})
_MATH_WRAPS = (".katex-mathml", ".mwe-math-mathml-inline", "mjx-assistive-mml", ".MJX_Assistive_MathML")

Colour = tuple[float, ...]
Weight = tuple[int, ...]
Own = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _State:
    """What an element hands on to those inside it; a colour is None where it is not known."""

    visible: bool = True
    size: float = 16
    indent: float = 0
    colour: Colour | None = None
    ground: Colour | None = (1, 1, 1)

    @property
    def shows(self) -> bool:
        alike = self.colour is not None and self.ground is not None and _is_alike(self.colour, self.ground)
        return self.visible and self.size > _TINY and self.indent > -_FAR / 2 and not alike


def without_hidden(tree: LexborHTMLParser) -> str:
    """Take hidden text out of a page and mark what is raised, or fixed to the window; the hidden text."""
    given = _declared(tree)
    out: list[LexborNode] = []
    kept = {node.mem_id for selector in _MATH_WRAPS for node in tree.css(selector)}
    stack = [(tree.root, _State())] if tree.root is not None else []
    while stack:
        node, state = stack.pop()
        child = node.child
        while child is not None:
            tag = child.tag or ""
            if tag == "-text":
                if not state.shows and (child.text_content or "").strip():
                    out.append(child)
            elif tag not in _NO_TEXT and not tag.startswith(("-", "!")) and child.mem_id not in kept:
                own = given.get(child.mem_id, {})
                if tag not in {"html", "body"} and _is_hidden(own):
                    out.append(child)
                else:
                    if (place := own.get("vertical-align")) in {"super", "sub"} and tag not in {"sup", "sub"}:
                        child.attrs["data-place"] = place
                    if own.get("position") == "fixed":
                        child.attrs["data-place"] = "fixed"
                    stack.append((child, _inside(state, own) if own else state))
            child = child.next
    text = " ".join(" ".join(node.text(deep=True) for node in out).split())
    for node in out:
        node.decompose()
    return text


def _declared(tree: LexborHTMLParser) -> dict[int, dict[str, str]]:
    """The declarations that hold for each element, by its id in memory; selectors that cost too much are left out."""
    found: dict[int, dict[str, tuple[Weight, str]]] = {}
    variables: dict[str, str] = {}

    def hold(node: LexborNode, declarations: Sequence[tuple[str, str, bool]], weight: Weight) -> None:
        held = found.setdefault(node.mem_id, {})
        for name, value, important in declarations:
            rank = (int(important), *weight)
            if name not in held or held[name][0] <= rank:
                held[name] = (rank, value)

    for node in tree.css("[bgcolor],font[color]"):
        attributes = node.attributes
        told = [("background-color", attributes.get("bgcolor")), ("color", attributes.get("color"))]
        hold(node, [(name, value, False) for name, value in told if value], (-1, 0, 0, 0, 0))
    classes: dict[str, list[LexborNode]] = {}
    for node in tree.css("[class]"):
        for name in set((node.attributes.get("class") or "").split()):
            classes.setdefault(f".{name}", []).append(node)
    budget: SelectorBudget | None = None
    sheets = "\n".join(node.text(deep=True) for node in tree.css("style"))
    for order, (selectors, declarations) in enumerate(_rules(tinycss2.parse_stylesheet(sheets, True, True))):
        if order >= _MOST_RULES:
            break
        variables |= {name: value for name, value, _ in declarations if name.startswith("--")}
        for selector in selectors if declarations else ():
            if _STATES.search(selector):
                continue
            try:
                if _CLASS.fullmatch(selector):
                    nodes = classes.get(selector, [])
                else:
                    budget = budget or SelectorBudget(tree)
                    nodes = tree.css(selector) if budget.takes(selector) else []
            except SelectolaxError:  # a selector that the library cannot parse
                continue
            for node in nodes:
                hold(node, declarations, (0, *_specificity(selector), order))
    for node in tree.css("[style]"):
        hold(node, _read(node.attributes.get("style") or ""), (1, 0, 0, 0, 0))
    return {
        node: {name: _VARIABLE.sub(lambda m: variables.get(m[1], m[0]), value) for name, (_, value) in held.items()}
        for node, held in found.items()
    }


def _rules(rules: Sequence[object]) -> Iterator[tuple[list[str], list[tuple[str, str, bool]]]]:
    for rule in rules:
        kind = getattr(rule, "type", "")
        if kind == "qualified-rule":
            selectors = tinycss2.serialize(rule.prelude).split(",")  # type: ignore[attr-defined]
            yield [one.strip() for one in selectors if one.strip()], _read(rule.content)  # type: ignore[attr-defined]
        elif kind == "at-rule" and rule.content is not None and _applies(rule):  # type: ignore[attr-defined]
            yield from _rules(tinycss2.parse_rule_list(rule.content, True, True))  # type: ignore[attr-defined]


def _applies(rule: object) -> bool:
    """Whether the rules inside an at-rule hold on a wide screen."""
    name, told = rule.lower_at_keyword, tinycss2.serialize(rule.prelude).lower()  # type: ignore[attr-defined]
    if name in {"supports", "layer"}:
        return True
    least, most = (
        re.search(r"min-width\s{0,9}:\s{0,9}(\d{1,6})", told),
        re.search(r"max-width\s{0,9}:\s{0,9}(\d{1,6})", told),
    )
    wide = (not least or int(least[1]) <= _SCREEN) and (not most or int(most[1]) >= _SCREEN)
    return name == "media" and wide and not re.search(r"print|speech|prefers|orientation", told)


def _read(text: object) -> list[tuple[str, str, bool]]:
    return [
        (
            one.lower_name if not one.name.startswith("--") else one.name,
            tinycss2.serialize(one.value).strip().lower(),
            one.important,
        )
        for one in tinycss2.parse_declaration_list(text, True, True)
        if one.type == "declaration" and (one.name.startswith("--") or one.lower_name in _WATCHED)
    ]


def _specificity(selector: str) -> tuple[int, int, int]:
    return (
        len(re.findall(r"#[\w-]", selector)),
        len(re.findall(r"\.[\w-]|\[|:", selector)),
        len(re.findall(r"(?:^|[\s>+~(])[a-zA-Z]", selector)),
    )


def _is_hidden(own: Own) -> bool:
    """Whether an element is hidden with all that is in it."""
    moves = own.get("transform", "")
    far = [n for side in _SIDES for n in _pixels(own.get(side, ""))]
    far += _pixels(moves) if "translate" in moves else []
    opacity = _pixels(own.get("opacity", "1").replace("%", "px"))
    shown = opacity[0] / (100 if "%" in own.get("opacity", "") else 1) if opacity else 1
    small = any(0 <= n <= 1 for size in _SIZES for n in _pixels(own.get(size, ""))[:1])
    clipped = _pixels(own.get("clip", "")) if "rect" in own.get("clip", "") else []
    return (
        own.get("display") == "none"
        or own.get("content-visibility") == "hidden"
        or shown <= _FAINTEST
        or _FAINT.search(own.get("filter", "")) is not None
        or _SHRUNK.search(moves) is not None
        or re.fullmatch(_NONE, own.get("scale", "1")) is not None
        or re.fullmatch(_NONE, own.get("zoom", "1")) is not None
        or min(far, default=0) <= -_FAR
        or max(far, default=0) >= 5 * _FAR
        or (small and own.get("overflow", own.get("overflow-y", "")) in {"hidden", "clip"})
        or (bool(clipped) and max(clipped) <= 1)
        or _NOWHERE.search(own.get("clip-path", "")) is not None
    )


def _inside(state: _State, own: Own) -> _State:
    """What holds inside an element with these declarations."""
    size = own.get("font-size") or own.get("font", "")
    sizes = _LENGTH.search(size)
    if sizes:
        unit = sizes[2] or "px"
        scale = {"em": state.size, "%": state.size / 100}.get(unit, _PIXELS[unit])
        state = replace(state, size=float(sizes[1]) * scale)
    elif size in {"medium", "small", "x-small", "large", "initial"}:
        state = replace(state, size=16)
    if indents := _pixels(own.get("text-indent", "")):
        state = replace(state, indent=indents[0])
    if (shown := own.get("visibility")) in {"hidden", "collapse", "visible"}:
        state = replace(state, visible=shown == "visible")
    paint = own.get("-webkit-text-fill-color") or own.get("color", "")
    if paint and paint not in {"inherit", "currentcolor"}:
        state = replace(state, colour=_colour(paint))
    for name in ("background", "background-color"):
        if (ground := own.get(name)) and ground not in {"none", "inherit", "transparent", "initial"}:
            found = _ground(ground)
            state = replace(state, ground=found if found is None or found[3] > 0.5 else None)
    return state


def _ground(value: str) -> Colour | None:
    if "url(" in value or "gradient(" in value:
        return None
    for token in tinycss2.parse_component_value_list(value):
        if token.type != "whitespace" and (found := _colour(tinycss2.serialize([token]))):
            return found
    return None


def _colour(value: str) -> Colour | None:
    """Red, green, blue and opacity from 0 to 1; None where it is no colour that is known."""
    try:
        found = tinycss2.color4.parse_color(value)
        if found is None or isinstance(found, str):
            return None
        red, green, blue = found.to("srgb").coordinates
    except (NotImplementedError, ValueError):
        # A space that tinycss2 does not convert (lab), and `color()` without a space.
        return None
    return (float(red), float(green), float(blue), float(found.alpha))


def _is_alike(colour: Colour, ground: Colour) -> bool:
    see_through = len(colour) > 3 and colour[3] <= _FAINTEST
    return see_through or max(abs(a - b) for a, b in zip(colour[:3], ground[:3], strict=True)) < _ALIKE


def _pixels(value: str) -> list[float]:
    return [float(number) * _PIXELS[unit] for number, unit in _LENGTH.findall(value)]

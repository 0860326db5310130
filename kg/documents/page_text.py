"""Raised, lowered and mathematical text of HTML made plain text."""

import re

from lxml import etree
from selectolax.lexbor import LexborNode

from kg.documents.mathml import mathml_text
from kg.documents.superscript import subscript, superscript
from models.han import HAN

BLOCKS = (
    "p,div,ul,ol,li,dl,dd,dt,table,pre,blockquote,section,article,main,header,figure,figcaption,address,details,"
    "summary,fieldset,center,h1,h2,h3,h4,h5,h6"
)
_LINES = "td,th,caption,h1,h2,h3,h4,h5,h6"
"""Elements whose text is one line, whatever blocks are in them."""
_MATH_WRAPS = ".katex,mjx-container,.MathJax,.mwe-math-element"
_LONGEST_SIGN = 3
_TEX_CLASS = re.compile(r"(?:\A|\s)(?:latex|tex|math-tex|mwe-math-fallback-image-\w+)(?:\s|\Z)")
_TEX_MARK = re.compile(r"[\\^_=]")
_WORD = re.compile(r"[^\W\d_]{3}")
_PROSE = re.compile(
    rf"(?<![\\\w])[^\W\d_]{{2,}}(?:(?:[\s,.;:~]|\\[\s,;:!])+[^\W\d_]+){{3}}|[\u3040-\u30ff\uac00-\ud7af{HAN}]{{8}}"
)
"""Four words in a row, or as many characters of a script without blanks."""
_LONGEST_TEX = 2000
_TAG = re.compile(r"[A-Za-z][\w-]{0,40}")
_CITATION = re.compile(r"\[?\(?([\d\s,;–−-]{1,80})\)?\]?")


def plain_inside(root: LexborNode, raised: str = "sup", lowered: str = "sub") -> None:
    """Replace what only a layout shows: line breaks, formulas, and raised and lowered text, found by selectors."""
    for node in root.css("br,wbr"):
        node.replace_with(" " if node.tag == "br" else "")
    _set_apart(root)
    for node in root.css("script[type]"):
        if node.parent is not None and (node.attributes.get("type") or "").startswith("math/tex"):
            node.replace_with(_tex(node))
    for node in root.css("img[alt]"):
        alt = " ".join((node.attributes.get("alt") or "").split())
        if 0 < len(alt) < _LONGEST_SIGN and not alt.isascii():
            node.replace_with(alt)
        elif (
            alt.startswith(("$", "{\\displaystyle", "\\(")) or _TEX_CLASS.search(node.attributes.get("class") or "")
        ) and _is_tex(alt):
            node.replace_with(f" {alt} ")
    for node in root.css(_MATH_WRAPS):
        math = node.css_first("math")
        if math is not None:
            node.replace_with(_formula(math))
    for node in root.css("math,mml\\:math"):
        if node.parent is not None:
            node.replace_with(_formula(node))
    for node in reversed(root.css(raised)):
        node.replace_with(_raised(node))
    for node in reversed(root.css(lowered)):
        before, after = _beside(node)
        node.replace_with(subscript(node.text(deep=True).strip(), before, after))


def _set_apart(root: LexborNode) -> None:
    """Put blanks around the blocks inside elements that become one line."""
    inside: set[int] = set()
    for line in root.css(_LINES):
        for node in line.css(f"{BLOCKS},{_LINES}") if line.mem_id not in inside else ():
            inside.add(node.mem_id)
            if node.mem_id != line.mem_id and node.tag not in {"td", "th", "caption"}:
                node.insert_before(" ")
                node.insert_after(" ")


def _tex(script: LexborNode) -> str:
    """The formula that a script of MathJax holds; what it has drawn already is taken away."""
    text = " ".join(script.text(deep=True).split())
    if not text or not _is_tex(text):
        return ""
    drawn = script.prev
    while drawn is not None and (_is_blank(drawn) or _is_drawn(drawn)):
        before = drawn.prev
        if drawn.tag != "-text":
            drawn.decompose()
        drawn = before
    return f"${text}$"


def _is_tex(text: str) -> bool:
    """Whether a text that no reader of the page sees is a formula: it has marks of TeX or no word, and no sentence."""
    marked = _TEX_MARK.search(text) is not None or _WORD.search(text) is None
    return marked and len(text) <= _LONGEST_TEX and _PROSE.search(text) is None


def _is_blank(node: LexborNode) -> bool:
    return node.tag == "-text" and not (node.text_content or "").strip()


def _is_drawn(node: LexborNode) -> bool:
    return node.tag in {"span", "div"} and "MathJax" in (node.attributes.get("class") or "")


def _raised(node: LexborNode) -> str:
    text = " ".join(node.text(deep=True).split())
    cited = _CITATION.fullmatch(text)
    links = node.css("a[href]")
    linked = links and len("".join(a.text(deep=True) for a in links)) * 2 >= len(text)
    if cited and (linked or _is_linked(node)):
        return f"[{cited[1].strip()}]"
    return superscript(text) if text else ""


def _is_linked(node: LexborNode) -> bool:
    """Whether the element is all of a link."""
    parent = node.parent
    return parent is not None and parent.tag == "a" and parent.text(deep=True).strip() == node.text(deep=True).strip()


def _beside(node: LexborNode) -> tuple[str, str]:
    before, after = node.prev, node.next
    return (
        before.text(deep=True) if before is not None else "",
        after.text(deep=True) if after is not None else "",
    )


def _formula(node: LexborNode) -> str:
    html = re.sub(r"(</?)mml:", r"\1", node.html or "")
    parser = etree.HTMLParser(recover=True, no_network=True, huge_tree=False)
    root = etree.fromstring(html, parser) if html else None
    math = next(root.iter("math"), None) if root is not None else None
    if math is None:
        return node.text(deep=True)
    for element in math.iter():
        if isinstance(element.tag, str) and not _TAG.fullmatch(element.tag):
            element.tag = "mrow"
    return f" {mathml_text(math)} "

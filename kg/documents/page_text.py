"""Raised, lowered and mathematical text of HTML made plain text."""

import re

from lxml import etree
from selectolax.lexbor import LexborNode

from kg.documents.mathml import mathml_text
from kg.documents.superscript import subscript, superscript

BLOCKS = (
    "p,div,ul,ol,li,dl,dd,dt,table,pre,blockquote,section,article,main,header,figure,figcaption,address,details,"
    "summary,fieldset,center,h1,h2,h3,h4,h5,h6"
)
_MATH_WRAPS = ".katex,mjx-container,.MathJax,.mwe-math-element"
_TAG = re.compile(r"[A-Za-z][\w-]{0,40}")
_CITATION = re.compile(r"\[?\(?([\d\s,;–−-]{1,80})\)?\]?")


def plain_inside(root: LexborNode, raised: str = "sup", lowered: str = "sub") -> None:
    """Replace what only a layout shows: line breaks, formulas, and raised and lowered text, found by selectors."""
    for node in root.css("br,wbr"):
        node.replace_with(" " if node.tag == "br" else "")
    for node in root.css("td p,td div,td li,th p,th div,th li"):
        node.insert_after(" ")
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

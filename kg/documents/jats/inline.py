"""The text inside a JATS element: sentences with sub- and superscripts, formulas and citations."""

import re
from html import unescape

from lxml import etree

from kg.documents.superscript import superscript

_TEX_WRAP = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)
_LEFT_OUT = frozenset({"fn", "object-id", "graphic", "inline-graphic", "media", "label", "index-term"})


def name_of(element: etree._Element) -> str:
    """The local name of an element; empty for comments and processing instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def inline_text(element: etree._Element, skip: frozenset[str] = _LEFT_OUT) -> str:
    """The text of an element in one line."""
    return " ".join("".join(_parts(element, skip)).split())


def formula_text(element: etree._Element) -> str:
    """A formula as LaTeX between dollar signs, or its bare text where only MathML is given."""
    for child in element.iter():
        if name_of(child) == "tex-math" and child.text:
            wrapped = _TEX_WRAP.search(child.text)
            tex = (wrapped[1] if wrapped else child.text).strip().strip("$").strip()
            return f"${' '.join(tex.split())}$" if tex else ""
    return " ".join("".join(text for text in element.itertext() if isinstance(text, str)).split())


def _parts(element: etree._Element, skip: frozenset[str]) -> list[str]:
    parts = [element.text or ""]
    for child in element:
        name = name_of(child)
        if isinstance(child, etree._Entity):
            parts.append(unescape(child.text or ""))
        elif name in {"inline-formula", "disp-formula", "math", "tex-math"}:
            parts.append(formula_text(child))
        elif name == "sup":
            parts.append(_superscript(child, skip))
        elif name in {"break", "p", "title", "list-item"}:
            parts.append(" " + "".join(_parts(child, skip)) + " ")
        elif name and name not in skip:
            parts.extend(_parts(child, skip))
        parts.append(child.tail or "")
    return parts


def _superscript(element: etree._Element, skip: frozenset[str]) -> str:
    text = "".join(_parts(element, skip)).strip()
    if any(name_of(child) == "xref" and child.get("ref-type") == "bibr" for child in element.iter()):
        return f"[{text}]" if text else ""
    return superscript(text)

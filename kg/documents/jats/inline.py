"""The text inside a JATS element: sentences with sub- and superscripts, formulas and citations."""

import re
from html import unescape

from lxml import etree

from kg.documents.mathml import mathml_text
from kg.documents.superscript import subscript, superscript

_TEX_WRAP = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)
_LEFT_OUT = frozenset({"fn", "object-id", "graphic", "inline-graphic", "media", "label", "index-term"})


def name_of(element: etree._Element) -> str:
    """The local name of an element; empty for comments and processing instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def inline_text(element: etree._Element, skip: frozenset[str] = _LEFT_OUT) -> str:
    """The text of an element in one line."""
    return " ".join("".join(_parts(element, skip)).split())


def formula_text(element: etree._Element) -> str:
    """A formula as LaTeX between dollar signs, or its text where only MathML or marked text is given."""
    for child in element.iter():
        if name_of(child) == "tex-math" and child.text:
            wrapped = _TEX_WRAP.search(child.text)
            tex = (wrapped[1] if wrapped else child.text).strip().strip("$").strip()
            return f"${' '.join(tex.split())}$" if tex else ""
    if name_of(element) == "math":
        return mathml_text(element)
    return " ".join("".join(_parts(element, _LEFT_OUT)).split())


def strip_namespaces(root: etree._Element) -> None:
    """Name each element without its namespace: publishers use those of many versions, or none."""
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.startswith("{"):
            element.tag = etree.QName(element).localname


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
        elif name == "sub":
            before = next((part[-1] for part in reversed(parts) if part), "")
            parts.append(subscript("".join(_parts(child, skip)).strip(), before, child.tail or ""))
        elif name == "xref" and _only_raised(child):
            text = "".join(text for text in child.itertext() if isinstance(text, str)).strip()
            parts.append(f"[{text}]" if child.get("ref-type") == "bibr" else f"^{text}")
        elif name in {"break", "br", "p", "title", "list-item", "li", "div"}:
            parts.append(" " + "".join(_parts(child, skip)) + " ")
        elif name and name not in skip:
            parts.extend(_parts(child, skip))
        parts.append(child.tail or "")
    return parts


def _only_raised(element: etree._Element) -> bool:
    """Whether all of an element's text is in one superscript: a citation, which is no exponent."""
    return len(element) == 1 and name_of(element[0]) == "sup" and not (element.text or element[0].tail or "").strip()


def _superscript(element: etree._Element, skip: frozenset[str]) -> str:
    text = "".join(_parts(element, skip)).strip()
    if any(name_of(child) == "xref" and child.get("ref-type") == "bibr" for child in element.iter()):
        return f"[{text}]" if text else ""
    return superscript(text)

"""The text inside a JATS element: sentences with sub- and superscripts, formulas and citations."""

import re
from html import unescape
from itertools import pairwise

from lxml import etree

from kg.documents.mathml import mathml_text
from kg.documents.superscript import subscript, superscript

_TEX_WRAP = re.compile(r"(?>.*?\\begin\{document\})(.*?)\\end\{document\}", re.DOTALL)
_NAMES = frozenset({"name", "string-name"})
_LEFT_OUT = frozenset({"fn", "object-id", "graphic", "inline-graphic", "media", "label", "index-term"})


def name_of(element: etree._Element) -> str:
    """The local name of an element; empty for comments and processing instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def inline_text(element: etree._Element, skip: frozenset[str] = _LEFT_OUT) -> str:
    """The text of an element in one line."""
    return " ".join("".join(_parts(element, skip)).split())


def note_text(element: etree._Element) -> str:
    """A note behind its mark."""
    label = element.find("label")
    mark = inline_text(label, frozenset()).lstrip("^") if label is not None else ""
    return f"{mark} {inline_text(element)}".strip()


def reference_text(element: etree._Element) -> str:
    """A reference as it is printed; the parts of one that is given in parts alone, with commas between them."""
    for several in element.iter("citation-alternatives"):
        printed = several.find("mixed-citation")
        for other in list(several)[0 if printed is not None else 1 :]:
            if other is not printed:
                several.remove(other)
    for cited in element.iter("element-citation", "nlm-citation", "citation", "person-group"):
        parts = [part for part in cited if name_of(part)]
        if len(parts) > 1 and not any(text and text.strip() for text in (cited.text, *(part.tail for part in parts))):
            for part, after in pairwise(parts):
                part.tail = "–" if name_of(after) == "lpage" else ", "
    return inline_text(element, frozenset({"label", "object-id"}))


def formula_text(element: etree._Element) -> str:
    """A formula as LaTeX between dollar signs, or its text where only MathML or marked text is given."""
    for child in element.iter():
        if name_of(child) == "tex-math" and child.text:
            wrapped = _TEX_WRAP.match(child.text)
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
        elif name in skip:
            pass
        elif name == "sup" and _joins_citations(child):
            parts.extend(_parts(child, skip))
        elif name == "sup":
            parts.append(_superscript(child, skip))
        elif name == "sub":
            before = next((part[-1] for part in reversed(parts) if part), "")
            parts.append(subscript("".join(_parts(child, skip)).strip(), before, child.tail or ""))
        elif name == "xref" and _only_raised(child):
            text = "".join(text for text in child.itertext() if isinstance(text, str)).strip()
            parts.append(f"[{text}]" if child.get("ref-type") == "bibr" else f"^{text}")
        elif name == "xref" and child.get("ref-type") == "bibr" and _is_glued(child, parts):
            parts += ["[", *_parts(child, skip), "]"]
        elif name in _NAMES and len(child) > 1 and not any(part.tail for part in list(child)[:-1]):
            parts.append(" ".join("".join(_parts(part, skip)) or "et al" * (name_of(part) == "etal") for part in child))
        elif name == "etal" and not len(child) and not child.text:
            parts.append("et al")
        elif name in {"element-citation", "nlm-citation"}:
            parts.append(f" {reference_text(child)} ")
        elif name in {"break", "br", "p", "title", "list-item", "li", "div"}:
            parts.append(" " + "".join(_parts(child, skip)) + " ")
        elif name:
            parts.extend(_parts(child, skip))
        parts.append(child.tail or "")
    return parts


def _only_raised(element: etree._Element) -> bool:
    """Whether all of an element's text is in one superscript: a citation, which is no exponent."""
    return len(element) == 1 and name_of(element[0]) == "sup" and not (element.text or element[0].tail or "").strip()


def _joins_citations(element: etree._Element) -> bool:
    """Whether a raised comma or dash stands between two citations."""
    before, after = element.getprevious(), element.getnext()
    return (
        not len(element)
        and before is not None
        and after is not None
        and name_of(before) == name_of(after) == "xref"
        and not (element.text or "").strip(" ,;–−-")
    )


def _is_glued(element: etree._Element, before: list[str]) -> bool:
    """Whether the number of a citation would become one with the word, or the number, before it."""
    text = "".join(text for text in element.itertext() if isinstance(text, str)).strip()
    line = "".join(before[-8:])
    return text.isdigit() and re.search(r"\w\Z|[\w%).]\[\d{1,4}\](?:,|–|-|−)\Z", line) is not None


def _superscript(element: etree._Element, skip: frozenset[str]) -> str:
    text = "".join(_parts(element, skip)).strip()
    if any(name_of(child) == "xref" and child.get("ref-type") == "bibr" for child in element.iter()):
        return f"[{text}]" if text else ""
    return superscript(text)

"""Formulas in MathML as a line of text."""

from lxml import etree

from kg.documents.superscript import subscript, superscript

_UNSEEN = str.maketrans(dict.fromkeys("\u2061\u2062\u2063\u2064"))
_LEFT_OUT = frozenset({"annotation", "annotation-xml", "none", "mprescripts"})


def mathml_text(element: etree._Element) -> str:
    """A formula with powers as superscripts and fractions as quotients."""
    return " ".join(_text(element).translate(_UNSEEN).split())


def _text(element: etree._Element) -> str:
    name = etree.QName(element).localname if isinstance(element.tag, str) else ""
    if not name or name in _LEFT_OUT:
        return ""
    if name == "mspace":
        return " "
    inside = [_text(child) for child in element]
    tails = [child.tail or "" for child in element]
    if not len(element):
        return (element.text or "").strip()
    if name == "msup" and len(inside) == 2:
        return inside[0] + superscript(inside[1].strip())
    if name == "msub" and len(inside) == 2:
        return inside[0] + subscript(inside[1].strip(), inside[0])
    if name == "msubsup" and len(inside) == 3:
        return inside[0] + subscript(inside[1].strip(), inside[0]) + superscript(inside[2].strip())
    if name == "mfrac" and len(inside) == 2:
        return f"{grouped(inside[0])}/{grouped(inside[1])}"
    if name == "msqrt":
        return f"√{grouped(''.join(inside))}"
    if name == "mroot" and len(inside) == 2:
        return f"{superscript(inside[1].strip())}√{grouped(inside[0])}"
    if name == "munder" and len(inside) == 2:
        return f"{inside[0]}_{grouped(inside[1])}"
    if name == "munderover" and len(inside) == 3:
        return f"{inside[0]}_{grouped(inside[1])}^{grouped(inside[2])}"
    if name == "mmultiscripts" and inside:
        return _with_scripts(element, inside)
    if name == "mfenced":
        return element.get("open", "(") + element.get("separators", ",")[:1].join(inside) + element.get("close", ")")
    if name in {"mtr", "mtable"}:
        return (" " if name == "mtr" else "; ").join(inside)
    return (element.text or "").strip() + "".join(text + tail.strip() for text, tail in zip(inside, tails, strict=True))


def _with_scripts(element: etree._Element, inside: list[str]) -> str:
    """A base with pairs of a lower and an upper script behind it and, after ``mprescripts``, before it."""
    names = [etree.QName(child).localname if isinstance(child.tag, str) else "" for child in element]
    cut = names.index("mprescripts") if "mprescripts" in names else len(names)

    def scripts(texts: list[str]) -> str:
        pairs = zip(texts[::2], [*texts[1::2], ""], strict=False)
        return "".join(
            (subscript(low.strip(), "0", "0") if low.strip() else "")
            + (superscript(high.strip()) if high.strip() else "")
            for low, high in pairs
        )

    return scripts(inside[cut + 1 :]) + inside[0] + scripts(inside[1:cut])


def grouped(text: str) -> str:
    """A part of a formula, in brackets where it is more than one name or number."""
    text = text.strip()
    return text if len(text) < 2 or text.isalnum() else f"({text})"

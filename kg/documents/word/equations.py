"""Equations of Office Math as a line of text, with ``^`` and ``_`` where no raised character says it."""

from lxml import etree

from kg.documents.mathml import grouped
from kg.documents.superscript import superscript

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_W_DELETED = tuple("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}" + n for n in ("del", "moveFrom"))


def equation_text(element: etree._Element) -> str:
    """An equation in one line."""
    return " ".join(_text(element).split())


def _text(element: etree._Element | None) -> str:
    if element is None or not isinstance(element.tag, str) or element.tag in _W_DELETED:
        return ""
    name = etree.QName(element).localname
    if name == "t":
        return element.text or ""

    def part(child: str) -> str:
        return _text(element.find(f"{M}{child}"))

    def told(mark: str, default: str) -> str:
        found = element.find(f"{M}{name}Pr/{M}{mark}")
        return found.get(f"{M}val", "") if found is not None else default

    if name in {"sSup", "sSub", "sSubSup", "sPre"}:
        low = f"_{grouped(part('sub'))}" if name != "sSup" else ""
        high = _raised(part("sup")) if name != "sSub" else ""
        return low + high + part("e") if name == "sPre" else part("e") + low + high
    if name == "f":
        return f"{grouped(part('num'))}/{grouped(part('den'))}"
    if name == "rad":
        return f"{_raised(part('deg')) if part('deg').strip() else ''}√{grouped(part('e'))}"
    if name == "nary":
        low, high = part("sub").strip(), part("sup").strip()
        sign = told("chr", "∫") or "∫"
        return f"{sign}{f'_{grouped(low)}' if low else ''}{f'^{grouped(high)}' if high else ''} {part('e')}"
    if name == "d":
        inside = told("sepChr", "|").join(_text(child) for child in element.findall(f"{M}e"))
        return told("begChr", "(") + inside + told("endChr", ")")
    if name in {"limLow", "limUpp"}:
        return f"{part('e')}{'_' if name == 'limLow' else '^'}{grouped(part('lim'))} "
    if name == "func":
        return f"{part('fName').strip()} {part('e')}"
    if name == "acc":
        return part("e") + told("chr", "\u0302")
    if name == "bar":
        return part("e") + "\u0305"
    if name in {"m", "eqArr"}:
        rows = element.findall(f"{M}mr" if name == "m" else f"{M}e")
        lines = [", ".join(_text(e) for e in row.findall(f"{M}e")) if name == "m" else _text(row) for row in rows]
        return f"[{'; '.join(lines)}]" if name == "m" else "; ".join(lines)
    return "".join(_text(child) for child in element if not str(child.tag).endswith("Pr"))


def _raised(text: str) -> str:
    raised = superscript(text.strip())
    return f"^{grouped(text)}" if raised.startswith("^") else raised

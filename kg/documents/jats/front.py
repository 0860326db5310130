"""The particulars of a paper in the front matter of JATS."""

from lxml import etree

from kg.documents.description import Particulars
from kg.documents.jats.inline import inline_text

_IDENTIFIERS = {"doi": "doi", "pmid": "pmid", "pmc": "pmcid", "pmcid": "pmcid"}


def particulars_of(root: etree._Element) -> Particulars:
    """Title, authors, year, journal and identifiers; the source's own id is the PMC id, else the DOI."""
    identifiers: dict[str, str] = {}
    for element in root.findall("./front/article-meta/article-id"):
        name = _IDENTIFIERS.get(element.get("pub-id-type", ""))
        if name and element.text:
            value = element.text.strip()
            identifiers[name] = f"PMC{value}" if name == "pmcid" and value.isdigit() else value
    return Particulars(
        title=_text(root, "./front/article-meta/title-group/article-title"),
        authors=tuple(_authors(root)),
        year=_year(root),
        journal=_text(root, "./front/journal-meta//journal-title") or None,
        identifiers=identifiers,
        source_id=identifiers.get("pmcid") or identifiers.get("doi") or "",
    )


def _text(root: etree._Element, path: str) -> str:
    element = root.find(path)
    return inline_text(element, frozenset({"fn", "xref"})) if element is not None else ""


def _authors(root: etree._Element) -> list[str]:
    names = []
    for contrib in root.findall("./front/article-meta/contrib-group/contrib"):
        if contrib.get("contrib-type", "author") != "author":
            continue
        name = contrib.find(".//name")
        if name is not None:
            names.append(" ".join(part for part in (name.findtext("given-names"), name.findtext("surname")) if part))
        elif (group := contrib.find("collab")) is not None:
            names.append(inline_text(group, frozenset({"contrib-group", "fn", "xref"})))
        elif (string := contrib.find("string-name")) is not None:
            names.append(inline_text(string))
    return [name for name in names if name]


def _year(root: etree._Element) -> int | None:
    years = [
        int(text)
        for date in root.findall("./front/article-meta/pub-date")
        if (text := (date.findtext("year") or "").strip()).isdigit()
    ]
    return min(years) if years else None

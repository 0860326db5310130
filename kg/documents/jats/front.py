"""The particulars of a paper in the front matter of JATS."""

from lxml import etree

from kg.documents.authors import person
from kg.documents.description import Particulars, doi_in, with_subtitle, year_in
from kg.documents.jats.inline import inline_text

_IDENTIFIERS = {"doi": "doi", "pmid": "pmid", "pmc": "pmcid", "pmcid": "pmcid"}
_NOT_PUBLISHED = frozenset({"nihms-submitted", "pmc-release", "preprint", "received", "rev-recd", "accepted"})
_PLACES = ("./front/article-meta", "./front-stub", "./front", "./article-meta", "./book-part-meta", "./book-meta")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def front_of(root: etree._Element) -> etree._Element:
    """The element with the metadata of an article, a sub-article, a book or its part; empty where there is none."""
    for path in _PLACES:
        if (found := root.find(path)) is not None:
            return found
    return etree.Element("front")


def particulars_of(root: etree._Element) -> Particulars:
    """Title, authors, year, journal and identifiers; the source's own id is the PMC id, else the DOI."""
    front = front_of(root)
    identifiers: dict[str, str] = {}
    for element in (*front.findall("article-id"), *front.findall("book-part-id")):
        name = _IDENTIFIERS.get((element.get("pub-id-type") or element.get("book-part-id-type") or "").lower())
        if name and (value := inline_text(element)) and name not in identifiers:
            value = doi_in(value) or value if name == "doi" else value
            identifiers[name] = f"PMC{value}" if name == "pmcid" and value.isdigit() else value
    return Particulars(
        title=_title(front) or _text(front, "title-group/trans-title-group/trans-title"),
        authors=tuple(_authors(front, root.get(_LANGUAGE, ""))),
        year=_year(front),
        journal=_text(root, "front/journal-meta//journal-title")
        or _text(root, "front/journal-meta//abbrev-journal-title")
        or None,
        identifiers=identifiers,
        source_id=identifiers.get("pmcid") or identifiers.get("doi") or "",
    )


def _title(front: etree._Element) -> str:
    titles = ("title-group/article-title", "title-group/title", "book-title-group/book-title")
    subtitles = ("title-group/subtitle", "book-title-group/subtitle")
    title, subtitle = (next(filter(None, (_text(front, path) for path in paths)), "") for paths in (titles, subtitles))
    return with_subtitle(title, subtitle)


def _text(root: etree._Element, path: str) -> str:
    element = root.find(path)
    return inline_text(element, frozenset({"fn", "xref"})) if element is not None else ""


def _authors(front: etree._Element, language: str) -> list[str]:
    names = []
    for contrib in front.findall("contrib-group/contrib"):
        if "author" not in contrib.get("contrib-type", "author").lower():
            continue
        places = ("name", "name-alternatives/name", "string-name", "name-alternatives/string-name")
        spellings = [name for place in places for name in contrib.findall(place) if _is_in_parts(name)]
        if spellings:
            name = next((n for n in spellings if language and n.get(_LANGUAGE) == language), spellings[0])
            given, family = _text(name, "given-names"), _text(name, "surname")
            whole = person(given, family, eastern=name.get("name-style") == "eastern")
            names.append(f"{whole} {_text(name, 'suffix')}".strip())
            continue
        for path in ("string-name", "name-alternatives/string-name", "collab", "collab-alternatives/collab"):
            if (element := contrib.find(path)) is not None:
                names.append(inline_text(element, frozenset({"contrib-group", "fn", "xref"})))
                break
    return [name for name in names if name]


def _is_in_parts(name: etree._Element) -> bool:
    """Whether the parts of a name are marked; one written as a string may have its family name unmarked."""
    return name.find("surname") is not None or (name.tag == "name" and name.find("given-names") is not None)


def _year(front: etree._Element) -> int | None:
    """The first year of publication; the dates of its manuscripts count only where there is no other."""
    dates = front.findall("pub-date")
    dates = [d for d in dates if _NOT_PUBLISHED.isdisjoint((d.get("pub-type"), d.get("date-type")))] or dates
    texts = [_text(d, "year") or d.get("iso-8601-date", "") or _text(d, "string-date") for d in dates]
    years = [year for text in texts if (year := year_in(text))]
    return min(years) if years else None

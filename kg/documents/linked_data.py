"""The particulars of an article in the linked data of its page: JSON-LD in the words of schema.org."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from itertools import islice

from kg.documents.authors import author_names
from kg.documents.description import Particulars, doi_in, year_in

_Node = Mapping[str, object]
_DOI_FIRST = re.compile(r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s{0,3})?10\.", re.IGNORECASE)
_WRAPS = ("@graph", "mainEntity")
_DEEPEST = 5
"""An article is the part of an issue, that of a volume, and that of a journal."""
_MOST_NODES = 10_000
_MOST_WHOLES = 4


def article_in(sources: Iterable[str]) -> Particulars:
    """Authors, year, journal and DOI of the page's article, a scholarly one before others; what is no JSON is none."""
    nodes = list(islice((node for source in sources for node in _nodes(_value(source))), _MOST_NODES))
    articles = [node for node in nodes if any(kind.endswith("Article") for kind in _kinds(node))]
    article = next((a for a in articles if any("Scholarly" in kind for kind in _kinds(a))), next(iter(articles), None))
    if article is None:
        return Particulars()
    named = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > 1}
    given = _field(article, "author") or _field(article, "creator")
    people = given if isinstance(given, str) else [_person(one, named) for one in _listed(given)]
    dated = (_text(_field(article, name)) for name in ("datePublished", "dateCreated"))
    doi = next(_dois(article), None)
    return Particulars(
        authors=tuple(unescape(name) for name in author_names(people) if "://" not in name),
        year=next((year for date in dated if (year := year_in(date))), None),
        journal=_journal(article, named) or None,
        identifiers={"doi": doi} if doi else {},
    )


def _value(source: str) -> object:
    try:
        return json.loads(source, strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(value: object, deep: int = 0) -> Iterator[_Node]:
    """The things that the page is about: not those that they cite or list."""
    if deep > _DEEPEST:
        return
    for one in _listed(value):
        if isinstance(one, Mapping):
            yield one
            for name in _WRAPS:
                yield from _nodes(_field(one, name), deep + 1)


def _listed(value: object) -> list[object]:
    """The values of a field, which may be one or many."""
    if isinstance(value, Mapping) and isinstance(inner := value.get("@list"), list):
        return inner
    return value if isinstance(value, list) else [value] if value else []


def _field(node: _Node, name: str) -> object:
    """The value of a field, whatever prefix its name has."""
    return next((value for key, value in node.items() if re.split(r"[:/#]", key)[-1] == name), None)


def _kinds(node: _Node) -> list[str]:
    return [re.split(r"[:/#]", kind)[-1] for kind in _listed(node.get("@type")) if isinstance(kind, str)]


def _text(value: object) -> str:
    """The first text of a field."""
    first = next(iter(_listed(value)), "")
    if isinstance(first, Mapping):
        first = first.get("@value", "")
    return unescape(str(first)).strip() if isinstance(first, str | int) else ""


def _person(value: object, named: Mapping[str, _Node]) -> object:
    """A name as a text, or in its parts; a node that is only pointed to is looked up."""
    if not isinstance(value, Mapping):
        return value
    node = named.get(str(value.get("@id")), value) if len(value) <= 2 else value
    family, given = _text(_field(node, "familyName")), _text(_field(node, "givenName"))
    if family:
        return {"family": family, "given": given}
    name = _text(_field(node, "name"))
    return name if "Person" in _kinds(node) else {"name": name}


def _journal(article: _Node, named: Mapping[str, _Node]) -> str:
    """The name of the periodical that the article is part of."""
    around = _listed(_field(article, "isPartOf"))[:_MOST_WHOLES]
    for _ in range(_DEEPEST):
        nodes = [named.get(str(one.get("@id")), one) for one in around if isinstance(one, Mapping)]
        if name := next((_text(_field(node, "name")) for node in nodes if "Periodical" in _kinds(node)), ""):
            return name
        around = [one for node in nodes for one in _listed(_field(node, "isPartOf"))][:_MOST_WHOLES]
    return ""


def _dois(article: _Node) -> Iterator[str]:
    """The DOIs by which an article is named; addresses that only hold one may go on behind it."""
    for name in ("identifier", "doi", "sameAs", "@id", "url"):
        for one in _listed(_field(article, name)):
            text = _text(_field(one, "value") if isinstance(one, Mapping) and "@value" not in one else one)
            if _DOI_FIRST.match(text) and (doi := doi_in(text)):
                yield doi

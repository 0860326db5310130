"""Functions that read names, identifiers, attributes and evidence from the properties of another program."""

import re
from collections.abc import Collection
from functools import cache

from kg.documents.language import han_count, letters_of
from kg.domain import Evidence, Name
from kg.exchange.domain import Edge, Node, Value

_PART = re.compile(r"[A-Z]{1,64}(?![a-z])|[A-Z]?[a-z]{1,64}|[\u3400-\u9fff]{1,64}")
_MAIN = frozenset(
    "name label title preflabel preferredlabel preferredname prefname displayname 名 名称 名字".split()  # noqa: SIM905
)
_OTHER = frozenset(
    "altlabel alias aliases synonym synonyms exactsynonym hasexactsynonym hasrelatedsynonym altname othername "  # noqa: SIM905
    "alternatename fullname names labels 别名 同义词".split()
)
_SCRIPTS = {
    **dict.fromkeys(("zh", "cn", "chinese", "中文"), "zh"),
    **dict.fromkeys(("en", "english", "英文"), "en"),
    **dict.fromkeys(("la", "latin", "拉丁"), "la"),
    **dict.fromkeys(("pinyin", "拼音"), "pinyin"),
    **{"symbol": "symbol", "hant": "zh-Hant"},
}
_EVIDENCE = {
    **dict.fromkeys(("pmid", "pmids", "pubmed", "pubmedid"), "PMID:"),
    **dict.fromkeys(("doi", "dois"), "doi:"),
    **dict.fromkeys(("source", "sources", "reference", "references", "evidence", "provenance", "database", "url"), ""),
    **dict.fromkeys(("publication", "publications", "citation", "citations"), ""),
}
_QUOTES = frozenset({"quote", "sentence", "supportingtext", "evidencetext"})
plain = cache(letters_of)
"""What the names of properties are compared by."""
_IDENTIFIERS = frozenset({"doi", "pmid", "pmcid", "cas", "cid", "orcid", "inchikey", "mesh", "umls"})


@cache
def name_rank(key: str) -> tuple[bool, str | None] | None:
    """Whether a property holds main or other names, and their script; None where it holds none."""
    parts = [p.casefold() for p in _PART.findall(key)]
    for word in ("中文", "英文", "拉丁", "拼音"):
        parts = [piece for p in parts for piece in ((word, p.replace(word, "")) if word in p else (p,)) if piece]
    scripts = [_SCRIPTS[p] for p in parts if p in _SCRIPTS]
    rest = "".join(p for p in parts if p not in _SCRIPTS)
    if len(scripts) > 1 or (not rest and not scripts):
        return None
    script = scripts[0] if scripts else None
    if rest in _MAIN or not rest:
        return True, script
    return (False, script) if rest in _OTHER else None


def texts_of(value: Value) -> tuple[str, ...]:
    """The texts of a property."""
    return (value,) if isinstance(value, str) else value


def joined(value: Value) -> str:
    """The texts of a property as one."""
    return "; ".join(texts_of(value))


def script_of(text: str) -> str:
    """The script of a name of which none is told."""
    return "zh" if han_count(text) else "en"


def names_of(node: Node) -> tuple[Name, ...]:
    """The names of a node, those that are meant to be shown first; its id where it has none."""
    if node.names:
        return node.names
    found: dict[tuple[str, str], Name] = {}
    preferred: set[str] = set()
    for main in (True, False):
        for key, value in node.properties.items():
            rank = name_rank(key)
            if rank is None or rank[0] != main:
                continue
            for text in (t.strip() for t in texts_of(value)):
                script = rank[1] or script_of(text)
                if text and (text, script) not in found:
                    found[text, script] = Name(text, script, main and script not in preferred)
                    preferred.add(script)
    return tuple(found.values()) or (Name(node.id, "id"),)


def identifiers_of(node: Node) -> dict[str, str]:
    """The ids that other data bases have for a node."""
    return {k: joined(v) for k, v in node.properties.items() if _is_identifier(k) and v not in ("", (), node.id)}


def attributes_of(node: Node) -> dict[str, str]:
    """What else is said of a node."""
    taken = {k for k in node.properties if name_rank(k) is not None} if not node.names else set()
    return {k: joined(v) for k, v in node.properties.items() if k not in taken and not _is_identifier(k) and v}


def evidence_of(edge: Edge, source: str) -> tuple[Evidence, ...]:
    """The sources that an edge names; the graph itself where it names none."""
    quote = next((joined(v) for k, v in edge.properties.items() if plain(k) in _QUOTES), "")
    named = [
        text if text.casefold().startswith(prefix.casefold()) else prefix + text
        for key, value in edge.properties.items()
        if (prefix := _EVIDENCE.get(plain(key))) is not None
        for text in texts_of(value)
        if text
    ]
    return tuple(Evidence(text, None, quote) for text in dict.fromkeys(named or [source]))


def conditions_of(edge: Edge, allowed: Collection[str]) -> dict[str, str]:
    """The properties of an edge that are qualifiers of its predicate."""
    known = {plain(q): q for q in allowed}
    return {known[plain(k)]: joined(v) for k, v in edge.properties.items() if plain(k) in known and v}


def unread(edge: Edge, allowed: Collection[str]) -> set[str]:
    """The properties of an edge that say nothing here."""
    read = {*map(plain, allowed), *_EVIDENCE, *_QUOTES, "polarity", "grade"}
    return {key for key in edge.properties if plain(key) not in read}


@cache
def _is_identifier(key: str) -> bool:
    parts = [part.casefold() for part in _PART.findall(key)]
    return plain(key) in _IDENTIFIERS or parts[-1:] == ["id"]

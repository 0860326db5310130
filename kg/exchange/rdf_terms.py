"""The terms by which an export to RDF says what Jianxi knows, and the names of their languages."""

import re
from typing import Any
from urllib.parse import quote, unquote

from kg.exchange.reading import script_of as by_signs

OURS = "urn:jianxi:"
ENTITY = "urn:jianxi:entity:"
TYPE = "urn:jianxi:type:"
PREDICATE = "urn:jianxi:predicate:"
IDENTIFIER = "urn:jianxi:identifier:"
ATTRIBUTE = "urn:jianxi:attribute:"
QUALIFIER = "urn:jianxi:qualifier:"
HISTORY = "urn:jianxi:history:"
TERM = "urn:jianxi:term:"
BARE, POLARITY, GRADE, VERSION = (TERM + word for word in ("bare", "polarity", "grade", "version"))
EVIDENCE, SOURCE, PASSAGE, QUOTE = (TERM + word for word in ("evidence", "source", "passage", "quote"))
SCRIPT = "urn:jianxi:script:"

TAGS = {"zh": "zh", "zh-Hant": "zh-Hant", "pinyin": "zh-Latn-pinyin", "la": "la", "en": "en"}
"""The language tags of scripts; names in others (symbols, ids) have a data type."""
_SCRIPTS = {tag.lower(): script for script, tag in TAGS.items()}

_IRI = re.compile(r"(?:https?://|urn:)[^\x00-\x20<>\"{}|\\^`]{1,4000}")


def iri_of(id_: str) -> str:
    """The IRI of an entity: its id where that is one."""
    return id_ if _IRI.fullmatch(id_) and not id_.startswith(ENTITY) else ENTITY + quote(id_, safe="")


def id_of(iri: Any) -> str:
    """The id of an entity by its IRI."""
    return key_of(str(iri), ENTITY)


def key_of(iri: str, kind: str) -> str:
    """The key that an IRI of this kind holds."""
    return unquote(iri.removeprefix(kind)) if iri.startswith(kind) else iri


def script_of(literal: Any, hint: str | None = None) -> tuple[str, bool]:
    """The script of a name, and whether its language is one that names are shown in; ``hint`` is for one without."""
    kind = str(literal.datatype or "")
    if kind.startswith(SCRIPT):
        return kind.removeprefix(SCRIPT), True
    tag = str(literal.language or "").lower()
    if tag in _SCRIPTS:
        return _SCRIPTS[tag], True
    if tag.startswith("zh-latn"):
        return "pinyin", True
    if tag in ("zh-tw", "zh-hk", "zh-mo") or tag.startswith("zh-hant"):
        return "zh-Hant", True
    main = tag.split("-")[0]
    if main in ("zh", "en", "la"):
        return main, True
    return (hint or by_signs(str(literal)), True) if not tag else ("en", False)

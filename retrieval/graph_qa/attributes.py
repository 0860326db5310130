"""Attributes of an entity as facts, in the language of the reader."""

import re
from collections.abc import Collection

from kg.domain import Entity, EntityId, Language, Name, Relation, RelationId
from retrieval.evidence import FactEvidence

_LANGUAGES = ("zh", "en")
_BETWEEN_VALUES = re.compile("[;；,，、/]")


def attribute_facts(entity: Entity, keys: Collection[str], language: Language = "") -> list[FactEvidence]:
    """Attributes, identifiers and names of an entity as facts whose predicate is ``attribute:KEY``.

    Of an attribute that is told in several languages (``KEY_zh``, ``KEY_en``), only the reader's is given where it is
    there, unless one of ``keys`` is the whole key of another.
    """
    values: dict[str, str] = {}
    for part in keys:
        if part.startswith("name:"):
            script = part.removeprefix("name:")
            texts = [n.text for n in entity.names if n.script == script]
            if texts:
                values[part] = "; ".join(dict.fromkeys(texts))
            continue
        for told in (entity.attributes, entity.identifiers):
            values.update({key: value for key, value in told.items() if part in key.lower() and value})
    foreign = _in_other_languages(values, language) - set(keys)
    return [_attribute(entity, key, value) for key, value in values.items() if key not in foreign]


def values_of(fact: FactEvidence) -> list[str]:
    """The values of an attribute that lists several."""
    return [v.strip() for v in _BETWEEN_VALUES.split(fact.object.names[0].text) if v.strip()]


def _in_other_languages(keys: Collection[str], language: Language) -> set[str]:
    """Keys in a language, where the same attribute has one in the reader's, else in English."""
    if not language:
        return set()
    codes = {language, *_LANGUAGES}
    several: dict[str, set[str]] = {}
    for head, _, code in (key.rpartition("_") for key in keys):
        if head and code in codes:
            several.setdefault(head, set()).add(code)
    foreign: set[str] = set()
    for head, told in several.items():
        kept = next((code for code in (language, "en") if code in told), None)
        foreign |= {f"{head}_{code}" for code in told if kept is not None and code != kept}
    return foreign


def _attribute(entity: Entity, key: str, value: str) -> FactEvidence:
    name = Name(value, "en" if value.isascii() else "zh", True)
    object_ = Entity(EntityId(f"{entity.id}#{key}"), "attribute", (name,))
    relation = Relation(RelationId(f"{entity.id}|attribute:{key}"), entity.id, f"attribute:{key}", object_.id)
    return FactEvidence(relation, entity, object_, 1.0)

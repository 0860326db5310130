"""Entities, relations, documents and passages as property maps, and back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from kg.domain import (
    Block,
    Document,
    DocumentId,
    Entity,
    EntityId,
    Evidence,
    Name,
    Passage,
    PassageId,
    Polarity,
    Relation,
    RelationId,
    Span,
)
from kg.names.ranking import findable, words_of
from kg.plain_values import block_from, block_values, document_from, document_values

Row = dict[str, Any]

KEY_CHARS = 2000
"""Longest key of a name: a term of more than 32,766 bytes breaks Lucene, and with it the database."""

_PREFERRED = "*"
_DERIVED = frozenset({"name", "keys", "words"})

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_encode_map = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def entity_row(entity: Entity) -> Row:
    """An entity's properties; equal entities give equal ones. An asterisk marks the script of a preferred name.

    ``keys`` and ``words`` are what finds it: its names and identifiers, whole and word by word.
    """
    keys = [key[:KEY_CHARS] for key in findable(entity)]
    row: Row = {
        "id": entity.id,
        "type": entity.type,
        "name": entity.name("zh"),
        "names": [n.text for n in entity.names],
        "scripts": [n.script + _PREFERRED if n.preferred else n.script for n in entity.names],
        "keys": keys,
        "words": " | ".join(" ".join(words_of(key)) for key in keys),
        "version": entity.version,
    }
    if entity.identifiers:
        row["identifiers"] = _encode_map(dict(entity.identifiers))
    if entity.attributes:
        row["attributes"] = _encode_map(dict(entity.attributes))
    if entity.bare:
        row["bare"] = True
    return row


def entity_of(row: Mapping[str, Any]) -> Entity:
    """An entity from its properties."""
    identifiers, attributes = row.get("identifiers"), row.get("attributes")
    return Entity(
        EntityId(row["id"]),
        row["type"],
        names_of(row["names"], row["scripts"]),
        json.loads(identifiers) if identifiers else {},
        json.loads(attributes) if attributes else {},
        bool(row.get("bare")),
        row["version"],
    )


def names_of(texts: Sequence[str], scripts: Sequence[str]) -> tuple[Name, ...]:
    """Names from the two lists that hold them."""
    return tuple(
        Name(t, s.removesuffix(_PREFERRED), s.endswith(_PREFERRED)) for t, s in zip(texts, scripts, strict=True)
    )


def relation_row(relation: Relation) -> Row:
    """A relation's properties; equal relations give equal ones."""
    row: Row = {"id": relation.id, "version": relation.version}
    if relation.polarity is not Polarity.NONE:
        row["polarity"] = relation.polarity.value
    if relation.grade is not None:
        row["grade"] = relation.grade
    if relation.qualifiers:
        row["qualifiers"] = _encode_map(dict(relation.qualifiers))
    if relation.evidence:
        row["evidence"] = _encode([[e.source, e.passage_id, e.quote] for e in relation.evidence])
        passages = dict.fromkeys(e.passage_id for e in relation.evidence if e.passage_id is not None)
        if passages:
            row["passages"] = list(passages)
    return row


def relation_of(row: Mapping[str, Any], subject: str, predicate: str, object_: str) -> Relation:
    """A relation from its properties and its ends."""
    qualifiers, evidence = row.get("qualifiers"), row.get("evidence")
    return Relation(
        RelationId(row["id"]),
        EntityId(subject),
        predicate,
        EntityId(object_),
        Polarity(row["polarity"]) if row.get("polarity") else Polarity.NONE,
        row.get("grade"),
        json.loads(qualifiers) if qualifiers else {},
        tuple(Evidence(s, p, q) for s, p, q in json.loads(evidence)) if evidence else (),
        row["version"],
    )


def image(thing: Entity | Relation) -> str:
    """A thing as JSON, for history."""
    if isinstance(thing, Entity):
        return _encode({k: v for k, v in entity_row(thing).items() if k not in _DERIVED})
    ends = {"subject": thing.subject, "predicate": thing.predicate, "object": thing.object}
    return _encode({**relation_row(thing), **ends})


def imaged(text: str) -> Entity | Relation:
    """A thing from its JSON."""
    row = json.loads(text)
    if "subject" in row:
        return relation_of(row, row["subject"], row["predicate"], row["object"])
    return entity_of(row)


def document_row(document: Document) -> Row:
    """A document's properties, without unknown ones."""
    row = document_values(document)
    row |= {"authors": list(document.authors), "identifiers": _encode_map(dict(document.identifiers))}
    return {key: value for key, value in row.items() if value is not None}


def document_of(row: Mapping[str, Any]) -> Document:
    """A document from its properties."""
    own = {field.name: row[field.name] for field in fields(Document) if field.name in row}
    return document_from({**own, "identifiers": json.loads(row["identifiers"])})


def passage_row(passage: Passage) -> Row:
    """A passage's properties; its spans are one flat list of triples."""
    row: Row = {
        "id": passage.id,
        "document_id": passage.document_id,
        "ordinal": passage.ordinal,
        "text": passage.text,
        "language": passage.language,
        "heading_path": list(passage.heading_path),
        "spans": [n for s in passage.spans for n in (s.block, s.start, s.end)],
    }
    if passage.page is not None:
        row["page"] = passage.page
    return row


def passage_of(row: Mapping[str, Any]) -> Passage:
    """A passage from its properties."""
    flat = row["spans"]
    return Passage(
        PassageId(row["id"]),
        DocumentId(row["document_id"]),
        row["ordinal"],
        row["text"],
        row["language"],
        tuple(row["heading_path"]),
        row.get("page"),
        tuple(Span(*flat[i : i + 3]) for i in range(0, len(flat), 3)),
    )


def blocks_text(blocks: Sequence[Block]) -> str:
    """Blocks as JSON."""
    return _encode([block_values(b) for b in blocks])


def blocks_of(text: str) -> tuple[Block, ...]:
    """Blocks from their JSON."""
    return tuple(block_from(values) for values in json.loads(text))

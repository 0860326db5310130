"""Entities, relations, documents and passages as rows, and back."""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from kg.domain import (
    Block,
    Document,
    DocumentId,
    Entity,
    EntityId,
    Evidence,
    Mention,
    Name,
    ParsedDocument,
    Passage,
    PassageId,
    Polarity,
    Relation,
    RelationId,
    Span,
)
from kg.ledger.planning import WriteKind
from kg.plain_values import block_from, block_values, document_from, document_values

Row = tuple[Any, ...]

AMONG = "IN (SELECT value FROM json_each(?))"
"""A condition for any number of ids; see ``ids_json``."""

ENTITY_COLUMNS = "id, type, names, identifiers, attributes, bare, version"
RELATION_COLUMNS = "id, subject_chars, predicate_chars, polarity, grade, qualifiers, evidence, version"
PASSAGE_COLUMNS = "id, document, ordinal, text, language, heading_path, page, spans"

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_encode_map = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_quote = json.encoder.encode_basestring
_decode = json.loads


def ids_json(ids: Sequence[str]) -> str:
    """Ids for ``AMONG``."""
    return _encode(list(ids))


def entity_row(entity: Entity) -> Row:
    """An entity in the order of ENTITY_COLUMNS; equal entities give equal rows."""
    names = [
        f"[{_quote(n.text)},{_quote(n.script)},1]" if n.preferred else f"[{_quote(n.text)},{_quote(n.script)}]"
        for n in entity.names
    ]
    return (
        entity.id,
        entity.type,
        f"[{','.join(names)}]",
        _encode_map(dict(entity.identifiers)) if entity.identifiers else None,
        _encode_map(dict(entity.attributes)) if entity.attributes else None,
        1 if entity.bare else 0,
        entity.version,
    )


def entity_of(row: Row) -> Entity:
    """An entity from a row in the order of ENTITY_COLUMNS."""
    id_, type_, names, identifiers, attributes, bare, version = row[:7]
    return Entity(
        EntityId(id_),
        type_,
        names_of(names),
        _decode(identifiers) if identifiers else {},
        _decode(attributes) if attributes else {},
        bool(bare),
        version,
    )


def names_of(names: str) -> tuple[Name, ...]:
    """Names from their column."""
    return tuple(Name(n[0], n[1], len(n) > 2) for n in _decode(names))


def relation_row(relation: Relation) -> Row:
    """A relation in the order of RELATION_COLUMNS; equal relations give equal rows."""
    polarity = relation.polarity
    qualifiers = relation.qualifiers
    return (
        relation.id,
        len(relation.subject),
        len(relation.predicate),
        None if polarity is Polarity.NONE else str(polarity),
        relation.grade,
        _encode_map(dict(qualifiers)) if qualifiers else None,
        _evidence_text(relation.evidence),
        relation.version,
    )


def relation_of(row: Row) -> Relation:
    """A relation from a row in the order of RELATION_COLUMNS."""
    id_, subject_chars, predicate_chars, polarity, grade, qualifiers, evidence, version = row[:8]
    object_at = subject_chars + predicate_chars + 2
    return Relation(
        RelationId(id_),
        EntityId(id_[:subject_chars]),
        id_[subject_chars + 1 : object_at - 1],
        EntityId(id_[object_at:]),
        Polarity.NONE if polarity is None else Polarity(polarity),
        grade,
        _decode(qualifiers) if qualifiers else {},
        _evidence_of(evidence),
        version,
    )


def _evidence_text(evidence: Sequence[Evidence]) -> str | None:
    """A single outside source, as most imported rows have, is stored as text; other evidence as JSON."""
    if not evidence:
        return None
    first = evidence[0]
    if len(evidence) == 1 and first.passage_id is None and not first.quote and first.source[:1] != "[":
        return first.source
    return _encode([[e.source, e.passage_id, e.quote] for e in evidence])


def _evidence_of(text: str | None) -> tuple[Evidence, ...]:
    if text is None:
        return ()
    if text[:1] != "[":
        return _lone_source(text)
    return tuple(Evidence(source, passage, quote) for source, passage, quote in _decode(text))


@lru_cache(maxsize=256)
def _lone_source(source: str) -> tuple[Evidence, ...]:
    """Shared by all relations of a source: a table's rows have the same."""
    return (Evidence(source),)


KINDS: Mapping[WriteKind, tuple[str, Callable[[Row], Entity | Relation]]] = {
    "entity": (ENTITY_COLUMNS, entity_of),
    "relation": (RELATION_COLUMNS, relation_of),
}
"""The columns of each kind of thing, and what reads a row of them."""


def passage_row(passage: Passage) -> Row:
    """A passage in the order of PASSAGE_COLUMNS."""
    return (
        passage.id,
        passage.document_id,
        passage.ordinal,
        passage.text,
        passage.language,
        _encode(list(passage.heading_path)),
        passage.page,
        _encode([[s.block, s.start, s.end] for s in passage.spans]),
    )


def passage_of(row: Row) -> Passage:
    """A passage from a row in the order of PASSAGE_COLUMNS."""
    id_, document, ordinal, text, language, heading_path, page, spans = row
    return Passage(
        PassageId(id_),
        DocumentId(document),
        ordinal,
        text,
        language,
        tuple(_decode(heading_path)),
        page,
        tuple(Span(*s) for s in _decode(spans)),
    )


def document_text(document: Document) -> str:
    """A document as JSON."""
    return _encode(document_values(document))


def document_of(text: str) -> Document:
    """A document from its JSON."""
    return document_from(_decode(text))


def blocks_bytes(blocks: Sequence[Block]) -> bytes:
    """Blocks as compressed JSON."""
    return _compressed([block_values(b) for b in blocks])


def blocks_of(data: bytes) -> tuple[Block, ...]:
    """Blocks from compressed JSON."""
    return tuple(block_from(b) for b in _decode(zlib.decompress(data)))


def archive_bytes(parsed: ParsedDocument) -> bytes:
    """A whole document as compressed JSON, from which an undo restores it."""
    return _compressed(
        {
            "document": document_text(parsed.document),
            "blocks": [block_values(b) for b in parsed.blocks],
            "passages": [list(passage_row(p)) for p in parsed.passages],
            "mentions": [[m.passage_id, m.entity_id, m.start, m.end] for m in parsed.mentions],
        }
    )


def archived(data: bytes) -> ParsedDocument:
    """A whole document from compressed JSON."""
    fields: Mapping[str, Any] = _decode(zlib.decompress(data))
    return ParsedDocument(
        document_of(fields["document"]),
        tuple(block_from(b) for b in fields["blocks"]),
        tuple(passage_of(tuple(p)) for p in fields["passages"]),
        tuple(Mention(*m) for m in fields["mentions"]),
    )


def _compressed(value: object) -> bytes:
    return zlib.compress(_encode(value).encode(), 6)

"""Small entities, relations and documents that the contracts are told with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.domain import (
    Block,
    BlockKind,
    Box,
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
    Revision,
    Span,
    relation_id,
)
from kg.ledger.changes import Change, ChangeSet
from kg.protocols import Store

TYPES = ("herb", "compound", "disease")
PREDICATES = ("contains", "treats", "treats_with", "part_of")


def entity(id_: str, *names: str, type_: str = "herb", identifiers: Mapping[str, str] | None = None) -> Entity:
    """An entity; Chinese names are told by their first character."""
    made = tuple(Name(n, "en" if n.isascii() else "zh", preferred=i == 0) for i, n in enumerate(names or (id_,)))
    return Entity(EntityId(id_), type_, made, identifiers or {})


def relation(subject: str, object_: str, predicate: str = "treats", *, evidence: Sequence[Evidence] = ()) -> Relation:
    """A relation; without evidence it says that it comes from a table."""
    id_ = relation_id(subject, predicate, object_)
    return Relation(
        id_, EntityId(subject), predicate, EntityId(object_), evidence=tuple(evidence) or (Evidence("T:1"),)
    )


def document(id_: str, *texts: str, mentions: Iterable[tuple[int, str, int, int]] = ()) -> ParsedDocument:
    """A document of one passage a text; a mention is (passage, entity, start, end)."""
    about = Document(
        DocumentId(id_), f"hash-{id_}", f"PM-{id_}", f"Title of {id_}", f"{id_}.pdf", "application/pdf", "en",
        ("Zhang San", "Li Si"), 2021, "Brain", {"doi": f"10.1/{id_}"}, "parser 1", 3,
    )  # fmt: skip
    blocks = (
        Block(BlockKind.HEADING, "Results", 1, Box(1, 2, 3, 4.5), 2),
        *(Block(BlockKind.PARAGRAPH, text, 2, None, None, 0.9) for text in texts),
    )
    passages = tuple(
        Passage(passage_id(id_, i), DocumentId(id_), i, text, "en", ("Results", "脑"), 2, (Span(i + 1, 0, len(text)),))
        for i, text in enumerate(texts)
    )
    found = tuple(Mention(passage_id(id_, p), EntityId(e), start, end) for p, e, start, end in mentions)
    return ParsedDocument(about, blocks, passages, found)


def passage_id(document_: str, number: int) -> PassageId:
    """The id of a document's passage."""
    return PassageId(f"{document_}#{number:04}")


def ids(*texts: str) -> list[EntityId]:
    """Entity ids."""
    return [EntityId(t) for t in texts]


async def apply(store: Store, *changes: Change) -> Revision:
    """Apply changes as an expert."""
    return await store.apply(ChangeSet(changes, "expert", "because"))


async def load(store: Store, entities: Sequence[Entity], relations: Sequence[Relation] = ()) -> Revision:
    """Load as a table."""
    return await store.load([entities], [relations], author="table", reason="import")


async def one(store: Store, id_: str) -> Entity:
    """An entity that is there."""
    (found,) = await store.entities(ids(id_))
    return found


async def related(store: Store, *texts: str) -> list[RelationId]:
    """Ids of the relations at the entities."""
    return [r.id for r in await store.relations(ids(*texts))]


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is true now, without versions."""

    entities: tuple[Entity, ...]
    relations: tuple[Relation, ...]


async def picture(store: Store) -> Picture:
    """The whole graph, for comparing."""
    names = [n.id async for batch in store.named() for n in batch]
    entities = await store.entities(names)
    relations = await store.relations(names, limit=10_000)
    return Picture(
        tuple(replace(e, version=0, names=tuple(e.names)) for e in entities),
        tuple(replace(r, version=0) for r in relations),
    )


RAISES = Polarity.POSITIVE
LOWERS = Polarity.NEGATIVE

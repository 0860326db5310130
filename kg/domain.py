"""The nouns of the knowledge: documents and the graph."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

DocumentId = NewType("DocumentId", str)
PassageId = NewType("PassageId", str)
EntityId = NewType("EntityId", str)
RelationId = NewType("RelationId", str)
Revision = NewType("Revision", int)
UNCHANGED = Revision(0)
"""What a write that changes nothing returns: a number that no revision has, so that its undo takes back nothing."""

_ZH_ORDER = ("zh", "zh-Hant", "pinyin", "en", "symbol", "la")
_EN_ORDER = ("en", "symbol", "la", "pinyin", "zh")

Language = str
"""``zh`` or ``en``: the language of a document, a passage or a question."""


class BlockKind(StrEnum):
    """The kind of a parsed block of a document."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    FORMULA = "formula"
    CAPTION = "caption"
    CODE = "code"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points, from the top left corner."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def around(cls, boxes: Iterable["Box"]) -> "Box":
        """The smallest rectangle that holds all of them."""
        x0, y0, x1, y1 = zip(*((b.x0, b.y0, b.x1, b.y1) for b in boxes), strict=True)
        return cls(min(x0), min(y0), max(x1), max(y1))

    def holds(self, other: "Box") -> bool:
        """Whether the middle of another rectangle lies in this one, or within a point of it."""
        across, down = (other.x0 + other.x1) / 2, (other.y0 + other.y1) / 2
        return self.x0 - 1 <= across <= self.x1 + 1 and self.y0 - 1 <= down <= self.y1 + 1


@dataclass(frozen=True, slots=True)
class Block:
    """A parsed piece of a document; ``page`` counts from 1 and is None where the format has no pages.

    ``lines`` are the offsets at which its lines begin, each with the line's box, where they are known.
    """

    kind: BlockKind
    text: str
    page: int | None = None
    box: Box | None = None
    level: int | None = None
    confidence: float | None = None
    lines: tuple[tuple[int, Box], ...] = ()

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """Where characters [start, end) stand: a part of each line, else the box of the whole."""
        if not self.lines:
            return () if self.box is None else (self.box,)
        found = []
        ends = [*(first for first, _ in self.lines[1:]), len(self.text)]
        for (first, box), last in zip(self.lines, ends, strict=True):
            left, right = max(start, first), min(end, last)
            if left < right:
                wide = (box.x1 - box.x0) / max(last - first, 1)
                x0, x1 = box.x0 + wide * (left - first), box.x0 + wide * (right - first)
                found.append(Box(round(x0, 1), box.y0, round(x1, 1), box.y1))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Document:
    """A source file or record.

    ``id`` is derived from the content hash and the source's own id; ``source_id`` is what the source calls it
    (``PM-21210284``), else the file name. ``identifiers`` maps ``doi``, ``pmid``, ``pmcid`` ... to values.
    """

    id: DocumentId
    content_hash: str
    source_id: str
    title: str
    path: str
    media_type: str
    language: Language
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str | None = None
    identifiers: Mapping[str, str] = field(default_factory=dict)
    parser: str = ""
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of block number ``block`` of a document."""

    block: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A unit of retrieval: whole sentences of one section.

    ``text`` is the sentences alone; ``heading_path`` leads from the title to the section; ``page`` is that of the
    first span.
    """

    id: PassageId
    document_id: DocumentId
    ordinal: int
    text: str
    language: Language
    heading_path: tuple[str, ...] = ()
    page: int | None = None
    spans: tuple[Span, ...] = ()

    @property
    def searchable(self) -> str:
        """The text after its heading path, as embedded and indexed."""
        heads = " > ".join(h for h in self.heading_path if h)
        return f"{heads}\n{self.text}" if heads else self.text


@dataclass(frozen=True, slots=True)
class Mention:
    """Characters [start, end) of a passage's text name an entity."""

    passage_id: PassageId
    entity_id: EntityId
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document with its blocks, passages and mentions, stored in one transaction."""

    document: Document
    blocks: tuple[Block, ...]
    passages: tuple[Passage, ...]
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """One name of an entity.

    ``script`` is ``zh`` (simplified), ``zh-Hant``, ``pinyin``, ``la``, ``en``, ``symbol`` (a gene's) or ``id``.
    """

    text: str
    script: str
    preferred: bool = False


class Polarity(StrEnum):
    """Whether the subject raises or lowers the object."""

    POSITIVE = "+"
    NEGATIVE = "-"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Entity:
    """A node of the graph; ``bare`` is one that a table refers to and does not define."""

    id: EntityId
    type: str
    names: tuple[Name, ...]
    identifiers: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    bare: bool = False
    version: int = 1

    def name(self, language: Language) -> str:
        """The best name for a reader of ``language``."""
        for script in _ZH_ORDER if language == "zh" else _EN_ORDER:
            of_script = [n for n in self.names if n.script == script]
            if of_script:
                return next((n.text for n in of_script if n.preferred), of_script[0].text)
        return self.names[0].text if self.names else self.id


@dataclass(frozen=True, slots=True)
class Evidence:
    """What supports a relation: a quoted span of a passage, or a source outside the library (DOI, PMID, table row)."""

    source: str
    passage_id: PassageId | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """An edge of the graph; ``grade`` and ``predicate`` are names of the ontology."""

    id: RelationId
    subject: EntityId
    predicate: str
    object: EntityId
    polarity: Polarity = Polarity.NONE
    grade: str | None = None
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    version: int = 1


def relation_id(subject: str, predicate: str, object_: str) -> RelationId:
    """The id of the relation between two entities: one triple is one relation, whoever says it."""
    return RelationId(f"{subject}|{predicate}|{object_}")


@dataclass(frozen=True, slots=True)
class Subgraph:
    """Entities and the relations between them."""

    entities: tuple[Entity, ...]
    relations: tuple[Relation, ...]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class GraphStats:
    """Counts by type and predicate."""

    revision: Revision
    documents: int
    passages: int
    mentions: int
    entities: Mapping[str, int]
    relations: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RevisionRecord:
    """A revision in the ledger; ``time`` is ISO 8601 in UTC, ``undoes`` the revision that it undoes."""

    revision: Revision
    author: str
    reason: str
    time: str
    kind: str
    undoes: Revision | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentDelta:
    """The changes that bring an index from an earlier revision to ``revision``.

    ``removed`` were there and ``added`` are there now: one that went and came again is both, as it may be another text.
    ``graph_changed`` is whether entities, names or relations changed, so that dictionaries are out of date.
    """

    revision: Revision
    added: Sequence[DocumentId]
    removed: Sequence[DocumentId]
    graph_changed: bool

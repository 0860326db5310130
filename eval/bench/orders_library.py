"""Made-up documents and a small graph whose entities they name, for orders of changes."""

import random

from kg.domain import (
    Block,
    BlockKind,
    Document,
    DocumentId,
    Entity,
    EntityId,
    Name,
    ParsedDocument,
    Passage,
    PassageId,
    Relation,
    Span,
    relation_id,
)

STAYING = 2
"""Documents that no settled order removes: the first ones, which hold every name that the others hold."""

_PLAIN = (
    *("aquaporin", "clearance", "tracer", "flow", "interstitial", "fluid", "sleep", "velocity", "white", "matter"),
    *("mice", "slowed", "amyloid", "measured", "brain", "diffusion", "electroacupuncture"),
)
_NAMES = ("Glymphatic", "AQP4", "Rosenberg", "Oslo", "Nedergaard", "引流", "组织液", "针刺", "大鼠")
WORDS = (*_PLAIN, *_NAMES, "of", "the", "in")

_ENTITIES = (
    ("G1", "Gene", "AQP4", "symbol"), ("G2", "Gene", "aquaporin", "en"), ("C1", "Compound", "amyloid", "en"),
    ("T1", "TherapeuticMethod", "针刺", "zh"), ("T2", "TherapeuticMethod", "electroacupuncture", "en"),
    ("S1", "Structure", "interstitial fluid", "en"), ("S2", "Structure", "组织液", "zh"),
    ("P1", "Person", "Oslo", "en"),
)  # fmt: skip
_LATER = (("M1", "Method", "diffusion", "en"), ("C2", "Compound", "tracer", "en"), ("A1", "Species", "大鼠", "zh"))


def entities() -> list[Entity]:
    """The entities that are there from the start."""
    return [_entity(*row) for row in _ENTITIES]


def later_entities() -> list[Entity]:
    """Entities whose names come between changes of documents."""
    return [_entity(*row) for row in _LATER]


def relations() -> list[Relation]:
    """Facts between the first entities, each once."""
    pairs = [(a[0], b[0]) for a in _ENTITIES for b in _ENTITIES if a[0] < b[0]]
    return [Relation(relation_id(a, "affects", b), EntityId(a), "affects", EntityId(b)) for a, b in pairs]


def document(drawn: random.Random, number: int, *, settled: bool) -> ParsedDocument:
    """A document; in a ``settled`` library each name is one word, and so no change makes a name or takes one away."""
    id_ = DocumentId(f"d{number:02d}")
    title = f"Record {number}" if settled else " ".join(drawn.choices(WORDS, k=drawn.randint(1, 4)))
    about = Document(
        id_, f"d{number}", f"S-{number}", title, "", "", drawn.choice(("en", "zh")),
        ("Rosenberg G A", "Nedergaard M")[: drawn.randint(0, 2)], drawn.choice((None, 1980, 2012)),
        drawn.choice((None, "Brain Research")), {"pmid": str(70_000 + number)},
    )  # fmt: skip
    texts = [f"{_text(drawn, settled=settled)}." for _ in range(drawn.randint(1, 3))]
    if number < STAYING:
        texts.append(f"{_apart(drawn, _NAMES)}.")
    passages = tuple(
        Passage(PassageId(f"{id_}:{n}"), id_, n, text, about.language, (title,), None, (Span(n, 0, len(text)),))
        for n, text in enumerate(texts)
    )
    return ParsedDocument(about, tuple(Block(BlockKind.PARAGRAPH, text) for text in texts), passages)


def _text(drawn: random.Random, *, settled: bool) -> str:
    if not settled:
        return " ".join(drawn.choices(WORDS, k=drawn.randint(3, 40)))
    return _apart(drawn, drawn.choices(_NAMES, k=drawn.randint(1, 12)))


def _apart(drawn: random.Random, names: list[str] | tuple[str, ...]) -> str:
    """Names with a plain word before and behind each, so that no two make a longer one."""
    return " ".join(f"{drawn.choice(_PLAIN)} {name}" for name in names) + f" {drawn.choice(_PLAIN)}"


def _entity(id_: str, type_: str, name: str, script: str) -> Entity:
    return Entity(EntityId(id_), type_, (Name(name, script, True),))

"""A small honest library for the tests of answering: real findings, hashed vectors, a graph in memory."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from app.answering.service import AnswerService
from kg.documents.language import language_of
from kg.domain import (
    Document,
    DocumentId,
    Entity,
    EntityId,
    Evidence,
    Name,
    Passage,
    PassageId,
    Relation,
    Revision,
    relation_id,
)
from kg.names.spelling import normalise
from kg.ontology import load_domain
from kg.protocols import Graph
from models.scripted import HashingEmbedder
from retrieval.domain import EvidencePack, FactEvidence, LinkedEntity, PassageEvidence, Query
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.service import GraphQa

PAPERS = {
    "PM-24136970": (
        "Sleep drives metabolite clearance from the adult brain",
        "Xie L",
        2013,
        "Natural sleep or anesthesia are associated with a 60% increase in the interstitial space of the mouse brain. "
        "This results in a striking increase in convective exchange of cerebrospinal fluid with interstitial fluid. "
        "Convective fluxes of interstitial fluid increased the rate of beta-amyloid clearance during sleep.",
    ),
    "PM-22896675": (
        "A paravascular pathway facilitates CSF flow through the brain parenchyma",
        "Iliff JJ",
        2012,
        "Animals lacking the water channel aquaporin-4 (AQP4) in astrocytes exhibit slowed CSF influx through this "
        "system and a 70% reduction in interstitial solute clearance. Fluorescent-tagged amyloid beta was transported "
        "along this route.",
    ),
    "PM-28755756": (
        "Brain Extracellular Space: The Final Frontier of Neuroscience",
        "Nicholson C",
        2017,
        "The extracellular space occupies about 20% of brain tissue. Small molecules diffuse in it with an effective "
        "diffusion coefficient that is two-fifths of that in free solution.",
    ),
}
HERBS = {"herb:tianma": "天麻", "herb:gouteng": "钩藤", "herb:shanzhizi": "栀子", "herb:danggui": "当归"}
FORMULAS = {"formula:tmgty": "天麻钩藤饮", "formula:ljgtt": "羚角钩藤汤"}
COMPOUNDS = {"compound:gastrodin": "gastrodin", "compound:geniposide": "geniposide"}
LINKS = [
    ("formula:tmgty", "formula_has_herb", "herb:tianma"),
    ("formula:tmgty", "formula_has_herb", "herb:gouteng"),
    ("formula:tmgty", "formula_has_herb", "herb:shanzhizi"),
    ("formula:ljgtt", "formula_has_herb", "herb:gouteng"),
    ("herb:tianma", "herb_has_compound", "compound:gastrodin"),
    ("herb:shanzhizi", "herb_has_compound", "compound:geniposide"),
]


def passages() -> tuple[PassageEvidence, ...]:
    made = []
    for source, (title, author, year, text) in PAPERS.items():
        document = Document(
            DocumentId(f"d-{source}"), "h", source, title, "x.jsonl", "application/jsonl", "en", (author,), year
        )
        passage = Passage(PassageId(f"d-{source}:0"), document.id, 0, text, "en", (title,))
        made.append(PassageEvidence(passage, document, 1.0))
    return tuple(made)


def entities() -> dict[EntityId, Entity]:
    made = {}
    for type_, names, script in (("Herb", HERBS, "zh"), ("Formula", FORMULAS, "zh"), ("Compound", COMPOUNDS, "en")):
        for id_, name in names.items():
            made[EntityId(id_)] = Entity(EntityId(id_), type_, (Name(name, script),))
    return made


@dataclass
class SmallGraph:
    """As much of ``Graph`` as answering asks for."""

    known: dict[EntityId, Entity] = field(default_factory=entities)

    async def entities(self, ids: Sequence[EntityId]) -> Sequence[Entity]:
        return [self.known[i] for i in ids if i in self.known]

    async def find(self, text: str, *, type_: str | None = None, limit: int = 20) -> Sequence[Entity]:
        wanted = normalise(text)
        return [e for e in self.known.values() if any(normalise(n.text) == wanted for n in e.names)][:limit]

    async def relations(self, ids: Sequence[EntityId], **_: object) -> Sequence[Relation]:
        return [
            Relation(relation_id(s, p, o), EntityId(s), p, EntityId(o), evidence=(Evidence("HerbiV"),))
            for s, p, o in LINKS
            if s in ids or o in ids
        ]


@dataclass
class SmallRetriever:
    """Ranks the small library by hashed words, and links names by plain search."""

    embedder: HashingEmbedder = field(default_factory=HashingEmbedder)
    found: tuple[PassageEvidence, ...] = field(default_factory=passages)
    facts: tuple[FactEvidence, ...] = ()

    async def retrieve(self, query: Query) -> EvidencePack:
        vector = self.embedder.encode_query(query.text)
        vectors = self.embedder.encode_passages([p.passage.searchable for p in self.found])
        scores = (vectors @ vector).tolist()
        ranked = sorted(zip(self.found, scores, strict=True), key=lambda pair: -pair[1])
        linked = []
        for entity in entities().values():
            name = entity.names[0].text
            at = query.text.find(name)
            if at >= 0:
                linked.append(LinkedEntity(entity, at, at + len(name), name))
        longest = [e for e in linked if not any(o is not e and o.start <= e.start and e.end <= o.end for o in linked)]
        named = tuple(
            EntityMention(e.start, e.end, e.surface, (e.entity,)) for e in sorted(longest, key=lambda e: e.start)
        )
        graph: Graph = SmallGraph()  # type: ignore[assignment]
        return EvidencePack(
            query=query,
            language=language_of(query.text),
            passages=tuple(p for p, _ in ranked[: query.k]),
            facts=self.facts,
            entities=tuple(sorted(longest, key=lambda e: e.start)),
            revision=Revision(1),
            snapshot="s1",
            embedder=self.embedder.identity,
            reranker=None,
            entity_mentions=named,
            graph=(await GraphQa(graph, load_domain("ecs_tcm").ontology).ask(query.text, named))[0],
        )


Make = Callable[..., AbstractAsyncContextManager[AnswerService]]

"""Questions that the graph answers by itself: which things of one type stand next to all that the question names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.answering.lexicon import lexicon
from kg.domain import Entity, EntityId, Relation
from kg.names import normalise
from kg.ontology import Ontology
from kg.protocols import Graph
from retrieval.domain import EvidencePack, FactEvidence, LinkedEntity
from retrieval.words import words

_GRAPH = re.compile(r"图谱|知识库中的?关系|\b(?:knowledge |gene |tcm )?graph\b", re.IGNORECASE)
_PAPERS = re.compile(
    r"论文|文献|研究(?!对象)|摘要|\b(?:papers?|stud(?:y|ies)|article|abstract|literature)\b", re.IGNORECASE
)
_EACH = re.compile(r"分别|各自|\brespectively\b|\beach\b", re.IGNORECASE)
_ASKS_ZH = re.compile(r"(?:哪|什么|何种|列出|多少|几种|几味|几首|唯一|共同|相同)")
_ASKS_EN = re.compile(r"\b(?:which|what|list|name|how many|whose)\b", re.IGNORECASE)
_CLASSIFIERS = {"味": "Herb", "首": "Formula"}
_MOST_RELATIONS = 5000
_LEFT_OVER = 1


@dataclass(frozen=True, slots=True)
class Named:
    """One thing that the question names, with all entities of that name and type."""

    surface: str
    ids: tuple[EntityId, ...]
    entity: Entity


@dataclass(frozen=True, slots=True)
class Found:
    """One answer of the graph: an entity with the facts that make it one; ``of`` names what it belongs to."""

    entity: Entity
    facts: tuple[FactEvidence, ...]
    of: str


@dataclass(frozen=True, slots=True)
class GraphAnswer:
    """What the graph says: all that fits, or by each named thing what it has when nothing fits all.

    ``whole`` tells that the question asks the graph alone.
    """

    asked_type: str | None
    named: tuple[Named, ...]
    found: tuple[Found, ...]
    apart: Mapping[str, tuple[str, ...]]
    whole: bool
    each: bool = False


def asked_type(question: str, ontology: Ontology) -> str | None:
    """The type of thing that is asked for, by its label or cue behind the question word."""
    best: tuple[int, int, str] | None = None
    starts = [m.start() for m in (*_ASKS_ZH.finditer(question), *_ASKS_EN.finditer(question))]
    for at in starts:
        window = question[at : at + 40].lower()
        classifier = re.match(r"哪[一二两三四五六几些]*(味|首)", window)
        if classifier and _CLASSIFIERS[classifier[1]] in ontology.types:
            return _CLASSIFIERS[classifier[1]]
        for type_ in ontology.types.values():
            for word in (type_.label.zh, type_.label.en, *type_.cues):
                if len(word) < 2:
                    continue
                pattern = re.escape(word.lower()) if not word.isascii() else rf"\b{re.escape(word.lower())}s?\b"
                hit = re.search(pattern, window)
                if hit and (best is None or (hit.start(), -len(word)) < best[:2]):
                    best = (hit.start(), -len(word), type_.id)
    return best[2] if best else None


def asks_graph_alone(question: str, entities: Sequence[LinkedEntity], type_: str | None, ontology: Ontology) -> bool:
    """Whether nothing but the graph is asked: it is named, or only names, a type and linking words are left."""
    if _PAPERS.search(question):
        return False
    if _GRAPH.search(question):
        return True
    if type_ is None or not entities:
        return False
    rest = question
    for entity in sorted(entities, key=lambda e: e.start, reverse=True):
        rest = rest[: entity.start] + " " + rest[entity.end :]
    label = ontology.types[type_]
    known = set(words(lexicon().graph_words)) | set(words(" ".join((label.label.zh, label.label.en, *label.cues))))
    return len([w for w in words(rest) if w not in known]) <= _LEFT_OVER


async def ask_graph(question: str, pack: EvidencePack, graph: Graph, ontology: Ontology) -> GraphAnswer | None:
    """What the graph says to a question of this kind, or None where it is no such question."""
    linked = _without_prefixes(question, pack.entities)
    type_ = asked_type(question, ontology)
    named_graph = bool(_GRAPH.search(question))
    whole = asks_graph_alone(question, linked, type_, ontology)
    if not linked or not (whole or named_graph) or not (_ASKS_ZH.search(question) or _ASKS_EN.search(question)):
        return None
    named = [await _homonyms(e, graph) for e in linked]
    near = {n.surface: await _neighbours(n, graph, type_) for n in named}
    named = [n for n in named if near[n.surface]]
    if not named or (type_ is None and len(named) < 2):
        return None
    each = bool(_EACH.search(question)) and len(named) > 2
    if each:
        base, others = named[0], named[1:]
        found = [f for other in others for f in _common([base, other], near, of=other.surface)]
    else:
        found = _common(named, near, of="")
    apart = {} if found else {n.surface: _names(near[n.surface], pack.language) for n in named}
    return GraphAnswer(type_, tuple(named), tuple(found), apart, whole, each)


def _without_prefixes(question: str, linked: Sequence[LinkedEntity]) -> tuple[LinkedEntity, ...]:
    """Linked names, without one that is only the beginning of a word glossed in brackets: 天麻素 (gastrodin)."""
    kept: list[LinkedEntity] = []
    for one in linked:
        after = re.match(r"[\u3400-\u9fff]{1,3}\s*[((]", question[one.end :])
        glossed = after and any(o.start == one.end + after.end() for o in linked)
        if not glossed and one.surface not in {k.surface for k in kept}:
            kept.append(one)
    exact = {k.entity.id: k for k in reversed(kept)}
    return tuple(k for k in kept if exact[k.entity.id] is k)


async def _homonyms(linked: LinkedEntity, graph: Graph) -> Named:
    wanted = normalise(linked.surface)
    same = [
        e.id
        for e in await graph.find(linked.surface, type_=linked.entity.type, limit=20)
        if any(normalise(n.text) == wanted for n in e.names)
    ]
    return Named(linked.surface, tuple(dict.fromkeys((linked.entity.id, *same))), linked.entity)


_Near = dict[EntityId, tuple[Entity, tuple[FactEvidence, ...]]]


async def _neighbours(named: Named, graph: Graph, type_: str | None) -> _Near:
    relations = await graph.relations(named.ids, limit=_MOST_RELATIONS)
    ids = dict.fromkeys(e for r in relations for e in (r.subject, r.object))
    entities = {e.id: e for e in await graph.entities([*ids])}
    near: _Near = {}
    for relation in relations:
        other = _other_end(relation, named.ids)
        entity = entities.get(other)
        if entity is None or (type_ is not None and entity.type != type_) or other in named.ids:
            continue
        subject, object_ = entities.get(relation.subject), entities.get(relation.object)
        if subject is not None and object_ is not None:
            fact = FactEvidence(relation, subject, object_, 1.0)
            near[other] = (entity, (*near.get(other, (entity, ()))[1], fact))
    return near


def _other_end(relation: Relation, ids: Sequence[EntityId]) -> EntityId:
    return relation.object if relation.subject in ids else relation.subject


def _common(named: Sequence[Named], near: Mapping[str, _Near], *, of: str) -> list[Found]:
    shared = set.intersection(*(set(near[n.surface]) for n in named))
    found: dict[str, Found] = {}
    for id_ in sorted(shared):
        entity = near[named[0].surface][id_][0]
        facts = tuple(f for n in named for f in near[n.surface][id_][1])
        key = entity.name("zh")
        before = found.get(key)
        found[key] = Found(entity, (*before.facts, *facts), of) if before else Found(entity, facts, of)
    return list(found.values())


def _names(near: _Near, language: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entity.name(language) for entity, _ in near.values()))

"""Finding the evidence for a question: the one way from a query to an evidence pack."""

import asyncio
import copy
import math
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.documents.language import han_count, language_of_question
from kg.documents.tokens import estimated_tokens
from kg.domain import EntityId, Mention, PassageId, Relation
from kg.graph_walk import relations_at
from kg.protocols import Store
from models.protocols import Embedder, Reranker, Vectors
from retrieval.ablation import NOTHING_ABLATED, AblationFlags
from retrieval.domain import EvidencePack, Filters, Hit, LinkedEntity, Mode, PassageEvidence, Query
from retrieval.evidence_set.scorer import SetScorer, bundled_scorer
from retrieval.graph_qa.entity_mentions import EntityMention, mentions_in, places, wanted
from retrieval.graph_qa.service import GraphQa
from retrieval.index.builder import Indexes
from retrieval.index.snapshot_contents import Snapshot
from retrieval.packing import spread, within
from retrieval.question.subject import subject_of
from retrieval.question.validity import LONGEST, check
from retrieval.rank import Ranking, rank
from retrieval.signals import signals_of
from retrieval.sources.domain import Slot, SourceQuery
from retrieval.text.glossary import Glossary, bundled_glossary
from retrieval.text.words import words

if TYPE_CHECKING:
    from kg.names.linker import Link, Linker

_LATIN = re.compile(r"[A-Za-z]+")
_RERANKED = 40
_SOME_ENGLISH = 0.2
_CANDIDATES = 60
_SENSES = 6
_NAMING = 100_000
_LINKS_OF_DOCUMENTS = 4000


@dataclass(frozen=True, slots=True)
class _Named:
    """The mentions of the question: chosen entities, and all candidates of each mention."""

    links: tuple[LinkedEntity, ...]
    slots: tuple[Slot, ...]
    entity_mentions: tuple[EntityMention, ...] = ()


class Retriever:
    """Asks the indexes and the graph; the same content gives the same evidence in any store."""

    def __init__(
        self,
        store: Store,
        indexes: Indexes,
        embedder: Embedder,
        reranker: Reranker | None = None,
        *,
        question_limit: int = LONGEST,
        glossary: Glossary | None = None,
        scorer: SetScorer | None = None,
    ) -> None:
        self._glossary = bundled_glossary() if glossary is None else glossary
        self._store = store
        self._indexes = indexes
        self._embedder = embedder
        self._reranker = reranker
        self._scorer = bundled_scorer() if scorer is None else scorer
        self._graph = GraphQa(store, indexes.ontology)
        self._question_limit = question_limit
        self._flags = NOTHING_ABLATED

    def ablated(self, flags: AblationFlags) -> "Retriever":
        """The same retriever with only some parts of its ranking."""
        other = copy.copy(self)
        other._flags = flags
        return other

    async def retrieve(self, query: Query, *, vector: Vectors | None = None) -> EvidencePack:
        """Evidence for a query; ``vector`` is that of ``embedded_text`` where it is known already.

        Raises InvalidQuery, IndexMissing, IndexMismatch, IndexCorrupt, StoreUnavailable, ModelUnavailable.
        """
        check(query, longest=self._question_limit)
        stages: dict[str, float] = {}
        clock = _Clock(stages)
        snapshot = await self._indexes.current()
        asked = replace(await asyncio.to_thread(self._asked, snapshot, query.text), mode=query.mode)
        if vector is None and query.mode is not Mode.LEXICAL:
            vector = await asyncio.to_thread(self._embedder.encode_query, asked.searched)
        clock.lap("embed")
        linker = await self._indexes.linker()
        (named, relations), rarity = await asyncio.gather(
            self._named(query.text, linker, snapshot), asyncio.to_thread(snapshot.lexical.rarity, asked.searched)
        )
        clock.lap("link")
        allowed = await self._allowed(snapshot, query.filters)
        language = language_of_question(query.text)
        ranking, (graph, facts) = await asyncio.gather(
            asyncio.to_thread(
                rank,
                snapshot,
                replace(
                    asked,
                    vector=vector,
                    entities=tuple(sorted({id_ for slot in named.slots for id_ in slot})),
                    slots=named.slots,
                    relations=tuple(relations),
                    allowed=allowed,
                    rarity=rarity,
                ),
                scorer=self._scorer,
                flags=self._flags,
            ),
            self._graph.ask(
                query.text,
                named.entity_mentions,
                _complete(relations, named),
                among=await self._listed(query.among, linker),
                grades=frozenset(query.filters.grades),
                language=query.language or language,
                type_of=linker.type_of,
            ),
        )
        stages.update(ranking.stages_ms)
        clock.lap("rank")
        passages, mentions = await self._passages(query, snapshot, ranking)
        clock.lap("read")
        signals = signals_of(
            asked.translation or asked.text,
            ranking.sources.get("dense", ()),
            passages,
            facts,
            named.links,
            rarity,
            {m.entity_id for m in mentions},
        )
        clock.lap("signals")
        return EvidencePack(
            query=query,
            language=language,
            passages=tuple(await self._with_neighbours(passages, snapshot, query.neighbours)),
            facts=facts,
            entities=named.links,
            revision=snapshot.manifest.revision,
            snapshot=snapshot.manifest.name,
            embedder=snapshot.manifest.embedder,
            reranker=self._reranker.identity if self._reranker else None,
            stages_ms=stages,
            signals=signals,
            rarity=rarity,
            entity_mentions=named.entity_mentions,
            graph=graph if not query.filters.grades else None,
        )

    async def embedded_text(self, text: str) -> str:
        """What of a question is embedded: its subject, and English words for its terms in a library in English."""
        return (await asyncio.to_thread(self._asked, await self._indexes.current(), text)).searched

    def _asked(self, snapshot: Snapshot, text: str) -> SourceQuery:
        """The texts that the sources are asked: the subject, and English words for it in a library in English."""
        subject = subject_of(text)
        translated = han_count(subject) and snapshot.catalogue.language_shares.get("en", 0.0) >= _SOME_ENGLISH
        return SourceQuery(text=subject, translation=self._glossary.english(subject) if translated else "")

    async def _named(self, text: str, linker: "Linker", snapshot: Snapshot) -> tuple[_Named, Sequence[Relation]]:
        """What the question names, with all relations of it; words that the passages write are no misspellings."""
        links = await asyncio.to_thread(lambda: linker.link_question(text, known=_written(snapshot, text)))
        found = places(text, links, self._graph.intents)
        if not links:
            return _Named((), ()), ()
        slots = tuple(frozenset(link.candidates[:_SENSES]) | {link.entity_id} for link in links)
        senses = wanted([*links, *found])
        read, relations = await asyncio.gather(
            self._store.entities(senses), self._store.relations(senses, limit=_LINKS_OF_DOCUMENTS)
        )
        entities = {e.id: e for e in read}
        linked = tuple(
            LinkedEntity(entities[link.entity_id], link.start, link.end, text[link.start : link.end])
            for link in links
            if link.entity_id in entities
        )
        return _Named(linked, slots, mentions_in(text, found, entities)), relations

    async def _listed(self, names: Sequence[str], linker: "Linker") -> tuple[EntityMention, ...]:
        """The entities of an earlier list, by their names."""
        links = await asyncio.to_thread(_whole_names, names, linker) if names else {}
        entities = {e.id: e for e in await self._store.entities(wanted(links.values()))} if links else {}
        return tuple(m for name, link in links.items() for m in mentions_in(name, [link], entities))

    async def _allowed(self, snapshot: Snapshot, filters: Filters) -> frozenset[PassageId] | None:
        naming = None
        if filters.entity_ids:
            naming = frozenset(await self._store.passages_naming(filters.entity_ids, limit=_NAMING))
        return snapshot.catalogue.allowed(filters, naming)

    async def _passages(
        self, query: Query, snapshot: Snapshot, ranking: Ranking
    ) -> tuple[list[PassageEvidence], list[Mention]]:
        """The passages that fit, with what they mention."""
        hits = await self._ordered(query, snapshot, ranking)
        scores = {h.passage_id: h.score for h in hits}
        chosen, found, mentions = await asyncio.gather(
            self._store.passages(list(scores)),
            self._store.documents(sorted({snapshot.catalogue.document_of[id_] for id_ in scores})),
            self._store.mentions(list(scores)),
        )
        kept = {p.id for p in within(chosen, query.budget_tokens, estimated_tokens)}
        documents = {d.id: d for d in found}
        own = ranking.scores_of(kept)
        passages = [
            PassageEvidence(p, documents[p.document_id], round(scores[p.id], 6), own[p.id])
            for p in chosen
            if p.id in kept and p.document_id in documents
        ]
        shown = {p.passage.id for p in passages}
        return passages, [m for m in mentions if m.passage_id in shown]

    async def _with_neighbours(
        self, found: Sequence[PassageEvidence], snapshot: Snapshot, reach: int
    ) -> list[PassageEvidence]:
        """Each passage, then those beside it in its document that were not found themselves."""
        if not reach:
            return list(found)
        seen = {p.passage.id for p in found}
        beside: dict[PassageId, list[PassageId]] = {}
        for one in found:
            own = snapshot.catalogue.documents[one.document.id].passages
            at = own.index(one.passage.id)
            beside[one.passage.id] = [id_ for id_ in own[max(0, at - reach) : at + reach + 1] if id_ not in seen]
            seen.update(beside[one.passage.id])
        read = {p.id: p for p in await self._store.passages([id_ for ids in beside.values() for id_ in ids])}
        return [
            replace(one, passage=passage, scores={}) if passage is not one.passage else one
            for one in found
            for passage in (one.passage, *(read[id_] for id_ in beside[one.passage.id] if id_ in read))
        ]

    async def _ordered(self, query: Query, snapshot: Snapshot, ranking: Ranking) -> list[Hit]:
        """The k best, reordered by the reranker where there is one."""
        if self._reranker is None:
            first = ranking.hits[: max(_CANDIDATES, 4 * query.k)]
            return spread(first, snapshot.catalogue.document_of)[: query.k]
        head = ranking.hits[: max(_RERANKED, query.k)]
        passages = await self._store.passages([h.passage_id for h in head])
        scores = await self._reranker.score(query.text, [p.searchable for p in passages])
        again = [Hit(p.id, float(s)) for p, s in zip(passages, scores, strict=True)]
        return sorted(again, key=lambda h: (-h.score, h.passage_id))[: query.k]


class _Clock:
    """Milliseconds from lap to lap."""

    def __init__(self, stages: dict[str, float]) -> None:
        self._stages = stages
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self._stages[stage] = 1000.0 * (now - self._last)
        self._last = now


def _complete(relations: Sequence[Relation], named: _Named) -> dict[EntityId, list[Relation]]:
    """All relations of each sense of a name; senses with relations beyond a limit are left out."""
    at = relations_at(relations, (id_ for mention in named.entity_mentions for id_ in mention.ids))
    return {id_: found for id_, found in at.items() if len(found) < _LINKS_OF_DOCUMENTS}


def _written(snapshot: Snapshot, text: str) -> frozenset[str]:
    """Latin words of a question that the passages write as well, and function words."""
    absent = math.log1p(2 * max(1, len(snapshot.lexical)))
    rarity = snapshot.lexical.rarity(text)
    found = {piece.lower() for piece in _LATIN.findall(text)}
    return frozenset(w for w in found if all(rarity.get(s, absent) < absent for s in words(w)))


def _whole_names(names: Sequence[str], linker: "Linker") -> dict[str, "Link"]:
    """What each name as a whole is linked with."""
    return {name: link for name in names if (link := linker.link_whole(name)) is not None}

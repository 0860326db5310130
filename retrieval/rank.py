"""One ranking of passages from all sources of a snapshot, which it knows by their seam only."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from kg.domain import PassageId
from retrieval.ablation import NOTHING_ABLATED, AblationFlags
from retrieval.domain import Hit, Mode
from retrieval.evidence_set.ordering import candidates_of, in_order_of_a_set
from retrieval.evidence_set.scorer import SetScorer
from retrieval.fusion import convex, ranked, with_added, with_probabilities
from retrieval.index.snapshot_contents import Snapshot
from retrieval.protocols import Source
from retrieval.sources.domain import SourceQuery, SourceRole
from retrieval.sources.registry import sources_of


@dataclass(frozen=True, slots=True)
class Ranking:
    """Passages best first, what each source found, why, and milliseconds by stage."""

    hits: Sequence[Hit]
    sources: Mapping[str, Sequence[Hit]]
    stages_ms: Mapping[str, float]
    reasons: Mapping[str, str]

    def scores_of(self, ids: Collection[PassageId]) -> dict[PassageId, dict[str, float]]:
        """Each source's own scores of some passages."""
        scores: dict[PassageId, dict[str, float]] = {id_: {} for id_ in ids}
        for name, hits in self.sources.items():
            for hit in hits:
                if hit.passage_id in scores:
                    scores[hit.passage_id][name] = hit.score
        return scores


def rank(
    snapshot: Snapshot,
    query: SourceQuery,
    *,
    scorer: SetScorer | None = None,
    flags: AblationFlags = NOTHING_ABLATED,
) -> Ranking:
    """Ask the sources, put their answers together, and the head of the ranking in the order of a set.

    Without a ``scorer`` the fused order stays.
    """
    query = query if flags.linking else replace(query, linking=False)
    sources = [s for s in sources_of(snapshot, adaptation=flags.adaptation) if flags.keeps(s.name) and s.serves(query)]
    found: dict[str, Sequence[Hit]] = {}
    stages: dict[str, float] = {}
    for source in _of(SourceRole.FINDS, sources):
        with _timed(stages, source.name):
            found[source.name] = source.find(query, ())
    with _timed(stages, "fusion"):
        hits = convex(found, {s.name: s.weight for s in _of(SourceRole.FINDS, sources)})
    for source in _of(SourceRole.SPREADS, sources):
        with _timed(stages, source.name):
            reached = found[source.name] = source.find(query, hits)
            alone = query.mode is Mode.GRAPH
            hits = ranked(dict(reached)) if alone else with_probabilities(hits, reached, source.weight)
    if scorer is not None and query.mode is Mode.HYBRID and flags.bridges:
        with _timed(stages, "set"):
            candidates = candidates_of(snapshot, query, hits, found)
            hits = hits if candidates is None else in_order_of_a_set(candidates, scorer, hits)
    for source in _of(SourceRole.ADDS, sources):
        with _timed(stages, source.name):
            if added := source.find(query, hits):
                found[source.name] = added
                hits = with_added(hits, added, source.weight)
    return Ranking(hits, found, stages, {s.name: s.reason for s in sources})


def _of(role: SourceRole, sources: Sequence[Source]) -> list[Source]:
    return [s for s in sources if s.role is role]


@contextmanager
def _timed(stages: dict[str, float], stage: str) -> Iterator[None]:
    """Adds the milliseconds of a block to a stage."""
    start = time.perf_counter()
    yield
    stages[stage] = stages.get(stage, 0.0) + 1000.0 * (time.perf_counter() - start)

"""Features of an evidence pack by which its sufficiency is judged."""

from collections.abc import Collection, Mapping, Sequence

from retrieval.domain import FactEvidence, Hit, LinkedEntity, PassageEvidence
from retrieval.text.words import distinct_words, words

_BEST = 5


def signals_of(
    text: str,
    dense: Sequence[Hit],
    passages: Sequence[PassageEvidence],
    facts: Sequence[FactEvidence],
    entities: Sequence[LinkedEntity],
    rarity: Mapping[str, float],
    named_in: Collection[str],
) -> dict[str, float]:
    """``dense_best``, ``dense_margin`` (over the tenth), ``lexical_coverage``, ``entity_coverage``, ``facts``.

    ``rarity`` weighs the question's words by how rare they are; ``named_in`` are entities that the passages mention.
    """
    asked = sorted(set(words(text)))
    found = distinct_words(f"{p.document.title}\n{p.passage.searchable}" for p in passages[:_BEST])
    total = sum(rarity.get(w, 1.0) for w in asked)
    covered = sum(rarity.get(w, 1.0) for w in asked if w in found)
    named = {link.entity.id for link in entities}
    in_facts = {e for f in facts for e in (f.subject.id, f.object.id)}
    tenth = dense[min(9, len(dense) - 1)].score if dense else 0.0
    return {
        "dense_best": dense[0].score if dense else 0.0,
        "dense_margin": dense[0].score - tenth if dense else 0.0,
        "lexical_coverage": covered / total if total else 0.0,
        "entity_coverage": len(named & (set(named_in) | in_facts)) / len(named) if named else 0.0,
        "entities": float(len(named)),
        "facts": float(len(facts)),
        "facts_best": max((f.score for f in facts), default=0.0),
    }

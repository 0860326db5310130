"""Citations against gold documents, gold quotes and gold triples."""

from collections.abc import Collection, Sequence

from eval.answers.domain import Answered, Evidence, Triple
from eval.answers.tokens import holds


def gold_citations(answered: Answered, gold: Collection[str]) -> tuple[float, float | None] | None:
    """Recall and precision of the cited documents against the gold ones; None where there is no gold."""
    return _against({e.source for e in cited_evidence(answered) if e.kind == "passage"}, gold)


def gold_triples(answered: Answered, gold: Collection[Triple]) -> tuple[float, float | None] | None:
    """Recall and precision of the cited facts against the triples that answer; None where there is no gold."""
    return _against(triples_of(answered), gold)


def quotes_given(answered: Answered, quotes: Sequence[str]) -> float:
    """Share of the gold quotes that stand in the answer or in a sentence that it quotes as evidence."""
    shown = [answered.claimed, *(e.quote for e in cited_evidence(answered))]
    return sum(any(holds(text, quote) for text in shown) for quote in quotes) / len(quotes)


def cited_evidence(answered: Answered) -> list[Evidence]:
    """The evidence that some sentence cites, in order of number."""
    numbers = {n for s in answered.sentences for n in s.citations}
    return [e for e in answered.evidence if e.number in numbers]


def triples_of(answered: Answered) -> set[Triple]:
    """The triples of the cited facts."""
    return {e.triple for e in cited_evidence(answered) if e.triple}


def _against(cited: Collection[object], gold: Collection[object]) -> tuple[float, float | None] | None:
    if not gold:
        return None
    right = len(set(cited) & set(gold))
    return right / len(set(gold)), right / len(cited) if cited else None

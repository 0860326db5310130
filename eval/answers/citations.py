"""Citation recall and precision by the rule of ALCE (Gao et al., 2023): what is cited must carry what is said."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from eval.answers.domain import Answered, Evidence, Said
from eval.answers.tokens import holds


class Entails(Protocol):
    """Whether pieces of evidence together carry a sentence."""

    @property
    def name(self) -> str:
        """What judged, as a report tells it."""

    def entails(self, evidence: Sequence[Evidence], sentence: str, question: str) -> bool:
        """The judgement."""


@dataclass(frozen=True, slots=True)
class Cited:
    """``recall`` is the share of sentences that their citations carry, one without citation counting 0.

    ``precision`` is the share of citations that are needed; None where nothing is cited.
    """

    recall: float
    precision: float | None
    uncited: float


def by_alce(answered: Answered, entails: Entails, *, question: str) -> Cited | None:
    """None where the answer claims nothing."""
    if answered.declined:
        return None
    evidence = {e.number: e for e in answered.evidence}
    carried: list[bool] = []
    needed: list[bool] = []
    for said in answered.sentences:
        own = [evidence[n] for n in said.citations if n in evidence]
        whole = bool(own) and entails.entails(own, said.text, question)
        carried.append(whole)
        needed += [whole and _is_needed(at, own, said, entails, question) for at in range(len(own))]
    return Cited(
        recall=_share(carried),
        precision=_share(needed) if needed else None,
        uncited=_share([not s.citations for s in answered.sentences]),
    )


def gold_citations(answered: Answered, gold: Collection[str]) -> tuple[float, float | None] | None:
    """Recall and precision of the cited sources against the gold ones; None where there is no gold."""
    if not gold:
        return None
    cited = {e.source for e in cited_evidence(answered) if e.kind == "passage"}
    right = len(cited & set(gold))
    return right / len(set(gold)), right / len(cited) if cited else None


def quotes_given(answered: Answered, quotes: Sequence[str]) -> float:
    """Share of the gold quotes that stand in the answer or in a sentence that it quotes as evidence."""
    shown = [answered.claimed, *(e.quote for e in cited_evidence(answered))]
    return sum(any(holds(text, quote) for text in shown) for quote in quotes) / len(quotes)


def cited_evidence(answered: Answered) -> list[Evidence]:
    """The evidence that some sentence cites, in order of number."""
    numbers = {n for s in answered.sentences for n in s.citations}
    return [e for e in answered.evidence if e.number in numbers]


def _is_needed(at: int, own: Sequence[Evidence], said: Said, entails: Entails, question: str) -> bool:
    if len(own) == 1 or entails.entails([own[at]], said.text, question):
        return True
    return not entails.entails([*own[:at], *own[at + 1 :]], said.text, question)


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values)

"""The ECS questions that have an answer, with the evidence that the product's retrieval finds for them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.answering.evidence import fact_text, items_of
from app.answering.messages import messages_in
from eval.answers.facts import facts_found
from eval.json_lines import Row, records
from eval.prompts.ask import Asker
from eval.prompts.domain import Planned, Problem, Score
from eval.prompts.extraction import strict_line
from eval.prompts.prompt_texts import wording
from kg.domain import Language
from kg.ontology import Ontology
from models.evidence_markup import disarm, render
from retrieval.domain import Mode, Query
from retrieval.retriever import Retriever
from retrieval.text.words import words

_K = 8
_MOST_FACTS = 24


@dataclass(frozen=True, slots=True)
class EcsQuestions:
    """Right is the share of gold facts that the text states; refusing is not asked for here."""

    file: Path
    retriever: Retriever
    ontology: Ontology
    evidence_tokens: int
    name: str = "ecs"

    def problems(self) -> Sequence[Problem]:
        """Those with gold facts, without the unanswerable; raises BrokenData."""
        return [p for p in records(self.file, _problem) if p.gold and p.kind != "unanswerable"]

    async def shown(self, problem: Problem) -> Problem:
        """With numbered passages and facts within the token budget; raises retrieval.errors."""
        pack = await self.retriever.retrieve(Query(problem.question, k=_K))
        items = items_of(
            pack,
            labels=self._labels(problem.language),
            words=messages_in(problem.language),
            language=problem.language,
            budget_tokens=self.evidence_tokens,
        )
        return replace(problem, question=disarm(problem.question), evidence=render([item.numbered() for item in items]))

    async def planned(self, problem: Problem, asker: Asker) -> Planned:
        """What the product's graph retrieval finds for the names in the question; raises retrieval.errors."""
        pack = await self.retriever.retrieve(Query(problem.question, Mode.GRAPH, 1))
        said = self._labels(problem.language), messages_in(problem.language), problem.language
        facts = dict.fromkeys(fact_text(fact, *said) for fact in pack.facts)
        return Planned(tuple(e.surface for e in pack.entities), tuple(facts)[:_MOST_FACTS], "retrieval")

    def agreement(self, a: str, b: str) -> float:
        """F1 of the words of both answers."""
        one, other = (Counter(words(self._answer(text) or text)) for text in (a, b))
        shared = sum((one & other).values())
        return 2 * shared / (one.total() + other.total()) if shared else 0.0

    def score(self, problem: Problem, text: str) -> Score:
        """Facts stated in the answer's own paragraph, and anywhere in the text."""
        answer = self._answer(text)
        return Score(self._share(problem, answer), self._share(problem, text), answer, text)

    def _labels(self, language: Language) -> dict[str, str]:
        return {name: p.label.in_(language) for name, p in self.ontology.predicates.items()}

    def _share(self, problem: Problem, text: str) -> float:
        found = facts_found(problem.gold, text, question=problem.question) if text else ()
        return sum(found) / len(problem.gold)

    def _answer(self, text: str) -> str:
        markers = {wording(self.name, language).marker for language in ("zh", "en")}
        return next((line for marker in sorted(markers) if (line := strict_line(text, marker))), "")


def _problem(_: int, row: Row) -> Problem:
    papers = ",".join(sorted(row["gold_passages"]))
    facts = tuple(map(str, row["answer_facts"]))
    return Problem(row["id"], row["question"], row["language"], facts, row["kind"], papers)

"""Questions with known passages, asked of the product's own ranking: the scorer is trained on what it will see."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from eval.retrieval.domain import Suite
from eval.retrieval.homes import SuiteHome, open_home
from kg.progress import Progress
from models.protocols import Embedder, Vectors
from retrieval.evidence_set.features import Candidates
from retrieval.evidence_set.ordering import candidates_of
from retrieval.question.subject import subject_of
from retrieval.rank import rank
from retrieval.sources.domain import SourceQuery


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """The candidates of a question, the text of each, and the texts that answer it."""

    number: int
    found: Candidates
    texts: tuple[str, ...]
    gold: frozenset[str]

    @property
    def gold_candidates(self) -> tuple[int, ...]:
        """Places of the gold among the candidates."""
        return tuple(at for at, text in enumerate(self.texts) if text in self.gold)


async def asked_questions(suite: Suite, folder: Path, embedder: Embedder, progress: Progress) -> list[AskedQuestion]:
    """All questions of a suite that have gold, numbered as the suite has them."""
    async with open_home(folder, suite, embedder, progress) as home:
        found = []
        for number, question in enumerate(suite.questions):
            if question.gold:
                vector = await asyncio.to_thread(embedder.encode_query, subject_of(question.text))
                found += await _asked(home, number, question.text, frozenset(question.gold), vector)
            progress("questions asked", number + 1, len(suite.questions))
        return found


async def _asked(home: SuiteHome, number: int, text: str, gold: frozenset[str], vector: Vectors) -> list[AskedQuestion]:
    snapshot = await home.indexes.current()
    subject = subject_of(text)
    query = SourceQuery(subject, vector=vector)
    ranking = rank(snapshot, query)
    found = candidates_of(snapshot, query, ranking.hits, ranking.sources)
    if found is None:
        return []
    documents, document_of = snapshot.catalogue.documents, snapshot.catalogue.document_of
    texts = tuple(documents[document_of[h.passage_id]].source_id for h in found.fused)
    return [AskedQuestion(number, found, texts, gold)]

"""The service, opened on the knowledge that a suite asks about."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.answering.domain import AnswerRequest, Policy
from app.answering.service import AnswerService
from app.settings import Settings
from eval.answers.ask import Texts, ask, asked_text
from eval.answers.domain import Answered, AnswerQuestion, AnswerSuite
from eval.answers.question_evidence import QuestionEvidence
from kg.domain import PassageId
from kg.progress import Progress, untold
from models.protocols import Embedder

if TYPE_CHECKING:
    from app.providers import ChatChoice


@dataclass(frozen=True, slots=True)
class Answerer:
    """The service, open, with what a suite needs beside it."""

    answering: AnswerService
    evidence: QuestionEvidence
    texts: Texts
    chat: str
    policy: Policy | None = None

    async def answer(self, question: AnswerQuestion) -> Answered:
        """Ask the service."""
        self.evidence.set_question(question)
        request = AnswerRequest(asked_text(question), language=question.language, policy=self.policy)
        return await ask(self.answering, request, self.texts)


@asynccontextmanager
async def opened(
    suite: AnswerSuite,
    settings: Settings,
    *,
    data: Path | None,
    embedder: Embedder,
    policy: Policy | None = None,
    chat: "ChatChoice | None" = None,
    progress: Progress = untold,
) -> AsyncIterator[Answerer]:
    """The service on the suite's knowledge: the ECS library (built where it is not there yet), the given passages, or
    the user's own home."""
    from app.bootstrap import build
    from eval.retrieval.homes import open_home
    from eval.retrieval.suites import read_ecs

    evidence = QuestionEvidence()
    own = settings.home_path
    home = {"ecs": own / "eval" / "ecs", "given": own / "eval" / "given", "own": own}[suite.knowledge]
    if suite.knowledge == "ecs" and data is not None:
        async with open_home(home, read_ecs(data), embedder, progress):
            pass
    store = settings.store if suite.knowledge == "own" else "sqlite"
    chosen = Settings(**{**settings.model_dump(), "home": home, "store": store})
    async with build(chosen, embedder=embedder, chat=chat, evidence=evidence) as app:

        async def stored(ids: Sequence[PassageId]) -> Mapping[PassageId, str]:
            return {p.id: p.text for p in await app.store.passages(ids)}

        texts: Texts = evidence.texts
        if suite.knowledge != "given":
            evidence.library, texts = app.retriever, stored
        yield Answerer(await app.answering(), evidence, texts, (await app.chat()).name, policy)

"""Makes the use case over the small library."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from langchain_core.language_models import BaseChatModel

from app.answering.pages import ReadsContent
from app.answering.replies import LibraryFacts
from app.answering.service import AnswerService
from app.answering.verify.lexical import LexicalVerifier
from app.answering.verify.protocols import ClaimVerifier
from app.providers import build_verifier
from app.settings import Settings
from app.state.state import open_state
from kg.ontology import load_domain
from kg.protocols import Graph
from models.extractive_chat import ExtractiveChat
from models.protocols import Judge
from models.scripted import HashingEmbedder
from retrieval.question.plain_parser import PlainParser
from retrieval.question.protocols import QuestionParser
from tests.unit.app.answering.library import Make, SmallGraph, SmallRetriever


async def counted() -> LibraryFacts:
    return LibraryFacts(documents=3, entities=8, relations=6, years=(2012, 2017), languages=("en",))


@pytest.fixture
def answering(tmp_path: Path) -> Make:
    """Makes the use case around a chat model."""

    @asynccontextmanager
    async def make(
        chat: BaseChatModel,
        *,
        retriever: SmallRetriever | None = None,
        parser: QuestionParser | None = None,
        fallback: bool = True,
        verifier: ClaimVerifier | None = None,
        judge: Judge | None = None,
        small: bool = False,
        content: ReadsContent | None = None,
        tuned: bool = False,
        **settings: object,
    ) -> AsyncIterator[AnswerService]:
        embedder = HashingEmbedder()
        graph: Graph = SmallGraph()  # type: ignore[assignment]
        async with open_state("sqlite", folder=tmp_path) as state:
            made = AnswerService(
                retriever=retriever or SmallRetriever(),
                graph=graph,
                domain=load_domain("ecs_tcm"),
                chat=chat,
                chat_name=chat._llm_type,
                fallback=ExtractiveChat(embedder=embedder) if fallback else None,
                state=state,
                embedder=embedder,
                verifier=verifier or LexicalVerifier(),
                conflict_verifier=build_verifier("auto", judge=judge, chat=None),
                judge=judge,
                small=small,
                content=content,
                tuned=tuned,
                parser=parser or PlainParser(),
                facts=counted,
                settings=Settings.model_validate(settings),
            )
            try:
                yield made
            finally:
                await made.close()

    return make

"""The composition root: one instance of each part, whoever asks first."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from app.bootstrap import App, build
from app.settings import Settings
from kg.domain import Entity, EntityId, Name
from kg.errors import InvalidChange
from kg.ledger.changes import AddEntity, ChangeSet
from models.extractive_chat import ExtractiveChat
from models.scripted import HashingEmbedder, ScriptedJudge


class RankingJudge(ScriptedJudge):
    """A judge that puts texts in order as well."""

    async def score(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        return [0.0] * len(texts)


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    settings = Settings(home=tmp_path / "home", chat="extractive", reranker="judge")
    async with build(settings, embedder=HashingEmbedder(), judge=RankingJudge()) as made:
        yield made


async def test_the_extractive_model_shares_the_cache_of_vectors(app: App) -> None:
    model = (await app.chat()).model
    assert isinstance(model, ExtractiveChat)
    assert model.embedder is app.answer_embedder


async def test_a_judge_that_ranks_is_loaded_once(app: App) -> None:
    reranker: object = app.reranker
    assert reranker is app.judge


async def test_a_change_that_breaks_the_ontology_is_refused(app: App) -> None:
    star = Entity(EntityId("t:star"), "Star", (Name("Sun", "en"),))
    with pytest.raises(InvalidChange, match="unknown type 'Star'"):
        await app.store.apply(ChangeSet((AddEntity(star),), "a test", "not of this subject"))
    assert await app.store.head() == 0


async def test_two_first_requests_get_the_same_parts(app: App) -> None:
    chats = await asyncio.gather(app.chat(), app.chat())
    assert chats[0] is chats[1]
    services = await asyncio.gather(app.answering(), app.answering())
    assert services[0] is services[1]

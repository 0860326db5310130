"""The small models that tests use."""

import numpy as np
import pytest
from langchain_core.messages import HumanMessage

from models.errors import ModelUnavailable
from models.scripted import HashingEmbedder, ScriptedChat, ScriptedReranker


def test_replies_come_in_turn_and_prompts_are_kept() -> None:
    chat = ScriptedChat(replies=["one [1].", "two [2]."])
    assert [chat.invoke("a").content, chat.invoke("b").content, chat.invoke("c").content] == [
        "one [1].",
        "two [2].",
        "two [2].",
    ]
    assert [m[0].content for m in chat.prompts] == ["a", "b", "c"]


async def test_a_stream_rejoins_to_the_reply() -> None:
    chat = ScriptedChat(replies=["间隙约占 20% [1]。 And more [2]."])
    chunks = [str(c.content) async for c in chat.astream([HumanMessage("q")])]
    assert len(chunks) > 3
    assert "".join(chunks) == "间隙约占 20% [1]。 And more [2]."


def test_an_exception_in_the_script_is_raised() -> None:
    with pytest.raises(ModelUnavailable):
        ScriptedChat(replies=[ModelUnavailable("away")]).invoke("q")


def test_texts_that_share_words_are_nearer() -> None:
    embedder = HashingEmbedder()
    question = embedder.encode_query("brain extracellular space 脑细胞外间隙")
    near, far, empty = embedder.encode_passages(["the extracellular space", "a tomato soup", ""])
    assert question @ near > question @ far
    assert np.linalg.norm(empty) == pytest.approx(1)


async def test_the_reranker_prefers_shared_words() -> None:
    scores = await ScriptedReranker().score("volume fraction", ["the volume fraction", "the weather"])
    assert scores[0] > scores[1]

"""The real engine with a tiny random model: it answers, stops, and refuses what it cannot read."""

import asyncio
import time
from collections.abc import Iterator

import pytest
from langchain_core.messages import HumanMessage

from models.errors import ModelRefused
from models.gguf.chat import GgufChat
from tests.unit.models.gguf.tiny_file import CONTEXT, write_tiny_file


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GgufChat]:
    folder = tmp_path_factory.mktemp("tiny")
    file = write_tiny_file(folder / "tiny.gguf", "qwen3")
    chat = GgufChat(path=file.path, prepared=folder / "prepared", max_tokens=12)
    yield chat
    chat.close()


async def test_an_answer_is_the_same_streamed_and_whole_and_beside_others(chat: GgufChat) -> None:
    alone = await chat.ainvoke("hello")
    streamed = "".join([str(chunk.content) async for chunk in chat.astream("hello")])
    together = await asyncio.gather(*(chat.ainvoke("hello") for _ in range(3)))
    assert {str(answer.content) for answer in together} == {streamed} == {alone.content}
    usage = alone.usage_metadata
    assert usage is not None
    # A message in the template: start, "user\n", "hello" of which "he" is one token, end; start, "assistant\n".
    assert usage["input_tokens"] == 1 + 5 + 4 + 1 + 1 + 10
    assert 1 <= usage["output_tokens"] <= 12


async def test_several_replies_are_drawn_apart(chat: GgufChat) -> None:
    result = await chat.agenerate([[HumanMessage("hello")]], n=4, temperature=1.5, top_p=1.0)
    assert len({reply.text for reply in result.generations[0]}) > 1
    assert len(result.generations[0]) == 4


async def test_a_stop_string_ends_the_answer_before_it(chat: GgufChat) -> None:
    whole = str((await chat.ainvoke("hello")).content)
    stop = whole[3:5]
    stopped = str((await chat.ainvoke("hello", stop=[stop])).content)
    assert stopped == whole[: whole.index(stop)]


async def test_a_prompt_beyond_the_context_is_refused_with_the_numbers(chat: GgufChat) -> None:
    with pytest.raises(ModelRefused, match=rf"the prompt has 31\d tokens, the model reads {CONTEXT - 1}"):
        await chat.ainvoke("x" * 300)
    assert (await chat.ainvoke("hello")).content


async def test_an_answer_ends_where_the_context_does(chat: GgufChat) -> None:
    answer = await chat.ainvoke("x" * 225, max_tokens=100, temperature=1.0)
    assert answer.usage_metadata is not None
    assert answer.usage_metadata["total_tokens"] <= CONTEXT


async def test_a_cancelled_request_frees_the_engine(chat: GgufChat) -> None:
    await chat.ainvoke("hello")
    pid = chat.pid
    for _ in range(20):
        stream = chat.astream("hello", max_tokens=200, temperature=1.5)
        await stream.__anext__()
        await stream.aclose()  # type: ignore[attr-defined]
    start = time.monotonic()
    assert (await chat.ainvoke("hello")).content
    assert time.monotonic() - start < 2
    assert chat.pid == pid

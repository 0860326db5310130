"""The queue, the stream and the cancelling of the embedded model, with a small worker in place of the engine."""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.outputs import ChatGeneration

from models.artifacts import QWEN_CODER_1_5B
from models.errors import ModelBusy, ModelError, ModelRefused, ModelUnavailable
from models.evidence_markup import NumberedEvidence, render
from models.gguf.chat import GgufChat
from models.weights import Weights

WORKER = Path(__file__).with_name("echo_worker.py")
Chat = Callable[..., GgufChat]


@pytest.fixture
def chat_of() -> Iterator[Chat]:
    made: list[GgufChat] = []

    def make(*arguments: str, at_once: int = 2, waiting: int = 2) -> GgufChat:
        command = (sys.executable, str(WORKER), *arguments)
        chat = GgufChat(path=Path("m.gguf"), prepared=Path(), at_once=at_once, waiting=waiting, command=command)
        made.append(chat)
        return chat

    yield make
    for chat in made:
        chat.close()


async def test_pieces_stream_in_order_with_usage_at_the_end(chat_of: Chat) -> None:
    chunks = [c async for c in chat_of().astream("间隙 约占 20% [1]")]
    assert [c.content for c in chunks if c.content] == ["间隙", " 约占", " 20%", " [1]"]
    usage = [c.usage_metadata for c in chunks if c.usage_metadata]
    assert usage == [{"input_tokens": 7, "output_tokens": 4, "total_tokens": 11}]


def test_an_answer_comes_whole_as_well(chat_of: Chat) -> None:
    answer = chat_of().invoke([SystemMessage("Rules."), HumanMessage("one two")])
    assert answer.content == "one two"
    assert answer.response_metadata["finish_reason"] == "stop"


async def test_several_replies_to_one_prompt_come_together(chat_of: Chat) -> None:
    result = await chat_of().agenerate([[HumanMessage("one two")]], n=3, temperature=0.7)
    replies = [reply for reply in result.generations[0] if isinstance(reply, ChatGeneration)]
    assert [reply.text for reply in replies] == ["one two 0", "one two 1", "one two 2"]
    usages = [reply.message.usage_metadata for reply in replies if isinstance(reply.message, AIMessage)]
    assert usages == [{"input_tokens": 7, "output_tokens": 2, "total_tokens": 9}, None, None]


async def test_several_replies_that_the_engine_refuses_are_told(chat_of: Chat) -> None:
    with pytest.raises(ModelRefused, match="40030"):
        await chat_of().agenerate([[HumanMessage("too long")]], n=3, temperature=0.7)


async def test_several_replies_are_refused_where_they_would_be_the_same_or_streamed(chat_of: Chat) -> None:
    with pytest.raises(ModelRefused, match="temperature above 0"):
        await chat_of().agenerate([[HumanMessage("q")]], n=2)
    with pytest.raises(ModelRefused, match="not streamed"):
        async for _ in chat_of().astream("q", n=2, temperature=0.7):
            pass


async def test_several_replies_are_cancelled(chat_of: Chat) -> None:
    chat = chat_of(at_once=1)
    task = asyncio.create_task(chat.agenerate([[HumanMessage("forever")]], n=4, temperature=0.7))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await asyncio.wait_for(chat.ainvoke("next"), 5)).content == "next"


async def test_a_closed_stream_stops_the_generation(chat_of: Chat) -> None:
    chat = chat_of()
    stream = chat.astream("forever")
    await stream.__anext__()
    await stream.aclose()  # type: ignore[attr-defined]
    start = time.monotonic()
    assert (await chat.ainvoke("next")).content == "next"
    assert time.monotonic() - start < 2


async def test_a_cancelled_task_stops_the_generation(chat_of: Chat) -> None:
    chat = chat_of()
    await chat.ainvoke("warm")
    task = asyncio.create_task(chat.ainvoke("forever"))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await asyncio.wait_for(chat.ainvoke("next"), 5)).content == "next"


async def test_one_of_two_answers_is_cancelled_and_the_other_goes_on(chat_of: Chat) -> None:
    chat = chat_of()
    ended = asyncio.create_task(chat.ainvoke("forever"))
    kept = chat.astream("one two three " * 20)
    await kept.__anext__()
    pid = chat.pid
    ended.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ended
    rest = [str(chunk.content) async for chunk in kept]
    assert len("".join(rest).split()) == 59
    assert chat.pid == pid


async def test_a_request_cancelled_while_the_model_loads_waits_for_nobody(chat_of: Chat) -> None:
    chat = chat_of("slow")
    task = asyncio.create_task(chat.ainvoke("q"))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 2)
    pid = chat.pid
    assert pid is not None
    await asyncio.to_thread(chat.close)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_full_queue_is_busy(chat_of: Chat) -> None:
    chat = chat_of(at_once=1, waiting=1)
    running = asyncio.create_task(chat.ainvoke("forever"))
    waiting = asyncio.create_task(chat.ainvoke("second"))
    await asyncio.sleep(0.2)
    with pytest.raises(ModelBusy, match="1 requests wait"):
        await chat.ainvoke("third")
    running.cancel()
    assert (await asyncio.wait_for(waiting, 5)).content == "second"


async def test_requests_are_answered_together_up_to_a_limit(chat_of: Chat) -> None:
    chat = chat_of(at_once=2, waiting=9)
    endless = [chat.astream("forever") for _ in range(2)]
    for stream in endless:
        await stream.__anext__()
    third = asyncio.create_task(chat.ainvoke("third"))
    assert not (await asyncio.wait({third}, timeout=0.3))[0]
    await endless[0].aclose()  # type: ignore[attr-defined]
    assert (await asyncio.wait_for(third, 5)).content == "third"
    await endless[1].aclose()  # type: ignore[attr-defined]


async def test_many_requests_get_their_own_answers(chat_of: Chat) -> None:
    chat = chat_of(at_once=3, waiting=9)
    answers = await asyncio.gather(*(chat.ainvoke(f"answer {i}") for i in range(12)))
    assert [a.content for a in answers] == [f"answer {i}" for i in range(12)]


async def test_a_death_is_told_to_all_requests_in_flight(chat_of: Chat) -> None:
    chat = chat_of(waiting=1)
    first = chat.astream("forever")
    await first.__anext__()
    with pytest.raises(ModelUnavailable, match=r"status 9.*out of memory"):
        await chat.ainvoke("die")
    with pytest.raises(ModelUnavailable, match=r"status 9.*out of memory"):
        async for _ in first:
            pass
    assert (await chat.ainvoke("again")).content == "again"


async def test_a_dead_process_is_told_with_its_last_words_and_started_again(chat_of: Chat) -> None:
    chat = chat_of()
    with pytest.raises(ModelUnavailable, match=r"status 9.*out of memory"):
        await chat.ainvoke("die")
    assert (await chat.ainvoke("again")).content == "again"


def test_a_file_that_cannot_be_loaded_is_told_with_its_path(chat_of: Chat) -> None:
    with pytest.raises(ModelUnavailable, match=r"m\.gguf cannot be loaded: not a GGUF file"):
        chat_of("broken").invoke("q")


def test_the_real_worker_refuses_an_absent_file(tmp_path: Path) -> None:
    chat = GgufChat(path=tmp_path / "absent.gguf", prepared=tmp_path / "prepared")
    with pytest.raises(ModelUnavailable, match=r"absent\.gguf does not exist"):
        chat.invoke("q")
    chat.close()


def test_a_refused_prompt_is_told(chat_of: Chat) -> None:
    with pytest.raises(ModelRefused, match="32767"):
        chat_of().invoke("too long")


def test_parameters_reach_the_engine(chat_of: Chat) -> None:
    answer = chat_of().invoke(
        "options", temperature=0.5, top_p=0.9, repetition_penalty=1.2, max_tokens=9, stop=["\n\n"]
    )
    assert str(answer.content) == (
        '{"max_tokens": 9, "repetition_penalty": 1.2, "stop_seqs": ["\\n\\n"], "temperature": 0.5, "top_p": 0.9}'
    )


@pytest.mark.parametrize("bad", [{"temperature": -1}, {"top_p": 0}, {"beam_width": 4}, {"max_tokens": 0}, {"n": 0}])
def test_a_bad_parameter_is_refused_by_name(chat_of: Chat, bad: dict[str, Any]) -> None:
    with pytest.raises(ModelRefused, match=next(iter(bad))):
        chat_of().invoke("q", **bad)


def test_a_message_of_an_unknown_kind_is_refused(chat_of: Chat) -> None:
    with pytest.raises(ModelRefused, match="tool"):
        chat_of().invoke([ToolMessage("x", tool_call_id="1")])


async def test_closing_ends_the_process_and_all_requests(chat_of: Chat) -> None:
    chat = chat_of(at_once=1)
    stream = chat.astream("forever")
    await stream.__anext__()
    waiting = asyncio.create_task(chat.ainvoke("second"))
    await asyncio.sleep(0.1)
    pid = chat.pid
    assert pid is not None
    await asyncio.to_thread(chat.close)
    with pytest.raises(ModelError):
        async for _ in stream:
            pass
    with pytest.raises(ModelError, match="closed"):
        await waiting
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.weights
async def test_the_pinned_model_answers_with_citations_in_both_languages() -> None:
    weights = Weights(Path(os.environ.get("JIANXI_WEIGHTS", "~/.cache/jianxi/weights")).expanduser())
    located = weights.located(QWEN_CODER_1_5B)
    if located is None:
        pytest.skip(f"{QWEN_CODER_1_5B.filename} is not downloaded (`jianxi doctor --fetch` does it)")
    chat = GgufChat(path=located, prepared=weights.folder / "prepared", max_tokens=60)
    example = [
        SystemMessage("Answer from the evidence only. End every sentence with its number, such as [1]."),
        HumanMessage(
            '<evidence n="1" kind="passage" from="x">\nGrass is green.\n</evidence>\nQuestion: What colour is grass?'
        ),
    ]
    evidence = render([NumberedEvidence(1, "passage", "y", "成人脑细胞外间隙约占脑体积的20%。")])
    for question in ("成人脑细胞外间隙占脑体积多少？", "What share of the adult brain is extracellular space?"):
        prompt = [*example, AIMessage("Grass is green [1]."), HumanMessage(f"{evidence}\nQuestion: {question}")]
        answer = str((await chat.ainvoke(prompt)).content)
        assert "[1]" in answer
        assert "20" in answer
    chat.close()

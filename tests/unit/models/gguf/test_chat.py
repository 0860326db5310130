"""The queue, the stream and the cancelling of the embedded model, with a small worker in place of the engine."""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage

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

    def make(*arguments: str, waiting: int = 2) -> GgufChat:
        made.append(GgufChat(path=Path("m.gguf"), waiting=waiting, command=(sys.executable, str(WORKER), *arguments)))
        return made[-1]

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


async def test_the_likelihood_of_words_is_told_against_each_other(chat_of: Chat) -> None:
    chat, asked = chat_of(), [HumanMessage("支持吗?")]
    assert await chat.likelihoods(asked, ("是", "否")) == pytest.approx([0.75, 0.25])
    assert await chat.likelihoods(asked, ("maybe", "often")) == [0.5, 0.5]


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


async def test_a_request_cancelled_while_its_prompt_is_read_ends_the_process(chat_of: Chat) -> None:
    chat = chat_of()
    await chat.ainvoke("warm")
    before = chat.pid
    task = asyncio.create_task(chat.ainvoke("a long prompt"))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await asyncio.wait_for(chat.ainvoke("next"), 60)).content == "next"
    assert chat.pid != before


async def test_a_full_queue_is_busy(chat_of: Chat) -> None:
    chat = chat_of(waiting=1)
    running = asyncio.create_task(chat.ainvoke("forever"))
    waiting = asyncio.create_task(chat.ainvoke("second"))
    await asyncio.sleep(0.2)
    with pytest.raises(ModelBusy, match="1 requests wait"):
        await chat.ainvoke("third")
    running.cancel()
    assert (await asyncio.wait_for(waiting, 5)).content == "second"


async def test_requests_are_answered_in_turn(chat_of: Chat) -> None:
    chat = chat_of(waiting=9)
    answers = await asyncio.gather(*(chat.ainvoke(f"answer {i}") for i in range(8)))
    assert [a.content for a in answers] == [f"answer {i}" for i in range(8)]


async def test_a_dead_process_is_told_with_its_last_words_and_started_again(chat_of: Chat) -> None:
    chat = chat_of()
    with pytest.raises(ModelUnavailable, match=r"status 9.*out of memory"):
        await chat.ainvoke("die")
    assert (await chat.ainvoke("again")).content == "again"


def test_a_file_that_cannot_be_loaded_is_told_with_its_path(chat_of: Chat) -> None:
    with pytest.raises(ModelUnavailable, match=r"m\.gguf cannot be loaded: not a GGUF file"):
        chat_of("broken").invoke("q")


def test_the_real_worker_refuses_an_absent_file(tmp_path: Path) -> None:
    chat = GgufChat(path=tmp_path / "absent.gguf")
    with pytest.raises(ModelUnavailable, match=r"absent\.gguf does not exist"):
        chat.invoke("q")
    chat.close()


def test_a_refused_prompt_is_told(chat_of: Chat) -> None:
    with pytest.raises(ModelRefused, match="32768"):
        chat_of().invoke("too long")


def test_parameters_reach_the_engine(chat_of: Chat) -> None:
    answer = chat_of().invoke(
        "options", temperature=0.5, top_p=0.9, repetition_penalty=1.2, max_tokens=9, stop=["\n\n"]
    )
    assert str(answer.content) == (
        '{"max_tokens": 9, "repetition_penalty": 1.2, "stop_seqs": ["\\n\\n"], "temperature": 0.5, "top_p": 0.9}'
    )


@pytest.mark.parametrize("bad", [{"temperature": -1}, {"top_p": 0}, {"beam_width": 4}, {"max_tokens": 0}])
def test_a_bad_parameter_is_refused_by_name(chat_of: Chat, bad: dict[str, Any]) -> None:
    with pytest.raises(ModelRefused, match=next(iter(bad))):
        chat_of().invoke("q", **bad)


def test_a_message_of_an_unknown_kind_is_refused(chat_of: Chat) -> None:
    with pytest.raises(ModelRefused, match="tool"):
        chat_of().invoke([ToolMessage("x", tool_call_id="1")])


async def test_closing_ends_the_process_and_the_request_in_flight(chat_of: Chat) -> None:
    chat = chat_of()
    stream = chat.astream("forever")
    await stream.__anext__()
    pid = chat.pid
    assert pid is not None
    await asyncio.to_thread(chat.close)
    with pytest.raises(ModelError):
        async for _ in stream:
            pass
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.weights
async def test_the_pinned_model_answers_with_citations_in_both_languages() -> None:
    located = Weights(Path(os.environ.get("JIANXI_WEIGHTS", "~/.cache/jianxi/weights")).expanduser()).located(
        QWEN_CODER_1_5B
    )
    if located is None:
        pytest.skip(f"{QWEN_CODER_1_5B.filename} is not downloaded (`jianxi doctor --fetch` does it)")
    chat = GgufChat(path=located, max_tokens=60)
    example = [
        SystemMessage("Answer from the evidence only. End every sentence with its number, such as [1]."),
        HumanMessage(
            '<evidence n="1" kind="passage" from="x">\nGrass is green.\n</evidence>\nQuestion: What colour is grass?'
        ),
    ]
    evidence = render([NumberedEvidence(1, "passage", "y", "成人脑细胞外间隙约占脑体积的20%。")])
    for question in ("成人脑细胞外间隙占脑体积多少？", "What share of the adult brain is extracellular space?"):
        from langchain_core.messages import AIMessage

        prompt = [*example, AIMessage("Grass is green [1]."), HumanMessage(f"{evidence}\nQuestion: {question}")]
        answer = str((await chat.ainvoke(prompt)).content)
        assert "[1]" in answer
        assert "20" in answer
    chat.close()

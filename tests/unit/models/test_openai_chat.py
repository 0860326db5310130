"""The chat model at a server, against a real HTTP server that speaks the protocol."""

import asyncio
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGeneration

from models.errors import ModelBusy, ModelError, ModelRefused, ModelUnavailable
from models.openai_chat import openai_chat
from models.thinking import separated
from tests.unit.models.protocol_server import Handler, delta, serving

WHOLE: dict[str, Any] = {
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "About 20% [1]."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 9, "completion_tokens": 4},
}


def _answers(handler: Handler) -> None:
    if handler.path == "/v1/models":
        handler.say(200, {"data": [{"id": "base"}, {"id": "adapter"}]})
    elif handler.asked.get("stream"):
        usage = {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 4}}
        handler.events(delta("间隙"), delta("约占20% [1]。"), delta("", finish="stop"), usage)
    else:
        handler.say(200, WHOLE)


async def test_it_streams_with_usage_and_names_the_servers_first_model() -> None:
    with serving(_answers) as server:
        chat = openai_chat(f"{server.url}/v1", key="secret")
        chunks = [c async for c in chat.astream([SystemMessage("Rules."), HumanMessage("q")])]
    assert "".join(str(c.content) for c in chunks) == "间隙约占20% [1]。"
    assert [c.usage_metadata["total_tokens"] for c in chunks if isinstance(c, AIMessageChunk) and c.usage_metadata] == [
        13
    ]
    path, headers, asked = server.asked[-1]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer secret"
    assert asked["model"] == "base"
    assert asked["messages"] == [{"role": "system", "content": "Rules."}, {"role": "user", "content": "q"}]


async def test_an_adapter_is_asked_by_its_model_name() -> None:
    with serving(_answers) as server:
        await openai_chat(f"{server.url}/v1", model="base").ainvoke("q", model="adapter")
    assert [asked["model"] for _, _, asked in server.asked] == ["adapter"]


def test_parameters_go_to_the_server_only_where_given() -> None:
    with serving(_answers) as server:
        chat = openai_chat(f"{server.url}/v1", model="m", parameters={"temperature": 0.3})
        chat.invoke("q")
        chat.invoke("q", top_p=0.8, repetition_penalty=1.05, max_tokens=50, stop=["\n"], extra_body={"top_k": 20})
    plain, full = (asked for _, _, asked in server.asked)
    assert set(plain) == {"model", "messages", "temperature"}
    assert {k: v for k, v in full.items() if k not in {"model", "messages"}} == {
        "temperature": 0.3,
        "top_p": 0.8,
        "repetition_penalty": 1.05,
        "max_tokens": 50,
        "stop": ["\n"],
        "top_k": 20,
    }


async def test_several_replies_come_with_the_tokens_of_all_of_them() -> None:
    def two(handler: Handler) -> None:
        handler.say(200, WHOLE | {"choices": WHOLE["choices"] * handler.asked["n"]})

    with serving(two) as server:
        chat = openai_chat(f"{server.url}/v1", model="m")
        result = await chat.agenerate([[HumanMessage("q")]], n=2, temperature=0.7)
    replies = [reply for reply in result.generations[0] if isinstance(reply, ChatGeneration)]
    assert [reply.text for reply in replies] == ["About 20% [1]."] * 2
    usages = [reply.message.usage_metadata for reply in replies if isinstance(reply.message, AIMessage)]
    assert [usage and usage["total_tokens"] for usage in usages] == [13, None]
    with pytest.raises(ModelRefused, match="not streamed"):
        async for _ in chat.astream("q", n=2):
            pass


async def test_beam_search_asks_for_the_whole_answer_at_once() -> None:
    with serving(_answers) as server:
        chat = openai_chat(f"{server.url}/v1", model="m")
        chunks = [str(c.content) async for c in chat.astream("q", beam_width=4)]
    assert "".join(chunks) == "About 20% [1]."
    asked = server.asked[-1][2]
    assert (asked["use_beam_search"], asked["n"], asked["temperature"], "stream" in asked) == (True, 4, 0, False)


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
async def test_what_a_thinking_server_thinks_is_parted(field: str) -> None:
    def respond(handler: Handler) -> None:
        handler.events(
            delta(**{field: "Let me "}), delta(**{field: "see."}), delta("It is 0.2 [1]."), delta(finish="stop")
        )

    parts = {"thinking": "", "text": ""}
    with serving(respond) as server:
        stream = openai_chat(server.url, model="m").astream("q")
        async for kind, text in separated(stream):
            parts[kind] += text
    assert parts == {"thinking": "Let me see.", "text": "It is 0.2 [1]."}


async def test_half_a_character_of_a_server_can_be_sent_on() -> None:
    def halves(handler: Handler) -> None:
        said = {"content": "20% \ud83d", "reasoning_content": "\ude00 hm"}
        if handler.asked.get("stream"):
            handler.events({"choices": [{"index": 0, "delta": said}]}, delta("", finish="stop"))
        else:
            handler.say(200, {"model": "m", "choices": [{"message": said, "finish_reason": "stop"}]})

    with serving(halves) as server:
        chat = openai_chat(server.url, model="m")
        replies = [await chat.ainvoke("q"), *[chunk async for chunk in chat.astream("q")][:1]]
    for reply in replies:
        assert reply.text == "20% \ufffd"
        assert reply.additional_kwargs["reasoning_content"] == "\ufffd hm"


async def test_closing_the_stream_closes_the_connection() -> None:
    def respond(handler: Handler) -> None:
        handler.events(*[delta("on ")] * 2000, pause_s=0.005)

    with serving(respond) as server:
        stream = openai_chat(server.url, model="m").astream("q")
        await stream.__anext__()
        await stream.aclose()  # type: ignore[attr-defined]
        assert await asyncio.to_thread(server.cut.wait, 2)


def _status(code: int, body: Any = None) -> Callable[[Handler], None]:
    return lambda handler: handler.say(code, body if body is not None else {"error": {"message": "the reason"}})


def _hang_up(handler: Handler) -> None:
    handler.connection.close()


def _silent(handler: Handler) -> None:
    time.sleep(0.6)


def _torn(handler: Handler) -> None:
    handler.events(delta("half"), done=False)


def _error_in_stream(handler: Handler) -> None:
    handler.events(delta("half"), {"error": {"message": "out of memory"}})


FAULTS: dict[str, tuple[Callable[[Handler], None], type[ModelError], str]] = {
    "400": (_status(400, {"error": {"message": "maximum context length is 2048"}}), ModelRefused, "context length"),
    "401": (_status(401), ModelRefused, "JIANXI_CHAT_KEY"),
    "403": (_status(403), ModelRefused, "refused the key"),
    "404": (
        _status(404, {"object": "error", "message": "The model `x` does not exist."}),
        ModelRefused,
        "does not exist",
    ),
    "408": (_status(408), ModelUnavailable, "408"),
    "422": (_status(422), ModelRefused, "the reason"),
    "429": (_status(429), ModelBusy, "the reason"),
    "500": (_status(500, b"plain words"), ModelUnavailable, "plain words"),
    "503": (_status(503), ModelUnavailable, "503"),
    "redirect": (_status(302), ModelRefused, "302"),
    "hang up": (_hang_up, ModelUnavailable, "broke off|cannot be reached"),
    "silence": (_silent, ModelUnavailable, "in time"),
}
STREAMED = {
    "torn stream": (_torn, ModelUnavailable, "broke off"),
    "error in stream": (_error_in_stream, ModelUnavailable, "out of memory"),
}
WHOLE_ONLY = {
    "not json": (_status(200, b"<html>"), ModelUnavailable, "does not speak"),
    "no text": (_status(200, b'{"choices": "\xff"}'), ModelUnavailable, "does not speak"),
    "no choices": (_status(200, {"choices": None}), ModelUnavailable, "does not speak"),
    "error in 200": (_status(200, {"object": "error", "message": "no memory"}), ModelUnavailable, "no memory"),
}


@pytest.mark.parametrize("fault", [*FAULTS, *STREAMED])
async def test_every_fault_of_a_stream_is_one_of_our_errors(fault: str) -> None:
    respond, kind, said = (FAULTS | STREAMED)[fault]
    with serving(respond) as server, pytest.raises(kind, match=said):
        async for _ in openai_chat(server.url, model="m", timeout_s=0.3).astream("q"):
            pass


@pytest.mark.parametrize("fault", [*FAULTS, *WHOLE_ONLY])
def test_every_fault_of_a_whole_answer_is_one_of_our_errors(fault: str) -> None:
    respond, kind, said = (FAULTS | WHOLE_ONLY)[fault]
    with serving(respond) as server, pytest.raises(kind, match=said):
        openai_chat(server.url, model="m", timeout_s=0.3).invoke("q")


async def test_a_server_that_is_away_is_told_within_three_seconds() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    start = time.monotonic()
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        await openai_chat(url, model="m").ainvoke("q")
    assert time.monotonic() - start < 3


def test_a_server_without_models_is_told_with_its_cure() -> None:
    with serving(_status(200, {"data": []})) as server, pytest.raises(ModelUnavailable, match="JIANXI_CHAT_MODEL"):
        openai_chat(server.url).invoke("q")


def test_a_bad_parameter_is_refused_before_it_is_sent() -> None:
    with serving(_answers) as server, pytest.raises(ModelRefused, match="temperature"):
        openai_chat(server.url, model="m").invoke("q", temperature=3)
    assert server.asked == []


async def test_a_silent_server_that_still_names_its_models_is_waited_for() -> None:
    def reads_for_long(handler: Handler) -> None:
        if handler.path != "/v1/models":
            time.sleep(1.2)
        _answers(handler)

    with serving(reads_for_long) as server:
        chat = openai_chat(f"{server.url}/v1", model="base", patience_s=0.5)
        chunks = [c async for c in chat.astream("q")]
        assert str((await chat.ainvoke("q")).text) == "About 20% [1]."
    assert "".join(str(c.content) for c in chunks) == "间隙约占20% [1]。"
    assert [path for path, _, _ in server.asked].count("/v1/models") >= 2


@pytest.mark.parametrize("model", [None, "base"])
async def test_a_server_that_accepts_and_never_answers_is_away(model: str | None) -> None:
    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            pass
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        chat = openai_chat(f"http://127.0.0.1:{port}/v1", model=model, timeout_s=3600, patience_s=0.2)
        for asking in (chat.ainvoke("q"), anext(chat.astream("q"))):
            with pytest.raises(ModelUnavailable, match=rf":{port}/v1 accepts connections but did not answer"):
                await asking

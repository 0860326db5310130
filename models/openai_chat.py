"""A chat model on any OpenAI-compatible server: vLLM, a router, a hosted one."""

from collections.abc import AsyncIterator
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field, PrivateAttr, SecretStr

from models.apart import run_apart
from models.errors import ModelRefused, ModelUnavailable
from models.liveness import wait_while_alive
from models.openai_protocol import (
    CONNECT_TIMEOUT_S,
    body_of,
    check,
    check_body,
    client_options,
    openai_errors,
    parsed,
    plain_messages,
    served_models,
)
from models.sampling import sampling

_PASSED = ("response_format", "presence_penalty", "frequency_penalty")


class OpenAIChat(BaseChatModel):
    """Streams from ``/chat/completions``; closing the stream closes the connection, on which the server stops.

    A request may name another ``model`` (an adapter that the server has loaded). ``reasoning_content`` (vLLM also:
    ``reasoning``) is in ``additional_kwargs["reasoning_content"]``. ``repetition_penalty`` and ``beam_width`` are
    vLLM's extensions: they are sent only where given, since other servers refuse them. While nothing comes,
    ``/models`` is requested: a server without an answer for ``patience_s`` counts as down. Raises models.errors.
    """

    url: str = Field(description="Up to and with `/v1`.")
    model: str | None = Field(default=None, description="None: the first model that the server names.")
    key: SecretStr | None = None
    timeout_s: float = Field(default=120, description="Longest silence of the server.", gt=0)
    patience_s: float = Field(default=CONNECT_TIMEOUT_S, description="Longest silence of `/models`.", gt=0)
    parameters: dict[str, Any] = Field(default_factory=dict, description="Defaults of temperature, top_p and the rest.")
    extra_body: dict[str, Any] = Field(default_factory=dict, description="Further fields of every request.")
    _first: str | None = PrivateAttr(default=None)

    @property
    def _llm_type(self) -> str:
        return "openai-compatible"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return run_apart(self._agenerate(messages, stop, **kwargs))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        import httpx

        with openai_errors(self.url):
            async with httpx.AsyncClient(**self._options()) as client:
                body = self._request(messages, stop, kwargs, await self._asked_name(kwargs))
                posted = client.post("chat/completions", json=body)
                answered = body_of(await wait_while_alive(posted, self._lives), self.url)
                return _result(answered, sampling(self.parameters | kwargs).get("n", 1))

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        import httpx

        if sampling(self.parameters | kwargs).get("n", 1) > 1:
            raise ModelRefused("n: several replies are not streamed; cure: ask for them with agenerate")
        if _beams(kwargs):
            yield _whole(await self._agenerate(messages, stop, run_manager, **kwargs))
            return
        ended = _Ended()
        with openai_errors(self.url):
            async with httpx.AsyncClient(**self._options()) as client:
                body = self._request(messages, stop, kwargs, await self._asked_name(kwargs)) | _STREAM
                posted = client.send(client.build_request("POST", "chat/completions", json=body), stream=True)
                response = await wait_while_alive(posted, self._lives)
                try:
                    if response.status_code >= 300:
                        await response.aread()
                        check(response, self.url)
                    lines = response.aiter_lines()
                    while (line := await wait_while_alive(anext(lines, None), self._lives)) is not None:
                        if chunk := _chunk(line, self.url, ended):
                            yield chunk
                finally:
                    await response.aclose()
        ended.must_have_come(self.url)

    def _options(self) -> dict[str, Any]:
        return client_options(self.url, self.key.get_secret_value() if self.key else None, self.timeout_s)

    async def _asked_name(self, arguments: dict[str, Any]) -> str:
        if name := arguments.get("model") or self.model or self._first:
            return str(name)
        names = await self._served()
        if not names:
            raise ModelUnavailable(f"{self.url} names no model; cure: set JIANXI_CHAT_MODEL")
        self._first = names[0]
        return self._first

    async def _lives(self) -> None:
        await self._served()

    async def _served(self) -> list[str]:
        return await served_models(
            self.url, key=self.key.get_secret_value() if self.key else None, patience_s=self.patience_s
        )

    def _request(
        self, messages: list[BaseMessage], stop: list[str] | None, arguments: dict[str, Any], name: str
    ) -> dict[str, Any]:
        given = sampling(self.parameters | arguments)
        beams = given.pop("beam_width", 1)
        body: dict[str, Any] = {"model": name, "messages": plain_messages(messages), **given, **self.extra_body}
        body |= {field: arguments[field] for field in _PASSED if arguments.get(field) is not None}
        body |= arguments.get("extra_body") or {}
        if stop:
            body["stop"] = stop
        if beams > 1:
            body |= {"use_beam_search": True, "n": beams, "temperature": 0}
        return body


def openai_chat(
    url: str,
    *,
    model: str | None = None,
    key: str | None = None,
    timeout_s: float = 120,
    patience_s: float = CONNECT_TIMEOUT_S,
    parameters: dict[str, Any] | None = None,
    extra_body: dict[str, Any] | None = None,
) -> BaseChatModel:
    """A chat model on a server; it connects at the first request."""
    return OpenAIChat(
        url=url,
        model=model,
        key=SecretStr(key) if key else None,
        timeout_s=timeout_s,
        patience_s=patience_s,
        parameters=parameters or {},
        extra_body=extra_body or {},
    )


_STREAM = {"stream": True, "stream_options": {"include_usage": True}}


class _Ended:
    """Whether a stream is complete."""

    def __init__(self) -> None:
        self.seen = False

    def must_have_come(self, url: str) -> None:
        if not self.seen:
            raise ModelUnavailable(f"{url} broke off: the stream ended in the middle of the answer")


def _beams(arguments: dict[str, Any]) -> bool:
    return bool(sampling(arguments).get("beam_width", 1) > 1)


def _chunk(line: str, url: str, ended: _Ended) -> ChatGenerationChunk | None:
    if not line.startswith("data:"):
        return None
    data = line.removeprefix("data:").strip()
    if data == "[DONE]":
        ended.seen = True
        return None
    body = parsed(data)
    check_body(body, url)
    usage = _usage(body.get("usage"))
    if not body["choices"]:
        return ChatGenerationChunk(message=AIMessageChunk(content="", usage_metadata=usage)) if usage else None
    choice = body["choices"][0]
    metadata = {}
    if choice.get("finish_reason"):
        ended.seen = True
        metadata = {"finish_reason": choice["finish_reason"], "model_name": body.get("model")}
    delta = choice["delta"]
    message = AIMessageChunk(
        content=delta.get("content") or "",
        additional_kwargs=_reasoning(delta),
        response_metadata=metadata,
        usage_metadata=usage,
    )
    return ChatGenerationChunk(message=message)


def _result(body: dict[str, Any], count: int) -> ChatResult:
    """The first ``count`` replies; the tokens of them together are told with the first."""
    choices = [body["choices"][0], *body["choices"][1:count]]
    usages = [_usage(body.get("usage")), *[None] * (len(choices) - 1)]
    made = zip(choices, usages, strict=True)
    return ChatResult(generations=[ChatGeneration(message=_reply(choice, body, usage)) for choice, usage in made])


def _reply(choice: dict[str, Any], body: dict[str, Any], usage: UsageMetadata | None) -> AIMessage:
    return AIMessage(
        content=choice["message"].get("content") or "",
        additional_kwargs=_reasoning(choice["message"]),
        response_metadata={"finish_reason": choice.get("finish_reason"), "model_name": body.get("model")},
        usage_metadata=usage,
    )


def _whole(result: ChatResult) -> ChatGenerationChunk:
    message = result.generations[0].message
    return ChatGenerationChunk(
        message=AIMessageChunk(
            content=message.content,
            additional_kwargs=message.additional_kwargs,
            response_metadata=message.response_metadata,
            usage_metadata=message.usage_metadata if isinstance(message, AIMessage) else None,
        )
    )


def _reasoning(delta: dict[str, Any]) -> dict[str, str]:
    text = delta.get("reasoning_content") or delta.get("reasoning")
    return {"reasoning_content": text} if text else {}


def _usage(usage: dict[str, Any] | None) -> UsageMetadata | None:
    if not usage:
        return None
    asked, answered = usage["prompt_tokens"], usage.get("completion_tokens") or 0
    return UsageMetadata(input_tokens=asked, output_tokens=answered, total_tokens=asked + answered)

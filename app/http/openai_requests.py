"""Chat completion requests in OpenAI's form, and the refusal of what is not supported."""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field

from app.answering.domain import Turn
from app.errors import InvalidRequest
from app.http.parameters import Text, Tokens

_TURNS = 50
"""Turns before the question that are read; of a longer history the last ones."""

_LONGEST = 20_000
"""Characters that are read of one of them."""

_MESSAGES = 10_000


class PartIn(BaseModel):
    """A part of a message."""

    type: Text = "text"
    text: Text | None = None


_QUERY, _CONTEXT = "user_query", "context"
"""The elements in which clients with a retrieval of their own put the question, and what they found."""
_QUERY_START = re.compile(rf"(?:</{_CONTEXT}>\s{{0,20}}|^)<{_QUERY}>", re.MULTILINE)
_QUERY_END = f"</{_QUERY}>"

ASKING, _ANSWERING = ("user", "human"), ("assistant", "ai")
"""The roles by which OpenAI's protocol and LangChain call those who talk."""


def _roles(text: str) -> list[str]:
    """The roles of the messages that a text consists of in JSON, or that begin its lines."""
    with suppress(ValueError, RecursionError):
        told = json.loads(text)
        return [str(m.get("role")) for m in told if isinstance(m, dict)] if isinstance(told, list) else []
    lines = [line.partition(":") for line in text.replace("：", ":").strip().splitlines() if ":" in line]
    if lines and not lines[-1][2].strip():  # a client asks for what comes behind it
        lines.pop()
    return [role.strip().lower() for role, _, _ in lines]


def _is_dialogue(roles: Sequence[str]) -> bool:
    """Whether one who answers follows one who asks."""
    asked = next((at for at, role in enumerate(roles) if role in ASKING), len(roles))
    return any(role in _ANSWERING for role in roles[asked:])


def _asked(text: str) -> str:
    """The question of a message, without what a client's own retrieval found, which is no evidence of this library.

    A message that ends with the element of a query asks that; the last one behind a context, which may hold others.
    """
    whole = text.strip()
    starts = [*_QUERY_START.finditer(whole)] if whole.endswith(_QUERY_END) else []
    start = next((m for m in reversed(starts) if m[0].startswith("</")), starts[0] if starts else None)
    query = whole[start.end() : -len(_QUERY_END)].strip() if start else ""
    return query or _without_context(text)


def _without_context(text: str) -> str:
    """The text without an element of context whose tags begin lines.

    Rules that speak of the element, as the templates of clients do before it, go with it; other words are the user's.
    """
    lines = text.splitlines()
    first = next((n for n, line in enumerate(lines) if line.startswith(f"<{_CONTEXT}>")), None)
    last = next((n for n in reversed(range(len(lines))) if lines[n].rstrip() == f"</{_CONTEXT}>"), None)
    if first is None or last is None or last < first:
        return text
    before, behind = "\n".join(lines[:first]).strip(), "\n".join(lines[last + 1 :]).strip()
    if f"<{_CONTEXT}></{_CONTEXT}>" in before:
        before = ""
    return "\n\n".join(part for part in (before, behind) if part) or text


def _parts(content: object) -> object:
    """Plain text as its one part, so that a mistake is told of one form and not of two."""
    return [{"text": content}] if isinstance(content, str) else content


Content = Annotated[list[PartIn], BeforeValidator(_parts, json_schema_input_type=str | list[PartIn])]


class ChatMessageIn(BaseModel):
    """A message as OpenAI's clients send it."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Content | None = None

    @property
    def text(self) -> str:
        """The text of the message."""
        return "\n".join(part.text for part in self.content or () if part.text)

    @property
    def said(self) -> bool:
        """Whether the user or the assistant said something."""
        return self.role in ("user", "assistant") and bool(self.text.strip())

    @property
    def other_parts(self) -> Sequence[str]:
        """The types of parts that are not text."""
        return [part.type for part in self.content or () if part.type != "text"]


class StreamOptionsIn(BaseModel):
    """What a stream holds beside the answer."""

    include_usage: bool | None = None


class ResponseFormatIn(BaseModel):
    """The form of an answer."""

    type: Text


class ChatIn(BaseModel):
    """A chat completion request; fields that are not listed are ignored."""

    model: Text = Field(max_length=200)
    messages: list[ChatMessageIn] = Field(min_length=1, max_length=_MESSAGES)
    stream: bool | None = False
    stream_options: StreamOptionsIn | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    repetition_penalty: float | None = Field(default=None, gt=0, le=2)
    presence_penalty: float | None = Field(default=None, description="Only 0.")
    frequency_penalty: float | None = Field(default=None, description="Only 0.")
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)
    max_tokens: Tokens | None = None
    max_completion_tokens: Tokens | None = None
    n: int | None = Field(default=None, description="Only 1.")
    stop: Text | list[Text] | None = Field(default=None, description="Not supported.")
    logprobs: bool | None = Field(default=None, description="Not supported.")
    response_format: ResponseFormatIn | None = Field(default=None, description="Only `text`.")
    tools: list[dict[str, object]] | None = Field(default=None, description="Only with `tool_choice` none.")
    functions: list[dict[str, object]] | None = Field(default=None, description="Not supported.")
    tool_choice: Text | dict[str, object] | None = None
    function_call: Text | dict[str, object] | None = Field(default=None, description="Only `none` or `auto`.")
    top_logprobs: int | None = Field(default=None, description="Not supported.")
    logit_bias: dict[Text, float] | None = Field(default=None, description="Not supported.")
    modalities: list[Text] | None = Field(default=None, description="Only `text`.")
    web_search_options: dict[str, object] | None = Field(default=None, description="Not supported.")

    @property
    def question(self) -> str:
        """The last message, which must be the user's; raises InvalidRequest."""
        last = self.messages[-1]
        if last.role != "user":
            why = f"messages: the last message must be the user's question, not one of the role {last.role}"
            raise InvalidRequest("no_question", why, field="body.messages")
        if last.other_parts:
            why = f"messages: only text can be read, not {last.other_parts[0]}"
            raise InvalidRequest("unsupported_content", why, field="body.messages")
        return _asked(last.text)

    @property
    def most_tokens(self) -> int | None:
        """The tokens after which the answer ends, None where it may be of any length."""
        return self.max_completion_tokens or self.max_tokens

    @property
    def quotes_conversation(self) -> bool:
        """Whether a client quotes a conversation, to have it titled, tagged or continued.

        It stands in an element, in lines that a role begins (``user: ...``), or as messages in JSON.
        """
        _, start, rest = self.messages[-1].text.partition("<chat_history>")
        return bool(start and "</chat_history>" in rest) or _is_dialogue(_roles(self.question))

    @property
    def history(self) -> tuple[Turn, ...]:
        """The last texts of the user and the assistant before the question; calls and results of tools have none."""
        said = [
            Turn("user", _asked(m.text)[:_LONGEST]) if m.role == "user" else Turn("assistant", m.text[:_LONGEST])
            for m in self.messages[:-1]
            if m.said
        ]
        return tuple(said[-_TURNS:])

    def check(self) -> None:
        """Refuse what would be ignored; raises InvalidRequest."""
        kept = {
            "n": self.n in (None, 1),
            "stop": not self.stop,
            "presence_penalty": not self.presence_penalty,
            "frequency_penalty": not self.frequency_penalty,
            "logprobs": not self.logprobs,
            "response_format": self.response_format is None or self.response_format.type == "text",
            "tools": not self.tools or self.tool_choice == "none",
            "tool_choice": self.tool_choice in (None, "none", "auto"),
            "functions": not self.functions,
            "function_call": self.function_call in (None, "none", "auto"),
            "top_logprobs": not self.top_logprobs,
            "logit_bias": not self.logit_bias,
            "modalities": set(self.modalities or ()) <= {"text"},
            "web_search_options": self.web_search_options is None,
        }
        for name, supported in kept.items():
            if not supported:
                why = f"{name}: {_WHY[name]}; leave it out"
                raise InvalidRequest("unsupported_parameter", why, field=f"body.{name}")


_WHY = {
    "n": "there is one answer to a question",
    "logprobs": "probabilities are not known",
    "top_logprobs": "probabilities are not known",
    "logit_bias": "an answer keeps the words of its evidence",
    "modalities": "answers are text",
    "web_search_options": "answers come from the library and the graph, not from the web",
    "stop": "an answer consists of whole sentences with their evidence",
    "response_format": "answers are text with citations; only the type text is supported",
    "tools": "tools are never called",
    "tool_choice": "tools are never called",
    "functions": "functions are never called",
    "function_call": "functions are never called",
    "presence_penalty": "only repetition_penalty is known",
    "frequency_penalty": "only repetition_penalty is known",
}

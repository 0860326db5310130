"""The process in which an embedded GGUF model runs: requests as JSON lines in, pieces of text as JSON lines out.

It is its own process because the engine holds Python's interpreter lock while it loads and while it reads a
prompt, which would stop every other request of the service for seconds.

In: ``{"id", "messages", "options"}`` or ``{"stop": id}``. Out: ``{"ready"}`` or ``{"fatal"}`` once; then for each id
``{"id", "text"}`` and at last ``{"id", "end", "prompt_tokens", "completion_tokens"}`` or ``{"id", "refused"}``.
Where the options ask for ``logprobs``, the last message has ``likely`` too: the probability of each likely first token.
"""

import json
import math
import os
import queue
import sys
import threading
from pathlib import Path
from typing import Any, TextIO

_ADAPTER = "answers"


def main(path: Path, adapter: Path | None = None) -> None:
    """Load the model, with the LoRA adapter of a folder, and serve until the input ends."""
    # The engine writes its log to the standard output, so the answers get a descriptor of their own.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    os.environ.setdefault("RUST_LOG", "error")
    requests: queue.Queue[dict[str, Any]] = queue.Queue()
    stopped: set[int] = set()
    threading.Thread(target=_read, args=(requests, stopped), daemon=True).start()
    try:
        runner = _load(path, adapter)
    except (ImportError, ValueError, OSError) as error:
        _say(answers, {"fatal": _first_line(error)})
        return
    _say(answers, {"ready": True})
    while True:
        request = requests.get()
        try:
            _answer(runner, _ADAPTER if adapter else None, request, stopped, answers)
        except (ValueError, TypeError) as error:
            _say(answers, {"id": request["id"], "refused": _first_line(error)})


def _load(path: Path, adapter: Path | None) -> Any:
    import mistralrs

    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist")
    dynamic: dict[str, Any] = {"adapters": [], "max_adapters": 1} if adapter else {}
    model: Any = mistralrs.Which.GGUF(quantized_model_id=str(path.parent), quantized_filename=path.name, **dynamic)
    runner = mistralrs.Runner(which=model, max_seqs=1, token_source="none")  # noqa: S106
    if adapter:
        runner.load_lora_adapter(_ADAPTER, str(adapter))
    return runner


def _answer(runner: Any, adapter: str | None, request: dict[str, Any], stopped: set[int], answers: TextIO) -> None:
    import mistralrs

    id_ = request["id"]
    ended: dict[str, Any] = {"id": id_, "end": "cancelled", "prompt_tokens": 0, "completion_tokens": 0}
    if id_ not in stopped:
        asked = mistralrs.ChatCompletionRequest(
            messages=request["messages"],
            model="default",
            stream=True,
            enable_thinking=False,
            adapter=adapter,
            **request["options"],
        )
        for chunk in runner.send_chat_completion_request(asked):
            choice = chunk.choices[0]
            if choice.logprobs is not None and "likely" not in ended:
                ended["likely"] = {top.bytes: math.exp(top.logprob) for top in choice.logprobs.top_logprobs}
            if choice.delta.content:
                _say(answers, {"id": id_, "text": choice.delta.content})
            if chunk.usage is not None:
                ended["prompt_tokens"] = chunk.usage.prompt_tokens
                ended["completion_tokens"] = chunk.usage.completion_tokens
            if choice.finish_reason:
                ended["end"] = choice.finish_reason
            if id_ in stopped:
                # Leaving the loop drops the iterator, and with it the engine stops generating.
                break
    stopped.discard(id_)
    _say(answers, ended)


def _read(requests: "queue.Queue[dict[str, Any]]", stopped: set[int]) -> None:
    for line in sys.stdin:
        message = json.loads(line)
        if "stop" in message:
            stopped.add(message["stop"])
        else:
            requests.put(message)
    os._exit(0)


def _say(answers: TextIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message, ensure_ascii=False) + "\n")
    answers.flush()


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

"""A stand-in for the worker of GgufChat: speaks its protocol and answers with the last message, a word at a time.

All requests are answered together, a word of each a step.
"""

import json
import queue
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

received: "queue.Queue[dict[str, Any]]" = queue.Queue()


def read() -> None:
    for line in sys.stdin:
        received.put(json.loads(line))
    received.put({})


def say(**message: object) -> None:
    print(json.dumps(message), flush=True)


def words_of(request: dict[str, Any]) -> Iterator[str]:
    text = request["messages"][-1]["content"]
    if text == "forever":
        while True:
            yield "on"
    if text == "options":
        text = json.dumps(request["options"], sort_keys=True)
    yield from text.split(" ")


def ended(request: dict[str, Any], reason: str, count: int) -> None:
    several = range(request["options"].get("n", 1))
    text = request["messages"][-1]["content"]
    told = {"replies": [f"{text} {place}" for place in several]} if len(several) > 1 else {}
    say(id=request["id"], end=reason, prompt_tokens=7, completion_tokens=count, **told)


threading.Thread(target=read, daemon=True).start()
if "broken" in sys.argv:
    say(fatal="not a GGUF file")
    sys.exit()
if "slow" in sys.argv:
    time.sleep(600)
say(ready=True)
running: dict[int, tuple[dict[str, Any], Iterator[str], int]] = {}
while True:
    while not running or not received.empty():
        message = received.get()
        if not message:
            sys.exit()
        if "stop" in message:
            if (stopped := running.pop(message["stop"], None)) is not None:
                ended(stopped[0], "cancelled", stopped[2])
        elif message["messages"][-1]["content"] == "too long":
            say(id=message["id"], refused="the prompt has 40030 tokens, the model reads 32767")
        elif message["messages"][-1]["content"] == "die":
            print("out of memory", file=sys.stderr, flush=True)
            sys.exit(9)
        else:
            running[message["id"]] = message, words_of(message), 0
    for id_, (request, words, count) in list(running.items()):
        word = next(words, None)
        if word is None:
            ended(running.pop(id_)[0], "stop", count)
            continue
        if request["options"].get("n", 1) == 1:
            say(id=id_, text=f" {word}" if count else word)
        running[id_] = request, words, count + 1
    time.sleep(0.005)

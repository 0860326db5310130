"""A stand-in for the worker of GgufChat: speaks its protocol and answers with the last message, a word at a time."""

import json
import sys
import threading
import time
from typing import Any

stopped: set[int] = set()
requests: list[dict[str, Any]] = []
arrived = threading.Condition()


def read() -> None:
    for line in sys.stdin:
        message = json.loads(line)
        with arrived:
            if "stop" in message:
                stopped.add(message["stop"])
            else:
                requests.append(message)
            arrived.notify()
    with arrived:
        requests.append({})
        arrived.notify()


def say(**message: object) -> None:
    print(json.dumps(message), flush=True)


threading.Thread(target=read, daemon=True).start()
if "broken" in sys.argv:
    say(fatal="not a GGUF file")
    sys.exit()
say(ready=True)
while True:
    with arrived:
        arrived.wait_for(lambda: requests)
        request = requests.pop(0)
    if not request:
        break
    text, count, end = request["messages"][-1]["content"], 0, "stop"
    if text == "die":
        print("out of memory", file=sys.stderr, flush=True)
        sys.exit(9)
    if text == "a long prompt":
        time.sleep(600)
    if text == "too long":
        say(id=request["id"], refused="Prompt sequence length is greater than 32768")
        continue
    if text == "options":
        text = json.dumps(request["options"], sort_keys=True)
    for word in text.split(" ") if text != "forever" else iter(lambda: "on", None):
        if request["id"] in stopped:
            end = "cancelled"
            break
        say(id=request["id"], text=f" {word}" if count else word)
        count += 1
        time.sleep(0.005)
    print(f"{end} {count}", file=sys.stderr, flush=True)
    told = {"likely": {"是": 0.6, "否": 0.2, "a": 0.1}} if request["options"].get("logprobs") else {}
    say(id=request["id"], end=end, prompt_tokens=7, completion_tokens=count, **told)

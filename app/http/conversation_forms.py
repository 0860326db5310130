"""The JSON that a task over a quoted conversation asks for, filled with what the service can tell: a title."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from itertools import islice

from app.http.inert import inert
from app.http.openai_requests import ASKING

_LONGEST_TITLE = 60
_BRACES = 20
"""Places where JSON is looked for; a task shows its form first."""
_ROLE = re.compile(r"[:：]")


def filled_form(task: str) -> str | None:
    """The first JSON object that a task shows before the conversation, filled; None where it shows none.

    ``title`` is the first question, cut at a word; lists stay empty, and other values too.
    """
    lines = task.splitlines()
    said = [_ROLE.split(line, maxsplit=1) for line in lines]
    first = next((n for n, (role, *rest) in enumerate(said) if role.strip().lower() in ASKING and any(rest)), None)
    if first is None or (shown := _shown("\n".join(lines[:first]))) is None:
        return None
    title = inert(_title(said[first][1]))
    filled = {name: title if name == "title" else type(value)() for name, value in shown.items()}
    return json.dumps(filled, ensure_ascii=False)


def _shown(text: str) -> Mapping[str, object] | None:
    for brace in islice(re.finditer(r"\{", text), _BRACES):
        with suppress(ValueError, RecursionError):
            shown: dict[str, object] = json.JSONDecoder().raw_decode(text, brace.start())[0]
            return shown
    return None


def _title(question: str) -> str:
    whole = " ".join(question.split())
    if len(whole) <= _LONGEST_TITLE:
        return whole
    words = whole[: _LONGEST_TITLE + 1].rpartition(" ")[0]
    return f"{words if len(words) > _LONGEST_TITLE // 2 else whole[:_LONGEST_TITLE]}…"

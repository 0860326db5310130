"""Rows of a JSON array or of JSON Lines."""

import json
from pathlib import Path


class UnreadableSuite(Exception):
    """A file is not what its format says; the message names the place."""


def rows(path: Path) -> list[dict[str, object]]:
    """Objects of a file, whichever of the two it is; raises UnreadableSuite."""
    try:
        text = path.read_text("utf-8")
        array = text.lstrip().startswith("[")
        found = json.loads(text) if array else [json.loads(line) for line in text.split("\n") if line.strip()]
    except (OSError, ValueError) as error:
        raise UnreadableSuite(f"{path}: {error}; give a JSON array or JSON Lines") from error
    wrong = next((n for n, row in enumerate(found, 1) if not isinstance(row, dict)), None)
    if wrong is not None:
        raise UnreadableSuite(f"{path}: entry {wrong} is no object")
    return list(found)


def document(path: Path) -> dict[str, object]:
    """The one object of a JSON file; raises UnreadableSuite."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableSuite(f"{path}: {error}; give one JSON object") from error
    if not isinstance(found, dict):
        raise UnreadableSuite(f"{path}: holds no object")
    return dict(found)

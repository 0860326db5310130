"""Items of a run that is not finished yet, so that one that was cut goes on where it stood."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from eval.runs import Item, Json


class Journal:
    """A file of finished items; another configuration has another file."""

    def __init__(self, folder: Path, name: str, configuration: Mapping[str, Json]) -> None:
        text = json.dumps(configuration, ensure_ascii=False, sort_keys=True)
        self._file = folder / f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.jsonl"

    def items(self) -> dict[str, Item]:
        """Finished items by id; a line that was half written is left out."""
        if not self._file.is_file():
            return {}
        lines = self._file.read_text("utf-8", errors="replace").split("\n")
        return {item.id: item for line in lines if (item := _read(line)) is not None}

    def append(self, item: Item) -> None:
        """Keep a finished item."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        torn = self._file.is_file() and not self._file.read_bytes().endswith(b"\n")
        with self._file.open("a", encoding="utf-8") as file:
            file.write(("\n" if torn else "") + json.dumps(asdict(item), ensure_ascii=False) + "\n")

    def remove(self) -> None:
        """Forget the items, once the run is kept."""
        self._file.unlink(missing_ok=True)


def _read(line: str) -> Item | None:
    try:
        return Item(**json.loads(line))
    except (ValueError, TypeError):
        return None

"""Runs being written: items are kept as they are finished, so that a run that was cut goes on where it stood."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from eval.runs import ITEMS, RUN, EvalRun, EvalRuns, Item, Json, folder_of, new_head, write_items, write_json

Progress = Callable[[str, int, int], None]
"""Called with what is done, how much of it and how much there is."""

_BEGUN = "begun.json"


class OpenRun:
    """A run whose items are appended one by one; ``finish`` makes it one of the kept runs."""

    def __init__(self, folder: Path, head: Mapping[str, Json], items: list[Item]) -> None:
        self._folder = folder
        self._head = dict(head)
        self.items = items

    @property
    def id(self) -> str:
        """The run's id, by which it is resumed."""
        return self._folder.name

    @property
    def manifest(self) -> Mapping[str, Json]:
        """What the run was begun with."""
        manifest = self._head["manifest"]
        return manifest if isinstance(manifest, Mapping) else {}

    def append(self, item: Item) -> None:
        """Keep a finished item."""
        with (self._folder / ITEMS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(item), ensure_ascii=False) + "\n")
        self.items.append(item)

    def finish(
        self,
        figures: Mapping[str, float],
        *,
        told: Mapping[str, Json] | None = None,
        order: Sequence[str] | None = None,
    ) -> EvalRun:
        """Write the figures down; ``told`` joins the manifest. The folder is then a run like any other.

        ``order`` are the ids of the items that make up the run, where they were finished in another order or more
        of them than were asked for.
        """
        if order is not None:
            by_id = {item.id: item for item in self.items}
            self.items = [by_id[id_] for id_ in order]
            write_items(self._folder, self.items)
        head = {**self._head, "figures": dict(figures), "manifest": {**self.manifest, **(told or {})}}
        write_json(self._folder / RUN, head)
        (self._folder / _BEGUN).unlink(missing_ok=True)
        return EvalRuns(self._folder.parent).get(str(self._folder))


def begin(folder: Path, kind: str, suite: str, system: str, *, manifest: Mapping[str, Json]) -> OpenRun:
    """Begin a run under the folder of runs."""
    head = new_head(kind, suite, system, manifest)
    own = folder / str(head["id"])
    own.mkdir(parents=True)
    write_json(own / _BEGUN, head)
    write_items(own, ())
    return OpenRun(own, head, [])


def begun_or_new(folder: Path, kind: str, suite: str, system: str, *, manifest: Mapping[str, Json]) -> OpenRun:
    """Go on with the last unfinished run that was begun alike, to the last word of its manifest, or begin one."""
    asked = {"kind": kind, "suite": suite, "system": system, "manifest": dict(manifest)}
    asked = json.loads(json.dumps(asked))
    for begun in sorted(folder.glob(f"*/{_BEGUN}"), reverse=True):
        head = json.loads(begun.read_text("utf-8"))
        if {name: head[name] for name in asked} == asked:
            return _opened(begun.parent)
    return begin(folder, kind, suite, system, manifest=manifest)


def resume(folder: Path, id_: str) -> OpenRun:
    """Go on with a run that was cut. Raises UnknownRun."""
    return _opened(folder_of(folder, id_, holding=_BEGUN, kind="unfinished run"))


def _opened(folder: Path) -> OpenRun:
    """The run of a folder; a line that was half written is dropped, of two items of one id the later is kept."""
    read: dict[str, Item] = {}
    file = folder / ITEMS
    for line in file.read_text("utf-8", errors="replace").split("\n") if file.is_file() else ():
        with suppress(ValueError, TypeError):
            item = Item(**json.loads(line))
            read[item.id] = item
    items = [*read.values()]
    write_items(folder, items)
    return OpenRun(folder, json.loads((folder / _BEGUN).read_text("utf-8")), items)

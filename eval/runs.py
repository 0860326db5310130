"""Runs of evaluations, kept: a manifest and one line an item, so that every figure can be traced and compared.

A run that was cut keeps its finished items and is resumed.
"""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from app.settings import Settings
from eval.directions import is_cost
from eval.errors import EvalError
from eval.json_lines import json_object, records, write_json, write_json_lines
from kg.progress import Progress, untold

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]

_RUN, _BEGUN, _ITEMS = "run.json", "begun.json", "items.jsonl"
"""The files of a run: what it is when it is finished, what it was begun with, and its items."""


class UnknownRun(EvalError):
    """No run of this id or path is kept."""


class Identified(Protocol):
    """A question, a problem or anything else that a run has one item for."""

    @property
    def id(self) -> str:
        """The id of its item."""


Asked = TypeVar("Asked", bound=Identified)


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a run: its figures, the groups it belongs to, and what a reader wants to see of it.

    ``cluster`` names what makes items depend on each other (a document, a template); the item itself by default.
    """

    id: str
    metrics: Mapping[str, float]
    groups: Mapping[str, str] = field(default_factory=dict)
    cluster: str = ""
    detail: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvalRun:
    """A system on a suite; ``figures`` are over all items.

    ``kind`` is retrieval, answers, judge (of answers, two runs at a time), prompts, claims, kinds, pdf or scale.
    """

    id: str
    kind: str
    suite: str
    system: str
    created: str
    figures: Mapping[str, float]
    manifest: Mapping[str, Json]
    items: tuple[Item, ...]

    @property
    def measured(self) -> tuple[str, str, str]:
        """What was measured: kind, suite and system."""
        return self.kind, self.suite, self.system


def quality_metrics(items: Iterable[Item]) -> list[str]:
    """The metrics of items that are not costs, in the order of their first."""
    return [name for name in dict.fromkeys(name for item in items for name in item.metrics) if not is_cost(name)]


class OpenRun:
    """A run whose items are appended one by one; ``finish`` makes it one of the kept runs."""

    def __init__(self, folder: Path, manifest: Mapping[str, Json], items: list[Item]) -> None:
        self._folder = folder
        self.manifest = manifest
        self.items = items

    @property
    def id(self) -> str:
        """The run's id, by which it is resumed."""
        return self._folder.name

    def append(self, item: Item) -> None:
        """Keep a finished item."""
        with (self._folder / _ITEMS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(item), ensure_ascii=False) + "\n")
        self.items.append(item)

    async def fill(
        self,
        asked: Sequence[Asked],
        measure: Callable[[Asked], Awaitable[Item]],
        *,
        stage: str,
        progress: Progress = untold,
        at_once: int = 1,
    ) -> None:
        """Measure all that the run does not hold yet, so many at once, and keep each item as soon as it is there.

        After an error nothing else is begun; it is raised when what had begun has been kept.
        """
        done = {item.id for item in self.items}
        waiting = deque(one for one in asked if one.id not in done)

        def tell() -> None:
            progress(stage, sum(one.id in done for one in asked), len(asked))

        async def work() -> None:
            while waiting:
                one = waiting.popleft()
                try:
                    self.append(await measure(one))
                except BaseException:
                    waiting.clear()
                    raise
                done.add(one.id)
                tell()

        tell()
        ended = await asyncio.gather(*(work() for _ in range(at_once)), return_exceptions=True)
        for error in filter(None, ended):
            raise error

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
        _write_items(self._folder, self.items)
        found = {"figures": dict(figures), "manifest": {**self.manifest, **(told or {})}}
        write_json(self._folder / _RUN, json_object(self._folder / _BEGUN) | found)
        (self._folder / _BEGUN).unlink()
        return _finished(self._folder)


class EvalRuns:
    """The runs of a home, each a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(
        self,
        kind: str,
        suite: str,
        system: str,
        items: Iterable[Item],
        *,
        figures: Mapping[str, float],
        manifest: Mapping[str, Json],
    ) -> EvalRun:
        """Write a whole run down under a new id."""
        run = self.begin(kind, suite, system, manifest=manifest)
        run.items = [*items]
        return run.finish(figures)

    def begin(self, kind: str, suite: str, system: str, *, manifest: Mapping[str, Json]) -> OpenRun:
        """Begin a run under a new id."""
        now = datetime.now(UTC)
        name = f"{now:%Y%m%d-%H%M%S}-{suite}-{system}-{secrets.token_hex(2)}".replace("/", "_").replace(" ", "_")
        created = now.isoformat(timespec="seconds")
        head = {"id": name, "kind": kind, "suite": suite, "system": system, "created": created}
        folder = self._folder / name
        folder.mkdir(parents=True)
        write_json(folder / _BEGUN, {**head, "manifest": dict(manifest)})
        return OpenRun(folder, manifest, [])

    def begun_or_new(self, kind: str, suite: str, system: str, *, manifest: Mapping[str, Json]) -> OpenRun:
        """Resume the last unfinished run that was begun alike, to the last word of its manifest, or begin one."""
        asked = {"kind": kind, "suite": suite, "system": system, "manifest": dict(manifest)}
        asked = json.loads(json.dumps(asked))
        for begun in sorted(self._folder.glob(f"*/{_BEGUN}"), reverse=True):
            head = json_object(begun)
            if {name: head[name] for name in asked} == asked:
                return _resumed(begun.parent)
        return self.begin(kind, suite, system, manifest=manifest)

    def resume(self, id_: str) -> OpenRun:
        """An unfinished run by its id or the start of it; raises UnknownRun."""
        return _resumed(self._folder_of(id_, holding=_BEGUN, kind="unfinished run"))

    def get(self, id_: str) -> EvalRun:
        """A run by its id, the path of its folder, or an unambiguous start of its id; raises UnknownRun."""
        given = Path(id_)
        return _finished(given if (given / _RUN).is_file() else self._folder_of(id_, holding=_RUN, kind="run"))

    def all(self) -> list[EvalRun]:
        """Every finished run, oldest first."""
        return [_finished(path.parent) for path in sorted(self._folder.glob(f"*/{_RUN}"))]

    def _folder_of(self, id_: str, *, holding: str, kind: str) -> Path:
        found = [path.parent for path in self._folder.glob(f"*/{holding}") if path.parent.name.startswith(id_)]
        one = [folder for folder in found if folder.name == id_] or found
        if len(one) != 1:
            what = f"more than one {kind} begins with" if found else f"no {kind} is called"
            raise UnknownRun(f"{what} {id_!r} in {self._folder}; `jianxi eval runs` lists the kept ones")
        return one[0]


def kept_runs(settings: Settings | None = None) -> EvalRuns:
    """The runs of the home that the settings name."""
    return EvalRuns((settings or Settings()).home_path / "eval" / "runs")


def _resumed(folder: Path) -> OpenRun:
    """A half-written line is dropped, of two items of one id the later is kept."""
    file = folder / _ITEMS
    read: dict[str, Item] = {}
    for line in file.read_text("utf-8", errors="replace").split("\n") if file.is_file() else ():
        with suppress(ValueError, TypeError):
            item = Item(**json.loads(line))
            read[item.id] = item
    items = [*read.values()]
    _write_items(folder, items)
    return OpenRun(folder, json_object(folder / _BEGUN)["manifest"], items)


def _finished(folder: Path) -> EvalRun:
    items = records(folder / _ITEMS, lambda _, row: Item(**row))
    return EvalRun(**json_object(folder / _RUN), items=tuple(items))


def _write_items(folder: Path, items: Iterable[Item]) -> None:
    write_json_lines(folder / _ITEMS, map(asdict, items))

"""Runs of evaluations, kept: a manifest and one line an item, so that every figure can be traced and compared."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from eval.errors import EvalError

RUN, ITEMS = "run.json", "items.jsonl"
"""The files of a run."""

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]


class UnknownRun(EvalError):
    """No run of this id or path is kept."""


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

    ``kind`` is retrieval, answers, judge (of answers, two runs at a time), prompts, pdf or scale.
    """

    id: str
    kind: str
    suite: str
    system: str
    created: str
    figures: Mapping[str, float]
    manifest: Mapping[str, Json]
    items: tuple[Item, ...]


class EvalRuns:
    """The runs of a home, each a folder with ``run.json`` and ``items.jsonl``."""

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
        """Write a run down under a new id."""
        head = new_head(kind, suite, system, manifest)
        folder = self._folder / str(head["id"])
        folder.mkdir(parents=True)
        write_items(folder, items)
        write_json(folder / RUN, {**head, "figures": dict(figures)})
        return _read(folder)

    def get(self, id_: str) -> EvalRun:
        """A run by its id, the path of its folder, or an unambiguous start of its id; raises UnknownRun."""
        given = Path(id_)
        if (given / RUN).is_file():
            return _read(given)
        found = [f for f in self._folders() if f.name.startswith(id_)]
        exact = [f for f in found if f.name == id_]
        if len(exact or found) != 1:
            what = "more than one run begins with" if found else "no run is called"
            raise UnknownRun(f"{what} {id_!r} in {self._folder}; `jianxi eval runs` lists them")
        return _read((exact or found)[0])

    def all(self) -> list[EvalRun]:
        """Every run, oldest first."""
        return [_read(folder) for folder in self._folders()]

    def _folders(self) -> list[Path]:
        return sorted(p.parent for p in self._folder.glob(f"*/{RUN}"))


def new_head(kind: str, suite: str, system: str, manifest: Mapping[str, Json]) -> dict[str, Json]:
    """What a run is known by, with a new id."""
    now = datetime.now(UTC)
    return {
        "id": f"{now:%Y%m%d-%H%M%S}-{suite}-{system}-{secrets.token_hex(2)}".replace("/", "_").replace(" ", "_"),
        "kind": kind,
        "suite": suite,
        "system": system,
        "created": now.isoformat(timespec="seconds"),
        "manifest": dict(manifest),
    }


def write_items(folder: Path, items: Iterable[Item]) -> None:
    """Write the items of a run, one a line."""
    lines = (json.dumps(asdict(item), ensure_ascii=False) for item in items)
    (folder / ITEMS).write_text("".join(f"{line}\n" for line in lines), "utf-8")


def write_json(path: Path, value: Mapping[str, Json]) -> None:
    """Write what stands beside the items."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _read(folder: Path) -> EvalRun:
    head = json.loads((folder / RUN).read_text("utf-8"))
    lines = (folder / ITEMS).read_text("utf-8").split("\n")
    return EvalRun(**head, items=tuple(Item(**json.loads(line)) for line in lines if line))

"""Runs of evaluations, kept: a manifest and one line an item, so that every figure can be traced and compared."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from eval.errors import EvalError
from eval.json_lines import write_json_lines

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
        return _read(given if (given / RUN).is_file() else folder_of(self._folder, id_, holding=RUN))

    def all(self) -> list[EvalRun]:
        """Every run, oldest first."""
        return [_read(path.parent) for path in sorted(self._folder.glob(f"*/{RUN}"))]


def kept_runs() -> EvalRuns:
    """Those of the home that the settings name."""
    from app.settings import Settings

    return EvalRuns(Settings().home_path / "eval" / "runs")


def folder_of(runs: Path, id_: str, *, holding: str, kind: str = "run") -> Path:
    """The one folder that is named so, or begins so, and holds a file; raises UnknownRun."""
    found = [path.parent for path in runs.glob(f"*/{holding}") if path.parent.name.startswith(id_)]
    one = [folder for folder in found if folder.name == id_] or found
    if len(one) != 1:
        what = f"more than one {kind} begins with" if found else f"no {kind} is called"
        raise UnknownRun(f"{what} {id_!r} in {runs}; `jianxi eval runs` lists the kept ones")
    return one[0]


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
    write_json_lines(folder / ITEMS, map(asdict, items))


def write_json(path: Path, value: Mapping[str, Json]) -> None:
    """Write what stands beside the items."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _read(folder: Path) -> EvalRun:
    head = json.loads((folder / RUN).read_text("utf-8"))
    lines = (folder / ITEMS).read_text("utf-8").split("\n")
    return EvalRun(**head, items=tuple(Item(**json.loads(line)) for line in lines if line))

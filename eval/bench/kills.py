"""Kills (-9) at random moments of ingestion, import and a service that is edited; then the home is examined.

A command is resumed by the same command, a service is started again.
"""

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from eval.answers.suites import read_ecs
from eval.bench.commands import run, start
from eval.bench.service_kills import Seen, kill_service
from eval.bench.wholeness import contents_of, flaws
from models.e5 import BundledE5, bundled_weights

_PER_HOME = 5
_RECORDS_A_FILE = 12


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is brought in: a folder to ingest, a folder of tables with its mapping, questions to compare by."""

    documents: Path
    tables: Path
    mapping: str
    queries: Sequence[str]

    @property
    def commands(self) -> tuple[tuple[str, ...], ...]:
        """The commands that are killed."""
        return (
            ("ingest", str(self.documents), "--json"),
            ("kg", "import", str(self.tables), "--mapping", self.mapping, "--json"),
        )


@dataclass(slots=True)
class Result:
    """What the kills left."""

    kills: int = 0
    homes: int = 0
    ended_before: int = 0
    killed_at_s: dict[str, list[float]] = field(default_factory=dict)
    reference_s: dict[str, float] = field(default_factory=dict)
    documents: int = 0
    entities: int = 0
    relations: int = 0
    services: Seen = field(default_factory=Seen)
    flaws: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def to_json(self) -> dict[str, object]:
        """A JSON object; ``holds`` tells whether every home was whole and every service soon ready again."""
        worst_s = max(self.services.ready_s, default=None)
        return {**asdict(self), "worst_ready_s": worst_s, "holds": self.kills > 0 and not self.flaws}


async def measure(inputs: Inputs, folder: Path, *, kills: int, seed: int, per_home: int = _PER_HOME) -> Result:
    """Kill and resume until ``kills`` processes were killed; every home is examined against one never disturbed.

    In every other home the commands are killed, in the others a service, which has a copy of the undisturbed home.
    """
    began = time.perf_counter()
    drawn = random.Random(seed)  # noqa: S311 - moments, not secrets
    embedder = BundledE5(bundled_weights())
    result = Result()
    reference = folder / "reference"
    for command in inputs.commands:
        result.reference_s[command[0]] = round(run(reference, *command).checked().seconds, 2)
    expected = await contents_of(reference, embedder)
    result.documents, result.entities, result.relations = map(len, expected.values())
    result.flaws += [f"undisturbed: {f}" for f in await flaws(reference, expected, inputs.queries, embedder)]
    while result.kills < kills:
        home = folder / f"home-{result.homes}"
        result.homes += 1
        if result.homes % 2:
            # The order changes from home to home: documents find their entities whichever comes first.
            commands = inputs.commands if result.homes % 4 == 1 else inputs.commands[::-1]
            _disturb_commands(result, home, commands, drawn, kills, per_home)
        else:
            _disturb_service(result, reference, home, drawn, min(kills - result.kills, per_home + per_home // 2 + 1))
        result.flaws += [f"{home.name}: {f}" for f in await flaws(home, expected, inputs.queries, embedder)]
        sys.stderr.write(f"{result.kills} kills, {result.homes} homes, {len(result.flaws)} flaws\n")
    result.seconds = round(time.perf_counter() - began, 1)
    return result


def _disturb_commands(
    result: Result, home: Path, commands: Sequence[tuple[str, ...]], drawn: random.Random, kills: int, per_home: int
) -> None:
    """Kill each command some times, then let it end."""
    for number, command in enumerate(commands, 1):
        wanted = min(kills - result.kills, per_home if number == 1 else per_home // 2 + 1)
        _disturb(result, home, command, drawn, wanted)
        ended = run(home, *command)
        if ended.code != 0:
            result.flaws.append(f"{home.name}: {command[0]} does not go on: {(ended.err or ended.out)[-500:]}")


def _disturb_service(result: Result, reference: Path, home: Path, drawn: random.Random, kills: int) -> None:
    """Kill a service some times, then rebuild the indexes that it leaves."""
    shutil.copytree(reference, home)
    seen = result.services
    before = seen.kills
    result.flaws += [f"{home.name}: {flaw}" for flaw in kill_service(home, drawn, kills, seen)]
    result.kills += seen.kills - before
    ended = run(home, "index", "rebuild", "--json")
    if ended.code != 0:
        result.flaws.append(f"{home.name}: index rebuild does not end: {(ended.err or ended.out)[-500:]}")


def _disturb(result: Result, home: Path, command: Sequence[str], drawn: random.Random, kills: int) -> None:
    """Kill a command at up to ``kills`` moments, spread over the time it takes when it is left alone."""
    home.mkdir(parents=True, exist_ok=True)
    for _ in range(kills):
        moment = drawn.uniform(0.1, result.reference_s[command[0]])
        process = start(home, *command, log=home / "killed.log")
        with suppress(subprocess.TimeoutExpired):
            process.wait(moment)
        process.kill()
        if process.wait() != -signal.SIGKILL:
            result.ended_before += 1
            return
        result.kills += 1
        result.killed_at_s.setdefault(command[0], []).append(round(moment, 2))


def real_inputs(data: Path, folder: Path) -> Inputs:
    """The glymphatic abstracts in files of a dozen records, HerbiV, and questions about them."""
    documents = folder / "documents"
    documents.mkdir()
    lines = (data / "papers/glymphatic_abstracts/corpus.jsonl").read_text("utf-8").splitlines(keepends=True)
    for first in range(0, len(lines), _RECORDS_A_FILE):
        text = "".join(lines[first : first + _RECORDS_A_FILE])
        (documents / f"records-{first:04d}.jsonl").write_text(text, "utf-8")
    queries = [question.text for question in read_ecs(data).questions[::8]]
    return Inputs(documents, data / "kg/herbiv", "herbiv", [*queries, "丹参含有哪些成分？", "当归 黄芪 方剂"])

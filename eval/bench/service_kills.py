"""Kills (-9) of a service during edits over HTTP, every other one aimed at the exchange of an index snapshot."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import httpx

from eval.bench.commands import free_port, start, wait_until_answered
from eval.bench.edits import Edits
from retrieval.errors import RetrievalError
from retrieval.index.snapshots import BUILDING, REBUILDING, Snapshots

READY_S = 30.0
"""Longest time from a start until ``/ready`` says yes."""

_WAIT_S = 120.0
_LONGEST_S, _AIM_S = 8.0, 20.0
_LOOK_S = 0.002
_SETTINGS = {"chat": "extractive"}
_MARGIN_S = 0.1
"""Time after the switch in which earlier snapshots are dropped."""

NOT_SEEN, BEFORE, BETWEEN, AFTER = "not seen", "before renaming", "before the switch", "after the switch"


@dataclass(slots=True)
class Seen:
    """What was seen of the services that were killed."""

    kills: int = 0
    ready_s: list[float] = field(default_factory=list)
    """Seconds from each start after a kill until the service was ready."""
    acknowledged: int = 0
    """Edits that a service acknowledged."""
    exchange_s: float = 0.0
    """Seconds of the longest exchange that was left alone, from the manifest on."""
    exchanges: dict[str, int] = field(default_factory=lambda: dict.fromkeys((NOT_SEEN, BEFORE, BETWEEN, AFTER), 0))
    """How far the exchanges were at which a kill was aimed."""


def kill_service(home: Path, drawn: random.Random, kills: int, seen: Seen) -> list[str]:
    """Kill a service and start it again, ``kills`` times; returns what was wrong.

    All that its client has added is deleted in the end.
    """
    port = free_port()
    edits, before = Edits(), seen.kills
    process = _started(home, port)
    try:
        wait_until_answered(f"{_url(port)}/ready", _WAIT_S)
        seen.exchange_s = max(seen.exchange_s, _exchange_s(home, port, edits))
        for number in range(kills):
            if number % 2:
                seen.exchanges[_killed_in_exchange(home, port, process, edits, drawn.uniform(0, seen.exchange_s))] += 1
            else:
                _killed(port, process, edits, drawn.uniform(0.1, _LONGEST_S))
            seen.kills += 1
            edits.flaws += torn(home / "indexes")
            process = _started(home, port)
            seen.ready_s.append(round(wait_until_answered(f"{_url(port)}/ready", _WAIT_S), 2))
            if seen.ready_s[-1] > READY_S:
                edits.flaws.append(f"ready after {seen.ready_s[-1]} s")
            with _client(port) as client:
                edits.settle(client)
        with _client(port) as client:
            while edits.there and not edits.flaws:
                edits.delete(client, edits.there[0])
                edits.settle(client)
        process.terminate()
        process.wait(60)
    except (httpx.HTTPError, RuntimeError) as error:
        if seen.kills == before:
            raise
        edits.flaws.append(f"{type(error).__name__}: {error}")
    finally:
        _kill(process)
    seen.acknowledged += edits.acknowledged
    return edits.flaws


def torn(indexes: Path) -> list[str]:
    """What is wrong with the files of the current snapshot and those that it changes."""
    try:
        Snapshots(indexes).chain()
    except RetrievalError as error:
        return [f"a torn index is current: {error}"]
    return []


def awaited_exchange(indexes: Path, since: float, limit_s: float) -> str | None:
    """The name of the next snapshot as soon as it is complete and not yet in its place; None where none comes.

    ``since`` is a time; one that was left over from before it does not count.
    """
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        for manifest in (indexes / "snapshots").glob(".*/manifest.json"):
            try:
                if manifest.stat().st_mtime > since:
                    return manifest.parent.name[1:].removesuffix(BUILDING).removesuffix(REBUILDING)
            except FileNotFoundError:
                continue
        time.sleep(_LOOK_S)
    return None


def stage_of(indexes: Path, name: str | None) -> str:
    """How far the exchange with a snapshot of this name went."""
    if name is None:
        return NOT_SEEN
    snapshots = Snapshots(indexes)
    if snapshots.current_name() == name:
        return AFTER
    return BETWEEN if snapshots.folder_of(name).exists() else BEFORE


def _exchange_s(home: Path, port: int, edits: Edits) -> float:
    """Seconds of an exchange that is left alone, with the dropping of earlier snapshots."""
    indexes, since = home / "indexes", time.time()
    with _client(port) as client:
        adding = Thread(target=edits.add_one, args=(client,))
        adding.start()
        name, began = awaited_exchange(indexes, since, _WAIT_S), time.monotonic()
        while name is not None and Snapshots(indexes).current_name() != name and adding.is_alive():
            time.sleep(_LOOK_S)
        took = time.monotonic() - began
        adding.join()
    return took + _MARGIN_S


def _killed(port: int, process: "subprocess.Popen[bytes]", edits: Edits, moment_s: float) -> None:
    """Kill at a moment of the edits."""
    with _editing(port, process, edits):
        time.sleep(moment_s)


def _killed_in_exchange(
    home: Path, port: int, process: "subprocess.Popen[bytes]", edits: Edits, moment_s: float
) -> str:
    """Kill at a moment of an exchange; gives how far it was."""
    since = time.time()
    with _editing(port, process, edits):
        name = awaited_exchange(home / "indexes", since, _AIM_S)
        time.sleep(moment_s)
    return stage_of(home / "indexes", name)


@contextmanager
def _editing(port: int, process: "subprocess.Popen[bytes]", edits: Edits) -> Iterator[None]:
    """A client edits during the block; at its end the service is killed."""
    with _client(port) as client:
        editing = Thread(target=edits.go_on, args=(client,))
        editing.start()
        yield
        if process.poll() is not None:
            edits.flaws.append("the service has ended by itself; its log is killed.log in the home")
        _kill(process)
        editing.join()


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill the service and its worker (-9), where they live."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _started(home: Path, port: int) -> "subprocess.Popen[bytes]":
    return start(home, "serve", "--port", str(port), log=home / "killed.log", settings=_SETTINGS)


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _client(port: int) -> httpx.Client:
    return httpx.Client(base_url=_url(port), timeout=60, trust_env=False)

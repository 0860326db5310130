"""The program's own commands as child processes on a home."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx

from eval.memory import tree_bytes

_PROGRAM = Path(sys.executable).with_name("jianxi")


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str
    seconds: float

    def checked(self) -> Self:
        """Itself; raises RuntimeError where it failed."""
        if self.code != 0:
            raise RuntimeError(f"exit code {self.code}: {self.err.strip()[-2000:] or self.out[-2000:]}")
        return self

    def json(self) -> dict[str, Any]:
        """The JSON document it printed; raises RuntimeError where it failed."""
        return dict(json.loads(self.checked().out))


def arguments(home: Path, *words: str, settings: Mapping[str, str] | None = None) -> list[str]:
    """The command line of a command; ``settings`` are variables without their prefix."""
    given = [f"JIANXI_{name.upper()}={value}" for name, value in {"home": str(home), **(settings or {})}.items()]
    return ["env", *given, str(_PROGRAM), *words]


def run(home: Path, *words: str, timeout_s: float = 3600, settings: Mapping[str, str] | None = None) -> Ran:
    """Run a command to its end."""
    began = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - the program itself
        arguments(home, *words, settings=settings), capture_output=True, text=True, timeout=timeout_s, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr, time.perf_counter() - began)


def start(home: Path, *words: str, log: Path, settings: Mapping[str, str] | None = None) -> "subprocess.Popen[bytes]":
    """Start a command in a process group of its own; what it prints goes to ``log``."""
    with log.open("ab") as sink:
        return subprocess.Popen(  # noqa: S603 - the program itself
            arguments(home, *words, settings=settings), stdout=sink, stderr=subprocess.STDOUT, start_new_session=True
        )


@dataclass(frozen=True, slots=True)
class Service:
    """A service that answers, and the seconds from its start until it did."""

    pid: int
    url: str
    health_s: float

    def resident_bytes(self) -> int:
        """Memory that the process and its children hold."""
        return tree_bytes(self.pid)


@contextmanager
def served(home: Path, folder: Path, *, settings: Mapping[str, str]) -> Iterator[Service]:
    """A service on a home, on a free port, which ends with the block; its log is in ``folder``."""
    port = free_port()
    began, url = time.perf_counter(), f"http://127.0.0.1:{port}"
    process = start(home, "serve", "--port", str(port), log=folder / "service.log", settings=settings)
    try:
        wait_until_answered(f"{url}/health", 60)
        yield Service(process.pid, url, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(30)


def wait_until_answered(url: str, limit_s: float) -> float:
    """Ask until the answer is 200; returns the seconds it took, raises RuntimeError where none is in time."""
    began = time.monotonic()
    with httpx.Client(timeout=5, trust_env=False) as client:
        while time.monotonic() < began + limit_s:
            with suppress(httpx.TransportError):
                if client.get(url).status_code == 200:
                    return time.monotonic() - began
            time.sleep(0.02)
    raise RuntimeError(f"{url} does not answer within {limit_s:g} s")


def free_port() -> int:
    """A port on loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""What all tests share: no network but loopback, an own home, the bundled ontology, the shared data's place."""

import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from kg.ontology import Ontology, load_domain

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_REAL_CONNECT = socket.socket.connect


def _loopback_only(self: socket.socket, address: object) -> None:
    if isinstance(address, tuple) and str(address[0]) not in {"127.0.0.1", "::1", "localhost"}:
        raise OSError(f"tests may not reach {address[0]}")
    _REAL_CONNECT(self, address)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _loopback_only)


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [
        n for n in os.environ if n.startswith("JIANXI_") and n not in {"JIANXI_WEIGHTS", "JIANXI_SHARED_DATA"}
    ]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("JIANXI_HOME", str(tmp_path / "home"))


@pytest.fixture(autouse=True)
def _no_log_to_a_closed_stream() -> Iterator[None]:
    """The library of jobs logs to the standard error that its first test had; ``capsys`` closes it with that test."""
    yield
    logging.getLogger("dbos").handlers.clear()


@pytest.fixture(scope="session")
def ontology() -> Ontology:
    return load_domain("ecs_tcm").ontology


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; tests that need it are skipped without it."""
    folder = os.environ.get("JIANXI_SHARED_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("JIANXI_SHARED_DATA does not name the folder of evaluation data (see eval/README.md)")
    return Path(folder)

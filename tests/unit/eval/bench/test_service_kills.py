"""How far the exchange of a snapshot is, as its folders tell."""

import time
from pathlib import Path

from eval.bench.service_kills import AFTER, BEFORE, BETWEEN, NOT_SEEN, awaited_exchange, stage_of, torn


def finished(indexes: Path, name: str) -> Path:
    """A snapshot that is complete and not yet in its place."""
    building = indexes / "snapshots" / f".{name}.building"
    building.mkdir(parents=True)
    (building / "manifest.json").write_text("{}")
    return building


def test_an_exchange_is_followed_from_the_manifest_to_the_switch(tmp_path: Path) -> None:
    since = time.time() - 1
    building = finished(tmp_path, "00000002-ab")
    name = awaited_exchange(tmp_path, since, 1)
    assert name == "00000002-ab"
    assert stage_of(tmp_path, name) == BEFORE
    building.rename(tmp_path / "snapshots" / name)
    assert stage_of(tmp_path, name) == BETWEEN
    (tmp_path / "CURRENT").write_text(f"{name}\n")
    assert stage_of(tmp_path, name) == AFTER


def test_what_an_earlier_kill_left_is_no_exchange(tmp_path: Path) -> None:
    finished(tmp_path, "00000002-ab")
    assert awaited_exchange(tmp_path, time.time() + 1, 0.01) is None
    assert stage_of(tmp_path, None) == NOT_SEEN


def test_a_current_snapshot_that_is_not_whole_is_torn(tmp_path: Path) -> None:
    assert torn(tmp_path) == ["a torn index is current: nothing has been indexed; add documents with `jianxi ingest`"]

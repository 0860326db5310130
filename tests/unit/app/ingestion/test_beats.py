"""How far a job is, as other processes read it."""

from pathlib import Path

from app.ingestion.beats import Beats
from app.ingestion.domain import JobProgress


def test_what_one_process_tells_another_reads(tmp_path: Path) -> None:
    Beats(tmp_path).write({"a": JobProgress("indexing", files=3, files_total=4)})
    assert Beats(tmp_path).of("a") == JobProgress("indexing", files=3, files_total=4)


def test_of_a_job_that_is_not_told_of_nothing_is_known(tmp_path: Path) -> None:
    assert Beats(tmp_path).of("a") is None
    Beats(tmp_path).write({"b": JobProgress()})
    assert Beats(tmp_path).of("a") is None


def test_a_file_that_another_version_wrote_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "jobs.progress.json").write_text('{"a": {"unknown": 1}, "b": [')
    assert Beats(tmp_path).of("a") is None
    (tmp_path / "jobs.progress.json").write_text('{"a": {"unknown": 1}}')
    assert Beats(tmp_path).of("a") is None

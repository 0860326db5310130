"""The signs of life of running jobs: how far each is, kept in a file of the home for other processes."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from app.ingestion.domain import JobProgress


class Beats:
    """Written by the process that works, every second while it does; read by any other."""

    def __init__(self, home: Path) -> None:
        self._file = home / "jobs.progress.json"

    def write(self, progress: Mapping[str, JobProgress]) -> None:
        """Replace what is told; raises OSError."""
        partial = self._file.with_suffix(".partial")
        partial.write_text(json.dumps({id_: asdict(its) for id_, its in progress.items()}), "utf-8")
        partial.replace(self._file)

    def of(self, id_: str) -> JobProgress | None:
        """How far a job was when it was last told of; None where nothing is known."""
        try:
            return JobProgress(**json.loads(self._file.read_text("utf-8"))[id_])
        except (OSError, ValueError, KeyError, TypeError):
            return None

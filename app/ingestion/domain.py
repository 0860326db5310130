"""The values of ingestion: jobs, their progress and the outcome of each file."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from os.path import commonpath
from typing import Any

from kg.documents.parse import READS

INCLUDE_CURE = (
    "`jianxi ingest --include PATTERN` (HTTP: `?include=PATTERN`) takes text and pictures of text that were skipped "
    "for their names"
)


class FileStatus(StrEnum):
    """What came of one file."""

    ADDED = "added"
    KNOWN = "known"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """The outcome of one file: documents added, records already known, the problem and its cure.

    ``removed`` are documents that the file held when it was read before, and does not hold any more.
    """

    path: str
    status: FileStatus
    documents: int = 0
    known: int = 0
    replaced: int = 0
    removed: int = 0
    passages: int = 0
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str | None = None
    kind: str | None = None


def summary_of(
    files: Sequence[FileOutcome], seconds: float, revision: int, *, skipped: Sequence[dict[str, str]] = ()
) -> dict[str, Any]:
    """The result of a job as JSON: what came of its files, which were skipped, and the revision of the indexes."""
    counts = Counter(f.status for f in files)
    notice = ""
    if counts[FileStatus.FAILED] + counts[FileStatus.SKIPPED] == len(files) and (files or skipped):
        where = commonpath([*(f.path for f in files), *(one["path"] for one in skipped)]) or "the upload"
        cure = f"; {INCLUDE_CURE}" if skipped else ""
        notice = f"nothing could be read in {where}; files that are read are {READS}{cure}"
    return {
        "notice": notice,
        "documents": sum(f.documents for f in files),
        "passages": sum(f.passages for f in files),
        "known": sum(f.known for f in files),
        "replaced": sum(f.replaced for f in files),
        "removed": sum(f.removed for f in files),
        "files": {s.value: counts[s] for s in FileStatus if s is not FileStatus.SKIPPED},
        "failures": [asdict(f) for f in files if f.status is FileStatus.FAILED or f.problems],
        "skipped": [*skipped, *({"path": f.path, "why": f.error} for f in files if f.status is FileStatus.SKIPPED)],
        "warnings": [{"path": f.path, "warnings": list(f.warnings)} for f in files if f.warnings],
        "seconds": round(seconds, 2),
        "revision": revision,
    }


def nothing_read(summary: dict[str, Any]) -> bool:
    """Whether every file of the job failed or was skipped."""
    files = summary["files"]
    return bool(files["failed"] or summary.get("skipped")) and not files["added"] + files["known"]


@dataclass(slots=True)
class JobProgress:
    """The progress of a job; ``stage`` is ``parsing``, ``indexing`` (also between files of a long job) or ``done``."""

    stage: str = "parsing"
    files: int = 0
    files_total: int = 0
    documents: int = 0
    passages: int = 0
    failed: int = 0
    embedded: int = 0
    to_embed: int = 0

    def count(self, done: Sequence[FileOutcome]) -> None:
        """Set the numbers to those of the files that are done, in this process or in one before it."""
        self.files = len(done)
        self.documents = sum(f.documents for f in done)
        self.passages = sum(f.passages for f in done)
        self.failed = sum(f.status is FileStatus.FAILED for f in done)


@dataclass(frozen=True, slots=True)
class Job:
    """The public state of a job; ``status`` is ``waiting``, ``running``, ``succeeded``, ``failed`` or ``cancelled``."""

    id: str
    status: str
    created: str
    progress: JobProgress
    summary: dict[str, Any] | None = None
    error: str | None = None
    request: dict[str, Any] = field(default_factory=dict)

"""The values of ingestion: jobs, their progress and the outcome of each file."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from os.path import commonpath
from typing import Any

from kg.documents.parse import READS


class FileStatus(StrEnum):
    """What came of one file."""

    ADDED = "added"
    KNOWN = "known"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """The outcome of one file: documents added, records already known, the problem and its cure."""

    path: str
    status: FileStatus
    documents: int = 0
    known: int = 0
    passages: int = 0
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str | None = None
    kind: str | None = None

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "FileOutcome":
        """Parse what ``to_json`` wrote."""
        known = {f.name for f in fields(cls)}
        kept: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in known}
        return cls(**{**kept, "status": FileStatus(data["status"])})


@dataclass(frozen=True, slots=True)
class JobSummary:
    """The result of a job: the outcome of every file, and the revision of the indexes."""

    files: tuple[FileOutcome, ...]
    seconds: float = 0.0
    revision: int = 0

    def count(self, status: FileStatus) -> int:
        """How many files ended so."""
        return sum(f.status is status for f in self.files)

    @property
    def documents(self) -> int:
        """Documents that went in."""
        return sum(f.documents for f in self.files)

    @property
    def failures(self) -> Sequence[FileOutcome]:
        """Files that failed, wholly or in part."""
        return [f for f in self.files if f.status is FileStatus.FAILED or f.problems]

    @property
    def notice(self) -> str:
        """That nothing could be read, where nothing could."""
        if not self.files or self.count(FileStatus.FAILED) < len(self.files):
            return ""
        return f"nothing could be read in {commonpath(f.path for f in self.files)}; files that are read are {READS}"

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "notice": self.notice,
            "documents": self.documents,
            "passages": sum(f.passages for f in self.files),
            "known": sum(f.known for f in self.files),
            "files": {s.value: self.count(s) for s in FileStatus},
            "failures": [f.to_json() for f in self.failures],
            "warnings": [{"path": f.path, "warnings": list(f.warnings)} for f in self.files if f.warnings],
            "seconds": round(self.seconds, 2),
            "revision": self.revision,
        }


@dataclass(slots=True)
class JobProgress:
    """The progress of a job; ``stage`` is ``parsing``, ``indexing`` or ``done``."""

    stage: str = "parsing"
    files: int = 0
    files_total: int = 0
    documents: int = 0
    passages: int = 0
    failed: int = 0
    embedded: int = 0
    to_embed: int = 0


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

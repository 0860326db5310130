"""The values of the operational state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias, Union

Json: TypeAlias = Union[bool, int, float, str, Sequence["Json"], Mapping[str, "Json"], None]  # noqa: UP007
JsonObject: TypeAlias = Mapping[str, Json]


class RunStatus(StrEnum):
    """The status of a run; ``cancelling`` asks the process that answers it to stop."""

    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def final(self) -> bool:
        """Whether the run has ended."""
        return self not in {RunStatus.RUNNING, RunStatus.CANCELLING}


class FeedbackKind(StrEnum):
    """The kind of a reader's feedback on an answer or on one of its sentences."""

    WRONG_FACT = "wrong_fact"
    MISSING = "missing"
    BAD_SOURCE = "bad_source"
    WORDING = "wording"
    UNSAFE = "unsafe"
    HELPFUL = "helpful"


class Role(StrEnum):
    """The permissions of a key; each role includes the ones before it."""

    READER = "reader"
    EXPERT = "expert"
    ENGINEER = "engineer"

    def includes(self, other: "Role") -> bool:
        """Whether this role may do what ``other`` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a run that its reader sees; ``number`` counts from 1 within the run."""

    number: int
    name: str
    data: JsonObject


@dataclass(frozen=True, slots=True)
class Run:
    """One question; ``answer`` and ``manifest`` are set when the run is finished. Times are ISO 8601 in UTC.

    ``worker`` names the process that answers it, which renews ``lease_until`` (seconds since the epoch) while it lives.
    """

    id: str
    question: str
    status: RunStatus
    created_at: str
    worker: str
    lease_until: float
    owner: str | None = None
    sufficiency: str | None = None
    answer: JsonObject | None = None
    manifest: JsonObject | None = None
    finished_at: str | None = None


@dataclass(frozen=True, slots=True)
class FeedbackEntry:
    """One remark of a reader; ``sentence`` counts from 0 and is None for the whole answer."""

    id: int
    run: str
    kind: FeedbackKind
    created_at: str
    sentence: int | None = None
    comment: str = ""
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as it may be shown: never its secret. One that does not expire is closed only by revoking it."""

    id: str
    name: str
    role: Role
    created_at: str
    revoked_at: str | None = None
    expires_at: str | None = None

    def open_at(self, time: str) -> bool:
        """Whether it opens at a time, given as ``expires_at`` is."""
        return self.revoked_at is None and (self.expires_at is None or time < self.expires_at)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made; ``secret`` is shown once and kept nowhere."""

    key: Key
    secret: str = field(repr=False)

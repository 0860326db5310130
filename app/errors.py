"""What can go wrong in a use case.

AppError
├── InvalidSetting          a setting has a value that cannot be used; names the variable and the choices
├── InvalidMessages         a file of messages is wrong; names file and line
├── InvalidRequest          a request cannot be served as it is; ``code`` names the reason, the message the cure
├── UnknownRun              no such run, or it belongs to another reader
├── UnknownKey              no such API key
├── TooManyRuns            one key has as many unfinished runs, or searches, as it may
├── ServiceFull            all keys together have as many unfinished runs, or searches, as the service takes
├── RunUnfinished           a run has no manifest because it never finished; ask again
├── RunUnreadable           a run's manifest was written by another version; ask again
└── StateError              the operational state (runs, feedback, keys)
    ├── StateUnavailable    the database cannot be reached now
    ├── StateBusy           another process has locked the database for too long
    ├── StateFull           the disk is full; nothing of the transaction was kept
    ├── StateConflict       two writers made the same row, or a row refers to a missing one
    ├── StateNewer          the database was written by a newer program
    └── StateRejected       the database refused a statement; a defect of the program, reported with its cause
"""

from collections.abc import Sequence

WHAT_TO_DO = "try again later, or ask the one who runs the service: its log tells why"
"""What a reader is told in the place of a cause that names addresses or paths."""


class AppError(Exception):
    """Something went wrong in a use case."""


class InvalidSetting(AppError):
    """A setting has a value that cannot be used."""

    def __init__(self, variable: str, choices: str) -> None:
        super().__init__(f"{variable} has a value that cannot be used; it is {choices}")
        self.variable = variable


class InvalidMessages(AppError):
    """A file of messages is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class InvalidRequest(AppError):
    """A request cannot be served as it is; ``field`` is where: ``body.n``, ``query.limit``."""

    def __init__(self, code: str, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


class UnknownRun(AppError):
    """No such run for this reader."""

    def __init__(self, run: str) -> None:
        super().__init__(f"no run {run!r}")
        self.run = run


class UnknownKey(AppError):
    """No such API key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no API key {key!r}; `jianxi keys list` shows those that exist")
        self.key = key


class TooManyRuns(AppError):
    """One key has as many unfinished runs, or searches, as it may."""

    def __init__(self, most: int, what: str = "questions") -> None:
        super().__init__(f"{most} {what} of this key are being answered already; wait for one of them to end")


class ServiceFull(AppError):
    """All keys together have as many unfinished runs, or searches, as the service takes."""

    def __init__(self, most: int, what: str = "questions") -> None:
        super().__init__(f"{most} {what} are being answered already; try again in a few seconds")


class RunUnfinished(AppError):
    """A run that never finished has nothing to replay."""

    def __init__(self, run: str, status: str) -> None:
        super().__init__(f"run {run!r} is {status} and kept no manifest; ask the question again")
        self.run = run
        self.status = status


class RunUnreadable(AppError):
    """A stored run has a manifest of another form, as another version of the service writes."""

    def __init__(self, run: str, reason: str) -> None:
        super().__init__(f"the manifest of run {run!r} cannot be read ({reason}); ask the question again")
        self.run = run


class StateError(AppError):
    """Something went wrong with the operational state."""


class StateUnavailable(StateError):
    """The database cannot be reached now."""


class StateBusy(StateError):
    """Another process has locked the database for too long."""


class StateFull(StateError):
    """The disk is full."""


class StateConflict(StateError):
    """A row exists already, or refers to a missing one."""


class StateNewer(StateError):
    """The database was written by a newer program."""


class StateRejected(StateError):
    """The database refused a statement."""

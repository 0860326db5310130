"""What can go wrong in an evaluation.

EvalError
├── UnknownRun          no run of this id or path is kept (eval.runs)
├── UnknownSuite        no suite of this name; names those there are
├── MissingData         a file of a suite is not there; names it and the cure
├── BrokenData          a file of a suite is wrong; names file and line
├── NotBuilt            a suite's corpus did not go into its home whole
├── NotComparable       two runs did not measure the same
└── BrokenBaseline      a baseline cannot be read, or nothing answers to it
"""

from pathlib import Path

from app.errors import AppError


class EvalError(AppError):
    """Something went wrong in an evaluation."""


class UnknownSuite(EvalError):
    """No suite of this name."""


class MissingData(EvalError):
    """A file of a suite is not there."""


class BrokenData(EvalError):
    """A file of a suite is wrong."""

    def __init__(self, path: Path, place: int | str, why: str) -> None:
        """``place`` is the number of a line, or says what else is wrong."""
        super().__init__(f"{path}, {f'line {place}' if isinstance(place, int) else place}: {why}")


class NotBuilt(EvalError):
    """A suite's corpus did not go into its home whole."""


class NotComparable(EvalError):
    """Two runs did not measure the same."""


class BrokenBaseline(EvalError):
    """A baseline cannot be read, or nothing answers to it."""

"""What can go wrong in a comparison of prompts.

UnreadableTask    a task's file is missing or not what its format says; names file and line
"""

from pathlib import Path

from app.errors import AppError


class UnreadableTask(AppError):
    """A task's file cannot be used."""

    def __init__(self, file: Path, line: int, why: str) -> None:
        super().__init__(f"{file}, line {line}: {why}")
        self.file = file
        self.line = line

"""The report of an import: counts, and every problem with its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kg.domain import Revision
from kg.errors import InvalidTable


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem in one file; ``lines`` are all its lines, the header being line 1."""

    kind: str
    file: str
    what: str
    lines: Sequence[int]

    @property
    def left_out(self) -> bool:
        """Whether the rows, or the cells that are told, were left out."""
        return self.kind not in ("conflict", "zeros", "unseen")

    def __str__(self) -> str:
        shown = ", ".join(map(str, self.lines[:5]))
        more = f" and {len(self.lines) - 5:,} more" if len(self.lines) > 5 else ""
        where = f" (line {shown}{more})" if self.lines else ""
        return f"{self.file}: {self.what}{where}"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The summary of an import; ``revision`` is UNCHANGED where it wrote nothing.

    ``bare`` counts entities made because a table refers to them; ``merged`` rows that say more of an entity or
    relation met before; ``repeated`` rows without new information; ``notes`` are information, not problems.
    """

    revision: Revision
    entities: Mapping[str, int]
    relations: Mapping[str, int]
    bare: Mapping[str, int]
    merged: int
    repeated: int
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    seconds: float


@dataclass(slots=True)
class Findings:
    """Problems and notes gathered while tables are read."""

    lines: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    examples: dict[tuple[str, str, str], str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    merged: int = 0
    repeated: int = 0

    def add(self, kind: str, file: str, what: str, line: int | None = None, *, example: str = "") -> None:
        """Note a row, or what is no row's; the first example stands in the place of ``{}``."""
        key = (kind, file, what)
        self.lines.setdefault(key, []).extend(() if line is None else (line,))
        if example:
            self.examples.setdefault(key, example)

    def problems(self) -> tuple[Problem, ...]:
        """All problems, by file."""
        return tuple(
            Problem(key[0], key[1], key[2].replace("{}", self.examples[key]) if key in self.examples else key[2], lines)
            for key, lines in self.lines.items()
        )

    def refuse_if_any(self) -> None:
        """Raise InvalidTable where there is a problem."""
        if self.lines:
            raise InvalidTable("nothing was imported", [str(p) for p in self.problems()])

"""The files of a job: the documents among those named, and what was skipped."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from kg.documents.file_names import shown
from kg.documents.kinds import why_no_document
from kg.documents.parse import READS
from kg.errors import EmptyDocument

_SKIPPED_NAMES = {".DS_Store", "Thumbs.db"}


@dataclass(frozen=True, slots=True)
class Selection:
    """The files to read, and those left out, each with what it is instead of a document."""

    files: tuple[Path, ...]
    skipped: tuple[tuple[Path, str], ...]

    def told(self, name: Callable[[Path], str] = shown) -> list[dict[str, str]]:
        """The files left out, as JSON, by the names that they are told by."""
        return [{"path": name(path), "why": why} for path, why in self.skipped]


def selected(paths: Iterable[Path], include: Sequence[str] = ()) -> Selection:
    """The documents among the files and the files in folders; ``include`` are patterns of names to take as well.

    Raises EmptyDocument if there is no file.
    """
    files: list[Path] = []
    skipped: list[tuple[Path, str]] = []
    for path in files_under(paths):
        why = None if _fits(path, include) else why_no_document(path)
        if why is None:
            files.append(path)
        else:
            skipped.append((path, why))
    return Selection(tuple(files), tuple(skipped))


def files_under(paths: Iterable[Path]) -> list[Path]:
    """The named files and the files in named folders, in a stable order, without hidden files.

    Raises EmptyDocument if there is none.
    """
    named, found = list(paths), list[Path]()
    for path in named:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file())
            found += [
                p
                for p in inside
                if p.name not in _SKIPPED_NAMES and not any(part.startswith(".") for part in p.relative_to(path).parts)
            ]
        else:
            found.append(path)
    if not found:
        where = ", ".join(map(shown, named)) or "what was named"
        raise EmptyDocument(where, "no file is in it", f"put files there; those that are read are {READS}")
    return list(dict.fromkeys(p.absolute() for p in found))


def _fits(path: Path, patterns: Sequence[str]) -> bool:
    return any(fnmatch(path.name, pattern) or fnmatch(str(path), pattern) for pattern in patterns)

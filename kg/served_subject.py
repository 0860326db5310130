"""The subject that this process serves: the folder whose words and units are read beside the general ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_folders: list[Path] = []


def served_folder() -> Path | None:
    """The folder of the subject that is served, None before one is."""
    return _folders[-1] if _folders else None


@contextmanager
def serving(folder: Path) -> Iterator[None]:
    """Serve a subject; the one before is served again afterwards."""
    _folders.append(folder)
    try:
        yield
    finally:
        _folders.remove(folder)

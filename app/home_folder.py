"""Writing into the folders of a home: what the disk refuses, as an error with its cure."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import StoreUnavailable, when_full


@contextmanager
def writing_in(folder: Path, cure: str = "see that it exists and that this user may write there") -> Iterator[None]:
    """Raise StorageFull where the disk of the folder is full, StoreUnavailable where the folder cannot be written."""
    try:
        with when_full(f"no space left in {folder}; free some and do it again"):
            yield
    except OSError as error:
        raise StoreUnavailable(f"{folder} cannot be written ({error.strerror or error}); {cure}") from error

"""Files of tables and graphs, which may be packed by gzip: read, and written without loss of others."""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal, cast

from kg.errors import InvalidTable


def opened(path: Path, mode: Literal["rb", "wb"] = "rb", *, packed: bool | None = None) -> IO[bytes]:
    """The open file, unpacked where its name ends in ``.gz`` or ``packed`` says so."""
    if path.suffix == ".gz" if packed is None else packed:
        return cast(IO[bytes], gzip.open(path, mode))
    return path.open(mode)


def kind_of(path: Path) -> str:
    """The ending of the name that tells the format: ``.ttl`` of ``graph.ttl.gz``."""
    return Path(path.name.removesuffix(".gz")).suffix.lower()


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Raise InvalidTable where the file cannot be read or unpacked."""
    try:
        yield
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise InvalidTable(str(path), [f"the gzip file is damaged ({error}); copy it again"]) from None
    except OSError as error:
        raise InvalidTable(str(path), [f"cannot be read ({error.strerror}); see its rights and its disk"]) from None


@contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """A new file, packed where its name ends in ``.gz``, which gets its name when it is whole; raises InvalidTable."""
    part = path.with_name(f"{path.name}.part")
    try:
        with opened(part, "wb", packed=path.suffix == ".gz") as file:
            yield file
        part.rename(path)
    except OSError as error:
        raise InvalidTable(str(path), [f"cannot be written ({error.strerror}); choose another place"]) from None
    finally:
        part.unlink(missing_ok=True)


def new_files(folder: Path, names: Sequence[str]) -> tuple[Path, ...]:
    """Paths in a folder, which is made where it is not there; raises InvalidTable for files that are."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidTable(str(folder), [f"is no folder to write to ({error.strerror}); choose another"]) from None
    if there := [name for name in names if (folder / name).exists()]:
        raise InvalidTable(str(folder), [f"holds {', '.join(there)} already; choose another name or folder"])
    return tuple(folder / name for name in names)

"""Files that may be packed by gzip."""

import gzip
from pathlib import Path
from typing import IO, Literal, cast


def opened(path: Path, mode: Literal["rb", "wb"] = "rb", *, packed: bool | None = None) -> IO[bytes]:
    """The open file, unpacked where its name ends in ``.gz`` or ``packed`` says so."""
    if path.suffix == ".gz" if packed is None else packed:
        return cast(IO[bytes], gzip.open(path, mode))
    return path.open(mode)


def kind_of(path: Path) -> str:
    """The ending of the name that tells the format: ``.ttl`` of ``graph.ttl.gz``."""
    return Path(path.name.removesuffix(".gz")).suffix.lower()

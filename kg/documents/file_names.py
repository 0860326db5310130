"""Names of files as Unicode text, also where the disk holds other bytes, such as GBK from a zip archive."""

import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

_MOST_BYTES = 200
_SUFFIX_BYTES = 20
_PAIR = re.compile(rb"[\x80-\xff]{2}")


def shown(path: Path | str) -> str:
    """The path as text that every output can carry: decoded by its bytes, control and format characters escaped."""
    return "/".join(_readable(part) for part in os.fsencode(path).split(b"/"))


def written(path: Path) -> str:
    """An absolute path as text that ``read_back`` takes: a file URI where its bytes are no UTF-8."""
    try:
        return os.fsencode(path).decode()
    except UnicodeDecodeError:
        return path.as_uri()


def read_back(text: str) -> Path:
    """The inverse of ``written``."""
    return Path(text if text.startswith("/") else os.fsdecode(unquote_to_bytes(urlsplit(text).path)))


def cut_to_bytes(name: str, most: int = _MOST_BYTES) -> str:
    """A file name that every disk takes: at most ``most`` bytes of UTF-8, its ending kept.

    A longer one is cut and marked by its hash, so that two long names stay two.
    """
    if len(name.encode()) <= most:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix.encode()) > _SUFFIX_BYTES:
        stem, dot, suffix = name, "", ""
    ending = f"~{hashlib.sha256(name.encode()).hexdigest()[:8]}{dot}{suffix}"
    return stem.encode()[: most - len(ending.encode())].decode(errors="ignore") + ending


@contextmanager
def under_readable_name(path: Path) -> Iterator[Path]:
    """The file under a name of valid Unicode: itself, else a link with the name that is shown."""
    if shown(path) == str(path):
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / cut_to_bytes(shown(path.name))
        link.symlink_to(path.absolute())
        yield link


def _readable(name: bytes) -> str:
    """The name by the first encoding that fits; one whose bytes over 127 never stand together is a Western name."""
    for encoding in ("utf-8", "gb2312", "gb18030" if _PAIR.search(name) else "cp1252"):
        try:
            text = name.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = name.decode("ascii", "backslashreplace")
    return "".join(c if unicodedata.category(c) not in {"Cc", "Cf", "Cs"} else f"\\u{ord(c):04x}" for c in text)

"""The rows of data files in JSON and JSON Lines; what is wrong with one is told with its file and line."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from eval.errors import BrokenData, MissingData

Row = dict[str, Any]
Made = TypeVar("Made")
Key = TypeVar("Key", int, str)


class _Lacking(KeyError):
    """A row was asked for a field that it has not."""


class _Fields(Row):
    """A row that tells its own missing fields from other keys that are not found."""

    def __missing__(self, name: str) -> Any:
        raise _Lacking(name)


def records(path: Path, make: Callable[[int, Row], Made]) -> list[Made]:
    """What ``make`` makes of each row and its number; rows are lines of the file, or entries of its one array.

    Raises MissingData, and BrokenData for what is no object and where ``make`` misses something in a row.
    """
    return [_made(path, place, make, number, row) for place, number, row in _rows(path)]


def keyed_records(path: Path, make: Callable[[str, Row], Made], *, depth: int = 1) -> list[Made]:
    """What ``make`` makes of each row of one object that holds them by key, or of ``depth`` objects in each other.

    Keys of several depths are joined by hyphens. Raises as ``records`` does.
    """
    rows = {"": json_document(path)}
    for _ in range(depth):
        rows = {
            f"{outer}-{key}" if outer else key: value
            for outer, inner in rows.items()
            for key, value in (inner.items() if isinstance(inner, dict) else ())
        }
    return [_made(path, f"entry {key}", make, key, _object(path, f"entry {key}", row)) for key, row in rows.items()]


def _made(path: Path, place: int | str, make: Callable[[Key, Row], Made], key: Key, row: Row) -> Made:
    try:
        return make(key, _Fields(row))
    except _Lacking as error:
        raise BrokenData(path, place, f"lacks {error}") from error
    except KeyError as error:
        raise BrokenData(path, place, f"no {error} is found") from error
    except (LookupError, TypeError, ValueError) as error:
        raise BrokenData(path, place, str(error)) from error


def json_lines(path: Path) -> Iterator[tuple[int, Row]]:
    """Number and object of each line; raises MissingData and BrokenData."""
    for number, line in numbered_lines(path):
        yield number, _object(path, number, _value(path, line, number))


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines that are not blank with their numbers; raises MissingData, and BrokenData where one is no UTF-8."""
    return ((number, line) for number, line in enumerate(text_lines(path), 1) if line.strip())


def text_lines(path: Path) -> Iterator[str]:
    """Lines without their ends; raises MissingData, and BrokenData where one is no UTF-8."""
    try:
        file = path.open("rb")
    except OSError as error:
        why = f"{path} cannot be read ({error.strerror}); eval/README.md describes the folder of evaluation data"
        raise MissingData(why) from error
    with file:
        for number, line in enumerate(file, 1):
            try:
                yield line.decode("utf-8-sig").rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise BrokenData(path, number, f"no UTF-8 at byte {error.start + 1}") from error


def write_json_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write objects, one a line."""
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), "utf-8")


def write_json(path: Path, value: object) -> None:
    """Write one value."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


def json_document(path: Path) -> Any:
    """The one value of a JSON file; raises MissingData and BrokenData."""
    return _value(path, "\n".join(text_lines(path)))


def json_object(path: Path) -> Row:
    """The one object of a JSON file; raises MissingData and BrokenData."""
    return _object(path, "the whole", json_document(path))


def _rows(path: Path) -> Iterator[tuple[int | str, int, Row]]:
    if next(numbered_lines(path), (0, ""))[1].lstrip().startswith("["):
        for number, value in enumerate(json_document(path), 1):
            yield f"entry {number}", number, _object(path, f"entry {number}", value)
    else:
        for number, row in json_lines(path):
            yield number, number, row


def _value(path: Path, text: str, line: int | None = None) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise BrokenData(path, line or error.lineno, f"no JSON: {error.msg} at column {error.colno}") from error


def _object(path: Path, place: int | str, value: object) -> Row:
    if not isinstance(value, dict):
        raise BrokenData(path, place, "no JSON object")
    return value

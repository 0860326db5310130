"""A file of text, plain or gzip, in UTF-8, UTF-16 or GB18030."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.documents.encoding import MARKS, decoded_as
from kg.errors import InvalidTable
from kg.tables.files import opened, readable
from kg.tables.report import Findings
from kg.tables.shapes import FileShape

_SAMPLE = 4 * 2**20


class TextFile:
    """A file in the encoding that its shape names, else in the one that its first bytes are in."""

    def __init__(self, path: Path, shape: FileShape, findings: Findings) -> None:
        self.path = path
        self._encoding = shape.encoding or self._detected(shape.file, findings)

    def opened(self) -> io.TextIOWrapper:
        """Its text, with the line ends as they are."""
        return io.TextIOWrapper(opened(self.path), encoding=self._encoding, newline="")

    @contextmanager
    def refused(self, line: Callable[[], int]) -> Iterator[None]:
        """Raise InvalidTable for a file that cannot be read; ``line`` is how far it was."""
        try:
            with readable(self.path):
                yield
        except UnicodeDecodeError as error:
            cure = "save the table as UTF-8 or tell its encoding in the mapping (encoding: gb18030)"
            raise InvalidTable(str(self.path), [f"about line {line()}: not {error.encoding}; {cure}"]) from None
        except csv.Error as error:
            why = (
                f"the row that starts at line {line()}: {error}; check its quotes, or write quote: none in the mapping"
            )
            raise InvalidTable(str(self.path), [why]) from None
        except ValueError as error:
            raise InvalidTable(str(self.path), [f"line {line()}: {error}"]) from None

    def _detected(self, file: str, findings: Findings) -> str:
        with self.refused(lambda: 1), opened(self.path) as raw:
            sample = raw.read(_SAMPLE)
            cut = bool(raw.read(1))
        for mark, encoding in MARKS:
            if sample.startswith(mark):
                return encoding
        if 0 in sample:
            at = sample[: sample.index(0)].count(b"\n") + 1
            cure = "save the table as UTF-8, or tell its encoding in the mapping (encoding: utf-16)"
            raise InvalidTable(str(self.path), [f"line {at} holds a NUL, as UTF-16 without a mark does; {cure}"])
        if decoded_as(sample, "utf-8", cut) is not None:
            return "utf-8"
        if decoded_as(sample, "gb18030", cut) is not None:
            findings.notes.append(f"{file} was read as GB18030")
            return "gb18030"
        bad = _first_bad_line(sample)
        raise InvalidTable(str(self.path), [f"line {bad} is neither UTF-8 nor GB18030; save the table as UTF-8"])


def _first_bad_line(sample: bytes) -> int:
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        return sample[: error.start].count(b"\n") + 1
    return 1

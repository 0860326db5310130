"""A file of text, plain or gzip, in UTF-8, UTF-16 or GB18030."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.documents.encoding import MARKS, decoded_as
from kg.documents.language import han_count
from kg.errors import InvalidTable
from kg.tables.files import opened, readable
from kg.tables.report import Findings
from kg.tables.shapes import FileShape

_SAMPLE = 4 * 2**20
_OTHER_KINDS = {
    b"PK\x03\x04": "a workbook or an archive; name a workbook .xlsx, and unpack an archive",
    b"\xd0\xcf\x11\xe0": "a workbook of an old kind; save it as .xlsx or as CSV in UTF-8",
    b"\x1f\x8b": "packed by gzip; let its name end in .gz",
}
"""What files that are no text begin with."""


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
        if told := next((told for mark, told in _OTHER_KINDS.items() if sample.startswith(mark)), None):
            raise InvalidTable(str(self.path), [f"is {told}"])
        if 0 in sample:
            at = sample[: sample.index(0)].count(b"\n") + 1
            cure = "save the table as UTF-8, or tell its encoding in the mapping (encoding: utf-16)"
            raise InvalidTable(str(self.path), [f"line {at} holds a NUL, as UTF-16 without a mark does; {cure}"])
        if decoded_as(sample, "utf-8", cut) is not None:
            return "utf-8"
        if decoded_as(sample, "gb18030", cut) is not None:
            self._refuse_two_encodings(sample)
            findings.notes.append(f"{file} was read as GB18030")
            return "gb18030"
        bad = _first_bad_line(sample)
        raise InvalidTable(str(self.path), [f"line {bad} is neither UTF-8 nor GB18030; save the table as UTF-8"])

    def _refuse_two_encodings(self, sample: bytes) -> None:
        """Raise InvalidTable where some lines are UTF-8 and others are not, as in files that were joined."""
        lines = [(at, line) for at, line in enumerate(sample.split(b"\n"), 1) if not line.isascii()]
        sound = [at for at, line in lines if han_count(decoded_as(line, "utf-8", False) or "")]
        if len(sound) * 2 >= len(lines):
            cure = "save both as UTF-8, or tell the encoding in the mapping (encoding: gb18030)"
            why = f"line {sound[0]} is UTF-8 and line {_first_bad_line(sample)} is not; {cure}"
            raise InvalidTable(str(self.path), [why])


def _first_bad_line(sample: bytes) -> int:
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        return sample[: error.start].count(b"\n") + 1
    return 1

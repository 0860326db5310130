"""The damage that spreadsheets do to names and ids: dates, powers of ten, error marks, lost zeros, unseen signs."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from kg.tables.report import Findings
from kg.tables.table import Table

# how spreadsheets of English, German, French, Spanish and Dutch write a month in a date
_MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|january|february|march|april|june|july|august|sept|september|"
    "october|november|december|mrz|mär|mai|okt|dez|janv|févr|mars|avr|juin|juil|août|déc|ene|abr|ago|dic|mrt|mei"
)
_DAMAGE = re.compile(
    rf"(?P<date>\d{{1,2}}(?:-|\. ?| |/)(?:{_MONTHS})\.?(?:[-/. ]\d{{2,4}})?"
    r"|(?-i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-(?:0\d|3[2-9]|[4-9]\d)"
    r"|(?:19|20)\d\d(?:-\d\d-\d\d|[/.]\d{1,2}[/.]\d{1,2})(?:[ T]0?0:00(?::00)?)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d(?: 0?0:00(?::00)?)?"
    r"|(?:\d{4}年)?\d{1,2}月\d{1,2}日)"
    r"|(?P<power>-?\d(?:[.,]\d{1,17})?E\+\d{2,3})"
    r"|(?P<rounded>[1-9]\d{14}0{2,30})"
    r"|(?P<error>#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!))",
    re.IGNORECASE,
)
_UNSEEN = re.compile("[\x00-\x1f\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_TOLD = {
    "date": "a spreadsheet made dates of names or ids",
    "power": "a spreadsheet made powers of ten of ids",
    "rounded": "a spreadsheet rounded ids of more than 15 digits",
    "error": "a formula of a spreadsheet failed",
}
ZEROS = "a spreadsheet took the leading zeros of ids away"
CURE = "take the table from its source again and format this column as text before the spreadsheet reads it"


def sound_rows(
    table: Table,
    findings: Findings,
    *,
    keys: Iterable[str],
    names: Iterable[str] = (),
    others: Iterable[str] = (),
) -> Iterator[tuple[int, list[str]]]:
    """The rows of which the keys are sound, with other damaged cells emptied; all damage is told, once a column.

    ``keys`` are the columns without which a row says nothing, ``names`` those of other names and ids; in ``others``
    only the marks of failed formulas are damage.
    """
    vital = _places(table, keys)
    named = vital | _places(table, names)
    rest = {at: column for at, column in _places(table, others).items() if at not in named}
    numbers = {at: _Numbers() for at in named}
    for line, row in table.rows():
        sound = True
        for at, column in named.items():
            cell = row[at].strip()
            if cell.startswith('="') and cell.endswith('"'):
                cell = row[at] = cell[2:-1]  # how a table keeps a spreadsheet from reading text as a number
            if found := _DAMAGE.fullmatch(cell):
                what = f"column {column!r}: {_TOLD[str(found.lastgroup)]} ({{}}); {CURE}"
                findings.add("spreadsheet", table.file, what, line, example=cell)
                row[at] = ""
                sound &= at not in vital
            elif cell.isdecimal():
                numbers[at].see(cell, line)
            elif at in vital and not cell.isprintable() and (unseen := _UNSEEN.search(cell)):
                what = f"column {column!r}: ids hold signs that nobody sees ({{}}) and are no others; take these out"
                findings.add("unseen", table.file, what, line, example=f"U+{ord(unseen[0]):04X} in {cell!r}")
        for at, column in rest.items():
            if row[at].startswith("#") and _DAMAGE.fullmatch(row[at].strip()):
                what = f"column {column!r}: {_TOLD['error']} ({{}}); mend the formula and export the table again"
                findings.add("spreadsheet", table.file, what, line, example=row[at])
                row[at] = ""
        if sound:
            yield line, row
    for at, seen in numbers.items():
        for line, example in seen.shorter():
            what = f"column {named[at]!r}: {ZEROS} ({{}}); {CURE}"
            findings.add("zeros", table.file, what, line, example=example)


def _places(table: Table, columns: Iterable[str]) -> dict[int, str]:
    """The columns by their places."""
    distinct = [*dict.fromkeys(columns)]
    return dict(zip(table.places(distinct), distinct, strict=True))


def without_zeros(id_: str) -> str:
    """The id without the zeros before its numbers."""
    return re.sub(r"(?<![\d.])0{1,40}(?=\d)", "", id_)


def by_number(ids: Collection[str]) -> dict[str, str]:
    """The ids by what is left of them without leading zeros."""
    return {without_zeros(id_): id_ for id_ in ids}


class _Numbers:
    """The numbers of a column: whether some have leading zeros that others have lost."""

    def __init__(self) -> None:
        self._padded: dict[int, str] = {}
        self._plain: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)

    def see(self, number: str, line: int) -> None:
        """Look at a cell."""
        if number[0] == "0" and len(number) > 1:
            self._padded.setdefault(len(number), number)
        else:
            self._plain[len(number)].append((line, number))

    def shorter(self) -> Iterator[tuple[int, str]]:
        """Lines and an example of the numbers that are shorter than the padded ones, which all have one width."""
        if len(self._padded) != 1:
            return
        ((width, padded),) = self._padded.items()
        for line, number in sorted(entry for w, some in self._plain.items() if w < width for entry in some):
            yield line, f"{number} beside {padded}"

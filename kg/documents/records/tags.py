"""The dialects of tagged records: which lines open a record, which tags have which field."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one program writes records: the first bytes of a file, a line with a tag, the tag that opens a record.

    ``listed`` are tags each of whose lines is a value of its own. With ``keeps_lead`` what stands before the first
    record is part of it, as in the ids of files that were read before.
    """

    opening: re.Pattern[bytes]
    tag: re.Pattern[str]
    opens: str
    fields: Mapping[str, tuple[str, ...]]
    ends: str = "ER"
    listed: frozenset[str] = field(default_factory=frozenset)
    keeps_lead: bool = False


MEDLINE = Dialect(
    re.compile(rb"\s*PMID ?- ?\d{1,9}\s*[\r\n]"),
    re.compile(r"([A-Z]{2,4}) {0,2}- ?(.*)"),
    "PMID",
    {
        "title": ("TI", "BTI", "CTI", "TT"),
        "abstract": ("AB", "OAB"),
        "authors": ("FAU", "AU"),
        "groups": ("CN",),
        "year": ("DP", "DEP", "DA"),
        "journal": ("JT", "TA", "BTI"),
        "pmid": ("PMID",),
        "pmcid": ("PMC",),
    },
    keeps_lead=True,
)
RIS = Dialect(
    re.compile(rb"\s*TY {2}- [A-Z]{2,8}\s*[\r\n]"),
    re.compile(r"([A-Z][A-Z0-9]) {1,2}- ?(.*)"),
    "TY",
    {
        "title": ("TI", "T1", "CT", "BT"),
        "abstract": ("AB", "N2"),
        "authors": ("AU", "A1"),
        "year": ("PY", "Y1", "DA"),
        "journal": ("JO", "JF", "T2", "JA", "J2"),
        "doi": ("DO", "UR", "L3", "M3"),
    },
)
ENDNOTE = Dialect(
    re.compile(rb"\s*%0 [A-Z]"),
    re.compile(r"%(\S) ?(.*)"),
    "0",
    {
        "title": ("T",),
        "abstract": ("X",),
        "authors": ("A",),
        "year": ("D", "8"),
        "journal": ("J", "B"),
        "doi": ("R", "U"),
    },
)
WEB_OF_SCIENCE = Dialect(
    re.compile(rb"\s*(?:FN [^\r\n]{1,100}[\r\n]+VR \d|PT [A-Z]\s*[\r\n]+[A-Z][A-Z0-9] )"),
    re.compile(r"([A-Z][A-Z0-9])(?: (.*)|\Z)"),
    "PT",
    {
        "title": ("TI",),
        "abstract": ("AB",),
        "authors": ("AF", "AU"),
        "groups": ("CA",),
        "year": ("PY", "EY"),
        "journal": ("SO",),
        "doi": ("DI",),
        "pmid": ("PM",),
    },
    listed=frozenset({"AF", "AU", "CA"}),
)
REFWORKS = Dialect(
    re.compile(rb"\s*RT [A-Z][^\r\n]{2,60}[\r\n]+[A-Z][A-Z0-9] "),
    re.compile(r"([A-Z][A-Z0-9])(?: (.*)|\Z)"),
    "RT",
    {
        "title": ("T1",),
        "abstract": ("AB",),
        "authors": ("A1",),
        "year": ("YR", "FD"),
        "journal": ("JF", "JO", "T2"),
        "doi": ("DO", "UL", "LK"),
    },
)
NOTE_EXPRESS = Dialect(
    re.compile(rb"\s*\{Reference Type\}:"),
    re.compile(r"\{([\w ()/-]{1,40})\}: ?(.*)"),
    "Reference Type",
    {
        "title": ("Title",),
        "abstract": ("Abstract",),
        "authors": ("Author",),
        "year": ("Year", "Date"),
        "journal": ("Journal", "Secondary Title"),
        "doi": ("DOI", "URL"),
    },
)
DIALECTS = (MEDLINE, RIS, ENDNOTE, WEB_OF_SCIENCE, REFWORKS, NOTE_EXPRESS)


def records_of(text: str, dialect: Dialect) -> Iterator[tuple[int, str, dict[str, list[str]]]]:
    """Each record with its line, its text and the values of its tags; a line without a tag goes on with the last."""
    tags: dict[str, list[list[str]]] = {}
    lines: list[str] = []
    start, last, tag = 1, None, ""
    for number, line in enumerate([*text.split("\n"), None], start=1):
        found = dialect.tag.fullmatch(line) if line is not None else None
        now = found[1] if found else ""
        opens = now == dialect.opens and (now in tags or not dialect.keeps_lead)
        if line is None or (found and (now == dialect.ends or opens)):
            if any(name not in {"TY", "FN", "VR", "EF", dialect.ends} for name in tags):
                yield start, "\n".join(lines), {name: [" ".join(v) for v in values] for name, values in tags.items()}
            tags, lines, last = {}, [], None
        if line is None:
            return
        if found and now != dialect.ends:
            if not tags:
                start = number
            last, tag = [(found[2] or "").strip()], now
            tags.setdefault(now, []).append(last)
        elif last is not None and line.strip() and not found:
            if tag in dialect.listed:
                tags[tag].append([line.strip()])
            else:
                last.append(line.strip())
        lines.append(line)

"""Which files are documents, judged by their names and first bytes."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from kg.documents.encoding import is_text
from kg.documents.picture import MEDIA_TYPES

_READ_TEXT = """
pdf docx doc htm html xhtml mht mhtml xml nxml jats json jsonl ndjson tex ltx md markdown txt text nbib ris enw ciw
"""
_READ = frozenset(f".{ending}" for ending in _READ_TEXT.split())
_TEXT = frozenset({".txt", ".text", ".md", ".markdown", ""})
_PAPERWORK_TEXT = """
license licence licenses copying copyright notice unlicense authors contributors contributing codeowners maintainers
makefile dockerfile gemfile rakefile procfile vagrantfile jenkinsfile requirements constraints robots cmakelists
manifest citation code_of_conduct changelog
"""
_PAPERWORK = frozenset(_PAPERWORK_TEXT.split())
_LICENCES = frozenset({"license", "licence", "copying", "unlicense"})
_SCAN = "a picture, of which OCR reads the text if it is included"
_PICTURE = "a picture; put a scan into a PDF"
_KINDS = {
    _SCAN: "png jpg jpeg tif tiff",
    _PICTURE: "gif bmp webp svg ico heic avif eps psd",
    "a table, which `jianxi kg import` reads": "csv tsv tab xls xlsx ods parquet feather",
    "a list of references": "bib bibtex",
    "settings": "yaml yml toml ini cfg conf env lock properties",
    "source code": "py js ts r m c cc cpp h hpp java go rs rb sh bat ps1 sql css ipynb jl pl cls sty bst",
    "an archive; unpack it": "zip gz tgz bz2 xz 7z rar tar zst",
    "sound or film": "mp3 wav flac mp4 mov avi mkv webm",
    "slides": "ppt pptx odp key",
    "a log": "log out err",
    "an e-mail; save its text or what is attached": "eml emlx msg mbox",
}
_BY_ENDING = {f".{ending}": kind for kind, endings in _KINDS.items() for ending in endings.split()}
_NAMED_AS_TEXT = "a table, which `jianxi kg import` reads if its name ends in .csv"
_FEWEST_ROWS = 3
_SURE = (b"%PDF-", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_PICTURES = (b"GIF8", b"RIFF", b"BM")
_HEAD_BYTES = 8192


def why_no_document(path: Path) -> str | None:
    """What the file is instead of a document; None for a document, and for a file that cannot be opened."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return None
    ending = path.suffix.lower()
    if head.lstrip()[:8].startswith(_SURE):
        return None
    if (ending in _TEXT or ending not in _READ) and _is_paperwork(path):
        return "paperwork of a project"
    if ending in _READ:
        return _picture(head) or (_NAMED_AS_TEXT if ending in _TEXT and _is_table(head) else None)
    if ending in _BY_ENDING:
        return _BY_ENDING[ending]
    if picture := _picture(head):
        return picture
    if not ending and _is_table(head):
        return _NAMED_AS_TEXT
    if not ending or (head.startswith(b"PK\x03\x04") and b"word/" in head):
        return None if not head or is_text(head) or head.startswith(b"PK\x03\x04") else "no text"
    return f"of a kind ({ending}) that documents seldom have"


def _picture(head: bytes) -> str | None:
    """Which picture it is, by the first bytes; None for no picture."""
    if head.startswith(tuple(MEDIA_TYPES)):
        return _SCAN
    return _PICTURE if head.startswith(_PICTURES) and not is_text(head) else None


def _is_table(head: bytes) -> bool:
    """Whether the first lines are rows of a table: parted by the same sign into as many cells, as no sentences are."""
    lines = head.replace(b"\r\n", b"\n").replace(b"\r", b"\n").decode("latin-1").split("\n")
    if len(head) == _HEAD_BYTES:
        lines.pop()
    return any(_are_rows([row for row in csv.reader(lines, delimiter=sign) if row]) for sign in ",;")


def _are_rows(rows: Sequence[Sequence[str]]) -> bool:
    if len(rows) < _FEWEST_ROWS or len(rows[0]) < 2 or len({len(row) for row in rows}) > 1:
        return False
    return any(row[-1] for row in rows) and not any(cell.startswith(" ") for row in rows for cell in row[1:])


def _is_paperwork(path: Path) -> bool:
    words = re.split(r"[-. ]", path.name.lower())
    return path.stem.lower().replace("-", "_") in _PAPERWORK or (words[0] in _LICENCES and len(words) <= 3)

"""LaTeX."""

import re
from pathlib import Path

from kg.documents.description import Particulars, described, doi_in, with_subtitle, year_in
from kg.documents.encoding import decoded
from kg.documents.latex.blocks import latex_blocks
from kg.documents.latex.inline import line_of, nodes_of, text_of
from kg.documents.latex.source import arguments, document_of, expanded, whole_source
from kg.domain import Block, BlockKind
from kg.errors import EmptyDocument, OversizedDocument
from kg.protocols import ParseLimits, ParseResult

_MOST_CHARACTERS = 2_000_000
"""The longest source that is read, in about 20 seconds: more than a thousand pages."""
_CLASS = re.compile(rb"\s*(?:%[^\n]*\n\s*)*\\document(?:class|style)\b")
_MARKS_OF_AUTHORS = re.compile(
    r"\$[^$]*\$|\\(?:textsuperscript|thanks|footnote|inst|IEEEmembership|orcidlink|email)\s*\{[^{}]*\}"
)


class LatexParser:
    """Reads the text of a LaTeX paper, or of a part of one; parts that it inputs from its own folder are put in."""

    identity = "latex 1"

    def reads(self, path: Path, head: bytes) -> bool:
        """By the ending, or by the class of the document at its beginning."""
        return path.suffix.lower() in {".tex", ".ltx"} or _CLASS.match(head.removeprefix(b"\xef\xbb\xbf")) is not None

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document; raises EmptyDocument without text, DamagedDocument if it is not text, OversizedDocument."""
        data = path.read_bytes()
        text = decoded(data, path)
        if len(text) > _MOST_CHARACTERS:
            why = f"{len(text)} characters are over the limit of {_MOST_CHARACTERS} for LaTeX"
            raise OversizedDocument(str(path), why, "split the file")
        source = expanded(whole_source(text, path, _MOST_CHARACTERS))
        preamble, body = document_of(source)
        known = _particulars(source)
        blocks = latex_blocks(_abstract(preamble) + body)
        if not any(block.kind is not BlockKind.HEADING for block in blocks):
            raise EmptyDocument(str(path), "there is no text in it, only marks or pictures")
        if known.title:
            blocks = (Block(BlockKind.HEADING, known.title, level=1), *blocks)
        found = described(path, data, blocks, media_type="text/x-tex", parser=self.identity, particulars=known)
        return ParseResult((found,))


def _abstract(preamble: str) -> str:
    """The abstract, where it stands before the document begins."""
    begin, end = r"\begin{abstract}", r"\end{abstract}"
    inside, ended, _ = preamble.partition(begin)[2].partition(end)
    if ended:
        return f"{begin}{inside}{end}\n\n"
    return "".join(f"\\abstract{{{text}}}\n\n" for text in arguments(preamble, "abstract")[:1])


def _particulars(source: str) -> Particulars:
    def first(name: str) -> str:
        return next((_text(found) for found in arguments(source, name)), "")

    given = arguments(source, "IEEEauthorblockN") or arguments(source, "author")
    doi = doi_in(first("doi") or first("acmDOI"))
    dates = (year_in(first(name)) for name in ("date", "acmYear", "copyrightyear"))
    return Particulars(
        title=with_subtitle(first("title"), first("subtitle")),
        authors=tuple(dict.fromkeys(name for one in given for name in _authors(one))),
        year=next((year for year in dates if year), None),
        identifiers={"doi": doi} if doi else {},
    )


def _authors(given: str) -> list[str]:
    """The names in one ``\\author``: what follows a line break is where they work."""
    names: list[str] = []
    for group in re.split(r"\\(?:and|And|AND)(?![A-Za-z])", _MARKS_OF_AUTHORS.sub("", given)):
        line = _text(group.strip().split("\\\\")[0].replace("\\quad", ",").replace("\\qquad", ","))
        names += (name.strip(" *†‡§") for name in re.split(r"[,;，；、]|\band\b", line))
    return [name for name in names if any(character.isalpha() for character in name)]


def _text(source: str) -> str:
    return line_of(text_of(nodes_of(source)))

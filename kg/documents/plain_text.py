"""Plain text: paragraphs, and lines that look like headings."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from kg.documents.chinese_numbers import SIGNS, value_of
from kg.documents.description import described
from kg.documents.encoding import decoded, is_text
from kg.documents.extent import counted
from kg.documents.language import han_count
from kg.documents.page_archive import is_message
from kg.documents.page_margins import without_margins
from kg.documents.references import with_references
from kg.documents.tables import markdown_table
from kg.domain import Block, BlockKind
from kg.errors import EmptyDocument
from kg.protocols import ParseLimits, ParseResult
from models.han import HAN

_ENDS = re.compile(r"[.!?。！？；;,，、:：…]['\"”’」』）)]*\Z")
_CHINESE_HEADING = re.compile(
    r"(?:第[一二三四五六七八九十百零\d]{1,4}[章节篇部分]|[一二三四五六七八九十]{1,3}[、．])\s*\S{1,40}\Z"
)
_NUMBERED = re.compile(
    rf"(?P<number>\d{{1,2}}(?:[.．]\d{{1,2}}){{0,3}})"
    rf"(?:[.．、]?\s+[A-Z{HAN}].{{1,80}}|[.．、][{HAN}][^，。；：？！,;:?!]{{1,40}})\Z"
)
"""A number before a blank, or right before Chinese; a line of the second kind with a comma is an item of a list."""
_RICH_TEXT = (b"{\\rtf", b"%!PS", b"\xef\xbb\xbf{\\rtf")
_ITEM = re.compile(
    r"(?P<bullet>[-*•·◦▪‣–]\s)|(?P<reference>\[\d{1,4}\])|(?P<number>\d{1,3}[.)]\s)|(?P<letter>\(\w{1,3}\))"
)
_LINE_ENDS = {0x0B: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n\n"}
_NAMED = re.compile(
    r"(?:摘\s*要|引\s*言|前\s*言|方\s*法|材料与方法|结\s*果|讨\s*论|结\s*论|参考文献|致\s*谢|Abstract|Introduction|Background"
    r"|(?:Materials and )?Methods|Results|Discussion|Conclusions?|References|Acknowledge?ments?)\s*[:：]?\Z",
    re.IGNORECASE,
)


class PlainTextParser:
    """Reads text in UTF-8, UTF-16 or GB18030."""

    identity = "text 1"

    def reads(self, path: Path, head: bytes) -> bool:
        """By the bytes: whatever is text, and neither the marks of a word processor nor an e-mail."""
        return is_text(head) and not head.startswith(_RICH_TEXT) and not is_message(head)

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document; raises DamagedDocument if it is not text."""
        data = path.read_bytes()
        blocks = _whole(counted(_blocks(decoded(data, path)), path, limits))
        if not blocks:
            raise EmptyDocument(str(path), "there is no text in the file")
        return ParseResult((described(path, data, blocks, media_type="text/plain", parser=self.identity),))


def _blocks(text: str) -> Iterator[Block]:
    """Headings and paragraphs; hard-wrapped lines are joined."""
    for number, paragraph in enumerate(_paragraphs(text)):
        if not isinstance(paragraph, str):
            yield Block(BlockKind.TABLE, markdown_table(paragraph))
            continue
        level = _heading_level(paragraph, first=not number)
        yield Block(BlockKind.HEADING if level else BlockKind.PARAGRAPH, paragraph, level=level)


def _whole(found: Iterable[Block]) -> tuple[Block, ...]:
    """A text of headings alone is one of paragraphs."""
    blocks = list(found)
    if all(block.kind is BlockKind.HEADING for block in blocks):
        return tuple(Block(BlockKind.PARAGRAPH, block.text) for block in blocks)
    return tuple(with_references(_with_items(blocks)))


def _with_items(blocks: list[Block]) -> list[Block]:
    """The blocks; headings with numbers that rise by one and no text between them are items of a list.

    The last of them stays a heading where its text is behind it, for it may be that of a chapter.
    """
    found = list(blocks)
    end = len(found)
    while end:
        start = end - 1
        while start and _rises(blocks[start - 1], blocks[start]):
            start -= 1
        if end - start > 1:
            items = end if _is_list(blocks, start, end) or not _has_text(found, end) else end - 1
            found[start:items] = [replace(one, kind=BlockKind.LIST, level=None) for one in blocks[start:items]]
        end = start
    return found


def _rises(one: Block, two: Block) -> bool:
    """Whether the number of a heading is the one behind that of another of its kind."""
    kind = _number_kind(one)
    if kind is None or kind != _number_kind(two):
        return False
    (*above, last), (*above_two, last_two) = _number(one.text), _number(two.text)
    return above == above_two and last_two == last + 1


def _is_list(blocks: list[Block], start: int, end: int) -> bool:
    """Whether three or more headings are steps: 1, 2, 3 right below a colon or a Chinese number."""
    if end - start < 3 or not start or _number(blocks[start].text) != [1] or not blocks[start].text[0].isdecimal():
        return False
    above = blocks[start - 1]
    kind = _number_kind(above)
    return above.text.endswith((":", "：")) or (kind is not None and not kind[1])


def _has_text(found: list[Block], end: int) -> bool:
    """Whether text or a heading below it is behind a heading."""
    if end == len(found) or found[end].kind is BlockKind.LIST:
        return False
    return found[end].kind is not BlockKind.HEADING or (found[end].level or 0) > (found[end - 1].level or 0)


def _number(text: str) -> list[int]:
    """The parts of the number a heading begins with."""
    numbered = _NUMBERED.match(text)
    if numbered:
        return [int(part) for part in re.split(r"[.．]", numbered["number"])]
    return [_chinese(re.split(r"[^一二三四五六七八九十百零\d]", text.removeprefix("第"))[0])]


def _chinese(number: str) -> int:
    """A number in Chinese, or in digits."""
    if number.isdecimal():
        return int(number)
    return value_of("".join(SIGNS[int(sign)] if sign.isdecimal() else sign for sign in number))


def _number_kind(block: Block) -> tuple[int | None, bool, bool] | None:
    """The level of a heading with a number, whether that is in digits and whether it names a chapter or section."""
    text = block.text
    if block.kind is not BlockKind.HEADING or not (_NUMBERED.match(text) or _CHINESE_HEADING.match(text)):
        return None
    return block.level, text[0].isdecimal(), text[0] == "第"


def joined_lines(lines: list[str]) -> str:
    """Lines as one text: no space between Han characters nor after a soft hyphen, a hyphen at a line's end kept."""
    pieces: list[str] = []
    for line in filter(None, (line.strip() for line in lines)):
        if pieces and pieces[-1].endswith("\u00ad"):
            pieces[-1] = pieces[-1][:-1]
        elif pieces:
            pieces.append("" if _is_cjk(pieces[-1][-1]) and _is_cjk(line[0]) else " ")
        pieces.append(line)
    return "".join(pieces)


def _paragraphs(text: str) -> Iterator[str | list[list[str]]]:
    """The paragraphs, and the tables: lines with the same number of cells, one below the other."""
    for part in re.split(r"\n[^\S\n]*\n", without_margins(text.rstrip("\x1a").translate(_LINE_ENDS))):
        lines = [line.strip(" ") for line in part.split("\n") if line.strip()]
        for columns, alike in groupby(lines, key=lambda line: len(_cells(line))):
            found = list(alike)
            if columns > 1 and len(found) > 1 and not all(map(_ITEM.match, found)):
                rows = map(_cells, found)
                yield [row for row in rows if not all(cell and not cell.strip("-=") for cell in row)]
            else:
                yield from _wrapped([line.strip() for line in found])


def _cells(line: str) -> list[str]:
    """The cells of a row: between tabs, or between wide gaps where there are three or more; else the line."""
    if "\t" in line.strip():
        return line.split("\t")
    cells = re.split(r" {3,}", line)
    return cells if len(cells) > 2 else [line]


def _wrapped(lines: list[str]) -> Iterator[str]:
    width = max(map(len, lines))
    group: list[str] = []
    for line in lines:
        if group and (_starts_anew(group[-1], line, width) or _is_next_item(group[0], line)):
            yield joined_lines(group)
            group = []
        group.append(line)
    yield joined_lines(group)


def _is_next_item(first: str, line: str) -> bool:
    """Whether a paragraph that began with the mark of a list is followed by a line with a mark of the same kind."""
    one, two = _ITEM.match(first), _ITEM.match(line)
    return one is not None and two is not None and one.lastgroup == two.lastgroup


def _starts_anew(before: str, line: str, width: int) -> bool:
    """Whether a line opens a paragraph: lines are not wrapped at one width, or one of them is a heading."""
    if _heading_level(line, first=False) or _heading_level(before, first=False):
        return True
    ended = _ENDS.search(before) is not None
    return ended and (len(before) < 0.8 * width or width > 200)


def _heading_level(line: str, *, first: bool) -> int | None:
    if _NAMED.match(line) or (re.match(r"第.{1,4}[章篇]", line) and _CHINESE_HEADING.match(line)):
        return 2
    if _CHINESE_HEADING.match(line) and not _ENDS.search(line):
        return 3 if line.startswith("第") else 2
    numbered = _NUMBERED.match(line)
    if numbered and not _ENDS.search(line) and len(line) < 90:
        return 2 + sum(map(numbered["number"].count, ".．"))
    if first and len(line) <= 200 and not _ENDS.search(line):
        return 1
    return None


def _is_cjk(character: str) -> bool:
    return bool(han_count(character)) or character in "，。、；：？！（）《》“”‘’「」『』【】…—"

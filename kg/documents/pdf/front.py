"""The front of a PDF: the lines of its first page by size, and among them its title and authors."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median_low
from unicodedata import category

from kg.documents.authors import DEGREES, person
from kg.documents.language import han_count, letters_of
from kg.documents.pdf.pieces import Page, Word
from kg.documents.pdf.raised import Raised, without_raised
from kg.documents.pdf.repair import repaired
from kg.domain import Box

_TITLE_PART = 0.62
"""A title begins in this part of the page."""
_SAME_SIZE = 0.14
_COVER_LETTERS = 300
"""A page of fewer letters is a cover: its smallest letters are the usual ones."""
_LONGEST_TITLE = 400
_MOST_TITLE_LINES = 7
_MOST_AUTHOR_LINES = 16
_GENERIC = re.compile(
    r"\A(?:(?:research|review|original|short|case|brief|user['’]?s|technical)?\s*"
    r"(?:articles?|reports?|papers?|communications?|letters?|manual|notes?|reviews?|notices)|open access"
    r"|abstract|editorial|(?:table of )?contents|(?:electronic )?(?:supplementary|supporting) .{0,40}|[A-Z]{4,20}"
    r"|.{0,60}\b(?:journal|proceedings|bulletin|repository|university)\b.{0,40})\Z",
    re.IGNORECASE,
)
_NOT_A_TITLE = re.compile(r"@|https?:|www\.|\bdoi\b|\bISSN\b|©|\d{4}\s?[;,:]\s?\d|^\W*\d+\W*$", re.IGNORECASE)
_ENDS = re.compile(
    r"abstract|summary|a\s?b\s?s\s?t\s?r\s?a\s?c\s?t\b|摘\s*要|introduction|background|keywords?|key words|contents"
    r"|received|accepted|published|revised|correspond|e-?mail|doi\b|https?:|www\.|copyright|©"
    r"|article history|\d{1,2}[.、)]\s",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"universit|univ\.|department|departamento|dept|institut|hospital|school|college|laborator|academy|facult|centre|center\b"
    r"|division|clinic|ministry|company|\b(?:inc|ltd|llc|corp|gmbh|co)\b|street|avenue|blvd|road|box\b|assistant\b"
    r"|大学|学院|医院|研究所|实验室|研究院|中心",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"(?:for|on behalf of) (?:the )?.{2,160}"
    r"|(?:the )?[\w .&'’-]{2,80}\b(?:consortium|group|collaboration|network|investigators|initiative|team)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^(?:presenting |co-?|corresponding )?(?:authors?|by|作者)\s*[:：]?\s+", re.IGNORECASE)
_DEGREE = re.compile(rf"(?:,|\b)\s*(?:{DEGREES}|Dr|Prof(?:essor)?)\b\.?")
_PARTICLE = (
    "van|von|der|den|de|dem|del|della|di|da|dos|das|do|du|la|le|les|el|al|bin|ibn|ben|ter|ten|zu|zur|af|av|y|e|st|abu"
)
_PARTICLES = frozenset(_PARTICLE.split("|"))
_INITIAL_END = re.compile(r"(?:^|[\s.-])[^\W\d_]\.$")
_JOINT = re.compile(r"\s*(?:[;,·•&|、，；*†‡§¶#∗⁎☯¤◊♦∥‖\u2020-\u2022]|\band\b|\bund\b|\bet\b|\s和\s)\s*|\s{3,}")
_MARK = "*"


@dataclass(frozen=True, slots=True)
class FrontLine:
    """A line of one column; ``size`` is the height of most of its letters, ``marked`` its text with marks as stars."""

    text: str
    marked: str
    box: Box
    size: float


@dataclass(frozen=True, slots=True)
class Front:
    """What the first page looks like and tells of the work."""

    lines: tuple[FrontLine, ...] = ()
    height: float = 0.0
    title: str = ""
    authors: tuple[str, ...] = ()


def front_of(page: Page, raised: Sequence[Raised], told_title: str) -> Front:
    """The front of a first page; a title that the file tells is taken if the page shows it."""
    lines = lines_of(page, raised)
    place = _title_place(lines, page.height, told_title)
    title = " ".join(lines[n].text for n in place)
    shown = _whole(title)
    if told_title and letters_of(told_title).startswith(letters_of(shown)[:60]) and shown:
        shown = told_title
    return Front(tuple(lines), page.height, shown, _authors(lines, place))


def _whole(title: str) -> str:
    title = re.sub(r"(?<=[a-z])-\s(?=[a-z])", "-", repaired(title))
    return title.rstrip(" *†‡§¶∗⁎")


def lines_of(page: Page, raised: Sequence[Raised]) -> list[FrontLine]:
    """The upright words as lines from the top down; a wide gap parts two columns or names."""
    rows: list[list[Word]] = []
    for word in sorted((w for w in page.words if w.angle == 0 and w.text.strip()), key=lambda one: one.box.y1):
        middle = (word.box.y0 + word.box.y1) / 2
        row = next((r for r in rows[-3:] if r[0].box.y0 - 1 <= middle <= r[0].box.y1 + 1), None)
        if row is None:
            rows.append([word])
        else:
            row.append(word)
    lines = []
    for row in rows:
        part: list[Word] = []
        for word in sorted(row, key=lambda one: one.box.x0):
            if part and word.box.x0 - part[-1].box.x1 > 1.2 * max(_height(part[-1]), _height(word)):
                lines.append(_line(part, raised))
                part = []
            part.append(word)
        lines.append(_line(part, raised))
    return lines


def _height(word: Word) -> float:
    return word.box.y1 - word.box.y0


def _line(words: Sequence[Word], raised: Sequence[Raised]) -> FrontLine:
    text = " ".join(word.text.strip() for word in words)
    size = median_low([word.letter_height for word in words if len(word.text) > 1] or [words[0].letter_height])
    return FrontLine(text, without_raised(text, raised, _MARK), Box.around(w.box for w in words), round(size, 1))


def _title_place(lines: Sequence[FrontLine], height: float, told: str) -> list[int]:
    """Which lines are the title: those that the file tells, else the largest that are no label."""
    body = Counter[float]()
    for line in lines:
        body[round(line.size)] += len(line.text)
    usual = body.most_common(1)[0][0] if sum(body.values()) > _COVER_LETTERS else min(body, default=0)
    may = [n for n, line in enumerate(lines) if _may_head(line.text)]
    starts = [n for n in may if lines[n].box.y0 < _TITLE_PART * height] or may
    wanted = letters_of(told)
    if len(wanted) >= 6:
        for n in starts:
            if len(begun := letters_of(lines[n].text)) >= 4 and wanted.startswith(begun):
                return _title_from(lines, n)
    top = next((n for n in starts if n < 3 and _stands_alone(lines, n)), None)
    for n in sorted((n for n in starts if lines[n].size > 1.12 * usual), key=lambda n: _rank(lines[n])):
        while n > 0 and n - 1 in starts and _title_goes_on(lines[n - 1], lines[n]):
            n -= 1
        place = _title_from(lines, n)
        title = " ".join(lines[one].text for one in place)
        if _GENERIC.fullmatch(title.strip()) or len(title) > _LONGEST_TITLE or _surely_names(lines[n]):
            continue
        if top is not None and top < n and usual * 0.97 <= lines[top].size and lines[n].size < 1.25 * lines[top].size:
            break
        return place
    return [] if top is None else [top]


def _rank(line: FrontLine) -> tuple[float, int, int]:
    """Larger before smaller, above before below, long before short."""
    return -round(line.size), round(line.box.y0 / max(line.size, 1)), -len(line.text)


def _stands_alone(lines: Sequence[FrontLine], n: int) -> bool:
    """Whether a line near the top is short, no sentence, no label, and apart from the line below."""
    text = lines[n].text.strip()
    ended = text.endswith((".", "。", ",", "，", ";"))
    if ended or len(text) > 100 or len(text.split()) > 14 or _GENERIC.fullmatch(text) or _surely_names(lines[n]):
        return False
    return n + 1 == len(lines) or lines[n + 1].box.y0 - lines[n].box.y1 > 0.5 * lines[n].size


def _may_head(text: str) -> bool:
    letters = sum(character.isalpha() for character in text)
    enough = letters >= (2 if han_count(text) else 4) and letters > 0.5 * len("".join(text.split()))
    return enough and not _NOT_A_TITLE.search(text) and not _ENDS.match(text)


def _title_from(lines: Sequence[FrontLine], first: int) -> list[int]:
    """The lines of a title: to one of another size, or of names with a place below it; other columns are passed."""
    place = [first]
    for n in range(first + 1, len(lines)):
        before = lines[place[-1]]
        if not share_column(before, lines[n]):
            continue
        below = next((line for line in lines[n + 1 :] if share_column(lines[n], line)), None)
        ends = len(_names([lines[n]])) > 1 and below is not None and _PLACE.search(below.text)
        if ends or len(place) == _MOST_TITLE_LINES or not _title_goes_on(before, lines[n]):
            break
        place.append(n)
    return place


def share_column(one: FrontLine, two: FrontLine) -> bool:
    """Whether one of two lines is above the other, at least in part."""
    return one.box.x0 < two.box.x1 and two.box.x0 < one.box.x1


def _title_goes_on(before: FrontLine, line: FrontLine) -> bool:
    near = -0.5 * before.size <= line.box.y0 - before.box.y1 <= 1.2 * max(before.size, line.size)
    alike = abs(line.size - before.size) <= _SAME_SIZE * max(before.size, line.size) + 0.3
    return near and alike and not _ENDS.match(line.text) and not _surely_names(line)


def _surely_names(line: FrontLine) -> bool:
    """Whether a line is of names and shows it by a mark, an initial or a list."""
    names = _names([line])
    listed = len(names) > 1 and re.search(r"[,;·•]", line.text) is not None
    return bool(names) and (
        listed or _MARK in line.marked or any("." in name or len(name.split()[0]) == 1 for name in names)
    )


def _authors(lines: Sequence[FrontLine], title: Sequence[int]) -> tuple[str, ...]:
    """The names in the lines below the title, else in those right above it."""
    if not title:
        return ()
    first = title[0]
    near = [line for line in lines[title[-1] + 1 :] if any(share_column(lines[n], line) for n in title)]
    near = near[:_MOST_AUTHOR_LINES]
    block = _block(near)
    names = _names(block)
    whole = len(names) > 1 and any(len(word) > 1 for name in names for word in name.split()[1:])
    if whole or (names and _is_byline(block, near)):
        return tuple(names)
    above: list[FrontLine] = []
    for line in reversed(lines[max(0, first - 6) : first]):
        below = above[-1] if above else lines[first]
        if below.box.y0 - line.box.y1 > 2.0 * max(below.size, line.size) or not _names([line]):
            break
        if above and abs(line.size - above[-1].size) > _SAME_SIZE * line.size:
            break
        above.append(line)
    names = _names(reversed(above))
    return tuple(names) if len(names) > 1 or any(_surely_names(line) for line in above) else ()


def _is_byline(block: Sequence[FrontLine], near: Sequence[FrontLine]) -> bool:
    """Whether a single name is an author: by a mark, an initial or a label, or a place, date or abstract below it."""
    if any(_surely_names(line) or _LABEL.match(line.text) for line in block):
        return True
    if any(_PLACE.search(line.text) for line in block):
        return False
    after = [line for line in near if line not in block][:4]
    return any(_PLACE.search(line.text) or _ENDS.match(line.text) for line in after)


def _block(lines: Sequence[FrontLine]) -> list[FrontLine]:
    """The lines of names: from the first line that has names to the first that goes on in another size or matter."""
    block: list[FrontLine] = []
    for line in lines:
        if len(line.text.strip()) <= 2:
            continue
        if _ENDS.match(line.text) and not _LABEL.match(line.text):
            break
        if block and not _goes_with(block, line):
            break
        if block or _names([line]):
            block.append(line)
        elif len(line.text) > 60 and not _PLACE.search(line.text):
            break
    return block


def _goes_with(block: Sequence[FrontLine], line: FrontLine) -> bool:
    size = max(block[0].size, line.size)
    if line.box.y0 - block[-1].box.y1 > 1.6 * size:
        return False
    if _LABEL.match(line.text) or _LABEL.match(block[0].text):
        return bool(_names([line]))
    unlike = abs(block[0].size - line.size) > 0.15 * size + 0.3 and _MARK not in line.marked
    if unlike or _PLACE.search(line.text):
        return False
    return sum(map(len, _names([*block, line]))) > sum(map(len, _names(block)))


def _names(lines: Iterable[FrontLine]) -> list[str]:
    """The names of people that lines are made of; none if they hold much else."""
    parts: list[str] = []
    for line in lines:
        here = _parts(line.marked)
        if parts and here and not (_is_name(parts[-1]) and _is_name(here[0])) and parts[-1] != "":
            parts[-1] = f"{parts[-1]} {here.pop(0)}"
        parts += here
    parts = [part for part in parts if part]
    names = [part for part in parts if _is_name(part)]
    rest = sum(len(part) for part in parts if part not in names and len(part) > 3)
    return list(dict.fromkeys(names)) if names and rest <= 0.35 * sum(map(len, names)) else []


def _parts(text: str) -> list[str]:
    """What stands between the commas and marks of a line; the last is empty where the line ends with one."""
    labelled = _LABEL.match(text) is not None
    text = _DEGREE.sub("", _LABEL.sub("", text))
    text = re.sub(r"\([^()]{1,80}\)", " ", repaired(text.replace(_MARK, " ; ")))
    text = re.sub(r"[\d⁰¹²³⁴-⁹]+[a-z]?\b", " ; ", text)
    if ";" in text and re.search(r"[^\W\d_]{2},\s*[^\W\d_]\.", text):
        parts = [_turned(part) for part in text.split(";")]
    elif found := re.fullmatch(r"\s*([^\W\d_][\w'’-]+),\s*((?:[^\W\d_]\.[\s-]?){1,4})\s*;?", text):
        parts = [f"{found[2].strip()} {found[1]}"]
    else:
        parts = _JOINT.split(text)
    clean = [_clean(part) for part in parts]
    filled = [part for part in clean if part]
    if labelled and filled and _is_name(filled[0]) and not any(map(_is_name, filled[1:])):
        return [filled[0], ""]
    return [*filled, *([""] if filled and not clean[-1] else [])]


def _clean(part: str) -> str:
    part = " ".join(part.split()).lstrip(" .,:–-").rstrip(" ,:–-")
    return part if _INITIAL_END.search(part) else part.rstrip(" .\"'”")


def _turned(part: str) -> str:
    family, comma, given = part.partition(",")
    return person(given.strip(), family.strip()) if comma else part


def _is_name(part: str) -> bool:
    if _PLACE.search(part) or _GENERIC.fullmatch(part):
        return False
    if han_count(part):
        return 2 <= len(part.replace(" ", "")) <= 4 and han_count(part) == len(part.replace(" ", ""))
    if _GROUP.fullmatch(part):
        return True
    words = part.split()
    if not 2 <= len(words) <= 6 or not all(map(_is_word, words)):
        return False
    long = [word for word in words if len(word.strip(".")) > 1]
    cased = [word for word in long if word[0].islower() and word[0].upper() != word[0]]
    return bool(long) and all(word in _PARTICLES for word in cased) and len(cased) < len(long)


def _is_word(word: str) -> bool:
    """Whether a word is of letters, with hyphens, apostrophes and dots inside or after them."""
    inked = word.strip("-'’`´.")
    return bool(inked) and all(c.isalpha() or category(c)[0] == "M" or c in "-'’`´." for c in inked)

"""Where sentences begin and end, in Chinese, English and mixtures of both."""

import re

from kg.documents.language import han_count
from models.han import HAN

_CLOSERS = "\"'”’」』）)]】》〉"
_CHINESE_END = re.compile(rf"(?:[。！？!?]|…{{2,}}|⋯{{2,}})[。！？!?…⋯]*[{re.escape(_CLOSERS)}]*|；")
_LATIN_END = re.compile(
    rf"[.!?．]+[{re.escape(_CLOSERS)}]*(?:\[\d[\d,;–\- ]*\]|(?<=[a-z\)]\.)\d{{1,3}}(?:[,–-]\d{{1,3}})*(?=\s+[A-Z])"
    r"|[⁰¹²³⁴-⁹][⁰¹²³⁴-⁹⁻,]{0,30}(?=\s))?"
)
_BREAK = re.compile(r"\n[^\S\n]*\n\s*|\n(?=\s*(?:[-*•·‣◦]|\d{1,2}[.)、]|[（(]\d{1,2}[）)])\s?\S)")
_CANDIDATE = re.compile(f"(?P<break>{_BREAK.pattern})|(?P<zh>{_CHINESE_END.pattern})|(?P<latin>{_LATIN_END.pattern})")

_NEVER_LAST_TEXT = """
fig figs eq eqs ref refs tab no nos vs cf viz e.g i.e ca approx dr prof mr mrs ms st resp ch sect sec chap vol vols
pp p ed eds suppl ext var subsp cv nr dept univ a.k.a gen op incl excl ver v
"""
_NEVER_LAST = frozenset(_NEVER_LAST_TEXT.split())
_SELDOM_LAST_TEXT = """
al etc inc ltd co corp sp spp jr sr i.v i.p i.m s.c p.o i.c.v b.w u.s u.k d.c h min hr hrs max wt temp conc jan feb
mar apr jun jul aug sep sept oct nov dec mol ibid m.w ph.d m.d b.i.d t.i.d q.d o.d
"""
_SELDOM_LAST = frozenset(_SELDOM_LAST_TEXT.split())
_STARTERS_TEXT = """
The This These Those That There Then Thus Therefore They Their It Its In On At As An For From With When Where While
We Our However Here Hence Herein He She His Her By But And Although Also After Before Because Both To Of Or If
Moreover Furthermore Finally Additionally Further First Second Third Since Such Some Several Many Most Each Not No
One Two Three Recent Recently Results Methods Conclusion Conclusions Background Objective Objectives Overall
Together Taken Through Using Under Upon Until Unlike Despite Due During Interestingly Importantly Indeed
"""
_STARTERS = frozenset(_STARTERS_TEXT.split())
_SMALL_START = re.compile(r"[a-z]{1,3}[A-Z0-9]|[a-z]-[A-Z]|[\u03b1-\u03c9]")
_LAST_WORD = re.compile(rf"[^\s(\[（“\"'‘,;/，、{HAN}]{{0,40}}\Z")
_OPENERS = re.compile("\\s*[\"'“‘「『（([【《]*")
_LONGEST_NUMBER = 60
"""Characters of a line that may be its number alone."""
_LABEL = re.compile(r"[A-Z]{3}[A-Z &]*:")


def inked(text: str, start: int, end: int) -> tuple[int, int]:
    """The offsets of a part of a text without the white space around it; an empty part is where its space ends."""
    part = text[start:end]
    first = start + len(part) - len(part.lstrip())
    return first, max(first, start + len(part.rstrip()))


def sentences(text: str) -> list[tuple[int, int]]:
    """Offsets [start, end) of the sentences, in order; between them and around them is only white space."""
    cuts = [found.end() for found in _CANDIDATE.finditer(text) if _ends(found, text)]
    spans: list[tuple[int, int]] = []
    start = 0
    for cut in [*cuts, len(text)]:
        first, last = inked(text, start, cut)
        if first < last:
            if spans and not any(map(str.isalnum, text[first:last])) and "\n" not in text[spans[-1][1] : first]:
                spans[-1] = (spans[-1][0], last)
            else:
                spans.append((first, last))
        start = cut
    return spans


def _ends(found: re.Match[str], text: str) -> bool:
    if found["break"] is not None:
        return True
    if found["zh"] is not None and _ends_chinese(text, found.start(), found.end()):
        return True
    return found[0][0] in ".!?．" and _ends_latin(text, found.start(), found.end())


def _ends_chinese(text: str, start: int, end: int) -> bool:
    mark = text[start]
    if mark == "；":
        return _depth(text, start) == 0
    if mark in "!?" and not han_count(text[start - 1 : start]) and not han_count(text[end : end + 1]):
        return False
    if mark in "…⋯":
        return end == len(text) or text[end - 1] in _CLOSERS or text[end].isspace()
    following = text[end : end + 1]
    if text[end - 1] in "）)]】》〉" and following in "，,、；：":
        return False
    return not (text[end - 1] in "”’」』\"'" and (following in tuple("，,、；：的") and following != ""))


def _ends_latin(text: str, start: int, end: int) -> bool:
    before, following = text[start - 1 : start], text[end : end + 1]
    if not following:
        return True
    if han_count(before) and han_count(following):
        return True
    if not following.isspace():
        return (text[start] == "．" and not following.isdigit()) or _LABEL.match(text, end) is not None
    skipped = _OPENERS.match(text, end)
    at = skipped.end() if skipped else end
    opener = text[at : at + 40]
    if not opener and text[at - 1].isspace():
        return True
    if not opener or not (
        opener[0].isupper() or opener[0].isdigit() or han_count(opener[0]) or _SMALL_START.match(opener)
    ):
        return not before.isalnum() and text[start] in "!?" and end - start > 1
    if text[start] in "!?" or (end - start > 1 and text[end - 1] in _CLOSERS):
        return True
    word = _last_word(text, start)
    lowered = word.lower()
    next_word = re.match(r"[A-Za-z]*", opener)
    is_starter = next_word is not None and next_word[0] in _STARTERS
    if lowered in _NEVER_LAST:
        return is_starter and len(word) > 2 and lowered not in {"fig", "figs", "eq", "eqs", "vs", "e.g", "i.e"}
    if lowered in _SELDOM_LAST or re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", word):
        return is_starter or bool(han_count(opener[0]))
    if re.fullmatch(r"(?:[A-Z]|[A-Z]-[A-Z])", word):
        return is_starter
    window = text[max(0, start - _LONGEST_NUMBER) : start]
    line = window.rpartition("\n")[2]
    return len(line) == _LONGEST_NUMBER or not re.fullmatch(r"\s*(?:\d{1,3}(?:\.\d{1,2})*|[ivxIVX]{1,4})", line)


def _last_word(text: str, end: int) -> str:
    found = _LAST_WORD.search(text[max(0, end - 40) : end])
    return found[0] if found else ""


def _depth(text: str, end: int) -> int:
    window = text[max(0, end - 200) : end]
    opened = sum(window.count(c) for c in "（(【[「『“")
    closed = sum(window.count(c) for c in "）)】]」』”")
    return max(0, opened - closed)

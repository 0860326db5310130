"""The lines of a first page that tell where, when and under which identifiers a work was published.

Prose names other works and other years. So a line counts by its form: a citation, a running line, a date behind
``Published``, a line of copyright, an identifier alone. What no such line tells, or two tell otherwise, is unknown.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from kg.documents.description import DOI, doi_in
from kg.documents.language import letters_of
from kg.documents.pdf.front import Front, FrontLine, lines_of, share_column
from kg.documents.pdf.pieces import Page
from kg.documents.pdf.repair import repaired
from kg.domain import Box

_FRONT_PART, _HEAD_PART, _FOOT_PART = 0.5, 0.15, 0.85
_LONGEST = 160
_MOST_PAGES, _MOST_CITATIONS, _MOST_MARGIN_LINES = 20, 20, 100
_OWN_LINES = 5
_TITLE_LETTERS = 12
_PROSE_LETTERS = 30
_NEAR = 0.6
_ALIKE = 0.14
_YEAR = r"(?:19|20)\d\d"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?\.?"
_MONTH = r"[^\W\d_]{3,9}\.?"
_DATE = rf"(?:(?:{_DAY} )?{_MONTH}(?: {_DAY},?)? |\d{{1,2}}[/.]\d{{1,2}}[/.])?(?P<year>{_YEAR})(?!\d)"
_NAMED = r"\A(?P<journal>[A-Z][\w.&'’ -]{0,70}?)"
_CITATIONS = tuple(
    re.compile(_NAMED + pattern)
    for pattern in (
        rf"[,.]? \d{{1,4}}\w?(?:\.\d{{1,2}})? \((?P<year>{_YEAR})\)(?=\W{{0,3}}(?:pp?\.? ?)?(?:\w{{0,2}}\d|\Z))",
        rf"[,.]? (?P<year>{_YEAR})(?: [A-Z][a-z]{{2,8}}\.?(?: \d{{1,2}})?)?[;,:]\s?(?:\d{{1,2}} \w{{3,9}}[;,] ?)?"
        r"[\w()]{1,8}\s?[:,;]\s?\w",
        rf" ?\((?P<year>{_YEAR})\)[,;:]? \d{{1,4}}\s?[:,(]",
        rf"[,.]? \d{{1,4}} ?\w?[:,] ?[A-Z]?\d{{1,5}}[–-][A-Z]?\d{{1,5}}\W{{0,4}}(?P<year>{_YEAR})?",
        rf", {_MONTH} (?:{_DAY}, )?(?P<year>{_YEAR})[,•·\s]{{1,3}}\d{{1,4}} ?\(\d{{1,3}}\):",
    )
)
_SITE = re.compile(r"(?P<journal>[A-Z][A-Za-z&:' ]{2,60}) \| (?:www\.|https?://)")
_IN_JOURNAL = re.compile(r"\((?:ESI|SI)\) for (?P<journal>[A-Z][\w.&' -]{2,60}?)\.?$")
_BEFORE_TITLE = re.compile(rf"\((?P<year>{_YEAR})\)[.,:]?\s*(?P<title>\S.*)")
_RUNNING = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\A(?=.*(?:\bV(?:ol|OL)(?:ume|UME)?\b\.?|\|\s?volume)[ ,.]{{0,2}}\d).*?\b(?P<year>{_YEAR})\b(?![-–]\d)",
        rf"\A(?=.* \| )(?:.* \| |.*https?://\S+ )?{_DATE}(?: \||\Z)",
        rf"\A(?=.*\d ?[卷期]).*?(?P<year>{_YEAR}) ?年",
    )
)
_PUBLISHED = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:^|[;|•·/] ?|\b[Tt]his )(?:(?:First|Advance Access|E-?) ?)?"
        r"(?:[Pp]ublished(?: [Oo]nline)?|[Pp]ublication [Dd]ate|version posted|[Aa]vailable online|Erschienen"
        rf"|(?:出版|发表|刊出)(?:日期|时间)?)[:：]?\s?{_DATE}\s*(?:\Z|\W)",
        rf"Published by [^.;]{{2,60}}, (?P<year>{_YEAR})\Z",
    )
)
_COPYRIGHT = tuple(
    re.compile(rf"{sign}(?P<year>{_YEAR})\b(?!\s?[-–]\s?\d)")
    for sign in (r"©\D{0,60}?\b", r"\([cC]\)\s{0,2}", r"\bCopyright\W{0,6}(?:by )?")
)
_YEAR_LAST = re.compile(rf"\b(?P<year>{_YEAR})\Z")
_DATE_ALONE = re.compile(rf"(?:{_DAY} {_MONTH}|{_MONTH} {_DAY},) (?P<year>{_YEAR})")
_CHINESE_DATE_ALONE = re.compile(rf"(?P<year>{_YEAR}) ?年(?: ?\d{{1,2}} ?[月日]){{0,2}}")
_WAITS_FOR_A_DATE = re.compile(r"(?:[:：]|posted)\Z")
_ISSUE = re.compile(r"\(\d{1,3}\)")
_PERSIAN = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")
_IDENTIFIERS = re.compile(
    r"(?:\W{0,4}(?:DOI|Digital Object Identifier|PMID|PMCID|NIHMSID)?\W{0,4}"
    r"(?:(?:https?://|www\.|10\.\d{4,9}/)\S+(?!\S)|(?:PMC|NIHMS)?\d{5,9}\b))+\W*",
    re.IGNORECASE,
)
_PUBMED = {"pmid": re.compile(r"\bPMID:?\s{0,2}(\d{5,9})\b"), "pmcid": re.compile(r"\b(PMC\d{5,9})\b")}
_ARXIV = re.compile(r"\s*arXiv:(\d{2})(\d{2})\.(\d{4,5})(?:v\d{1,2})?(?P<subject>\s*\[)?")


@dataclass(frozen=True, slots=True)
class Publication:
    """Journal, year and identifiers of a work, as far as its first page tells them."""

    journal: str = ""
    year: int | None = None
    identifiers: Mapping[str, str] = field(default_factory=dict)


def publication_of(front: Front, page: Page, others: Iterable[Page] = ()) -> Publication:
    """What the lines of a first page tell; the margins of the ``others`` repeat what is the work's own."""
    title = letters_of(front.title)
    lines = [line for line in front.lines if not (title and letters_of(line.text) in title)]
    edges = [line for line in lines if not _FRONT_PART < line.box.y0 / max(front.height, 1) < _FOOT_PART]
    told = [_with_date_below(line, lines) for line in edges]
    margins = [line for line in edges if _is_in_margin(line.box, front.height) and len(line.text) <= _LONGEST]
    margins = margins[:_MOST_MARGIN_LINES]
    running = [repaired(line.text) for line in margins]
    elsewhere = [line.text for other in islice(others, _MOST_PAGES) for line in _margins(other)]
    likely = ((line, found) for line, text in zip(edges, told, strict=True) if (found := _first(_CITATIONS, text)))
    cited = [found for line, found in islice(likely, _MOST_CITATIONS) if not _goes_on(line, lines)]
    of_margin = _found(_RUNNING, running)
    published, copyrights = _found(_PUBLISHED, told), _found(_COPYRIGHT, told)
    own = _own_citation(lines, title)
    stamp = _stamp(page, lines)
    forms = (
        [*_years(cited), *filter(None, map(_year_of_issue, told))],
        _years(map(_BEFORE_TITLE.search, own[:1])),
        [2000 + int(stamp[1])] if stamp else [],
        _years(of_margin),
        _years(published),
        _years(copyrights),
        _years(map(_YEAR_LAST.search, _repeated(running, [*(line.text for line in lines), *elsewhere]))),
        _years(_date_alone(line, lines) for line in margins),
    )
    texts = [repaired(line.text) for line in lines]
    identified = [text for text in texts if len(text) <= _LONGEST and _IDENTIFIERS.fullmatch(text)]
    stating = [found.string for found in (*cited, *of_margin, *published, *copyrights)]
    identifiers = {"doi": _doi(texts, [*stating, *own, *identified], elsewhere)}
    for name, pattern in _PUBMED.items():
        identifiers[name] = _only(found[1] for text in identified for found in pattern.finditer(text))
    identifiers["arxiv"] = f"{stamp[1]}{stamp[2]}.{stamp[3]}" if stamp else ""
    return Publication(
        next((name for found in cited if (name := _journal(found))), "") or _of_site(told),
        next((years[0] for years in forms if len(set(years)) == 1), None),
        {name: value for name, value in identifiers.items() if value},
    )


def _first(patterns: Iterable[re.Pattern[str]], text: str) -> re.Match[str] | None:
    return next((found for pattern in patterns if (found := pattern.search(text))), None)


def _found(patterns: Sequence[re.Pattern[str]], texts: Iterable[str]) -> list[re.Match[str]]:
    return [found for text in texts if (found := _first(patterns, text))]


def _years(found: Iterable[re.Match[str] | None]) -> list[int]:
    return [int(one["year"]) for one in found if one and one["year"]]


def _only(values: Iterable[str]) -> str:
    """The value, if there is one alone."""
    different = {value.casefold(): value for value in values}
    return next(iter(different.values())) if len(different) == 1 else ""


def _is_in_margin(box: Box, height: float) -> bool:
    return box.y1 < _HEAD_PART * height or box.y0 > _FOOT_PART * height


def _margins(page: Page) -> Sequence[FrontLine]:
    return lines_of(replace(page, words=tuple(w for w in page.words if _is_in_margin(w.box, page.height))), ())


def _is_near(line: FrontLine, other: FrontLine) -> bool:
    """Whether another line of one size and column is right above or below a line."""
    apart = max(line.box.y0 - other.box.y1, other.box.y0 - line.box.y1)
    alike = abs(line.size - other.size) <= _ALIKE * max(line.size, other.size)
    return line is not other and alike and share_column(line, other) and apart < _NEAR * line.size


def _goes_on(line: FrontLine, lines: Iterable[FrontLine]) -> bool:
    """Whether a line goes on with the paragraph above it, whose lines are as long."""
    return any(
        _is_near(line, above)
        and above.box.y0 < line.box.y0
        and len(above.text) > _PROSE_LETTERS
        and above.box.x1 > line.box.x1 - line.size
        and abs(above.box.x0 - line.box.x0) < 2 * line.size
        for above in lines
    )


def _with_date_below(line: FrontLine, lines: Iterable[FrontLine]) -> str:
    """The text of a line, with the line below if it ends where a date is to follow."""
    text = repaired(line.text)
    if not _WAITS_FOR_A_DATE.search(text):
        return text
    below = (other for other in lines if other.box.y0 > line.box.y0 and _is_near(line, other))
    return f"{text} {repaired(next((other.text for other in below), ''))}".rstrip()


def _own_citation(lines: Sequence[FrontLine], title: str) -> list[str]:
    """The lines in which the page cites its own work: from the year before the title on."""
    for line in lines:
        found = _BEFORE_TITLE.search(line.text)
        named = letters_of(found["title"]) if found else ""
        if len(named) >= min(_TITLE_LETTERS, len(title)) > 0 and (title.startswith(named) or named.startswith(title)):
            cited = [line]
            for below in lines:
                if len(cited) < _OWN_LINES and below.box.y0 > cited[-1].box.y0 and _is_near(cited[-1], below):
                    cited.append(below)
            return [repaired(one.text) for one in cited]
    return []


def _stamp(page: Page, lines: Iterable[FrontLine]) -> re.Match[str] | None:
    """The stamp of arXiv: beside the text, or a line of its own that tells its subject."""
    beside = (_ARXIV.match(word.text) for word in page.words if word.angle)
    above = (found for line in lines if (found := _ARXIV.match(line.text)) and found["subject"])
    return next((found for found in (*beside, *above) if found), None)


def _year_of_issue(text: str) -> int | None:
    """The year in a line of nothing but year, volume, issue in brackets and pages; Persian digits tell their year."""
    western = text.translate(_PERSIAN)
    if ":" not in western or any(map(str.isalpha, western)) or not _ISSUE.search(western):
        return None
    years = re.findall(_YEAR if western == text else r"1[34]\d\d", western)
    return int(years[0]) if len(years) == 1 else None


def _repeated(running: Sequence[str], texts: Sequence[str]) -> Iterator[str]:
    """The lines that stand in more than one of the texts, such as the name and year of a conference."""
    whole = [letters_of(text) for text in texts]
    for text in running:
        if _YEAR_LAST.search(text) and sum(letters_of(text) in other for other in whole) > 1:
            yield text


def _date_alone(line: FrontLine, lines: Iterable[FrontLine]) -> re.Match[str] | None:
    text = repaired(line.text)
    found = _DATE_ALONE.fullmatch(text) or _CHINESE_DATE_ALONE.fullmatch(text)
    return found if found and not any(_is_near(line, other) for other in lines) else None


def _doi(texts: Iterable[str], own: Iterable[str], elsewhere: Iterable[str]) -> str:
    """The DOI of a page that the margins of other pages repeat, else the one that it states as its own."""
    shown = {doi.casefold(): doi for text in texts for doi in _dois(text)}
    whole = {key for key in shown if not any(key != other and other.startswith(key) for other in shown)}
    stated = whole & {doi.casefold() for text in own for doi in _dois(text)}
    repeated = whole & {doi.casefold() for text in elsewhere for doi in _dois(text)}
    found = next((keys for keys in (repeated, stated) if len(keys) == 1), None)
    return shown[found.pop()] if found else ""


def _dois(text: str) -> list[str]:
    return [doi for found in DOI.finditer(text) if (doi := doi_in(found[0]))]


def _of_site(texts: Iterable[str]) -> str:
    """The journal before the address of its site, or of whose paper the page is a supplement."""
    found = next((found for text in texts if (found := _SITE.search(text) or _IN_JOURNAL.search(text))), None)
    return found["journal"].strip() if found else ""


def _journal(found: re.Match[str]) -> str:
    name = found["journal"].strip(" .,|") + "." * found["journal"].rstrip().endswith(".")
    likely = len(name.rstrip(".")) > 1 and not re.search(r"[a-z]{2}\.\s+[A-Z][a-z]+ et al", name)
    return name if likely and " et al" not in name else ""

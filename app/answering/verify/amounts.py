"""The number or date that a sentence gives for what a question asks, and when two of them cannot both be right."""

import re
from dataclasses import dataclass

from app.answering.verify.quantities import quantities
from app.answering.verify.question_needs import needs_of
from app.answering.verify.study_context import OF_A_DOSE, StudyContext, study_context_of

_WHEN = re.compile(
    r"\b(?:when|what (?:year|date|day)|which (?:year|date|day)|in what year)\b"
    r"|何时|什么时[候间]|哪一?[年天日]|几月|日期|[时日]间(?:是|为)?[?？]?$",
    re.IGNORECASE,
)
_HAN_DATE = re.compile(
    r"(?:(?P<y>(?:1[5-9]|20)\d\d)年)?(?:(?P<m>1[0-2]|0?[1-9])月)?(?:(?P<d>3[01]|[12]\d|0?[1-9])[日号])?"
)
_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
_MONTH = "|".join(m.capitalize() for m in _MONTHS)
_LATIN_DATE = re.compile(
    rf"(?:(?P<m1>{_MONTH})\.? (?P<d1>3[01]|[12]\d|[1-9])(?:st|nd|rd|th)?,? ?)?(?P<y1>(?:1[5-9]|20)\d\d)(?![\d.,]\d|%)"
    rf"|(?P<d2>3[01]|[12]\d|[1-9])(?:st|nd|rd|th)? (?P<m2>{_MONTH}),? ?(?P<y2>(?:1[5-9]|20)\d\d)?"
    rf"|(?P<m3>{_MONTH}) (?P<d3>3[01]|[12]\d|[1-9])(?!\d)"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_AS_OF = re.compile(r"\b(?:as of|since|until|by) (?:\w+ )?\d{4}\b|截[至止][^,，。]{0,12}年", re.IGNORECASE)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_ASIDE = re.compile(
    r"\b[pPnrR]\s*[<=>≤≥]\s*-?[\d.]+|\b\d+\s*%\s*(?:CI|confidence interval)[^);,]*|\[[\d,\s–-]+\]|(?:±|\+/-)\s*[\d.]+",
)
_ABOUT = re.compile(
    r"\b(?:about|approximately|around|nearly|almost|over|more than|less than|at least|up to|some|roughly|~)"
    r"|[约近超逾]|左右|以上|多",
    re.IGNORECASE,
)
_EXACT, _MEASURED, _ROUGH = 0.005, 0.15, 0.35
_COUNTED = frozenset({"", "count", "basepair"})


@dataclass(frozen=True, slots=True)
class Amount:
    """The only number of its kind in a sentence, or its only date as (year, month, day) with 0 for what is not told."""

    kind: str
    value: float
    unit: str
    date: tuple[int, int, int]
    rough: bool
    context: StudyContext


def amount_of(sentence: str, question: str) -> Amount | None:
    """The amount that answers the question's kind, where the sentence holds exactly one."""
    if _WHEN.search(question):
        dates = set(_dates(sentence)) - set(_dates(question))
        context = study_context_of(re.sub(r"\d", "", sentence))
        return Amount("date", 0, "", dates.pop(), False, context) if len(dates) == 1 else None
    wants = needs_of(question).wants
    if wants is None:
        return None
    plain = _ASIDE.sub(" ", sentence)
    known = {round(q.value, 9) for q in quantities(question)}
    found = [q for q in quantities(plain) if round(q.value, 9) not in known and not _is_year(q.text, plain)]
    fitting = [q for q in found if not wants or (q.kind or "number") in wants]
    if len(fitting) != 1:
        return None
    (one,) = fitting
    at = plain.find(one.text)
    unit = "" if one.kind or at < 0 else _unit_after(plain, at + len(one.text))
    context = study_context_of(plain[:at] + plain[at + len(one.text) :])
    rough = bool(_ABOUT.search(plain[max(0, at - 12) : at + len(one.text) + 3]))
    return Amount(one.kind, one.value, unit, (0, 0, 0), rough, context)


def all_but_one(one: str, other: str, question: str) -> bool:
    """Whether two sentences agree in all their numbers but one; in a year only where the question asks when."""
    mine, theirs = (_NUMBER.findall(_AS_OF.sub(" ", text)) for text in (one, other))
    if len(mine) != len(theirs):
        return False
    different = [(a, b) for a, b in zip(mine, theirs, strict=True) if a != b]
    years = [a for a, b in different if _YEAR.fullmatch(a) and _YEAR.fullmatch(b)]
    if len(different) != 1:
        return False
    if years:
        return _WHEN.search(question) is not None
    wants, kinds = needs_of(question).wants, _kinds(one, different[0][0])
    if kinds & OF_A_DOSE and not kinds & set(wants or ()):
        return False
    first, second = (float(n.replace(",", "")) if n.count(".") < 2 else 0.0 for n in different[0])
    return _apart(first, second, _ROUGH if _ABOUT.search(one) or _ABOUT.search(other) else _MEASURED)


def differ(one: Amount, other: Amount) -> bool:
    """Whether both cannot be right: another date, or numbers of one unit farther apart than such numbers scatter."""
    if one.kind != other.kind or (one.unit and other.unit and one.unit != other.unit):
        return False
    if one.kind == "date":
        return any(a and b and a != b for a, b in zip(one.date, other.date, strict=True))
    tolerance = _EXACT if one.kind in _COUNTED else _MEASURED
    return _apart(one.value, other.value, _ROUGH if one.rough or other.rough else tolerance)


def _kinds(sentence: str, number: str) -> frozenset[str]:
    """What the number measures, a dose or a span of time among them."""
    return frozenset(q.kind for q in quantities(sentence) if q.text.startswith(number))


def _apart(one: float, other: float, tolerance: float) -> bool:
    return abs(one - other) > tolerance * max(abs(one), abs(other))


def _dates(text: str) -> list[tuple[int, int, int]]:
    found = [(int(m["y"] or 0), int(m["m"] or 0), int(m["d"] or 0)) for m in _HAN_DATE.finditer(text) if m[0]]
    for match in _LATIN_DATE.finditer(text):
        if match[0].endswith("年") or text[match.end() : match.end() + 1] == "年":
            continue
        month = match["m1"] or match["m2"] or match["m3"]
        day = match["d1"] or match["d2"] or match["d3"]
        number = _MONTHS.index(month.lower()) + 1 if month else 0
        found.append((int(match["y1"] or match["y2"] or 0), number, int(day or 0)))
    return [d for d in found if d != (0, 0, 0)]


def _is_year(text: str, sentence: str) -> bool:
    return re.fullmatch(r"(?:1[5-9]|20)\d\d(?:\s*年)?", text) is not None or f"{text}年" in sentence


def _unit_after(text: str, at: int) -> str:
    rest = text[at:].lstrip(" -")
    match = re.match(r"[a-z]{2,}|[㐀-鿿]", rest, re.IGNORECASE)
    return match[0].lower() if match else ""

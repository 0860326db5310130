"""Which way a sentence says that something goes: up, down or unchanged; and who is compared with whom."""

import re
from enum import StrEnum

from retrieval.text.words import words


class Way(StrEnum):
    """The direction of a clause."""

    UP = "up"
    DOWN = "down"
    FLAT = "flat"


_UP = re.compile(
    r"\b(?:increas\w*|enhanc\w*|elevat\w*|rais(?:e|es|ed|ing)|rose|rises?|rising|higher|greater|larger|faster|more|improv\w*|"
    r"up-?regulat\w*|promot\w*|accelerat\w*|facilitat\w*|augment\w*|aggravat\w*|exacerbat\w*|worsen\w*|widen\w*|enlarg\w*|"
    r"expan(?:d|ds|ded|sion)|stimulat\w*|strengthen\w*|doubled|restor\w*|"
    r"positive(?:ly)? (?:correlat|associat|relat|link)\w*)\b"
    r"|正相关|增加|升高|增高|上调|提高|增强|促进|加速|加快|增大|扩大|增多|加重|更高|更快|更大|改善|恢复|延长",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:decreas\w*|reduc\w*|lower(?:s|ed|ing)?|declin\w*|diminish\w*|attenuat\w*|suppress\w*|inhibit\w*|impair\w*|"
    r"down-?regulat\w*|slow(?:s|ed|er|ing)?|fewer|less|smaller|shrink\w*|shrank|block(?:s|ed|ing|ade)|weaken\w*|abolish\w*|"
    r"delay(?:s|ed)?|prevent\w*|ameliorat\w*|alleviat\w*|drop(?:s|ped)?|fell|loss|lost|disrupt\w*|compromis\w*|narrow\w*|"
    r"(?:negative|inverse)(?:ly)? (?:correlat|associat|relat|link|tied)\w*)\b"
    r"|负相关|减少|降低|下降|下调|抑制|减弱|减轻|减慢|减缓|受损|损害|阻断|缩小|更低|更慢|更少|缩短|阻止|丧失|减小",
    re.IGNORECASE,
)
_FLAT = re.compile(
    r"\b(?:unchanged|unaffected|unaltered|no (?:significant |detectable |apparent )?"
    r"(?:difference|change|effect|increase|decrease|reduction|influence|impact|correlation|association)s?|"
    r"not (?:significantly )?(?:differ|change|affect|alter|influence)\w*|"
    r"(?:did|do|does|was|were|is|are|has|have|could|can) not)\b"
    r"|(?:未见?|无|没有)(?:明显|显著)?(?:改变|变化|影响|差异)|不变",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|no|never|without|neither|nor|cannot|fail(?:s|ed)? to|absence of|absent|lack(?:s|ed|ing)?|n't)\b|n't\b"
    r"|未能|未见|未|没有|并非|不能|不会|不是|无法|缺乏|不影响|不改变|不",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[;；,，]|\b(?:whereas|while|but|however|although|though|and then)\b|而(?!且)|但是?|然而|却", re.IGNORECASE
)
_THAN = re.compile(r"\bthan\b|\bcompared (?:with|to)\b|\brelative to\b|\bversus\b|\bvs\.?(?=\s)", re.IGNORECASE)
_CHINESE_THAN = re.compile(
    r"(?P<a>[^,，。;；]{2,30}?)(?:比|高于|低于|快于|慢于|大于|小于|多于|少于)(?P<b>[^,，。;；]{2,30})"
)


def ways(text: str) -> frozenset[Way]:
    """The directions that a text tells; a negated direction is flat."""
    found: set[Way] = set()
    for way, pattern in ((Way.UP, _UP), (Way.DOWN, _DOWN)):
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 24) : match.start()]
            found.add(Way.FLAT if _negated(before) else way)
    if not found and _FLAT.search(text):
        found.add(Way.FLAT)
    return frozenset(found)


def clauses(text: str) -> tuple[str, ...]:
    """The parts of a sentence that can each tell a direction."""
    parts = tuple(p.strip() for p in _CLAUSE.split(text) if p and len(p.strip()) > 3)
    return parts or (text,)


def negations(text: str) -> int:
    """How many negations a text holds."""
    return len(_NEGATION.findall(text))


def opposed(claim: str, evidence: str) -> bool:
    """Whether the claim says the opposite of the evidence on the same subject; both should be near in wording.

    Judged where both tell one direction only: the clause of the evidence that shares most words with the claim counts.
    """
    if swapped(claim, evidence):
        return True
    said = ways(claim)
    if len(said) != 1:
        return False
    of_claim = subject(claim)
    best, most = evidence, -1.0
    for clause in clauses(evidence):
        shared = of_claim & subject(clause)
        if ways(clause) and len(shared) > most:
            best, most = clause, len(shared)
    told = ways(best)
    if len(told) != 1 or told == said:
        return False
    if told | said == {Way.UP, Way.DOWN} or Way.FLAT in told | said:
        return most >= max(1, 0.4 * min(len(of_claim), len(subject(best))))
    return False


def swapped(claim: str, evidence: str) -> bool:
    """Whether both compare the same two things the same way with the sides exchanged."""
    mine, theirs = _sides(claim), _sides(evidence)
    if mine is None or theirs is None:
        return False
    (a, b, up), (c, d, theirs_up) = mine, theirs
    crossed = a & d and 2 * len(b & c) >= len(b) and len(b & d) < len(b & c)
    return bool(crossed) and up == theirs_up


def _negated(before: str) -> bool:
    return bool(_NEGATION.search(before)) and not re.search(r"not only|不仅|不但", before, re.IGNORECASE)


def subject(text: str) -> frozenset[str]:
    """The words of a text without those that tell a direction or negate."""
    plain = _NEGATION.sub(" ", _DOWN.sub(" ", _UP.sub(" ", text)))
    return frozenset(words(plain))


def _sides(text: str) -> tuple[frozenset[str], frozenset[str], frozenset[Way]] | None:
    match = _THAN.search(text)
    if match:
        before, after = text[: match.start()], text[match.end() :]
        after = re.split(r"[,;.?]", after, maxsplit=1)[0]
        before = re.split(r"[,;]", before)[-1]
    else:
        chinese = _CHINESE_THAN.search(text)
        if chinese is None:
            return None
        before, after = chinese["a"], chinese["b"]
    a, b = frozenset(words(before)), frozenset(words(after))
    return (a - b, b - a, ways(before if match else text)) if a - b and b - a else None

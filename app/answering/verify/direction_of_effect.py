"""The direction of an effect in a sentence: who acts, on what, and which way it goes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from app.answering.verify.study_context import StudyContext, plain_words, study_context_of, study_context_words
from retrieval.text.words import words


class Sense(StrEnum):
    """A direction on an axis: how much, how well, or how two things go together; flat opposes all."""

    MORE = "more"
    FEWER = "fewer"
    BETTER = "better"
    WORSE = "worse"
    TOGETHER = "together"
    APART = "apart"
    FLAT = "flat"


_PAIRS = ((Sense.MORE, Sense.FEWER), (Sense.BETTER, Sense.WORSE), (Sense.TOGETHER, Sense.APART))
_PATTERNS: tuple[tuple[frozenset[Sense], str], ...] = (
    (
        frozenset({Sense.TOGETHER}),
        r"\b(?:positive(?:ly)?|direct(?:ly)?) (?:and \w+ )?(?:correlat|associat|relat|link)\w*|正相关",
    ),
    (
        frozenset({Sense.APART}),
        r"\b(?:negative(?:ly)?|inverse(?:ly)?) (?:and \w+ )?(?:correlat|associat|relat|link)\w*|负相关",
    ),
    (
        frozenset({Sense.FLAT}),
        r"\b(?:unchanged|unaffected|unaltered|(?:no|without(?: any)?|lack of) (?:statistically |significant "
        r"|detectable |apparent |obvious |major |additional )*(?:differences?|changes?|effects?|influence|impact"
        r"|correlation|association|relationship|benefit)"
        r"|not (?:significantly |appreciably )?(?:differ|change|affect|alter|influence|modif|correlat)\w*"
        r"|not (?:significantly )?(?:different|associated|correlated|related|linked))\b"
        r"|(?:未见?|无|没有|并无|并未)(?:出现|发现)?(?:明显|显著|统计学)?(?:的)?(?:改变|变化|影响|差异|相关性?|关联)|不影响|不改变|不变",
    ),
    (
        frozenset({Sense.MORE}),
        r"\b(?:increas(?:e|es|ed|ing)|enhanc(?:e|es|ed|ing)|elevat(?:e|es|ed|ing|ion)|rais(?:e|es|ed|ing)|rose|rises?"
        r"|rising|higher|greater|larger|faster|up-?regulat(?:e|es|ed|ing|ion)|promot(?:e|es|ed|ing)"
        r"|accelerat(?:e|es|ed|ing)|facilitat(?:e|es|ed|ing)|augment(?:s|ed|ing)?|expand(?:s|ed|ing)?|expansion"
        r"|enlarg(?:e|es|ed|ement)|widen(?:s|ed|ing)?|stimulat(?:e|es|ed)|strengthen(?:s|ed|ing)?|activates?"
        r"|aggravat(?:e|es|ed|ing)|exacerbat(?:e|es|ed|ing))\b"
        r"|增加|升高|增高|上升|上调|提高|增强|促进|加速|加快|增大|扩大|增多|加重|更高|更快|更大",
    ),
    (
        frozenset({Sense.FEWER, Sense.WORSE}),
        r"\bimpair(?:s|ed|ing)?\b|受损|损害|损伤",
    ),
    (
        frozenset({Sense.FEWER}),
        r"\b(?:decreas(?:e|es|ed|ing)|reduc(?:e|es|ed|ing|tions?)|lower(?:s|ed|ing)?|declin(?:e|es|ed|ing)"
        r"|diminish(?:es|ed|ing)?|attenuat(?:e|es|ed|ing)|suppress(?:es|ed|ing)?|inhibit(?:s|ed|ing)?"
        r"|down-?regulat(?:e|es|ed|ing|ion)|slow(?:s|ed|er|ing)?|smaller|fewer|shr[aiu]nk\w*|weaken(?:s|ed|ing)?"
        r"|abolish(?:es|ed|ing)?|blocks|prevent(?:s|ed|ing)?|drop(?:s|ped)?|fell|ameliorat(?:e|es|ed|ing)"
        r"|alleviat(?:e|es|ed|ing))\b"
        r"|减少|降低|下降|下调|减弱|减轻|减慢|减缓|缩小|更低|更慢|更少|减小|缓解|抑制(?!剂|性)",
    ),
    (frozenset({Sense.BETTER}), r"\bimprov(?:e|es|ed|ing|ements?)\b|改善"),
    (frozenset({Sense.WORSE}), r"\b(?:worsen(?:s|ed|ing)?|deteriorat(?:e|es|ed|ing))\b|恶化"),
)
_TELLS = re.compile("|".join(f"(?P<s{n}>{pattern})" for n, (_, pattern) in enumerate(_PATTERNS)), re.IGNORECASE)
_NEGATED = re.compile(
    r"(?:\b(?:not|no|never|without|neither|nor|cannot|fail(?:s|ed)? to|absence of)\b|n't\b"
    r"|未能?|没有|并非|不能|不会|无法|不)"
    r"(?:\W*\b(?:significant(?:ly)?|further|any|statistically|detectable|an?|the|to|be|lead|result|in|have|show|cause)\b"
    r"|明显|显著|进一步|使|引起|导致|出现)*\W*$",
    re.IGNORECASE,
)
_SEGMENT = re.compile(
    r"[;；,，:：()（）]|\b(?:whereas|while|but|however|although|though|and|which|that|with)\b|而(?!且)|但是?|然而|却|并且?|且",
    re.IGNORECASE,
)
_UNSURE = re.compile(
    r"\b(?:may|might|could|would|whether|hypothes\w+|expected|predict\w*|if|aim\w*|investigat\w+|examin\w+|unclear|unknown"
    r"|controvers\w+|conflicting|despite|instead of|rather than|independent(?:ly)? of|regardless)\b|[?？]"
    r"|可能|是否|假设|如果|推测|尚不|旨在|探讨|争议|取决于",
    re.IGNORECASE,
)
_THAN = re.compile(
    r"\b(?:than|compared (?:with|to)|in comparison (?:with|to)|relative to|versus|vs\.?)\s+(?P<en>[^,;:()]{2,60})"
    r"|(?:与|较|比|相对于)(?P<zh>[^,，。;；]{1,16}?)(?:相比|比较|相较)|(?:较|比)(?P<before>[^,，。;；]{1,12}?)(?=明显|显著|升|降|增|减|更)",
    re.IGNORECASE,
)
_NO_WORD = re.compile(r"[\d.]+|\W+")
_BY = re.compile(r"\s*(?:\w+ly )?(?:by|following|upon|after)\b(?! \d)")


@dataclass(frozen=True, slots=True)
class Effect:
    """One direction that a sentence tells: the content words before and after it, and what is compared with what."""

    senses: frozenset[Sense]
    negated: bool
    before: frozenset[str]
    after: frozenset[str]
    against: frozenset[str]
    context: StudyContext
    text: str

    @property
    def terms(self) -> frozenset[str]:
        """All content words."""
        return self.before | self.after


def effects(sentence: str) -> tuple[Effect, ...]:
    """The directions that a sentence tells for sure; segments that tell two at once are left out."""
    if _UNSURE.search(sentence):
        return ()
    against = _against(sentence)
    context = study_context_of(_TELLS.sub(" ", sentence))
    found = []
    subject: frozenset[str] = frozenset()
    for segment in _segments(_THAN.sub(" ", sentence)):
        told = list(_TELLS.finditer(segment))
        if len(told) != 1:
            subject = content(segment) or subject
            continue
        at = told[0]
        senses = _PATTERNS[int(str(at.lastgroup)[1:])][0]
        negated = Sense.FLAT not in senses and _NEGATED.search(segment[: at.start()]) is not None
        before, after = content(segment[: at.start()]), content(segment[at.end() :])
        if _BY.match(segment, at.end()):
            before, after = after, before
        subject = before or subject
        found.append(Effect(senses, negated, before or subject, after, against, context, segment.strip()))
    return tuple(found)


def opposite(one: Effect, other: Effect) -> bool:
    """Whether the directions exclude each other; "did not rise" excludes a rise, but no fall."""
    if one.negated != other.negated:
        return bool(one.senses & other.senses)
    if one.negated or one.senses & other.senses:
        return False
    if Sense.FLAT in one.senses | other.senses:
        return True
    return any((a in one.senses and b in other.senses) or (b in one.senses and a in other.senses) for a, b in _PAIRS)


def content(text: str) -> frozenset[str]:
    """The words that name things: no direction, no scope, no number, nothing general."""
    skipped = _skipped()
    return frozenset(w for w in words(_TELLS.sub(" ", text)) if w not in skipped and not _NO_WORD.fullmatch(w))


@lru_cache(maxsize=1)
def _skipped() -> frozenset[str]:
    return plain_words().general | frozenset(s for w in study_context_words() for s in words(w))


def _against(sentence: str) -> frozenset[str]:
    found: set[str] = set()
    for match in _THAN.finditer(sentence):
        found |= set(words(next(g for g in match.groups() if g)))
    return frozenset(found - plain_words().controls - plain_words().general)


def _segments(sentence: str) -> Iterator[str]:
    for piece in _SEGMENT.split(sentence):
        if piece and piece.strip():
            yield piece

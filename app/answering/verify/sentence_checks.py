"""Checks of one sentence against its cited sources: authors, causes, correlations, negations and exceptions."""

import re
from collections.abc import Iterator, Sequence

from app.answering.evidence import EvidenceItem
from app.answering.verify import polarity
from app.answering.verify.matching import EvidenceSentence
from app.answering.verify.question_needs import needs_of
from kg.documents.language import language_of
from retrieval.text.words import words

_SURNAME = re.compile(r"\b[A-Z][a-zÀ-ɏ]{2,}(?:-[A-Z][a-zÀ-ɏ]+)?(?=['’]s\b|[ ,(（的等]|$)")
_OF_SOURCES = re.compile(
    r"\b(?:(?:dis)?agrees?|agree on|the same way|in the same manner|(?:both|two|the) (?:studies|papers|groups|works) "
    r"(?:differ|support|show the same))\b"
    r"|结论(?:都|均|一致|相同|不同)|都支持|均支持|一致认为|有(?:显著|明显)?(?:差异|不同)",
    re.IGNORECASE,
)
_CAUSE = re.compile(r"\b(?:because(?: of)?|due to|owing to)\b|因为|由于", re.IGNORECASE)
_TOGETHER = re.compile(
    r"\b(?:positive|negative|inverse)(?:ly)? (?:and \w+ )?(?:correlat|associat|relat)\w*|[正负]相关", re.IGNORECASE
)
_UNDONE = re.compile(
    r"\b(?:attenuat|prevent|reduc|block|abolish|revers|ameliorat|alleviat|inhibit|suppress|decreas|diminish"
    r"|mitigat|counteract|blunt)\w*\s+(?:\w+[\s-]){0,3}?"
    r"(?P<inner>decreas\w*|reduction|loss|decline|impairment|suppression|inhibition|increas\w*|elevation|rise|upregulation)"
    r"(?:\s+(?:in|of))?\s+(?P<what>(?:[\w-]+\s*){1,4})|(?:减轻|抑制|阻止|逆转|减弱|改善)了?[^,，。;；]{0,12}?的?"
    r"(?P<inner_zh>减少|降低|下降|升高|增加|上调|下调)",
    re.IGNORECASE,
)
_EXCEPT = re.compile(
    r"\bbut not\b[^.;]*|\bnot (?:by|in|of|to|for)\b[^.;,]*|而(?:不|对)[^,，。;；]*(?:无效|无影响|不)", re.IGNORECASE
)
_NAME = re.compile(r"\b[A-Za-z][A-Za-z0-9-]{2,}\b")
_NOT_SURNAMES = frozenset(
    {"Brain", "White", "Black", "Young", "Long", "Small", "Rice", "Green", "Brown", "Gray", "Power"}
)
_CAUSE_HELD, _SUBJECT_HELD, _NEAR = 0.5, 0.4, 1
_FEWEST_WORDS = 3


def misread(
    text: str, items: Sequence[EvidenceItem], every: Sequence[EvidenceItem], cited: Sequence[EvidenceSentence]
) -> list[str]:
    """What the text claims that the cited sources do not say; ``cited`` are all sentences of the cited ``items``.

    ``every`` is all evidence: a surname is one that some source of it bears.
    """
    return [
        *_others_work(text, items, every),
        *_of_sources(text, cited),
        *_caused_otherwise(text, cited),
        *_correlated_otherwise(text, cited),
        *_undone(text, cited),
        *_excepted(text, cited),
        *_direction_untold(text, cited),
    ]


def _others_work(text: str, items: Sequence[EvidenceItem], every: Sequence[EvidenceItem]) -> Iterator[str]:
    """Work told of an author of whom no cited source is, nor tells."""
    authors = {name for item in every for name in _surnames(item)}
    named = {m[0] for m in _SURNAME.finditer(text)} & authors
    named |= {n.text for n in needs_of(text).names if n.kind == "author"}
    for name in sorted(named - _NOT_SURNAMES):
        if not any(name in _surnames(item) or name in item.text for item in items):
            yield f"the cited sources are not by: {name}"


def _of_sources(text: str, cited: Sequence[EvidenceSentence]) -> Iterator[str]:
    """That sources agree or differ is a judgement of its own: one of them must say so."""
    if _OF_SOURCES.search(text) and not any(_OF_SOURCES.search(s.text) for s in cited):
        yield "no source says whether these agree"


def _caused_otherwise(text: str, cited: Sequence[EvidenceSentence]) -> Iterator[str]:
    """A cause and its effect must stand together in the source."""
    found = _CAUSE.search(text)
    if found is None:
        return
    parts = [p for p in (_terms(text[: found.start()]), _terms(text[found.end() :])) if p]
    if len(parts) < 2:
        return
    for n, _ in enumerate(cited):
        around = _around(n, cited)
        if all(len(part & around) >= _CAUSE_HELD * len(part) for part in parts):
            return
    yield "the source does not give this cause for it"


def _correlated_otherwise(text: str, cited: Sequence[EvidenceSentence]) -> Iterator[str]:
    """What is said to go together must stand in one sentence that says so."""
    if _TOGETHER.search(text) is None:
        return
    symbols = {w for n in needs_of(text).names if n.kind == "symbol" for w in words(n.text)}
    sentences = [s for s in cited if polarity.ways(s.text) & polarity.ways(text)]
    if symbols and not any(symbols <= s.words for s in sentences):
        yield "no source correlates these two"


def _undone(text: str, cited: Sequence[EvidenceSentence]) -> Iterator[str]:
    """ "Attenuated the decrease of X" is not "attenuated X"."""
    if _UNDONE.search(text):
        return
    mine = frozenset(words(text))
    for sentence in cited:
        for match in _UNDONE.finditer(sentence.text):
            outer = frozenset(words(match[0].split()[0]))
            what = frozenset(words(match["what"] or ""))
            if (
                outer & mine
                and what
                and len(what & mine) >= 0.5 * len(what)
                and not frozenset(words(match["inner"])) & mine
            ):
                yield f"the source says: {match[0].strip()}"
                return


def _excepted(text: str, cited: Sequence[EvidenceSentence]) -> Iterator[str]:
    """What a source excepts is not among what it tells."""
    claimed = " ".join(c for c in polarity.clauses(_EXCEPT.sub(" ", text)) if not polarity.negations(c))
    names = {m[0].lower() for m in _NAME.finditer(claimed)}
    for name in sorted(names):
        pattern = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
        holding = [s.text for s in cited if pattern.search(s.text)]
        excepting = [t for t in holding if any(pattern.search(m[0]) for m in _EXCEPT.finditer(t))]
        outside = [t for t in excepting if pattern.search(_EXCEPT.sub(" ", t))]
        if excepting and len(excepting) == len(holding) and not outside:
            yield f"the source excepts: {name}"


def _direction_untold(text: str, cited: Sequence[EvidenceSentence]) -> Iterator[str]:
    """A direction must be told in a cited sentence that names half of what it is claimed of; not across languages."""
    if language_of(text) == "zh" and any(s.english for s in cited):
        return
    for clause in polarity.clauses(text):
        ways, terms = polarity.ways(clause), polarity.subject(clause)
        if len(ways) != 1 or len(terms) < _FEWEST_WORDS:
            continue
        least = _SUBJECT_HELD * len(terms)
        telling = [n for n, s in enumerate(cited) if ways & polarity.ways(s.text)]
        if not any(len(terms & _around(n, cited)) >= least for n in telling):
            yield f"no cited sentence tells this direction: {clause[:80]}"


def _around(at: int, cited: Sequence[EvidenceSentence]) -> frozenset[str]:
    """The words of a sentence and of its neighbours."""
    return frozenset[str]().union(*(s.words for s in cited[max(0, at - _NEAR) : at + _NEAR + 1]))


def _terms(text: str) -> frozenset[str]:
    return frozenset(words(text))


def _surnames(item: EvidenceItem) -> frozenset[str]:
    if item.passage is None:
        return frozenset()
    return frozenset(
        part
        for name in item.passage.document.authors
        for part in re.findall(r"[A-ZÀ-Þ][\w’'-]+", name)
        if len(part) > 3
    )

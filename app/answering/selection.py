"""Selects the sentences of the evidence that answer a question: those with a finding, not those that announce one."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from app.answering.verify.quantities import kinds_with_numbers
from app.answering.verify.question_needs import QuestionNeeds, needs_of
from kg.documents.language import language_of
from models.protocols import Embedder
from models.sentence_selection import Floats, Sentence, best_of, relevance, terms
from retrieval.question.requests import listed, subject_of
from retrieval.text.glossary import bundled_glossary

_AIM = re.compile(
    r"^\s*(?:in order )?to (?:determine|investigate|examine|assess|evaluate|test|explore|study|identify|compare|clarify"
    r"|elucidate|characteri[sz]e|understand|validate|address|describe|analy[sz]e|quantify|measure)\b"
    r"|\b(?:aim(?:s|ed)?|purpose|objective|goal)s? (?:of|was|is|were|to)\b"
    r"|\bwe (?:will |then |also |first )*(?:aimed|sought|hypothesi[sz]ed|investigated|examined|tested|used|performed"
    r"|studied|review|discuss|describe"
    r"|propose|employed|applied|developed|assessed|evaluated|analy[sz]ed|compared|measured)\b"
    r"|\b(?:were|was) (?:enrolled|recruited|included|assessed|evaluated|examined|investigated|studied|analy[sz]ed"
    r"|performed|used|scanned|obtained|acquired|measured|collected|randomi[sz]ed|divided|imaged)\b"
    r"|\bhypothes[ie]s\b|\b(?:remains?|is|are) (?:\w+ )?(?:unclear|unknown|poorly understood|controversial|debated)\b"
    r"|\bwill (?:be )?(?:discuss|review|describe|present|summari|precede|focus)"
    r"|\blittle is known\b|\bthis (?:review|article|paper) (?:summari|discuss|review|present|focus|aims)"
    r"|目的|旨在|本文综述|尚不清楚|尚不明确|方法[:：]",
    re.IGNORECASE,
)
_DESIGN = re.compile(
    r"\brandoml?y?(?:i[sz]ed)? (?:\w+ )?(?:divided|assigned|allocated|into|to)\b|\ba total of\b"
    r"|随机|分[为成].{0,6}组|纳入|选取|共收集",
    re.IGNORECASE,
)
_FINDING = re.compile(
    r"\b(?:show(?:s|ed|n)?|found|find(?:s|ings?)?|reveal(?:s|ed)?|demonstrat(?:e|es|ed)|observ(?:e|ed)"
    r"|indicat(?:e|es|ed)|suggest(?:s|ed)?|results?|conclu(?:de|ded|sions?)|identified|confirmed|significant(?:ly)?"
    r"|associat(?:ed|ion)|correlat(?:ed|es|ion|e)|increas(?:ed|es|e)|decreas(?:ed|es|e)|reduc(?:ed|es|tion)|higher|lower"
    r"|greater|less|faster|slower|impair(?:ed|s)?|enhanc(?:ed|es)|improv(?:ed|es)|exclusively|independent(?:ly)?"
    r"|preserved|accounted|contributes?|caused?|leads?|led|resulted)\b|[<=>]\s*0?\.\d|\d\s*%"
    r"|结果|表明|显示|发现|提示|结论|显著|增加|降低|升高|减少|相关",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"\b(?:our|these|the present|present|the|this) (?:\w+ )?"
    r"(?:results?|findings?|data|stud(?:y|ies)|observations?|experiments?) (?:\w+ )?"
    r"(?:show|suggest|indicat|demonstrat|support|reveal|provid|confirm|argue|identif|establish|highlight)"
    r"|\bwe (?:\w+ )?(?:show|found|find|demonstrate|conclude|report|observed|identified|confirmed)"
    r"|\bin (?:conclusion|summary)\b|\bconclusions?\s*:|\bthus,|\btherefore,|\btaken together"
    r"|(?:本研究|结果)(?:表明|显示|提示|证实)|结论|综上",
    re.IGNORECASE,
)
_AIM_COSTS, _FINDING_GAINS, _NUMBER_GAINS = 0.15, 0.12, 0.2
_END_GAINS, _NEW_GAINS, _FIRST_GAINS, _SCRAP_COSTS = 0.1, 0.2, 0.1, 0.15
_SCRAP_TERMS = 4
_ONE_SOURCE, _MORE_SOURCES = (4, 0.6), (5, 0.5)
"""Most sentences, and the least share of the best one's score: questions of one source, and of several."""
_LISTED_KEEP, _LISTED_NEAR, _CONCLUDES_GAINS = 0.4, 0.6, 0.2
"""A list has one sentence of each source: its least share of the best one's score, and what counts in choosing it."""


class SentenceSelector:
    """Selects the sentences of an answer, and those that a small model should read; blocks on the embedder."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def __call__(self, question: str, sentences: Sequence[Sentence]) -> list[Sentence]:
        """The sentences that answer, best first; more of them where several sources are asked."""
        scores = self.scores(question, sentences)
        if most := listed(question):
            first = [n for n in of_each_source(sentences, scores) if not tells_a_method(sentences[n].text)]
            chosen = [sentences[n] for n in first]
            return best_of(chosen, scores[first], most=most, keep=_LISTED_KEEP)
        most, keep = _ONE_SOURCE if needs_of(question).one_source else _MORE_SOURCES
        return best_of(sentences, scores, most=most, keep=keep)

    def scores(self, question: str, sentences: Sequence[Sentence]) -> Floats:
        """Nearness to the question, and what tells a finding; shape (n,).

        An abstract's findings stand towards its end, use words that the question lacks, and hold the kind of number
        that is asked. In a list of papers what a paper concludes tells more than what is near the question, since the
        paper itself is near.
        """
        if not sentences:
            return np.zeros(0)
        translation = bundled_glossary().english(question) if _across(question, sentences) else ""
        listing = bool(listed(question))
        near = relevance(subject_of(question), sentences, embedder=self._embedder, translation=translation)
        needs, known = needs_of(question), frozenset(terms(f"{question} {translation}"))
        count, seen = Counter(s.rank for s in sentences), Counter[int]()
        told = np.zeros(len(sentences))
        for n, sentence in enumerate(sentences):
            place = seen[sentence.rank] / max(1, count[sentence.rank] - 1)
            seen[sentence.rank] += 1
            told[n] = _telling(sentence, needs, known) + _END_GAINS * place
            told[n] += _CONCLUDES_GAINS * bool(listing and _CONCLUDES.search(sentence.text))
        return (_LISTED_NEAR * near if listing else near) + told


def of_each_source(sentences: Sequence[Sentence], scores: Floats) -> list[int]:
    """The place of each source's best sentence, best first."""
    best: dict[str, int] = {}
    for n in sorted(range(len(sentences)), key=lambda i: (-scores[i], i)):
        best.setdefault(sentences[n].source or str(sentences[n].number), n)
    return list(best.values())


def tells_a_method(text: str) -> bool:
    """Whether a sentence announces an aim or tells how something was done, rather than what was found."""
    return _AIM.search(text) is not None or _DESIGN.search(text) is not None


def _telling(sentence: Sentence, needs: QuestionNeeds, known: frozenset[str]) -> float:
    text = sentence.text
    gained = _FIRST_GAINS / (1 + sentence.rank)
    gained += _NEW_GAINS * len(sentence.terms - known) / max(1, len(sentence.terms))
    gained -= _AIM_COSTS * bool(_AIM.search(text))
    gained += _FINDING_GAINS * bool(_FINDING.search(text))
    if needs.wants is not None:
        kinds = kinds_with_numbers(text)
        gained += _NUMBER_GAINS * bool(kinds and (not needs.wants or kinds & set(needs.wants)))
    return gained - _SCRAP_COSTS * (len(sentence.terms) < _SCRAP_TERMS)


def _across(question: str, sentences: Sequence[Sentence]) -> bool:
    return language_of(question) == "zh" and any(s.text.isascii() for s in sentences)

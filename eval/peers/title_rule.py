"""A rule without any model: the text of A holds the title of B, so B is worth what A is worth.

Multi-hop sets are built along links between articles, and a link's words are most often the other article's title. What
this rule finds says how much of a result is owed to that.
"""

import re
import time
from collections.abc import Mapping, Sequence

import numpy as np

from eval.peers.domain import Corpus
from eval.peers.plain_systems import Bm25, best
from eval.retrieval.domain import SuiteQuestion, SuiteText
from eval.retrieval.systems import Ranked
from eval.runs import Json

_SEEDS = 5
_SHORTEST = 3
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")
_OTHER = re.compile(r"[\W_]+")


class TitleRule:
    """BM25's score, raised by that of the best of its first five texts that holds the title."""

    name = "title-rule"
    index_llm_tokens = 0
    parameters: Mapping[str, Json] = {"base": "bm25", "seeds": _SEEDS}

    def __init__(self, lexical: Bm25, corpus: Corpus) -> None:
        began = time.perf_counter()
        self._lexical = lexical
        self._ids = corpus.ids
        self._held = titles_held(corpus.suite.texts)
        self.index_s = lexical.index_s + time.perf_counter() - began

    async def rank(self, question: SuiteQuestion, k: int) -> Ranked:
        """Texts by the raised score, those without any left out."""
        own = self._lexical.scores(question.text)
        raised = np.zeros_like(own)
        for seed in best(own, _SEEDS):
            for row in self._held[seed]:
                raised[row] = max(raised[row], own[seed])
        scores = own + raised
        return Ranked(tuple(self._ids[row] for row in best(scores, k) if scores[row] > 0.0))


def titles_held(texts: Sequence[SuiteText]) -> list[list[int]]:
    """Of each text the rows of the others whose titles stand in it as whole words, brackets at their end aside."""
    from ahocorasick_rs import AhoCorasick

    titles = [_folded(_BRACKETS.sub("", text.title)) for text in texts]
    rows = [row for row, title in enumerate(titles) if len(title.strip()) >= _SHORTEST]
    finder = AhoCorasick([titles[row] for row in rows])
    held = []
    for own, text in enumerate(texts):
        found = finder.find_matches_as_indexes(_folded(text.text), overlapping=True)
        held.append([row for row in dict.fromkeys(rows[number] for number, _, _ in found) if row != own])
    return held


def _folded(text: str) -> str:
    """Lower case between spaces, one space for all that is neither letter nor digit."""
    return f" {_OTHER.sub(' ', text.lower()).strip()} "

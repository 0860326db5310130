"""A pair is read once, and its reading stays what it is."""

import numpy as np

from models.judge.cache import CachingJudge
from models.scripted import ScriptedJudge


def test_a_claim_is_verified_once_however_often_it_is_asked_for() -> None:
    scripted = ScriptedJudge()
    judge = CachingJudge(scripted)
    pairs = [("flow rose", "the flow rose"), ("flow fell", "the flow rose")]
    first, again = judge.verdicts(pairs), judge.verdicts(pairs[::-1])
    assert scripted.pairs == pairs
    assert np.array_equal(first, again[::-1])
    assert judge.verdicts([]).shape == (0, 3)


def test_relevance_is_remembered_for_each_question() -> None:
    judge = CachingJudge(ScriptedJudge())
    texts = ["volume fraction of the cortex", "the weather"]
    assert judge.relevance("volume fraction", texts).tolist() == [1.0, 0.0]
    assert judge.relevance("weather", texts).tolist() == [0.0, 1.0]

"""What several replies to one prompt have in common, in both languages."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.verify.agreement import Agreement

SLEEP = "Sleep enlarges the interstitial space by 60% [1]."
ALSO = "The interstitial space is enlarged by 60% during sleep [2]."
OTHER = "Anaesthesia halves the clearance of tracers [1]."


def test_a_sentence_that_the_others_hold_is_agreed_on() -> None:
    agreement = Agreement([SLEEP, ALSO, OTHER])
    agreed, alone = agreement.shares(["Sleep enlarges the interstitial space by 60%.", OTHER])
    assert agreed > 0.4
    assert alone < 0.1


def test_marks_are_no_words() -> None:
    assert Agreement(["It is 1 [1].", "It is 1 [2]."]).shares(["It is 1."]) == pytest.approx([1.0])


def test_chinese_replies_agree_by_their_characters() -> None:
    agreement = Agreement(["睡眠使间隙增大60%[1]。", "睡眠时间隙增大了60%[1]。", "针刺降低了评分[2]。"])
    first, last = agreement.shares(["睡眠使间隙增大60%。", "针刺降低了评分。"])
    assert first > 0.3 > last


def test_nothing_is_told_of_a_sentence_that_no_reply_holds_or_of_one_reply() -> None:
    assert np.isnan(Agreement([SLEEP, ALSO]).shares([OTHER])).all()
    assert np.isnan(Agreement([SLEEP]).shares([SLEEP])).all()
    assert np.isnan(Agreement().shares([SLEEP])).all()


def test_the_reply_that_has_most_in_common_is_the_closest() -> None:
    assert Agreement([OTHER, SLEEP, ALSO, SLEEP]).closest() in (1, 3)


@given(st.lists(st.sampled_from([SLEEP, ALSO, OTHER, "是。", ""]), min_size=2, max_size=6))
def test_shares_lie_between_0_and_1(replies: list[str]) -> None:
    shares = Agreement(replies).shares(replies)
    assert (np.isnan(shares) | ((shares >= 0) & (shares <= 1))).all()

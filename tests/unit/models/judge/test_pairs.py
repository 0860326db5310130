import pytest

from models.e5.embedder import bundled_weights
from models.e5.tokenizer import E5Tokenizer
from models.e5.weights_file import WeightsFile
from models.judge.pairs import LONGEST, encoded_pairs


@pytest.fixture(scope="module")
def tokenizer() -> E5Tokenizer:
    return E5Tokenizer(WeightsFile(bundled_weights()))


def test_the_second_side_begins_behind_the_two_separators(tokenizer: E5Tokenizer) -> None:
    ((ids, at),) = encoded_pairs(tokenizer, ["AQP4 clears"], ["AQP4 清除溶质。"], ["claim"])
    assert ids[at - 1] == ids[at - 2] == ids[-1]
    assert ids[0] != ids[at]


def test_a_long_text_is_cut_and_a_short_claim_stays_whole(tokenizer: E5Tokenizer) -> None:
    (short,) = encoded_pairs(tokenizer, ["a claim"], ["a text"], ["claim"])
    (long,) = encoded_pairs(tokenizer, ["a claim"], ["word " * 900], ["claim"])
    assert len(long.ids) == LONGEST
    assert long.ids[: long.second_at] == short.ids[: short.second_at]


def test_a_long_claim_leaves_room_for_the_text(tokenizer: E5Tokenizer) -> None:
    (pair,) = encoded_pairs(tokenizer, ["claim " * 500], ["text " * 500], ["claim"])
    assert len(pair.ids) == LONGEST
    assert pair.second_at <= LONGEST // 2 + 1

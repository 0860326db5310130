import numpy as np
import pytest

from models.e5.embedder import bundled_weights
from models.judge.cross_encoder import CrossEncoderJudge, bundled_judge


@pytest.fixture(scope="module")
def judge() -> CrossEncoderJudge:
    path = bundled_judge()
    assert path is not None, "the weights of the judge belong to every checkout"
    return CrossEncoderJudge(path, bundled_weights())


def test_probabilities_add_up_to_one(judge: CrossEncoderJudge) -> None:
    p = judge.verdicts([("水肿减轻了。", "治疗组脑水肿明显减轻。"), ("a", "b")])
    assert p.shape == (2, 3)
    assert np.allclose(p.sum(1), 1, atol=1e-3)


def test_a_pair_is_read_alike_alone_and_among_others(judge: CrossEncoderJudge) -> None:
    pair = ("The dose was 5 mg.", "Rats received 5 mg of the extract.")
    alone = judge.verdicts([pair])[0]
    among = judge.verdicts([("x " * 100, "y " * 100), pair, ("short", "text")])[1]
    assert np.allclose(alone, among, atol=0.05)


def test_the_text_that_answers_is_more_relevant_than_another(judge: CrossEncoderJudge) -> None:
    answer = "Zinc deficiency slowed wound healing in aged rats."
    other = "The railway between the two towns was opened in 1885."
    for question in ("Does zinc deficiency affect wound healing?", "缺锌会影响伤口愈合吗?"):
        near, far = judge.relevance(question, [answer, other])
        assert near > far

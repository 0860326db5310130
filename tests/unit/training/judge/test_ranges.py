"""Ranges measured on pairs keep what the judge says near what it says in 32 bits."""

import shutil
from pathlib import Path

import pytest

from models.e5 import bundled_weights
from models.e5.tokenizer import opened
from models.judge.cross_encoder import bundled_judge
from models.judge.pairs import Pair, encoded_pairs
from models.judge.weights_file import JudgeFile
from training.judge import ranges
from training.judge.ranges import judge_distance, measure_ranges, ranges_of_judge

SEEN = [
    ("针刺后引流加快。", "针刺百会穴后大鼠脑组织间液引流加快了36%。"),
    ("The tortuosity fell.", "The tortuosity of the rat cortex rose from 1.6 to 2.1 after ischaemia."),
    ("AQP4 speeds the exchange.", "AQP4 at the endfeet of astrocytes speeds the exchange of fluids."),
]
OTHERS = [
    ("睡眠时间隙变宽。", "Sleep widens the interstitial space of mice."),
    ("The half-life was 60 min.", "异氟烷麻醉组半衰期缩短至61 min。"),
]


def test_what_it_says_of_other_pairs_stays_near() -> None:
    weights, tokenizer = opened(bundled_weights())
    path = bundled_judge()
    assert path is not None
    file = JudgeFile(path, weights.configuration)

    def pairs(texts: list[tuple[str, str]]) -> list[Pair]:
        return encoded_pairs(tokenizer, [a for a, _ in texts], [b for _, b in texts], ["claim"] * len(texts))

    found = ranges_of_judge(file, weights, pairs(SEEN))
    apart = judge_distance(file, weights, found, pairs([*SEEN, *OTHERS]))
    assert 0 < apart.supported < 0.1
    assert 0 < apart.relevance < 0.1
    assert apart.verdicts_same >= 0.8


def test_ranges_lie_beside_their_weights_and_are_measured_on_some_texts_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges, "_PAIRS", 8)
    monkeypatch.setattr(ranges, "_OTHER_PAIRS", 6)
    bundled = bundled_judge()
    assert bundled is not None
    path = tmp_path / "judge.npz"
    shutil.copy(bundled, path)
    measured = measure_ranges(path)
    assert (measured["measured_on"], measured["held_out"]) == (8, 6)
    assert JudgeFile(path, opened(bundled_weights())[0].configuration).ranges() is not None

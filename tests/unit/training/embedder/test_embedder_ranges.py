"""Ranges measured on texts keep the embedder's vectors near those in 32 bits."""

import pytest

from models.e5 import bundled_weights
from models.e5.tokenizer import opened
from training.embedder import ranges as ranges_module
from training.embedder.ranges import distance, ranges_of_embedder

SEEN = [
    "采用示踪剂磁共振成像测量大鼠尾状核脑细胞外间隙，清醒组容积分数为14.2%。",
    "The tortuosity of the rat cortex rose from 1.6 to 2.1 after ischaemia.",
    "针刺百会穴后脑组织间液引流加快。",
    "AQP4 at the endfeet of astrocytes speeds the exchange of fluids.",
]
HELD_OUT = ["异氟烷麻醉组半衰期缩短至61 min。", "Sleep widens the interstitial space of mice.", "ECS"]


def test_vectors_of_other_texts_stay_near(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges_module, "_NEAREST", 2)
    weights, tokenizer = opened(bundled_weights())
    ranges = ranges_of_embedder(weights, tokenizer.ids(SEEN, "passage: "))
    moved = distance(weights, ranges, tokenizer.ids([*SEEN, *HELD_OUT], "passage: "))
    assert moved.cosine_least > 0.96
    assert moved.cosine_mean > 0.99
    assert moved.nearest_same > 0.7

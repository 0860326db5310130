"""Fusing sources."""

from hypothesis import given
from hypothesis import strategies as st

from kg.domain import PassageId
from retrieval.domain import Hit
from retrieval.fusion import convex, standard_scores

scores = st.floats(-1e3, 1e3, allow_nan=False).map(lambda x: round(x, 6))
hits = st.dictionaries(st.sampled_from([PassageId(c) for c in "abcdefgh"]), scores, max_size=8).map(
    lambda d: [Hit(i, s) for i, s in d.items()]
)


@given(hits, hits, st.randoms(use_true_random=False))
def test_fusion_does_not_depend_on_the_order_of_sources_or_hits(a: list[Hit], b: list[Hit], random: object) -> None:
    forward = convex({"dense": a, "lexical": b}, {"dense": 0.7, "lexical": 0.3})
    backward = convex({"lexical": b[::-1], "dense": a[::-1]}, {"lexical": 0.3, "dense": 0.7})
    assert forward == backward


@given(hits, hits)
def test_fused_scores_lie_between_nought_and_one(a: list[Hit], b: list[Hit]) -> None:
    fused = convex({"dense": a, "lexical": b}, {"dense": 0.7, "lexical": 0.3})
    assert all(-1e-9 <= h.score <= 1 + 1e-9 for h in fused)
    assert {h.passage_id for h in fused} == {h.passage_id for h in [*a, *b]}


@given(hits, st.floats(0.1, 100), scores)
def test_the_scale_of_a_source_does_not_matter(a: list[Hit], factor: float, shift: float) -> None:
    scaled = standard_scores([h.score * factor + shift for h in a])
    plain = standard_scores([h.score for h in a])
    if len({h.score for h in a}) > 1 and max(h.score for h in a) - min(h.score for h in a) > 1e-3:
        assert all(abs(scaled - plain) < 1e-4)


def test_an_empty_source_does_not_weaken_the_others() -> None:
    alone = convex(
        {"dense": [Hit(PassageId("a"), 2.0), Hit(PassageId("b"), 1.0)], "lexical": []}, {"dense": 0.7, "lexical": 0.3}
    )
    assert alone[0].score == 1.0


def test_ties_are_broken_by_id() -> None:
    fused = convex({"dense": [Hit(PassageId("b"), 1.0), Hit(PassageId("a"), 1.0)]}, {"dense": 1.0})
    assert [h.passage_id for h in fused] == ["a", "b"]

from collections import Counter

from eval.claims.readers import is_held_out
from training.judge.recipe import is_for_calibration
from training.judge.written import own_passages, written_claims


def test_the_written_claims_have_all_labels_in_both_languages() -> None:
    counts = Counter((e.language, e.label) for e in written_claims(None))
    assert set(counts) == {(la, lb) for la in ("zh", "en") for lb in ("supported", "contradicted", "unsupported")}
    assert min(counts.values()) > 200


def test_claims_over_spans_need_the_corpus() -> None:
    own = {id_ for id_, _, _ in own_passages()}
    assert {e.group for e in written_claims(None)} <= own


def test_a_passage_is_wholly_for_training_or_wholly_for_calibration() -> None:
    groups = {e.group for e in written_claims(None)}
    kept = {g for g in groups if is_for_calibration(g)}
    assert 0 < len(kept) < len(groups) / 4


def test_about_a_fifth_of_claim_ids_is_held_out() -> None:
    assert 150 < sum(is_held_out(str(n)) for n in range(1000)) < 250

from training.judge.corruptions import SourceText, corrupted

_TEXTS = [
    SourceText(
        "a",
        "The clearance rate was 12.4 percent in mice. The index of patients was higher than that of controls. "
        "AQP4 deletion was associated with slower clearance. Sleep may enhance the exchange of fluid.",
        "en",
    ),
    SourceText("b", "针刺组的清除率显著高于对照组。术后第3天水肿体积减少了24%。该方并未影响血压。", "zh"),
]


def test_the_same_seed_makes_the_same_claims() -> None:
    assert list(corrupted(_TEXTS, seed=3)) == list(corrupted(_TEXTS, seed=3))


def test_every_text_gives_true_and_false_claims_in_its_own_language() -> None:
    made = list(corrupted(_TEXTS, seed=3))
    for text in _TEXTS:
        own = [e for e in made if e.group == text.group]
        assert {e.language for e in own} == {text.language}
        assert {e.label == "supported" for e in own} == {True, False}


def test_a_comparison_turned_round_with_its_word_stays_true() -> None:
    swapped = [e for seed in range(40) for e in corrupted(_TEXTS, seed=seed) if e.type == "swap"]
    assert any("对照组显著低于针刺组的清除率" in e.claim for e in swapped)
    assert {e.label for e in swapped} == {"supported"}


def test_no_false_claim_repeats_its_evidence() -> None:
    for example in corrupted(_TEXTS, seed=5):
        if example.label != "supported" and example.type != "topic":
            assert example.claim not in example.evidence

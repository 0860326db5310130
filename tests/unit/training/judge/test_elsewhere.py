"""Right claims over texts of other documents."""

from training.judge.elsewhere import elsewhere
from training.judge.examples import Example, Label

TEXTS = {
    "a": "In mice the clearance of amyloid doubled during sleep.",
    "a2": "In the same mice the clearance of amyloid fell when they woke from sleep.",
    "b": "In rats the clearance of amyloid was slow after sleep was lost.",
    "c": "Clinical trials of vaccines against malaria were reviewed for children.",
}
DOCUMENTS = {"a": "one", "a2": "one", "b": "two", "c": "three"}


def claim(text: str, group: str, label: Label = "supported") -> Example:
    return Example(text, TEXTS[group], label, "paraphrase", "en", "written", group)


CLAIMS = [
    claim("Sleep doubles clearance in mice.", "a"),
    claim("Sleep halves clearance in mice.", "a", "contradicted"),
    claim("Awake mice clear less.", "a2"),
    claim("Rats without sleep clear slowly.", "b"),
    claim("Vaccines were reviewed.", "c"),
]


def test_a_right_claim_is_unsupported_by_the_near_text_of_another_document() -> None:
    made = {e.claim: e for e in elsewhere(CLAIMS, DOCUMENTS, lambda _: ["a", "a2", "b", "c"], seed=1)}
    assert set(made) == {e.claim for e in CLAIMS if e.label == "supported"}
    assert {made[e.claim].evidence for e in CLAIMS[:3:2]} == {TEXTS["b"]}
    assert {e.label for e in made.values()} == {"unsupported"}
    assert all(e.evidence != TEXTS[e.group] for e in made.values())
    assert made["Rats without sleep clear slowly."].evidence in {TEXTS["a"], TEXTS["a2"]}
    assert {e.source for e in made.values()} == {"elsewhere"}

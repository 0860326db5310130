"""Open sets of entailment, as their repositories hold them."""

from pathlib import Path

from training.judge.open_sets import open_sets

_PROMPTS = "PromptID,PMCID,Outcome,Intervention,Comparator\n7,1,sleep latency,valerian,placebo\n"
_MARKED = (
    "UserID,PromptID,PMCID,Valid Label,Valid Reasoning,Label,Annotations\n"
    "0,7,1,True,True,significantly decreased,Sleep latency was shorter in the valerian group than with placebo.\n"
    "0,7,1,False,True,no significant difference,Sleep latency was shorter in the valerian group than with placebo.\n"
)


def test_a_folder_without_sets_gives_no_examples(tmp_path: Path) -> None:
    assert not any(open_sets(tmp_path, seed=1).values())


def test_a_marked_span_of_a_trial_gives_a_true_claim_and_a_wrong_one(tmp_path: Path) -> None:
    folder = tmp_path / "evidence_inference"
    folder.mkdir()
    (folder / "prompts_merged.csv").write_text(_PROMPTS, "utf-8")
    (folder / "v2_annotations.csv").write_text(_MARKED, "utf-8")
    true, wrong = open_sets(tmp_path, seed=1)["trials"]
    assert (true.label, wrong.label) == ("supported", "contradicted")
    assert true.evidence == wrong.evidence
    assert all(name in e.claim for e in (true, wrong) for name in ("sleep latency", "valerian", "placebo"))


def test_pairs_of_two_files_that_say_the_same_are_read_once(tmp_path: Path) -> None:
    folder = tmp_path / "snli_sub_cad"
    folder.mkdir()
    row = '{"sentence1": "A man runs.", "sentence2": "A person moves.", "gold_label": "entailment"}\n'
    unlabelled = '{"sentence1": "A man runs.", "sentence2": "He is late.", "gold_label": "-"}\n'
    for number in (0, 1):
        (folder / f"snlisub{number}_train.jsonl").write_text(row + unlabelled, "utf-8")
    (example,) = open_sets(tmp_path, seed=1)["snli"]
    assert (example.claim, example.evidence, example.label) == ("A person moves.", "A man runs.", "supported")

"""Claims are read from several shapes, labelled by a verifier, and scored so that each kind of error shows."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.answering.domain import Verdict
from app.answering.verify.protocols import Claim, Finding, Probabilities
from eval.claims.domain import LabelledClaim
from eval.claims.figures import figures_of, item_of
from eval.claims.readers import is_held_out, read_claims
from eval.cli import eval_commands
from eval.errors import BrokenData, MissingData
from eval.runs import Item


def claim(label: str, *, language: str = "en", type_: str = "number", id_: str = "c") -> LabelledClaim:
    return LabelledClaim(id_, language, "Flow rose by 20 %.", ("Flow rose by a fifth.",), label, type_)


def judged(*pairs: tuple[str, str]) -> list[Item]:
    return [item_of(claim(label, id_=str(n), type_=label), given) for n, (label, given) in enumerate(pairs)]


def test_balanced_accuracy_is_the_mean_recall_of_the_three_labels() -> None:
    found = figures_of(
        judged(
            ("supported", "supported"),
            ("supported", "supported"),
            ("supported", "supported"),
            ("supported", "unsupported"),
            ("contradicted", "supported"),
            ("contradicted", "contradicted"),
            ("unsupported", "unsupported"),
        )
    )
    english = found["en"]
    assert isinstance(english, dict)
    assert english["balanced_accuracy"] == pytest.approx((0.75 + 0.5 + 1) / 3, abs=1e-4)
    assert english["supported_held"] == 0.25
    assert english["wrong_let_through"] == pytest.approx(1 / 3, abs=1e-4)
    assert found["by_type"] == {"contradicted": 0.5, "supported": 0.75, "unsupported": 1.0}


def test_calling_a_contradicted_claim_unsupported_lets_nothing_through_but_is_not_right() -> None:
    found = figures_of(judged(("contradicted", "unsupported"), ("supported", "supported")))
    english = found["en"]
    assert isinstance(english, dict)
    assert (english["wrong_let_through"], english["recall_contradicted"], found["accuracy"]) == (0, 0, 0.5)


def test_an_interval_holds_its_figure_and_narrows_with_more_claims() -> None:
    few = judged(*[("supported", "supported"), ("unsupported", "supported"), ("unsupported", "unsupported")] * 4)
    many = judged(*[("supported", "supported"), ("unsupported", "supported"), ("unsupported", "unsupported")] * 40)

    def interval(items: list[Item]) -> tuple[float, float, float]:
        english = figures_of(items)["en"]
        assert isinstance(english, dict)
        low, high = english["intervals"]["wrong_let_through"]
        return low, english["wrong_let_through"], high

    for low, value, high in (interval(few), interval(many)):
        assert low < value < high
    assert interval(many)[2] - interval(many)[0] < interval(few)[2] - interval(few)[0]


def test_the_interval_of_balanced_accuracy_weighs_the_labels_of_each_resample_alike() -> None:
    right = judged(*[("supported", "supported")] * 9, *[("unsupported", "unsupported")] * 3)
    english = figures_of(right)["en"]
    assert isinstance(english, dict)
    assert english["intervals"]["balanced_accuracy"] == [1.0, 1.0]
    uneven = judged(*[("supported", "supported")] * 90, *[("unsupported", "supported")] * 30)
    english = figures_of(uneven)["en"]
    assert isinstance(english, dict)
    assert english["intervals"]["balanced_accuracy"] == [0.5, 0.5]


def test_columns_of_inference_sets_are_read_as_claim_and_evidence(tmp_path: Path) -> None:
    file = tmp_path / "nli.jsonl"
    rows = [
        {"sentence1": "他去了上海。", "sentence2": "他在北京。", "label": "contradiction"},
        {"sentence1": "He slept.", "sentence2": "He was awake.", "label": "-"},
    ]
    file.write_text("\n".join(json.dumps(r) for r in rows), "utf-8")
    (only,) = read_claims(str(file))
    assert (only.text, only.evidence, only.label, only.language) == (
        "他在北京。",
        ("他去了上海。",),
        "contradicted",
        "zh",
    )
    table = tmp_path / "health.csv"
    table.write_text("id,evidence,claim,label\n7,Masks help.,Masks are useful.,Supports\n", "utf-8")
    (row,) = read_claims(str(table))
    assert (row.id, row.label, row.language) == ("7", "supported", "en")


def test_a_broken_line_is_named_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "claims.jsonl"
    file.write_text('{"claim": "A.", "evidence": ["A."], "label": "supported"}\n{"claim": "B."}\n', "utf-8")
    with pytest.raises(BrokenData, match="line 2"):
        read_claims(str(file))
    with pytest.raises(MissingData, match=r"absent\.jsonl cannot be read"):
        read_claims(str(tmp_path / "absent.jsonl"))


def test_a_row_of_a_table_keeps_its_line_behind_blank_ones_and_its_cells_their_line_breaks(tmp_path: Path) -> None:
    table = tmp_path / "claims.csv"
    table.write_text('\nclaim,evidence,label\n\n"Flow\n\nrose.",Flow grew.,supported\n \nAge.,Old.,perhaps\n', "utf-8")
    with pytest.raises(BrokenData, match=r"claims\.csv, line 8: 'perhaps' is no label"):
        read_claims(str(table))
    table.write_text(table.read_text("utf-8").replace("perhaps", "neutral"), "utf-8")
    assert [c.text for c in read_claims(str(table))] == ["Flow\n\nrose.", "Age."]


def test_scifact_gives_the_held_out_claims_with_their_rationale_sentences(tmp_path: Path) -> None:
    held = [str(n) for n in range(60) if is_held_out(str(n))][:2]
    other = next(str(n) for n in range(60) if not is_held_out(str(n)))
    text = "We studied mice. Flow rose in sleep. Age slowed it."
    (tmp_path / "corpus.jsonl").write_text(json.dumps({"_id": "9", "title": "T", "text": text}), "utf-8")
    (tmp_path / "claims_train.csv").write_text(
        "id,claim,evidence_doc_id,evidence_label,evidence_sentences,cited_doc_ids\n"
        f"{held[0]},Sleep lowers flow.,9,CONTRADICT,[1],[9]\n"
        f"{held[1]},Diet matters.,,,[],[9]\n"
        f"{other},Age matters.,9,SUPPORT,[2],[9]\n",
        "utf-8",
    )
    first, second = read_claims(f"scifact:{tmp_path}")
    assert (first.label, first.evidence, first.type) == ("contradicted", ("Flow rose in sleep.",), "contradicted")
    assert (second.label, second.type) == ("unsupported", "no_rationale")


def test_a_row_of_scifact_that_lacks_a_column_or_has_no_label_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text(json.dumps({"_id": "9", "text": "Flow rose."}), "utf-8")
    claims = tmp_path / "claims_train.csv"
    claims.write_text("id,claim\n1,Flow rose.\n", "utf-8")
    with pytest.raises(BrokenData, match=r"line 2: lacks evidence_doc_id"):
        read_claims(f"scifact:{tmp_path}")
    claims.write_text(
        "id,claim,evidence_doc_id,evidence_label,evidence_sentences,cited_doc_ids\n1,Flow rose.,9,PERHAPS,[0],[9]\n",
        "utf-8",
    )
    with pytest.raises(BrokenData, match=r"line 2: 'PERHAPS' is no label"):
        read_claims(f"scifact:{tmp_path}")


class _SaysYes:
    """Supports whatever shares its first word with the evidence."""

    identity = "first word"
    whole_answers = False

    async def verify(self, claims: Sequence[Claim]) -> Sequence[Finding]:
        return [
            Finding(
                Verdict.SUPPORTED if c.evidence[0].text.split()[0] == c.text.split()[0] else Verdict.UNSUPPORTED,
                Probabilities(1, 0, 0),
            )
            for c in claims
        ]


def test_the_command_prints_the_figures_and_a_check_without_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eval.claims.verifiers.verifier_of", lambda *_: _SaysYes())
    file = tmp_path / "claims.jsonl"
    rows = [
        {"id": 1, "language": "en", "claim": "Flow rose.", "evidence": ["Flow grew."], "label": "supported"},
        {"id": 2, "language": "zh", "claim": "Flow 下降。", "evidence": ["Flow grew."], "label": "contradicted"},
        {"id": 3, "language": "zh", "claim": "睡眠。", "evidence": ["Flow grew."], "label": "unsupported"},
    ]
    file.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), "utf-8")
    done = CliRunner().invoke(eval_commands, ["claims", "--data", str(file), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["n"], told["verifier"], told["en"]["balanced_accuracy"]) == (3, "first word", 1.0)
    assert (told["zh"]["wrong_let_through"], told["zh"]["balanced_accuracy"]) == (0.5, 0.5)
    assert told["claim_only"]["en"]["supported_held"] == 1.0
    kept = json.loads(CliRunner().invoke(eval_commands, ["runs", "--json"]).stdout)["runs"]
    assert [r["id"] for r in kept] == [told["run"]]


def test_an_unknown_verifier_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(eval_commands, ["claims", "--data", str(tmp_path / "x.jsonl"), "--verifier", "oracle"])
    assert done.exit_code == 2

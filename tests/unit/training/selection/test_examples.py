import json
from pathlib import Path

from eval.claims.readers import is_held_out
from training.judge.claims import cited_documents
from training.selection.examples import scifact


def test_rationale_sentences_of_a_headed_abstract_are_the_gold_ones(tmp_path: Path) -> None:
    trained = next(str(n) for n in range(60) if not is_held_out(str(n)))
    text = "BACKGROUND We studied mice. \\nRESULTS Flow rose in sleep. Age slowed it."
    (tmp_path / "corpus.jsonl").write_text(json.dumps({"_id": "9", "title": "T", "text": text}), "utf-8")
    (tmp_path / "claims_train.csv").write_text(
        "id,claim,evidence_doc_id,evidence_label,evidence_sentences,cited_doc_ids\n"
        f'{trained},Sleep raises flow.,9,SUPPORT,[1],"[9, 12]"\n',
        "utf-8",
    )
    (asked,), (abstract,) = scifact(tmp_path, held_out=False, most=5)
    assert [abstract.sentences[n] for n in asked.gold] == ["RESULTS Flow rose in sleep."]
    assert cited_documents(tmp_path) == {"9", "12"}

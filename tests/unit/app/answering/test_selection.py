"""The sentences that answer, and those that a small model reads."""

from collections.abc import Sequence

import numpy as np

from app.answering.context_compression import compressed
from app.answering.domain import Citation
from app.answering.evidence import EvidenceItem
from app.answering.selection import SentenceSelector
from kg.documents.sentences import sentences
from models.evidence_markup import NumberedEvidence
from models.protocols import Judge, Vectors
from models.scripted import HashingEmbedder, ScriptedJudge
from models.sentence_selection import sentences_of

ABSTRACT = (
    "To determine whether body posture changes glymphatic transport in anesthetized rats, we used contrast MRI. "
    "Rats were scanned in supine, prone and lateral positions. "
    "Glymphatic transport was most efficient in the lateral position."
)


def picked(question: str, text: str, judge: Judge | None = None) -> list[str]:
    found = sentences_of([NumberedEvidence(1, "passage", "x", text)], sentences)
    return [s.text for s in SentenceSelector(HashingEmbedder(), judge)(question, found)]


def item(number: int, text: str) -> EvidenceItem:
    return EvidenceItem(number, text, Citation(number, "passage", f"Paper {number}", text[:20], f"d{number}"))


class Preferring(ScriptedJudge):
    """Finds relevant what holds one phrase."""

    def __init__(self, phrase: str) -> None:
        super().__init__()
        self._phrase = phrase

    def relevance(self, query: str, texts: Sequence[str]) -> Vectors:
        return np.array([0.9 if self._phrase in t else 0.2 for t in texts], np.float32)


def test_the_judge_ranks_and_leaves_out_what_does_not_answer() -> None:
    question = "In which body position of anesthetized rats is glymphatic transport most efficient?"
    assert picked(question, ABSTRACT, Preferring("lateral position.")) == [
        "Glymphatic transport was most efficient in the lateral position."
    ]
    assert picked(question, ABSTRACT, Preferring("a railway")) == []


def test_a_list_has_the_best_sentence_of_each_paper() -> None:
    papers = {
        "Running": "Apples were sold. Running speeds clearance in mice.",
        "Sleep": "Sleep doubles clearance in mice. The town has a river.",
    }
    evidence = [NumberedEvidence(n, "passage", title, text) for n, (title, text) in enumerate(papers.items(), 1)]
    chosen = SentenceSelector(HashingEmbedder())(
        "What improves clearance in mice?", sentences_of(evidence, sentences), most=8, each_source=True
    )
    assert {s.text for s in chosen} == {"Running speeds clearance in mice.", "Sleep doubles clearance in mice."}


def test_no_evidence_gives_no_sentence() -> None:
    assert SentenceSelector(HashingEmbedder())("What?", []) == []


def test_a_small_model_reads_the_best_sentences_in_their_order_numbered_anew() -> None:
    away = "The city council opened a railway station. Apples were sold at the market."
    items = [item(1, away), item(2, ABSTRACT)]
    question = "In which body position is glymphatic transport most efficient?"
    cut = compressed(question, items, SentenceSelector(HashingEmbedder()), budget_tokens=45)
    assert [i.number for i in cut] == [1]
    assert cut[0].citation.title == "Paper 2"
    assert cut[0].citation.number == 1
    assert "most efficient in the lateral position" in cut[0].text
    assert "railway" not in cut[0].text


def test_sentences_that_are_not_neighbours_stand_on_lines_of_their_own() -> None:
    text = "Glymphatic flow rises in sleep. Apples were sold. Glymphatic flow falls in age."
    cut = compressed(
        "glymphatic flow sleep age", [item(1, text)], SentenceSelector(HashingEmbedder()), budget_tokens=47
    )
    assert cut[0].text == "Glymphatic flow rises in sleep.\nGlymphatic flow falls in age."


def test_whole_evidence_within_the_budget_stays_whole() -> None:
    cut = compressed(
        "glymphatic transport", [item(1, ABSTRACT)], SentenceSelector(HashingEmbedder()), budget_tokens=900
    )
    assert cut[0].text == ABSTRACT

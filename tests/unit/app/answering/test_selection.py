"""Sentences that tell a finding answer; those that announce one do not."""

from app.answering.context_compression import compressed
from app.answering.domain import Citation
from app.answering.evidence import EvidenceItem
from app.answering.selection import SentenceSelector
from kg.documents.sentences import sentences
from models.evidence_markup import NumberedEvidence
from models.scripted import HashingEmbedder
from models.sentence_selection import sentences_of

ABSTRACT = (
    "To determine whether body posture changes glymphatic transport in anesthetized rats, we used contrast MRI. "
    "Rats were scanned in supine, prone and lateral positions. "
    "Glymphatic transport was most efficient in the lateral position."
)
DOSE = (
    "The tracer given to each rat was chosen after pilot work. "
    "The dose given to each rat was 20 mg of the tracer. "
    "The tracer given to each rat is widely used."
)


def picked(question: str, text: str) -> list[str]:
    found = sentences_of([NumberedEvidence(1, "passage", "x", text)], sentences)
    return [s.text for s in SentenceSelector(HashingEmbedder())(question, found)]


def item(number: int, text: str) -> EvidenceItem:
    return EvidenceItem(number, text, Citation(number, "passage", f"Paper {number}", text[:20], f"d{number}"))


def test_a_finding_comes_before_the_aim_that_shares_more_words_with_the_question() -> None:
    question = "In which body position of anesthetized rats is glymphatic transport most efficient?"
    assert picked(question, ABSTRACT)[0] == "Glymphatic transport was most efficient in the lateral position."


def test_a_question_for_a_dose_gets_the_sentence_with_a_mass() -> None:
    assert picked("What dose of the tracer was given to each rat?", DOSE)[0] == (
        "The dose given to each rat was 20 mg of the tracer."
    )


def test_a_list_has_what_each_paper_concludes() -> None:
    papers = {
        "Running": "Running is studied in mice for clearance. Our results show that running speeds clearance.",
        "Sleep": "Clearance in mice is much debated. In conclusion, sleep doubles it.",
    }
    evidence = [NumberedEvidence(n, "passage", title, text) for n, (title, text) in enumerate(papers.items(), 1)]
    chosen = SentenceSelector(HashingEmbedder())(
        "List what improves clearance in mice.", sentences_of(evidence, sentences)
    )
    assert {s.text for s in chosen} == {
        "Our results show that running speeds clearance.",
        "In conclusion, sleep doubles it.",
    }


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

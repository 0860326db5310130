"""The sentences that answer, and those that a small model reads."""

import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest

from app.answering.context_compression import compressed
from app.answering.domain import Citation
from app.answering.evidence import EvidenceItem
from app.answering.excerpts import Excerpt
from app.answering.selection import SentenceSelector
from app.answering.selection_features import COMPARING, FEATURES, VECTOR_FEATURES
from app.answering.selection_weights import READ, bundled_selection
from kg.documents.sentences import sentences
from models.e5.embedder import BundledE5, bundled_weights
from models.evidence_markup import NumberedEvidence
from models.protocols import Vectors
from models.scripted import HashingEmbedder, ScriptedJudge
from models.sentence_selection import relevance, sentences_of

ABSTRACT = (
    "To determine whether body posture changes glymphatic transport in anesthetized rats, we used contrast MRI. "
    "Rats were scanned in supine, prone and lateral positions. "
    "Glymphatic transport was most efficient in the lateral position."
)


def item(number: int, text: str) -> EvidenceItem:
    return EvidenceItem(number, text, Citation(number, "passage", f"Paper {number}", text[:20], f"d{number}"))


def test_the_asked_finding_goes_before_the_aim_that_repeats_the_question() -> None:
    question = "Does lead in soil slow the growth of earthworms?"
    aim = "The aim of this study was to test whether lead in soil slows the growth of earthworms."
    finding = (
        "The growth of earthworms was significantly slower in soil with more lead, which suggests that lead harms them."
    )
    text = f"{aim} Worms were weighed every week for three months. {finding}"
    found = sentences_of([NumberedEvidence(1, "passage", "x", text)], sentences)
    embedder = BundledE5(bundled_weights())
    assert np.argmax(relevance(question, found, embedder=embedder)) == 0
    assert SentenceSelector(embedder)(question, found)[0].text == finding


def test_the_weights_load_without_a_training_library() -> None:
    code = (
        "import sys; sys.modules['sklearn'] = sys.modules['torch'] = sys.modules['scipy.optimize'] = None\n"
        "from app.answering.selection_weights import bundled_selection\n"
        "assert bundled_selection().finding.weights.shape == (384,)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_weights_fit_their_features() -> None:
    weights = bundled_selection()
    assert weights.for_any.weights.shape == (len(FEATURES),)
    assert weights.with_vectors.weights.shape == (len(FEATURES) + len(VECTOR_FEATURES),)
    assert weights.across.weights.shape == (len(COMPARING),)
    assert weights.judge_weights.weights.shape == (2,)


def test_a_chinese_question_finds_its_sentence_in_english_text_outside_the_glossary() -> None:
    question = "土壤中的铅对蚯蚓的生长有什么影响?"
    rest = "Worms were weighed every week for three months. Soil was taken from 12 gardens in 2019."
    finding = "In soil with more lead the worms grew significantly more slowly."
    found = sentences_of([NumberedEvidence(1, "passage", "x", f"{rest} {finding}")], sentences)
    assert SentenceSelector(BundledE5(bundled_weights()))(question, found)[0].text == finding


class OneRelevant(ScriptedJudge):
    """Finds the texts with some words relevant, and counts what it reads."""

    def __init__(self, relevant: str, identity: str) -> None:
        super().__init__()
        self.identity, self.relevant, self.read = identity, relevant, 0

    def relevance(self, query: str, texts: Sequence[str]) -> Vectors:
        self.read += len(texts)
        return np.array([0.99 if self.relevant in text else 0.01 for text in texts], np.float32)


@pytest.mark.parametrize(
    ("question", "fitted_judge", "fitted_embedder", "reads"),
    [
        ("哪一组的清除率最高?", True, True, True),
        ("哪一组的清除率最高?", False, True, False),
        ("哪一组的清除率最高?", True, False, False),
        ("Which group had the highest clearance?", True, True, True),
        ("Which group had the highest clearance?", False, True, False),
    ],
)
def test_the_judge_of_the_weights_puts_the_best_sentences_in_order(
    question: str, fitted_judge: bool, fitted_embedder: bool, reads: bool
) -> None:
    text = " ".join(f"Clearance in mice was studied in group {n}." for n in range(20))
    found = sentences_of([NumberedEvidence(1, "passage", "Paper", text)], sentences)
    embedder = BundledE5(bundled_weights()) if fitted_embedder else HashingEmbedder()
    alone = SentenceSelector(embedder).scores(question, found)
    fifth, best = (int(n) for n in np.argsort(-alone, kind="stable")[[4, 0]])
    judge = OneRelevant(found[fifth].text, bundled_selection().judge if fitted_judge else "another")
    scores = SentenceSelector(embedder, judge).scores(question, found)
    assert judge.read == READ * reads
    assert int(np.argmax(scores)) == (fifth if reads else best)


def test_the_judge_reads_each_sentence_under_the_title_of_its_paper() -> None:
    alike = "Clearance was lower after 24 hours in all animals of this group."
    papers = [NumberedEvidence(n, "passage", title, alike) for n, title in enumerate(["Rats, 2019", "Mice, 2020"], 1)]
    judge = OneRelevant("Mice, 2020. Clearance", bundled_selection().judge)
    selector = SentenceSelector(BundledE5(bundled_weights()), judge)
    best, _ = sorted(
        zip(
            selector.scores("How was clearance in mice?", found := sentences_of(papers, sentences)), found, strict=True
        ),
        key=lambda pair: -pair[0],
    )
    assert best[1].source == "Mice, 2020"


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


@pytest.mark.parametrize("relevant", [0, 1])
def test_a_small_model_reads_what_a_judge_finds_relevant(relevant: int) -> None:
    texts = "Sleep widens the space between cells.", "Sleep widens the gap between cells."
    items = [item(n, text) for n, text in enumerate(texts, 1)]
    excerpts = [Excerpt(i, i.text, 0.9 if n == relevant else 0.05) for n, i in enumerate(items)]
    selector = SentenceSelector(HashingEmbedder())
    cut = compressed("What does sleep widen?", items, selector, budget_tokens=45, excerpts=excerpts)
    assert [i.text for i in cut] == [texts[relevant]]

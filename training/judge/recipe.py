"""The recipe of a training, and the examples that it names."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.judge.claims import cited_documents, scifact_claims
from training.judge.contrast import CONTRASTS, contrasts
from training.judge.corruptions import SourceText, corrupted
from training.judge.elsewhere import elsewhere
from training.judge.examples import Example
from training.judge.neighbours import Neighbours
from training.judge.open_sets import open_sets
from training.judge.relevance import cmrc, of_claims, pubmedqa, relevance_examples, titles
from training.judge.schedule import Schedule
from training.judge.written import (
    CLAIM_SOURCES,
    abstracts,
    documents_of_texts,
    own_passages,
    written_claims,
    written_questions,
)

_CALIBRATION = 12


class Recipe(Schedule):
    """What is trained on and how; a source whose path is missing is left out and named in the card."""

    name: str = "jianxi-judge"
    scifact: Path | None = None
    pubmedqa: Path | None = None
    cmrc: Path | None = None
    entailment: Path | None = None
    abstracts: Path | None = None
    """Records of PubMed, for the answers beside careless ones; they need ``scifact`` too."""
    held_out: frozenset[str] = frozenset()
    """Packets of those answers that are not trained on."""
    corrupted_texts: int = 2500
    titles: int = 1200
    ranked_claims: int = 1500
    negatives: int = 2
    reads_relevance: bool = False
    """Whether the product may refuse by the relevance; set once that was measured."""
    reads_questions: bool = False
    """Whether the product may put the question before a claim; for recipes that train on ``answers``."""


def is_for_calibration(group: str) -> bool:
    """Whether a written claim's evidence is in the twelfth that thresholds are set on, and not trained on."""
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % _CALIBRATION == 0


@dataclass(frozen=True, slots=True)
class Data:
    """Training examples by source, and what is kept for calibration: claims with verdicts, questions with relevance.

    ``texts`` are those that the questions kept are asked among, by id.
    """

    sources: Mapping[str, Sequence[Example]]
    claims: Sequence[Example]
    questions: Sequence[Example]
    texts: Mapping[str, str]


def data_of(recipe: Recipe) -> Data:
    """All examples that a recipe names."""
    corpus = recipe.scifact / "corpus.jsonl" if recipe.scifact else None
    claims, kept_claims = _parted(written_claims(corpus))
    questions, kept_questions = _parted(written_questions(corpus))
    sources: dict[str, Sequence[Example]] = {
        source: [e for e in claims if e.source == source] for source in CLAIM_SOURCES
    }
    texts = [SourceText(id_, text, language) for id_, language, text in own_passages() if not is_for_calibration(id_)]
    ranked = list(_of_claims([e for e in claims if e.source != "answers"], recipe))
    if recipe.scifact and corpus:
        without = cited_documents(recipe.scifact)
        open_texts = [(id_, text) for id_, text in abstracts(corpus).items() if id_ not in without]
        texts += [SourceText(id_, text, "en") for id_, text in open_texts[: recipe.corrupted_texts]]
        sources["scifact"] = scifact_claims(recipe.scifact, held_out=False)
        rows, near = titles(corpus, recipe.titles, recipe.seed, without=without)
        ranked += relevance_examples(rows, near, source="titles", negatives=recipe.negatives, seed=recipe.seed)
    if recipe.pubmedqa:
        rows, near = pubmedqa(recipe.pubmedqa, 700)
        ranked += relevance_examples(rows, near, source="pubmedqa", negatives=recipe.negatives, seed=recipe.seed)
    if recipe.cmrc:
        sources["cmrc"] = list(cmrc(recipe.cmrc, seed=recipe.seed))
    if recipe.entailment:
        sources |= open_sets(recipe.entailment, seed=recipe.seed)
    if recipe.abstracts and corpus:
        found = list(contrasts(recipe.abstracts, corpus, recipe.seed, recipe.held_out, held_out=False))
        sources |= {source: [e for e in found if e.source == source] for source in CONTRASTS}
    nearest = Neighbours({e.group: e.evidence for e in claims}, characters=True).keys_near
    sources["elsewhere"] = list(elsewhere(claims, documents_of_texts(), nearest, recipe.seed))
    sources["corruption"] = list(corrupted(texts, seed=recipe.seed))
    sources["relevance"] = ranked
    sources["questions"] = questions
    written = (*claims, *questions, *kept_claims, *kept_questions)
    return Data(sources, kept_claims, kept_questions, {e.group: e.evidence for e in written})


def _parted(examples: Sequence[Example]) -> tuple[Sequence[Example], Sequence[Example]]:
    """Those to train on and those kept for calibration; all of one text go together."""
    kept = [e for e in examples if is_for_calibration(e.group)]
    return [e for e in examples if not is_for_calibration(e.group)], kept


def _of_claims(written: Sequence[Example], recipe: Recipe) -> Sequence[Example]:
    rows, near = of_claims(written, recipe.ranked_claims, recipe.seed)
    made = relevance_examples(
        rows, near, source="written", negatives=recipe.negatives, seed=recipe.seed, characters=True
    )
    return list(made)

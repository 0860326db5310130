"""The judge's ranges, and how far rounding in them moves its verdicts."""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from scipy.special import expit, softmax

from models.e5.activation_ranges import ActivationRanges
from models.e5.embedder import bundled_weights
from models.e5.tokenizer import opened
from models.e5.weights_file import WeightsFile, fingerprint
from models.e5.word_vectors import WordVectors
from models.errors import WeightsCorrupt
from models.judge.decision import SUPPORTED, decided
from models.judge.onnx_engine import OnnxReader, named_inputs
from models.judge.onnx_network import network
from models.judge.pairs import Pair, encoded_pairs
from models.judge.weights_file import JudgeFile, ranges_path
from training.activation_ranges import fit, onnx_batches
from training.judge.examples import Example
from training.judge.written import written_claims, written_questions

_SEED, _PAIRS, _OTHER_PAIRS = 7, 512, 1000


@dataclass(frozen=True, slots=True)
class JudgeDistance:
    """Mean distance to 32 bits of the probability of support and of the relevance; the share of verdicts that stay."""

    supported: float
    relevance: float
    verdicts_same: float


def measure_ranges(path: Path, out: Path | None = None) -> dict[str, float]:
    """Write the ranges of a judge's weights, by default beside them; returns how far they move what it says.

    They are measured on claims and questions written for training, and the distance on those over other texts.
    """
    weights, tokenizer = opened(bundled_weights())
    file = JudgeFile(path, weights.configuration)
    if file.description.embedder != fingerprint(weights.path):
        raise WeightsCorrupt(f"{path} was trained over another embedder; cure: give a judge of this one")

    def pairs(examples: Sequence[Example]) -> list[Pair]:
        claims, evidence = [e.claim for e in examples], [e.evidence for e in examples]
        return encoded_pairs(tokenizer, claims, evidence, [e.role for e in examples])

    examples = [*written_claims(None), *written_questions(None)]
    groups = sorted({e.group for e in examples})
    drawn = random.Random(_SEED)
    drawn.shuffle(groups)
    drawn.shuffle(examples)
    seen = set(groups[: len(groups) // 2])
    measured = pairs([e for e in examples if e.group in seen][:_PAIRS])
    others = pairs([e for e in examples if e.group not in seen][:_OTHER_PAIRS])
    ranges = ranges_of_judge(file, weights, measured)
    ranges.save(out or ranges_path(path))
    distance = asdict(judge_distance(file, weights, ranges, others))
    return {"measured_on": len(measured), "held_out": len(others), **distance}


def ranges_of_judge(file: JudgeFile, weights: WeightsFile, pairs: Sequence[Pair]) -> ActivationRanges:
    """The ranges of the pairs; ``weights`` has the word vectors."""
    words = WordVectors(weights, file.position)
    parts = onnx_batches([pair.ids for pair in pairs], weights.pad)
    watched = network(file, None, watched=True)
    return fit(file, watched, parts, lambda batch: named_inputs(words, pairs, batch), file.path)


def judge_distance(
    file: JudgeFile, weights: WeightsFile, ranges: ActivationRanges, pairs: Sequence[Pair]
) -> JudgeDistance:
    """How far the ranges move what the judge says of the pairs, beside 32 bits."""
    words, about = WordVectors(weights, file.position), file.description
    parts = onnx_batches([pair.ids for pair in pairs], weights.pad)
    probabilities, relevance = [], []
    for used in (None, ranges):
        read = list(OnnxReader(file, words, used).read(parts, pairs))
        probabilities.append(softmax(np.concatenate([c for c, _ in read]) / about.temperature, axis=1))
        relevance.append(expit(np.concatenate([r for _, r in read])))
    before, after = (decided(p, supported=about.supported, contradicted=about.contradicted) for p in probabilities)
    return JudgeDistance(
        float(np.abs(probabilities[0] - probabilities[1])[:, SUPPORTED].mean()),
        float(np.abs(relevance[0] - relevance[1]).mean()),
        float((before == after).mean()),
    )

"""Corpora made like real ones, what is measured on them, and how costs grow."""

import gzip
import random
from pathlib import Path

import numpy as np
import pytest

from eval.scale.build import build
from eval.scale.commands import exponent
from eval.scale.genes import gene_graph, measure_genes
from eval.scale.likeness import blocks, varied
from eval.scale.measure import ask
from eval.scale.sources import AskedVector, Source, Sources, nearest_others

DIMENSION = 32


def _silent(stage: str, done: int, total: int) -> None:
    pass


@pytest.fixture(scope="module")
def sources() -> Sources:
    generator = np.random.default_rng(3)
    vectors = generator.normal(size=(60, DIMENSION)).astype(np.float32) + 1.0
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    passages = tuple(
        Source(f"Flow {n}", (f"AQP4 moved {n} ml.", f"Region {n} slept.", "Fluid left."), "en")
        if n % 3
        else Source(f"间隙 {n}", (f"脑间隙液流动{n}次。", "水通道蛋白减少。"), "zh")
        for n in range(60)
    )
    return Sources(passages, vectors, nearest_others(vectors, 4))


def test_the_same_seed_gives_the_same_corpus(sources: Sources) -> None:
    (_, first, vectors), (_, second, others) = (next(blocks(sources, 500)) for _ in range(2))
    assert first == second
    assert np.array_equal(vectors, others)


def test_passages_come_in_order_of_id_in_both_languages(sources: Sources) -> None:
    passages = [p for _, block, _ in blocks(sources, 500) for p in block]
    assert [p.id for p in passages] == sorted({p.id for p in passages})
    assert {p.language for p in passages} == {"en", "zh"}


def test_vectors_are_unit_and_stay_near_real_ones(sources: Sources) -> None:
    _, _, vectors = next(blocks(sources, 500))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    astray = np.random.default_rng(1).normal(size=(500, DIMENSION)).astype(np.float32)
    astray /= np.linalg.norm(astray, axis=1, keepdims=True)
    to_real = [(v @ sources.vectors.T).max(axis=1).mean() for v in (vectors, astray)]
    assert to_real[0] > to_real[1] + 0.2


def test_the_vocabulary_goes_on_growing(sources: Sources) -> None:
    words = [set(p.text.split()) for p in next(blocks(sources, 2000))[1]]
    assert len(set().union(*words)) > 1.1 * len(set().union(*words[:1000]))


def test_varied_sentences_keep_their_other_words() -> None:
    made = {varied("The AQP4 channel moved 25 ml.", random.Random(n)) for n in range(40)}
    assert len(made) > 3
    assert all(m.startswith("The AQP4") and m.endswith(" ml.") for m in made)


def test_a_corpus_is_built_and_asked(sources: Sources, tmp_path: Path) -> None:
    manifest, built = build(tmp_path / "corpus", sources, 400, "fake", _silent)
    question = AskedVector("Which region slept after AQP4 moved?", sources.vectors[1])
    answered = ask(tmp_path / "corpus", manifest, [question])
    assert answered["dense_recall@10"] == 1.0
    assert {f"{part}_p95_ms" for part in ("dense", "lexical", "walk", "whole")} <= set(answered)
    assert built["dense_disk_mib"] > 0
    assert manifest.passages == built["passages"] == 400


def test_the_nearest_of_a_passage_are_others_than_itself() -> None:
    vectors = np.array([[1, 0], [1, 0], [0.8, 0.6], [-0.6, 0.8]], np.float32)
    near = nearest_others(vectors, 2)
    assert [sorted(row) for row in near.tolist()[:3]] == [[1, 2], [0, 2], [0, 1]]
    assert near[3][0] == 2


def test_the_walk_is_measured_on_genes_and_papers(tmp_path: Path) -> None:
    files = {
        "edges_pubmed.tsv.gz": "src\trel\tdst\nG:1\tin\tPMID:1\nG:1\tin\tPMID:2\nG:2\tin\tPMID:2\nG:2\tin\tPMID:2\n",
        "edges_core.tsv.gz": "src\trel\tdst\tevidence\nG:1\thas\tGO:1\tIEA\n",
    }
    for name, text in files.items():
        with gzip.open(tmp_path / name, "wt", encoding="utf-8") as file:
            file.write(text)
    graph, _ = gene_graph(tmp_path)
    assert (len(graph), graph.edges) == (3, 4)
    figures = measure_genes(tmp_path, questions=3)
    assert (figures["genes_edges"], "genes_walk_p95_ms" in figures) == (4, True)


def test_a_cost_that_grows_as_the_square_has_the_exponent_two() -> None:
    assert exponent([10, 100, 1000], [1, 100, 10_000]) == pytest.approx(2.0)


def test_one_size_tells_nothing_of_growth() -> None:
    assert exponent([10], [1]) is None

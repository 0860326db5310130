"""Builds the indexes of a corpus of one size, part by part, as the product builds them."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from eval.memory import memory_bytes
from eval.scale.likeness import blocks
from eval.scale.sources import Sources
from kg.domain import Document, Passage, Revision
from kg.progress import Progress
from models.protocols import Vectors
from retrieval.index.catalogue import Catalogue
from retrieval.index.faiss_index import FaissIndex
from retrieval.index.passage_words import PassageWords
from retrieval.index.snapshots import FORMAT, Manifest
from retrieval.index.tantivy_index import TantivyIndex
from retrieval.sources.walk.graph import WalkGraph
from retrieval.sources.walk.names import WalkPassage


def build(
    folder: Path, sources: Sources, count: int, embedder: str, tell: Progress
) -> tuple[Manifest, dict[str, float]]:
    """Make ``count`` passages and index them into ``folder`` in the layout of a snapshot.

    Gives the manifest, with seconds of building and MiB on the disk by part; ``build_peak_mib`` is the most memory that
    the process has held.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    start = time.perf_counter()
    documents, passages, vectors = _made(folder, sources, count, tell)
    made_s = time.perf_counter() - start
    took: dict[str, float] = {}
    start_cpu = time.process_time()
    with _timed(took, "dense"):
        tell("dense", 0, count)
        FaissIndex([p.id for p in passages], vectors).save(folder / "dense")
    (folder / "vectors.npy").unlink()
    with _timed(took, "lexical"):
        tell("lexical", 0, count)
        TantivyIndex.build(folder / "lexical", zip(passages, documents, strict=True))
    with _timed(took, "walk"):
        tell("walk", 0, count)
        walk = WalkGraph.build([WalkPassage(p.id, d.title, p.text) for p, d in zip(passages, documents, strict=True)])
        walk.save(folder / "walk")
    with _timed(took, "words"):
        PassageWords.build(list(zip(passages, documents, strict=True))).save(folder / "words")
    with _timed(took, "catalogue"):
        Catalogue.build(documents, passages).save(folder / "catalogue.json")
    manifest = Manifest(
        FORMAT, folder.name, Revision(1), embedder, vectors.shape[1], "faiss", count, count, walk.edges, {}
    )
    tell("built", count, count)
    return manifest, {
        "passages": float(count),
        "walk_edges": float(walk.edges),
        "made_s": round(made_s, 2),
        "build_s": round(sum(took.values()), 4),
        "build_cpu_s": round(time.process_time() - start_cpu, 2),
        **{f"{part}_build_s": seconds for part, seconds in took.items()},
        **{f"{part}_disk_mib": _mib(folder / part) for part in ("dense", "lexical", "walk")},
        "build_peak_mib": round(memory_bytes("VmHWM") / 2**20, 1),
    }


def _made(folder: Path, sources: Sources, count: int, tell: Progress) -> tuple[list[Document], list[Passage], Vectors]:
    documents: list[Document] = []
    passages: list[Passage] = []
    shape = (count, sources.vectors.shape[1])
    vectors = np.lib.format.open_memmap(folder / "vectors.npy", mode="w+", dtype=np.float32, shape=shape)
    for new, its, moved in blocks(sources, count):
        vectors[len(passages) : len(passages) + len(its)] = moved
        documents += new
        passages += its
        tell("make", len(passages), count)
    return documents, passages, vectors


@contextmanager
def _timed(took: dict[str, float], part: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    took[part] = round(time.perf_counter() - start, 2)


def _mib(path: Path) -> float:
    return round(sum(p.stat().st_size for p in path.rglob("*") if p.is_file()) / 2**20, 1)

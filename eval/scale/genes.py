"""The walk on a large graph of knowledge: genes, their terms and the papers that name them."""

import time
from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import sparse

from eval.graph.tables import rows as table_rows
from eval.retrieval.metrics import percentiles_ms
from kg.domain import PassageId
from retrieval.domain import Hit
from retrieval.sources.walk.graph import WalkGraph

_SHARED = 3


def gene_graph(folder: Path) -> tuple[WalkGraph, float]:
    """A passage for each paper, which names its genes, and for each gene or term, which names what it is joined to.

    Returns the graph and the seconds of building it once the files are read.
    """
    rows: dict[str, int] = {}
    columns: dict[str, int] = {}
    at, to = array("q"), array("q")
    for name, passage in _edges(folder):
        at.append(rows.setdefault(passage, len(rows)))
        to.append(columns.setdefault(name, len(columns)))
    start = time.perf_counter()
    ids, names = sorted(rows), sorted(columns)
    row, column = np.empty(len(ids), np.int64), np.empty(len(names), np.int64)
    row[[rows[i] for i in ids]] = np.arange(len(ids))
    column[[columns[n] for n in names]] = np.arange(len(names))
    places = (row[np.frombuffer(at, np.int64)], column[np.frombuffer(to, np.int64)])
    found = sparse.csr_array((np.ones(len(at), np.int8), places), (len(ids), len(names)))
    found.data[:] = 1
    graph = WalkGraph([PassageId(i) for i in ids], [f"@{n}" for n in names], found, np.zeros(len(ids), np.int32))
    return graph, time.perf_counter() - start


def measure_genes(folder: Path, *, questions: int = 200, seed: int = 7) -> dict[str, float]:
    """Walk from a paper, two more that name a gene of it, and that gene with another name.

    ``genes_build_s`` are the seconds of building the arrays from the edges.
    """
    graph, build_s = gene_graph(folder)
    papers: dict[str, list[str]] = {}
    pairs = list(_edges(folder))
    for name, passage in pairs:
        papers.setdefault(name, []).append(passage)
    generator = np.random.default_rng(seed)
    times: list[float] = []
    for place in generator.integers(len(pairs), size=questions):
        name, paper = pairs[int(place)]
        others = papers[name]
        chosen = [paper, *(others[int(i)] for i in generator.integers(len(others), size=_SHARED - 1))]
        names = sorted({f"@{name}", f"@{pairs[int(generator.integers(len(pairs)))][0]}"})
        seeds = [Hit(PassageId(p), 1.0 - 0.01 * n) for n, p in enumerate(dict.fromkeys(chosen))]
        start = time.thread_time()
        graph.walk(seeds, names)
        times.append(1000.0 * (time.thread_time() - start))
    figures = {"genes_edges": float(graph.edges), "genes_build_s": round(build_s, 2)}
    return {**figures, **percentiles_ms(times, 50, 95, 99, name="genes_walk_", digits=3)}


def _edges(folder: Path) -> Iterator[tuple[str, str]]:
    """Names with the passages that hold them."""
    yield from ((row["src"], row["dst"]) for row in table_rows(folder / "edges_pubmed.tsv.gz"))
    yield from ((row["dst"], row["src"]) for row in table_rows(folder / "edges_core.tsv.gz"))

"""The names of a corpus, against finding them passage by passage."""

import json
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.domain import PassageId
from retrieval.sources.walk.graph import WalkGraph
from retrieval.sources.walk.names import WalkPassage, names_of
from retrieval.sources.walk.spans import Gazetteer, spans_in, title_key
from retrieval.text.tokens import tokens_of
from tests.unit.retrieval.texts import texts

_TITLES = ("", "Victoria Falls (waterfall)", "Zambezi", "the falls", "脑类淋巴系统", "River of the Falls", "AQP4")
passages = st.lists(
    st.tuples(st.sampled_from(_TITLES) | texts, texts, st.lists(st.sampled_from(["E1", "E2", "E3"]), max_size=2)),
    min_size=1,
    max_size=8,
).map(lambda rows: [WalkPassage(PassageId(f"p{n}"), t, x, tuple(e)) for n, (t, x, e) in enumerate(rows)])


def _naive(corpus: list[WalkPassage]) -> list[set[str]]:
    """The names of each passage, one after the other and without numbers."""
    tokens = [tokens_of(f"{p.title}\n{p.text}") for p in corpus]
    titles = [title_key(p.title) for p in corpus]
    every = Gazetteer({*titles, *(s for t in tokens for s in spans_in(t))})
    counts = Counter(name for t in tokens for name in set(every.found(t)))
    known = Gazetteer({*titles, *(name for name, count in counts.items() if count > 1)})
    return [
        {*known.found(t), title, *(f"@{e}" for e in p.entities)} - {""}
        for p, t, title in zip(corpus, tokens, titles, strict=True)
    ]


@given(passages)
def test_names_are_those_that_are_found_passage_by_passage(corpus: list[WalkPassage]) -> None:
    read = names_of(corpus)
    found: list[set[str]] = [set() for _ in corpus]
    for row, number in zip(read.rows.tolist(), read.numbers.tolist(), strict=True):
        found[row].add(read.names[number])
    assert found == _naive(corpus)


@settings(deadline=None)
@given(passages)
def test_a_graph_keeps_the_names_that_lead_somewhere_and_counts_the_rest(corpus: list[WalkPassage]) -> None:
    named = _naive(corpus)
    titles = [title_key(p.title) for p in corpus]
    counts = Counter(name for own in named for name in own)
    lasting = sorted(n for n in counts if counts[n] > 1 or n in titles or n.startswith("@"))
    with tempfile.TemporaryDirectory() as folder:
        WalkGraph.build(corpus).save(Path(folder))
        parts = {part: np.load(Path(folder) / f"{part}.npy") for part in ("data", "indices", "indptr", "alone")}
        stored = json.loads((Path(folder) / "names.json").read_text("utf-8"))
    assert stored == {"passages": [p.id for p in corpus], "names": lasting}
    assert parts["alone"].tolist() == [sum(n not in lasting for n in own) for own in named]
    for row, own in enumerate(named):
        edges = slice(parts["indptr"][row], parts["indptr"][row + 1])
        kinds = dict(zip((lasting[c] for c in parts["indices"][edges]), parts["data"][edges].tolist(), strict=True))
        assert kinds == {n: 2 if n == titles[row] else 3 if n in titles else 1 for n in own if n in lasting}


def test_more_passages_than_are_read_at_a_time_are_all_read() -> None:
    corpus = [WalkPassage(PassageId(f"{n:05d}"), "", f"It met AQP{n % 7} there.") for n in range(4001)]
    read = names_of(corpus)
    assert read.rows.tolist() == list(range(4001))
    assert [read.names[n] for n in read.numbers[-3:]] == ["aqp1", "aqp2", "aqp3"]

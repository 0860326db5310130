"""Random orders of additions and deletions of documents: the changed indexes against ones that are built whole."""

import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from kg.domain import Block, BlockKind, Document, DocumentId, ParsedDocument, Passage, PassageId, Span
from kg.ontology import Ontology
from kg.protocols import Store
from kg.stores.sqlite.store import SqliteStore
from models.scripted import HashingEmbedder
from retrieval.domain import Hit
from retrieval.index.builder import Indexes
from retrieval.index.snapshot_contents import Snapshot

_DOCUMENTS, _FIRST, _STEPS, _QUESTIONS = 30, 16, 6, 5
_NEAR = 0.002
_WORDS = (
    *("aquaporin", "clearance", "tracer", "Glymphatic", "flow", "of", "the", "interstitial", "fluid", "AQP4"),
    *("Rosenberg", "sleep", "velocity", "in", "white", "matter", "Oslo", "mice", "slowed", "amyloid", "measured"),
    *("brain", "Nedergaard", "diffusion", "引流", "组织液", "针刺", "大鼠", "electroacupuncture"),
)


@dataclass(slots=True)
class Result:
    """How many orders were tried, with how many changes, and what differed in which.

    ``whole`` are those at whose end so much had changed that all was built again.
    """

    orders: int
    changes: int = 0
    whole: int = 0
    unequal: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def to_json(self) -> dict[str, object]:
        """A JSON object; ``equal`` counts the orders in which nothing differed."""
        return {**asdict(self), "equal": self.orders - len(self.unequal)}


async def measure(*, orders: int, seed: int, ontology: Ontology, steps: int = _STEPS) -> Result:
    """Try orders of changes, each on a small library of its own."""
    began = time.perf_counter()
    result = Result(orders)
    for order in range(orders):
        with TemporaryDirectory() as folder:
            drawn = random.Random(f"{seed}-{order}")  # noqa: S311 - orders, not secrets
            found = await _tried(Path(folder), drawn, ontology, steps, result)
        if found:
            result.unequal.append(f"order {order}: {'; '.join(found)}")
    result.seconds = round(time.perf_counter() - began, 1)
    return result


async def _tried(folder: Path, drawn: random.Random, ontology: Ontology, steps: int, result: Result) -> list[str]:
    documents = [_document(drawn, number) for number in range(_DOCUMENTS)]
    store, embedder = SqliteStore(folder / "knowledge.db"), HashingEmbedder(64)
    await store.open()
    try:
        changed, whole = (
            Indexes(folder / name, store=store, embedder=embedder, ontology=ontology, whole_below=0)
            for name in ("changed", "whole")
        )
        there = set(drawn.sample(range(_DOCUMENTS), _FIRST))
        await store.put([documents[n] for n in sorted(there)], author="orders", reason="first")
        await changed.rebuild()
        for _ in range(steps):
            there = await _step(store, documents, there, drawn)
            result.changes += 1
            if drawn.random() < 0.8:
                await changed.catch_up()
        shown = await changed.catch_up()
        result.whole += not shown.manifest.parent
        questions = [" ".join(drawn.choices(_WORDS, k=4)) for _ in range(_QUESTIONS)]
        return differences(shown, await whole.rebuild(), questions, embedder)
    finally:
        await store.close()


async def _step(store: Store, documents: Sequence[ParsedDocument], there: set[int], drawn: random.Random) -> set[int]:
    """Add or remove one or two documents; gives the numbers of those that are there then."""
    absent = sorted(set(range(len(documents))) - there)
    adds = len(there) < 8 or (absent and drawn.random() < 0.5)
    chosen = set(drawn.sample(absent if adds else sorted(there), drawn.choice((1, 2))))
    if adds:
        await store.put([documents[n] for n in sorted(chosen)], author="orders", reason="come")
        return there | chosen
    await store.remove([documents[n].document.id for n in sorted(chosen)], author="orders", reason="go")
    return there - chosen


def differences(changed: Snapshot, whole: Snapshot, questions: Sequence[str], embedder: HashingEmbedder) -> list[str]:
    """What changed indexes show otherwise than whole ones: nothing where they are equal.

    Dense scores are equal. Lexical ones are within 2 in 1000, because numbers of 32 bits are multiplied in another
    order; so passages whose scores are that near may change places.
    """
    both, ids = (changed, whole), list(whole.walk.ids)
    places, languages = ([getattr(s.catalogue, of) for s in both] for of in ("documents", "languages"))
    vectors = [s.dense.vectors_of(ids) for s in both]
    equal = {
        "the passages of the walk": list(changed.walk.ids) == ids,
        "the catalogue": places[0] == places[1] and dict(languages[0]) == dict(languages[1]),
        "the number of passages": {len(index) for s in both for index in (s.dense, s.lexical)} == {len(ids)},
        "the vectors": np.array_equal(vectors[0], vectors[1]),
    }
    for question in questions:
        vector = embedder.encode_query(question)
        for among, allowed in (("all", None), ("some", set(ids[::3]))):
            dense = [list(s.dense.search(vector, 10, allowed=allowed)) for s in both]
            lexical = [s.lexical.search(question, 99, allowed=allowed) for s in both]
            equal[f"dense {question!r} among {among}"] = dense[0] == dense[1]
            equal[f"lexical {question!r} among {among}"] = _near(*lexical)
        equal[f"rarity {question!r}"] = changed.lexical.rarity(question) == whole.lexical.rarity(question)
        asked, rows = sorted(set(question.lower().split())), range(0, len(ids), 3)
        told = [s.words.overlap(rows, asked) for s in both if s.words]
        parts = ("question", "titles", "title_rarity", "title_asked") if len(told) == 2 else ()
        equal[f"words {question!r}"] = all(np.array_equal(*(getattr(w, part) for w in told)) for part in parts)
    return [what for what, holds in equal.items() if not holds]


def _near(ours: Sequence[Hit], theirs: Sequence[Hit]) -> bool:
    """Whether the same passages are found with scores that differ in rounding only."""
    scores = {h.passage_id: h.score for h in theirs}
    return len(ours) == len(theirs) and all(
        h.passage_id in scores and abs(h.score - scores[h.passage_id]) <= _NEAR for h in ours
    )


def _document(drawn: random.Random, number: int) -> ParsedDocument:
    id_ = DocumentId(f"d{number:02d}")
    title = " ".join(drawn.choices(_WORDS, k=drawn.randint(1, 4)))
    about = Document(
        id_, f"d{number}", f"S-{number}", title, "", "", drawn.choice(("en", "zh")),
        ("Rosenberg G A", "Nedergaard M")[: drawn.randint(0, 2)], drawn.choice((None, 1980, 2012)),
        drawn.choice((None, "Brain Research")), {"pmid": str(70_000 + number)},
    )  # fmt: skip
    texts = [" ".join(drawn.choices(_WORDS, k=drawn.randint(3, 40))) + "." for _ in range(drawn.randint(1, 3))]
    passages = tuple(
        Passage(PassageId(f"{id_}:{n}"), id_, n, text, about.language, (title,), None, (Span(n, 0, len(text)),))
        for n, text in enumerate(texts)
    )
    return ParsedDocument(about, tuple(Block(BlockKind.PARAGRAPH, text) for text in texts), passages)

"""Asking a system all questions of a suite, an item a question."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from html import unescape

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from eval.retrieval.domain import Suite, SuiteQuestion, SuiteText
from eval.retrieval.metrics import DEPTH, measured
from eval.retrieval.systems import Ranked, System
from eval.runs import Item, Json

_SHOWN = 280
_SHOWN_GOLD = 20


async def ask_all(
    system: System, suite: Suite, progress: Callable[[str, int, int], None] | None = None
) -> tuple[Item, ...]:
    """The items of all questions that have gold; the first is asked once before, so that no start-up is timed."""
    asked = [q for q in suite.questions if q.gold]
    tied = clusters(asked)
    texts = {t.id: t for t in suite.texts}
    items: list[Item] = []
    if asked:
        await system.rank(asked[0], DEPTH)
    for number, question in enumerate(asked, start=1):
        began = time.perf_counter()
        ranked = await system.rank(question, DEPTH)
        if not ranked.stages_ms:
            ranked = replace(ranked, stages_ms={"retrieve": 1000.0 * (time.perf_counter() - began)})
        items.append(item_of(question, ranked, texts, tied[question.id]))
        if progress is not None:
            progress("questions asked", number, len(asked))
    return tuple(items)


def clusters(questions: Sequence[SuiteQuestion]) -> dict[str, str]:
    """For each question the first of those that it is tied to by shared gold, directly or through others."""
    columns: dict[str, int] = {}
    pairs = [(n, columns.setdefault(t, len(columns))) for n, q in enumerate(questions) for t in q.gold]
    places = np.array(pairs, np.int64).reshape(-1, 2).T
    shared = csr_array((np.ones(len(pairs)), (places[0], places[1])), (len(questions), max(1, len(columns))))
    first: dict[int, str] = {}
    groups = connected_components(shared @ shared.T, directed=False)[1]
    return {q.id: first.setdefault(int(group), q.id) for q, group in zip(questions, groups, strict=True)}


def item_of(question: SuiteQuestion, ranked: Ranked, texts: dict[str, SuiteText], cluster: str) -> Item:
    """What a system found for a question, measured, with what a reader wants to see of it."""
    groups = {"language": question.language}
    if question.kind:
        groups["kind"] = question.kind
    if question.hops is not None:
        groups["hops"] = str(question.hops)
    missed = [id_ for id_ in question.gold if id_ not in ranked.ids]
    detail: dict[str, Json] = {
        "question": question.text,
        "found": [_shown(id_, texts, question) for id_ in ranked.ids],
        "missed": [_shown(id_, texts, question) for id_ in missed[:_SHOWN_GOLD]],
        "stages_ms": {stage: round(ms, 3) for stage, ms in ranked.stages_ms.items()},
        "llm_tokens": ranked.llm_tokens,
    }
    metrics = {**measured(ranked.ids, question.gold), "retrieve_ms": round(ranked.retrieve_ms, 3)}
    return Item(question.id, metrics, groups, cluster, detail)


def _shown(id_: str, texts: dict[str, SuiteText], question: SuiteQuestion) -> dict[str, Json]:
    text = texts.get(id_)
    row: dict[str, Json] = {"id": id_, "gold": question.gold.get(id_, 0)}
    if text is not None:
        plain = unescape(text.text)
        short = plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN].rstrip()}…"
        row |= {"title": unescape(text.title), "text": short}
    return row

"""Questions that depend on each other, because the same texts answer them."""

from collections.abc import Sequence

from eval.retrieval.domain import SuiteQuestion


def clusters(questions: Sequence[SuiteQuestion]) -> dict[str, str]:
    """For each question the first of those that it is tied to by shared gold, directly or through others."""
    parent = {q.id: q.id for q in questions}

    def root(id_: str) -> str:
        while parent[id_] != id_:
            parent[id_] = parent[parent[id_]]
            id_ = parent[id_]
        return id_

    first: dict[str, str] = {}
    for question in questions:
        for text in question.gold:
            one, two = sorted((root(first.setdefault(text, question.id)), root(question.id)))
            parent[two] = one
    return {q.id: root(q.id) for q in questions}

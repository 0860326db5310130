"""Why an answer falls short, by what was retrieved, quoted, dropped and declined."""

from collections.abc import Sequence

from eval.answers.citations import cited_evidence, triples_of
from eval.answers.domain import Answered, AnswerQuestion
from eval.answers.facts import facts_found
from eval.answers.tokens import holds_all

RIGHT = ""


def failure(question: AnswerQuestion, answered: Answered, found: Sequence[bool], *, right_refusal: bool) -> str:
    """The first thing on the way that went wrong; nothing where all that is gold is found or the refusal is right.

    Where a suite has nothing to hold an answer against but its overlap with a gold answer, only refusals fall short.
    """
    if answered.error:
        return f"run failed: {answered.error}"
    if not question.answerable:
        return RIGHT if right_refusal else "answered although unanswerable"
    if found and all(found):
        return RIGHT
    if question.wrong and holds_all(answered.claimed, [question.wrong]):
        return "falsified evidence followed"
    if question.triples and not question.sources:
        return _of_graph(question, answered)
    had = {e.source for e in answered.evidence if e.kind == "passage"}
    missed = [s for s in question.sources if s not in had]
    if question.sources and len(missed) == len(question.sources):
        return "declined, evidence not retrieved" if answered.declined else "evidence not retrieved"
    dropped = facts_found(question.facts, "\n".join(answered.dropped), question=question.text)
    if answered.declined:
        if any(dropped):
            return "right sentence dropped as unsupported"
        return "all sentences dropped as unsupported" if answered.dropped else "declined although evidence was there"
    if not found:
        return RIGHT
    if question.label:
        return "wrong label"
    if any(d and not f for d, f in zip(dropped, found, strict=False)):
        return "right sentence dropped as unsupported"
    cited = {e.source for e in cited_evidence(answered) if e.kind == "passage"}
    if question.sources and not cited & set(question.sources):
        return "wrong paper"
    if any(found):
        return "evidence retrieved in part" if missed else "part of the facts left out"
    return "wrong sentence"


def _of_graph(question: AnswerQuestion, answered: Answered) -> str:
    shared = len(triples_of(answered) & set(question.triples))
    if answered.declined:
        return "graph question declined"
    if not shared:
        return "graph question answered without the gold triples"
    return "graph list incomplete" if shared < len(question.triples) else "graph list complete"

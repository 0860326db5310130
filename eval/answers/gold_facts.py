"""Which of a question's gold facts an answer gives: in words, in the source's own sentence, or as triples."""

from eval.answers.citations import cited_evidence
from eval.answers.domain import Answered, AnswerQuestion
from eval.answers.facts import facts_found
from eval.answers.graph_gold import match_triples
from eval.answers.tokens import holds


def facts_given(question: AnswerQuestion, answered: Answered) -> list[bool]:
    """One truth a fact.

    A gold quote that the answer repeats word for word gives its fact: quotes and facts go in pairs where there are as
    many, else all facts are given where all quotes are. The facts of a question to the graph alone only put its triples
    into words, so all triples give all facts.
    """
    cited = cited_evidence(answered)
    found = facts_found(question.facts, answered.claimed, question=question.text, cited=[e.source for e in cited])
    if question.triples and not question.sources:
        triples = match_triples({e.triple for e in cited if e.triple}, question.triples)
        if triples is not None and triples.complete:
            return [True] * len(found)
    quoted = [holds(answered.claimed, quote) for quote in question.quotes]
    if quoted and len(quoted) == len(found):
        return [a or b for a, b in zip(found, quoted, strict=True)]
    return [True] * len(found) if quoted and all(quoted) else found

"""One question's figures and what a reader wants to see of it."""

from eval.answers.citations import Entails, by_alce, cited_evidence, gold_citations, quotes_given
from eval.answers.detail import detail_of
from eval.answers.domain import Answered, AnswerQuestion
from eval.answers.facts import facts_found
from eval.answers.failures import failure
from eval.answers.gold_facts import facts_given
from eval.answers.graph_gold import match_triples
from eval.answers.labels import chosen_option, yes_no_maybe
from eval.answers.numeric import numeric_match
from eval.answers.overlap import exact_match, f1, holds_all, rouge_l
from eval.answers.refusals import refused_rightly
from eval.runs import Item, Json


def scored(question: AnswerQuestion, answered: Answered, entails: Entails) -> Item:
    """The item of a run; a metric that does not apply to the question is not there. Blocks on the embedder."""
    claimed = answered.claimed
    right = refused_rightly(question, answered)
    found = facts_given(question, answered) if question.answerable else []
    metrics: dict[str, float] = {"declined": float(answered.declined), "failed": float(bool(answered.error))}
    metrics |= _costs(answered)
    if question.answerable:
        metrics["wrong_refusal"] = float(answered.declined)
        metrics |= _against_gold(question, answered, found)
    else:
        metrics["right_refusal"] = float(right)
    if question.wrong:
        metrics["misled"] = holds_all(claimed, [question.wrong])
    metrics |= _citations(question, answered, entails)
    label = _label(question, answered)
    if question.label:
        metrics["label_right"] = float(label[0] == question.label)
        metrics["label_named"] = float(label[1])
    why = failure(question, answered, found or _held(question, claimed, label[0]), right_refusal=right)
    detail: dict[str, Json] = {**detail_of(question, answered), "failure": why, "label": label[0]}
    detail["facts"] = [{"fact": f, "found": ok} for f, ok in zip(question.facts, found, strict=False)]
    groups = {"language": question.language, "kind": question.kind}
    return Item(question.id, metrics, groups, question.sources[0] if question.sources else question.id, detail)


def _against_gold(question: AnswerQuestion, answered: Answered, found: list[bool]) -> dict[str, float]:
    claimed = answered.claimed
    made: dict[str, float] = {}
    if found:
        made["facts_found"] = sum(found) / len(found)
        made["all_facts_found"] = float(all(found))
        in_gold = facts_found(question.facts, question.answer, question=question.text, cited=question.sources)
        made["facts_in_gold_answer"] = sum(in_gold) / len(in_gold)
    if question.quotes:
        made["quotes_given"] = quotes_given(answered, question.quotes)
    if question.answers:
        made["right"] = holds_all(claimed, question.answers)
    if question.answer:
        made |= {
            "exact_match": exact_match(claimed, question.answer),
            "f1": f1(claimed, question.answer),
            "rouge_l": rouge_l(claimed, question.answer),
        }
        numeric = numeric_match(claimed, question.answer, question=question.text)
        if numeric is not None:
            made["numeric"] = numeric
    given = {e.triple for e in cited_evidence(answered) if e.triple}
    triples = match_triples(given, question.triples)
    if triples is not None:
        made |= {
            "triples_recall": triples.recall,
            "triples_precision": triples.precision,
            "triples_complete": triples.complete,
        }
    if question.sources:
        had = {e.source for e in answered.evidence if e.kind == "passage"}
        made["evidence_recall"] = len(had & set(question.sources)) / len(question.sources)
    return made


def _citations(question: AnswerQuestion, answered: Answered, entails: Entails) -> dict[str, float]:
    made: dict[str, float] = {}
    alce = by_alce(answered, entails, question=question.text)
    if alce is not None:
        made |= {"citation_recall": alce.recall, "uncited": alce.uncited}
        if alce.precision is not None:
            made["citation_precision"] = alce.precision
    gold = gold_citations(answered, question.sources) if not answered.declined else None
    if gold is not None:
        made["gold_citation_recall"] = gold[0]
        if gold[1] is not None:
            made["gold_citation_precision"] = gold[1]
    said = len(answered.sentences) + len(answered.dropped)
    if said:
        made["dropped"] = len(answered.dropped) / said
    return made


def _costs(answered: Answered) -> dict[str, float]:
    return {
        "seconds": answered.seconds,
        "prompt_tokens": float(answered.prompt_tokens),
        "completion_tokens": float(answered.completion_tokens),
        "sentences": float(len(answered.sentences)),
    }


def _held(question: AnswerQuestion, claimed: str, label: str) -> list[bool]:
    """What stands for gold facts where a suite has none."""
    if question.label:
        return [label == question.label]
    return [bool(holds_all(claimed, [group])) for group in question.answers]


def _label(question: AnswerQuestion, answered: Answered) -> tuple[str, bool]:
    if answered.declined or not question.label:
        return "", False
    if question.options:
        return chosen_option(answered.claimed, question.options, question.text)
    return yes_no_maybe(answered.claimed, question.text)

"""One question's figures, and what a run keeps of the answer: enough to read it and to measure it again."""

from collections.abc import Mapping
from dataclasses import replace

from pydantic import TypeAdapter

from eval.answers.citations import gold_citations, gold_triples, quotes_given
from eval.answers.domain import Answered, AnswerQuestion
from eval.answers.facts import facts_found, facts_given
from eval.answers.failures import failure
from eval.answers.labels import named_label
from eval.answers.overlap import overlap
from eval.answers.tokens import holds_all
from eval.runs import Item, Json

_ANSWERED = TypeAdapter(Answered)


def scored(question: AnswerQuestion, answered: Answered) -> Item:
    """The item of a run; a metric that does not apply to the question is not there."""
    claimed = answered.claimed
    right = refused_rightly(question, answered)
    found = facts_given(question, answered) if question.answerable else []
    label = "" if answered.declined else named_label(claimed, question.options)
    metrics = _of_answer(answered)
    if question.answerable:
        metrics["wrong_refusal"] = float(answered.declined)
        metrics |= _against_gold(question, answered, found)
    else:
        metrics["right_refusal"] = float(right)
    if question.wrong:
        metrics["misled"] = holds_all(claimed, [question.wrong])
    if question.label:
        metrics |= {"label_right": float(label == question.label), "label_named": float(bool(label))}
    held = [label == question.label] if question.label else [bool(holds_all(claimed, [g])) for g in question.answers]
    detail: dict[str, Json] = {
        "question": question.text,
        "answer": answered.text,
        "gold": _gold(question),
        "failure": failure(question, answered, found or held, right_refusal=right),
        "label": label,
        "facts": [{"fact": f, "found": ok} for f, ok in zip(question.facts, found, strict=False)],
        "answered": _ANSWERED.dump_python(replace(answered, text=""), mode="json"),
    }
    groups = {"language": question.language, "kind": question.kind}
    return Item(question.id, metrics, groups, question.sources[0] if question.sources else question.id, detail)


def answered_of(item: Item) -> Answered:
    """The answer of a kept item."""
    return replace(_ANSWERED.validate_python(item.detail["answered"]), text=str(item.detail["answer"]))


def refused_rightly(question: AnswerQuestion, answered: Answered) -> bool:
    """Declined, or a false premise corrected: the answer states what the gold answer says is so instead."""
    if answered.declined or not question.false_premise:
        return answered.declined
    corrections = [f for f in (question.answer, *question.facts) if f]
    return any(facts_found(corrections, answered.claimed, question=question.text))


def _of_answer(answered: Answered) -> dict[str, float]:
    """What is known without any gold: costs, sentences, those without citation and those dropped."""
    said, dropped = len(answered.sentences), len(answered.dropped)
    made = {
        "declined": float(answered.declined),
        "failed": float(bool(answered.error)),
        "seconds": answered.seconds,
        "prompt_tokens": float(answered.prompt_tokens),
        "completion_tokens": float(answered.completion_tokens),
        "sentences": float(said),
        "dropped_count": float(dropped),
    }
    if not answered.declined:
        made["uncited"] = sum(not s.citations for s in answered.sentences) / said
    if said + dropped:
        made["dropped"] = dropped / (said + dropped)
    return made


def _against_gold(question: AnswerQuestion, answered: Answered, found: list[bool]) -> dict[str, float]:
    claimed = answered.claimed
    made: dict[str, float] = {}
    if found:
        in_gold = facts_found(question.facts, question.answer, question=question.text, cited=question.sources)
        made = {
            "facts_found": sum(found) / len(found),
            "all_facts_found": float(all(found)),
            "facts_in_gold_answer": sum(in_gold) / len(in_gold),
        }
    if question.quotes:
        made["quotes_given"] = quotes_given(answered, question.quotes)
    if question.answers:
        made["right"] = holds_all(claimed, question.answers)
    if question.answer:
        made |= overlap(claimed, question.answer)
    if triples := gold_triples(answered, question.triples):
        recall, precision = triples
        made |= {
            "triples_recall": recall,
            "triples_precision": precision or 0.0,
            "triples_complete": float(recall == 1),
        }
    if question.sources:
        had = {e.source for e in answered.evidence if e.kind == "passage"}
        made["evidence_recall"] = len(had & set(question.sources)) / len(question.sources)
    if not answered.declined and (cited := gold_citations(answered, question.sources)):
        made["gold_citation_recall"] = cited[0]
        if cited[1] is not None:
            made["gold_citation_precision"] = cited[1]
    return made


def _gold(question: AnswerQuestion) -> Mapping[str, Json]:
    shown = ("answer", "answers", "label", "sources", "triples", "answerable")
    gold: dict[str, Json] = TypeAdapter(AnswerQuestion).dump_python(question, mode="json", include=set(shown))
    return gold

"""What a run keeps of an answer: all that a reader wants to see of it, and enough to measure it again."""

from collections.abc import Mapping

from eval.answers.domain import Answered, AnswerQuestion, Evidence, Said
from eval.runs import Item, Json

JsonObject = Mapping[str, Json]


def detail_of(question: AnswerQuestion, answered: Answered) -> JsonObject:
    """The question, the answer and the gold as JSON."""
    return {
        "question": question.text,
        "answer": answered.text,
        "sufficiency": answered.sufficiency,
        "reasons": list(answered.reasons),
        "notice": answered.notice,
        "sentences": [
            {"text": s.text, "citations": list(s.citations), "verdict": s.verdict, "reasons": list(s.reasons)}
            for s in answered.sentences
        ],
        "dropped": list(answered.dropped),
        "evidence": [_evidence(e) for e in answered.evidence],
        "gold": {
            "answer": question.answer,
            "answers": [list(g) for g in question.answers],
            "label": question.label,
            "sources": list(question.sources),
            "triples": [list(t) for t in question.triples],
            "answerable": question.answerable,
        },
        "run": answered.run,
        "model": answered.model,
        "error": answered.error,
    }


def answered_of(item: Item) -> Answered:
    """The answer of a kept item."""
    kept = item.detail
    return Answered(
        text=str(kept["answer"]),
        sentences=tuple(_said(s) for s in _objects(kept["sentences"])),
        evidence=tuple(_kept_evidence(e) for e in _objects(kept["evidence"])),
        sufficiency=str(kept["sufficiency"]),
        reasons=_texts(kept["reasons"]),
        notice=str(kept["notice"]),
        dropped=_texts(kept["dropped"]),
        seconds=item.metrics["seconds"],
        prompt_tokens=int(item.metrics["prompt_tokens"]),
        completion_tokens=int(item.metrics["completion_tokens"]),
        run=str(kept["run"]),
        model=str(kept["model"]),
        error=str(kept["error"]),
    )


def _evidence(evidence: Evidence) -> JsonObject:
    return {
        "number": evidence.number,
        "kind": evidence.kind,
        "source": evidence.source,
        "title": evidence.title,
        "text": evidence.text,
        "quote": evidence.quote,
        "triple": list(evidence.triple) if evidence.triple else None,
        "names": list(evidence.names) if evidence.names else None,
    }


def _kept_evidence(raw: JsonObject) -> Evidence:
    triple, names = _texts(raw.get("triple")), _texts(raw.get("names"))
    return Evidence(
        number=int(str(raw["number"])),
        kind="fact" if raw["kind"] == "fact" else "passage",
        source=str(raw["source"]),
        title=str(raw["title"]),
        text=str(raw["text"]),
        quote=str(raw["quote"]),
        triple=triple if len(triple) == 3 else None,
        names=(names[0], names[1]) if len(names) == 2 else None,
    )


def _said(raw: JsonObject) -> Said:
    return Said(
        text=str(raw["text"]),
        citations=tuple(int(n) for n in _texts(raw["citations"])),
        verdict=str(raw["verdict"]),
        reasons=_texts(raw["reasons"]),
    )


def _objects(value: Json) -> list[JsonObject]:
    return [v for v in value if isinstance(v, Mapping)] if isinstance(value, list | tuple) else []


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()

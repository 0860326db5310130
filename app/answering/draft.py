"""An answer in the making, and the answer that it becomes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.answering.domain import Answer, Answerability, AnswerKind, Citation, Conflict, JsonObject, Sentence
from app.answering.prepare import Prepared
from app.answering.runs.provenance import to_json
from app.answering.spacing import gap
from app.answering.verify.sentence_verdicts import Judged
from models.sentence_selection import terms

_REPEATED = 0.7


@dataclass(slots=True)
class Draft:
    """An answer in the making.

    ``conflicts`` are those that the answer touches; ``lacking`` are the model's sentences on what the evidence does not
    say; ``foreign`` are verified sentences in another language than the reader's, ``unverified`` those that are left
    out, of which so many are ``replaced`` by the words of the source.
    """

    sentences: list[Sentence] = field(default_factory=list)
    citations: dict[int, Citation] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    unverified: list[Judged] = field(default_factory=list)
    replaced: int = 0
    foreign: list[Judged] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    text: str = ""
    kind: AnswerKind = AnswerKind.VERIFIED_TEXT

    def cite(self, citation: Citation) -> Citation | None:
        """The citation with all quotes of its number, none of which another holds; None where it says nothing new."""
        known = self.citations.get(citation.number)
        quotes = (known.quote, *known.further_quotes) if known is not None else ()
        if any(citation.quote in quote for quote in quotes):
            return None
        if known is not None:
            kept = (*(quote for quote in quotes if quote not in citation.quote), citation.quote)
            leads = known if known.quote in kept else citation
            further = tuple(quote for quote in kept if quote != leads.quote)
            boxes = tuple(dict.fromkeys((*known.boxes, *citation.boxes)))
            citation = replace(leads, further_quotes=further, boxes=boxes)
        self.citations[citation.number] = citation
        return citation


def finished(
    draft: Draft, prepared: Prepared, *, run: str, sufficiency: Answerability, nearest: tuple[Citation, ...] = ()
) -> Answer:
    """The answer; one that is declined says why and names the places to read instead, which are ``nearest``."""
    declined = sufficiency is Answerability.CANNOT_ANSWER
    left_out = len(draft.unverified) - draft.replaced
    if left_out and draft.sentences:
        draft.notices.append(prepared.words.notice("dropped", count=left_out))
    if prepared.orders:
        draft.notices.append(prepared.words.notice("orders", count=prepared.orders))
    reasons = _reasons(draft, prepared) if declined else prepared.judgement.reasons
    text = _refusal(prepared, reasons, nearest) if declined else draft.text or _joined(draft.sentences)
    return Answer(
        run=run,
        question=prepared.request.question,
        language=prepared.language,
        sufficiency=sufficiency,
        sentences=() if declined else tuple(draft.sentences),
        citations=() if declined else tuple(draft.citations[n] for n in sorted(draft.citations)),
        text=text,
        notice="" if declined else " ".join(draft.notices),
        nearest=nearest,
        reasons=reasons,
        conflicts=() if declined else tuple(draft.conflicts),
        kind=AnswerKind.NOT_ANSWERED if declined else _kind(draft, prepared),
    )


def repeats(text: str, said: Sequence[str]) -> bool:
    """Whether one of the sentences that were said holds nearly all words of the text."""
    mine = frozenset(terms(text))
    return any(len(mine & frozenset(terms(own))) >= _REPEATED * len(mine) for own in said)


def without_repeats(judged: Sequence[Judged]) -> list[Judged]:
    """The sentences without those that hold but repeat one before that holds."""
    kept: list[Judged] = []
    for found in judged:
        if not (found.held and repeats(found.text, [k.text for k in kept if k.held])):
            kept.append(found)
    return kept


def event_of(answer: Answer, manifest: JsonObject) -> JsonObject:
    """The answer as JSON, as commands print it and the last event carries it."""
    made = dict(to_json(answer))
    made["answer"] = made.pop("text")
    return {**made, "manifest": manifest}


def _kind(draft: Draft, prepared: Prepared) -> AnswerKind:
    composed = prepared.composed
    return composed.kind if composed is not None and prepared.prompt is None else draft.kind


def _joined(sentences: Sequence[Sentence]) -> str:
    """Sentences with their numbers; items of a list stand on lines of their own."""
    text = ""
    for before, sentence in zip(("", *(s.text for s in sentences)), sentences, strict=False):
        text += ("\n" if sentence.item and text else gap(before, sentence.text)) + sentence.text
        text += "".join(f"[{n}]" for n in sentence.citations)
    return text


def _reasons(draft: Draft, prepared: Prepared) -> tuple[str, ...]:
    """Why there is no answer; a model that read the evidence and wrote nothing found that it does not tell."""
    read_in_vain = bool(draft.raw) and not draft.unverified and not draft.foreign
    told = (prepared.words.refusal["uncovered"],) if read_in_vain else ()
    return prepared.judgement.reasons or told


def _refusal(prepared: Prepared, reasons: Sequence[str], nearest: Sequence[Citation]) -> str:
    words = prepared.words
    lines = [words.refusal["lead"], *reasons] if reasons else [words.refusal["unverified"]]
    if nearest:
        titles = words.joined([f"{c.title} ({c.source_id})" if c.source_id else c.title for c in nearest])
        lines.append(words.refusal["nearest"].format(titles=titles))
    return "\n".join(lines)

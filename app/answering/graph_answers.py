"""Answers composed from facts alone: complete lists with a count, every item with its citation."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.domain import Sentence, Verdict
from app.answering.evidence import EvidenceItem, Labels, fact_item
from app.answering.graph_questions import Found, GraphAnswer
from app.answering.phrasing import Phrasing
from kg.domain import Language
from kg.ontology import Ontology

_MOST = 200


@dataclass(frozen=True, slots=True)
class Composed:
    """Sentences with the evidence that they cite; ``left_out`` counts what a list had no room for."""

    sentences: tuple[Sentence, ...]
    items: tuple[EvidenceItem, ...]
    text: str
    total: int
    shown: int


def compose(
    answer: GraphAnswer, ontology: Ontology, labels: Labels, words: Phrasing, language: Language, *, first: int = 1
) -> Composed:
    """One sentence a list; evidence is numbered from ``first``."""
    groups: dict[str, list[Found]] = {}
    for found in answer.found:
        groups.setdefault(found.of, []).append(found)
    items: list[EvidenceItem] = []
    sentences: list[Sentence] = []
    shown_text: list[str] = []
    shown = 0
    for of, group in groups.items():
        listed = group[: _MOST - shown]
        shown += len(listed)
        numbers: list[tuple[int, ...]] = []
        for found in listed:
            of_found = []
            for fact in found.facts:
                items.append(fact_item(first + len(items), fact, labels, language))
                of_found.append(items[-1].number)
            numbers.append(tuple(of_found))
        names = words.joined([of] if of else [n.surface for n in answer.named])
        head = words.graph["list"].format(
            count=len(group), asked=asked_label(answer.asked_type, ontology, language, len(group)), names=names
        )
        plain = words.joined([f.entity.name(language) for f in listed])
        marked = words.joined(
            [
                f.entity.name(language) + "".join(f"[{n}]" for n in of_item)
                for f, of_item in zip(listed, numbers, strict=True)
            ]
        )
        cited = tuple(n for of_item in numbers for n in of_item)
        sentences.append(Sentence(words.graph["sentence"].format(head=head, items=plain), cited, Verdict.SUPPORTED))
        shown_text.append(words.graph["sentence"].format(head=head, items=marked))
    return Composed(tuple(sentences), tuple(items), "\n".join(shown_text), len(answer.found), shown)


def asked_label(type_: str | None, ontology: Ontology, language: Language, count: int) -> str:
    """A reader's word for the type."""
    if type_ is None or type_ not in ontology.types:
        return "结果" if language == "zh" else "results"
    label = ontology.types[type_].label.in_(language)
    return f"{label}s" if language == "en" and count != 1 and not label.endswith("s") else label


def empty_text(answer: GraphAnswer, ontology: Ontology, words: Phrasing, language: Language) -> str:
    """The refusal where nothing fits all that was named, with what each has."""
    names = words.joined([n.surface for n in answer.named])
    lines = [words.refusal["graph"].format(asked=asked_label(answer.asked_type, ontology, language, 1), names=names)]
    for name, found in answer.apart.items():
        lines.append(words.refusal["graph_nearest"].format(name=name, found=_some(found, words)))
    return "\n".join(lines)


def _some(names: Sequence[str], words: Phrasing) -> str:
    return words.joined(list(names[:12])) + (" …" if len(names) > 12 else "")

"""The words by which readers of a subject ask, read from the ``question_words.yaml`` beside its ``domain.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.domain import Language
from kg.label import Label, label_at
from kg.located_yaml import Spot, read_yaml


@dataclass(frozen=True, slots=True)
class AskedAttribute:
    """How readers ask for an attribute.

    ``firm`` are those of its words that hardly mean anything else; ``told_by`` are predicates that tell the same.
    """

    words: tuple[str, ...]
    firm: tuple[str, ...] = ()
    told_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LongerName:
    """Endings that make another name of a name at most ``between`` characters before them.

    None of those characters is a function word's, but for ``particles``.
    """

    endings: tuple[str, ...]
    between: int
    particles: str = ""


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """The words of a subject's questions; a key of ``attributes`` matches every attribute whose key contains it."""

    labels: Mapping[str, Label] = field(default_factory=dict)
    attributes: Mapping[str, AskedAttribute] = field(default_factory=dict)
    grades: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    graph: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    measures: str = ""
    modifiers: tuple[str, ...] = ()
    longer_names: tuple[LongerName, ...] = ()
    linking: frozenset[str] = frozenset()

    def label(self, attribute: str, language: Language) -> str:
        """A reader's word for an attribute, its key where it has none."""
        known = self.labels.get(attribute)
        return known.in_(language) if known else attribute


def read_question_words(path: Path, grades: frozenset[str], predicates: frozenset[str]) -> tuple[QuestionWords, Spot]:
    """The words of a file, with the place that holds its problems; unknown grades and predicates are problems."""
    root = read_yaml(path)
    if root.node is None:
        return QuestionWords(), root
    fields = root.fields(
        "the question words",
        optional=(
            "labels", "attributes", "grades", "graph", "documents", "measures", "modifiers", "longer_names", "linking",
        ),
    )  # fmt: skip
    asked = dict(fields["grades"].entries("grades"))
    for id_, spot in asked.items():
        if id_ not in grades:
            spot.problem(f"unknown grade {id_!r}; known are {', '.join(sorted(grades))}")
    return QuestionWords(
        labels={key: label_at(spot, f"label {key}") for key, spot in fields["labels"].entries("labels")},
        attributes={key: _attribute(spot, key, predicates) for key, spot in fields["attributes"].entries("attributes")},
        grades={id_: _texts(spot, f"words of grade {id_}") for id_, spot in asked.items()},
        graph=_texts(fields["graph"], "graph"),
        documents=_texts(fields["documents"], "documents"),
        measures=fields["measures"].text("measures"),
        modifiers=_texts(fields["modifiers"], "modifiers"),
        longer_names=tuple(map(_longer, fields["longer_names"].items("longer_names"))),
        linking=frozenset(fields["linking"].text("linking").split()),
    ), root


def _texts(spot: Spot, what: str) -> tuple[str, ...]:
    return tuple(text for text, _ in spot.texts(what))


def _attribute(spot: Spot, key: str, predicates: frozenset[str]) -> AskedAttribute:
    what = f"attribute {key}"
    fields = spot.fields(what, required=("words",), optional=("firm", "told_by"))
    words = _texts(fields["words"], f"words of {what}")
    firm: tuple[str, ...] = ()
    if fields["firm"].is_list:
        firm = _texts(fields["firm"], f"firm words of {what}")
    elif fields["firm"].flag(f"firm of {what}"):
        firm = words
    told: list[str] = []
    for text, at in fields["told_by"].texts(f"told_by of {what}"):
        told.append(text)
        if text not in predicates:
            at.problem(f"{what} names the unknown predicate {text!r}")
    return AskedAttribute(words, firm, tuple(told))


def _longer(spot: Spot) -> LongerName:
    fields = spot.fields("a longer name", required=("endings", "between"), optional=("particles",))
    endings = _texts(fields["endings"], "endings")
    between = fields["between"].text("between")
    if not between.isdecimal():
        fields["between"].problem("between must be a number of characters")
        between = "0"
    return LongerName(endings, int(between), fields["particles"].text("particles"))

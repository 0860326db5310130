"""The ontology of a domain: types, predicates, qualifiers and evidence grades, read from a replaceable YAML file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from kg.domain import Polarity
from kg.errors import InvalidOntology
from kg.label import Label, label_at, label_in
from kg.located_yaml import Fields, Spot, read_yaml
from kg.name_forms import NameForms, name_forms_at
from kg.question_words import QuestionWords, read_question_words

DOMAINS = Path(__file__).parent / "domains"
"""The folder of the bundled domains."""

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_POLARITIES = {
    "none": (Polarity.NONE,),
    "positive": (Polarity.POSITIVE,),
    "negative": (Polarity.NEGATIVE,),
    "any": (Polarity.NONE, Polarity.POSITIVE, Polarity.NEGATIVE),
}


@dataclass(frozen=True, slots=True)
class EntityType:
    """A kind of entity.

    ``cues`` are words that show near a name that this kind is meant; ``nouns`` are words besides the label by which
    readers ask for things of this kind.
    """

    id: str
    label: Label
    cues: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Predicate:
    """A kind of relation; ``polarities`` are those it may have, the first is the default."""

    id: str
    label: Label
    domain: frozenset[str]
    range: frozenset[str]
    polarities: tuple[Polarity, ...] = (Polarity.NONE,)
    qualifiers: frozenset[str] = frozenset()
    symmetric: bool = False

    def joins(self, subject_type: str, object_type: str) -> bool:
        """Whether its ends may have these types."""
        return subject_type in self.domain and object_type in self.range


@dataclass(frozen=True, slots=True)
class Qualifier:
    """A condition under which a relation holds."""

    id: str
    label: Label


@dataclass(frozen=True, slots=True)
class Grade:
    """A kind of evidence; ``rank`` 1 is the strongest."""

    id: str
    label: Label
    rank: int


@dataclass(frozen=True, slots=True)
class Ontology:
    """What may be said about a domain, the words in which readers ask for it, and how its names are written."""

    types: Mapping[str, EntityType]
    predicates: Mapping[str, Predicate]
    qualifiers: Mapping[str, Qualifier] = field(default_factory=dict)
    grades: Mapping[str, Grade] = field(default_factory=dict)
    question_words: QuestionWords = field(default_factory=QuestionWords)
    name_forms: NameForms = field(default_factory=NameForms)

    def problem_of(self, subject_type: str, predicate: str, object_type: str) -> str | None:
        """Why a relation between these types is not allowed, or None."""
        known = self.predicates.get(predicate)
        if known is None:
            return f"unknown predicate {predicate!r}"
        if subject_type not in known.domain:
            return f"{predicate} cannot start at {subject_type}; it starts at {', '.join(sorted(known.domain))}"
        if object_type not in known.range:
            return f"{predicate} cannot end at {object_type}; it ends at {', '.join(sorted(known.range))}"
        return None

    def strongest(self, a: str | None, b: str | None) -> str | None:
        """The stronger of two grades; none is the weakest."""
        if a is None or b is None:
            return a or b
        return min((a, b), key=lambda grade: self.grades[grade].rank)


@dataclass(frozen=True, slots=True)
class Domain:
    """A subject that the service answers about: its name, what it is about, its ontology and example questions.

    ``folder`` holds the files beside its ``domain.yaml``: question words, glossary, prompt example, units, sample.
    """

    name: str
    label: Label
    about: Label
    ontology: Ontology
    folder: Path
    questions: tuple[str, ...] = ()

    @property
    def sample(self) -> Path | None:
        """The folder of its sample, with ``documents`` and ``graph``, where it has one."""
        folder = self.folder / "sample"
        return folder if folder.is_dir() else None


def load_domain(name_or_path: str | Path) -> Domain:
    """A bundled domain by name, or one's own by the path of its YAML; raises InvalidOntology with every problem."""
    path = DOMAINS / str(name_or_path) / "domain.yaml"
    if not _IDENTIFIER.fullmatch(str(name_or_path)) or not path.is_file():
        path = Path(name_or_path).expanduser()
        path = path / "domain.yaml" if path.is_dir() else path
        if not path.is_file():
            bundled = ", ".join(sorted(p.parent.name for p in DOMAINS.glob("*/domain.yaml")))
            raise InvalidOntology(
                f"domain {str(name_or_path)!r}", [f"neither a file nor a bundled domain; bundled are {bundled}"]
            )
    root = read_yaml(path)
    domain = _domain(root, path.parent) if root.node is not None else None
    problems = root.told()
    words = path.parent / "question_words.yaml"
    if domain is not None and words.is_file():
        ontology = domain.ontology
        asked, read = read_question_words(words, frozenset(ontology.grades), frozenset(ontology.predicates))
        domain = replace(domain, ontology=replace(ontology, question_words=asked))
        problems += read.told()
    if problems or domain is None:
        raise InvalidOntology(f"domain {str(name_or_path)!r}", problems)
    return domain


def _domain(root: Spot, folder: Path) -> Domain:
    fields = root.fields(
        "the domain",
        required=("name", "label", "about", "types", "predicates", "grades"),
        optional=("groups", "qualifiers", "questions", "names"),
    )
    name = _identifier(fields["name"], fields["name"].text("name"))
    label = label_at(fields["label"], "label of the domain")
    about = label_at(fields["about"], "about")
    labels: dict[tuple[str, str, str], str] = {}
    types = {id_: _type(spot, id_, labels) for id_, spot in _section(fields, "types") if _identifier(spot, id_)}
    groups = _groups(fields, types)
    qualifiers = {
        id_: Qualifier(id_, _label_of_own(spot, id_, "qualifier", labels))
        for id_, spot in _section(fields, "qualifiers")
        if _identifier(spot, id_)
    }
    grades: dict[str, Grade] = {}
    for id_, spot in _section(fields, "grades"):
        if _identifier(spot, id_):
            grades[id_] = Grade(id_, _label_of_own(spot, id_, "grade", labels), len(grades) + 1)
    predicates = {
        id_: _predicate(spot, id_, types, groups, qualifiers, labels)
        for id_, spot in _section(fields, "predicates")
        if _identifier(spot, id_)
    }
    questions = tuple(text for text, _ in fields["questions"].texts("questions"))
    forms = name_forms_at(fields["names"])
    ontology = Ontology(types, predicates, qualifiers, grades, name_forms=forms)
    return Domain(name, label, about, ontology, folder, questions)


def _section(fields: Fields, name: str) -> list[tuple[str, Spot]]:
    found = list(fields[name].entries(name))
    if not found and fields[name].is_mapping:
        fields[name].problem(f"{name} is empty")
    return found


def _identifier(spot: Spot, value: str) -> str:
    if value and not _IDENTIFIER.fullmatch(value):
        spot.problem(f"{value!r} is not an identifier: a letter, then letters, digits and underscores")
        return ""
    return value


def _label_of_own(spot: Spot, id_: str, kind: str, labels: dict[tuple[str, str, str], str]) -> Label:
    return _unlike(spot, label_at(spot, f"{kind} {id_}"), id_, kind, labels)


def _unlike(spot: Spot, label: Label, id_: str, kind: str, labels: dict[tuple[str, str, str], str]) -> Label:
    for language, text in (("zh", label.zh), ("en", label.en)):
        if not text:
            continue
        first = labels.setdefault((kind, language, text.casefold()), id_)
        if first != id_:
            spot.problem(f"{kind} {id_} has the {language} name {text!r} of {kind} {first}")
    return label


def _type(spot: Spot, id_: str, labels: dict[tuple[str, str, str], str]) -> EntityType:
    what = f"type {id_}"
    fields = spot.fields(what, required=("zh", "en"), optional=("cues", "nouns"))
    cues, nouns = (tuple(text for text, _ in fields[key].texts(key)) for key in ("cues", "nouns"))
    return EntityType(id_, _unlike(spot, label_in(fields, what), id_, "type", labels), cues, nouns)


def _groups(fields: Fields, types: Mapping[str, EntityType]) -> dict[str, frozenset[str]]:
    groups: dict[str, frozenset[str]] = {}
    for id_, spot in _section(fields, "groups"):
        if not _identifier(spot, id_):
            continue
        if id_ in types:
            spot.problem(f"group {id_} has the name of a type")
        groups[id_] = _members(spot, f"group {id_}", types, groups)
    return groups


def _members(
    spot: Spot, what: str, types: Mapping[str, EntityType], groups: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    members: set[str] = set()
    for text, at in spot.texts(what):
        if text == "any":
            members.update(types)
        elif text in types:
            members.add(text)
        elif text in groups:
            members.update(groups[text])
        else:
            at.problem(f"{what} names the unknown type {text!r}")
    if spot.is_list and not spot.items(what):
        spot.problem(f"{what} names no type")
    return frozenset(members)


def _predicate(
    spot: Spot,
    id_: str,
    types: Mapping[str, EntityType],
    groups: Mapping[str, frozenset[str]],
    qualifiers: Mapping[str, Qualifier],
    labels: dict[tuple[str, str, str], str],
) -> Predicate:
    what = f"predicate {id_}"
    fields = spot.fields(
        what, required=("zh", "en", "domain", "range"), optional=("polarity", "qualifiers", "symmetric")
    )
    label = _unlike(spot, label_in(fields, what), id_, "predicate", labels)
    ends = [_members(fields[k], f"{k} of {what}", types, groups) for k in ("domain", "range")]
    polarity = fields["polarity"].choice(f"polarity of {what}", _POLARITIES)
    own = frozenset(qualifiers)
    if "qualifiers" in fields:
        told = fields["qualifiers"].texts(f"qualifiers of {what}")
        for text, at in told:
            if text not in qualifiers:
                at.problem(f"{what} names the unknown qualifier {text!r}")
        own = frozenset(text for text, _ in told)
    symmetric = fields["symmetric"].flag(f"symmetric of {what}")
    if symmetric and ends[0] != ends[1]:
        spot.problem(f"{what} is symmetric, so its domain and range must be the same")
    return Predicate(id_, label, ends[0], ends[1], _POLARITIES.get(polarity, (Polarity.NONE,)), own, symmetric)

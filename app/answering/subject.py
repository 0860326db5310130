"""The subject's part of the prompt: its description, its own rule and one worked example."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from kg.domain import Language
from kg.errors import InvalidOntology
from kg.ontology import Domain

_FILE = "prompt_example.yaml"


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExampleEvidence(_Frozen):
    """One piece of evidence of the worked example."""

    source: str
    text: str


class Example(_Frozen):
    """The worked example that shows the model how to cite."""

    question: str
    evidence: tuple[ExampleEvidence, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject in one language."""

    about: str
    rule: str = ""
    example: Example | None = None


def subjects_of(domain: Domain) -> Mapping[Language, Subject]:
    """The subject in each language of its ``prompt_example.yaml``, and in English; raises InvalidOntology."""
    path = domain.folder / _FILE
    told = _read(path) if path.is_file() else {}
    rules = told.pop("rule", {})
    try:
        examples = {language: Example.model_validate(example) for language, example in told.items()}
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidOntology(
            f"domain {domain.name!r}", [f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}"]
        ) from error
    return {
        language: Subject(domain.about.in_(language), str(rules.get(language, "")), examples.get(language))
        for language in {"en", *examples}
    }


def _read(path: Path) -> dict[str, dict[str, object]]:
    try:
        told = yaml.safe_load(path.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise InvalidOntology(f"prompt example {path}", [f"is not YAML: {error}"]) from error
    return dict(told) if isinstance(told, dict) else {}

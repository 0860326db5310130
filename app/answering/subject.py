"""The subject's part of the prompt: its description, its own rule and one worked example."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from app.answering.yaml_model import read_model
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


class _File(_Frozen):
    """``prompt_example.yaml``: the subject's rule in each language, and an example for each."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Example] = Field(init=False)

    rule: Mapping[Language, str] = {}


def subjects_of(domain: Domain) -> Mapping[Language, Subject]:
    """The subject in each language of its ``prompt_example.yaml``, and in English; raises InvalidOntology."""
    path = domain.folder / _FILE
    told, problems = read_model(path, _File) if path.is_file() else (_File(), [])
    if told is None:
        raise InvalidOntology(f"domain {domain.name!r}", problems)
    examples = told.__pydantic_extra__
    return {
        language: Subject(domain.about.in_(language), told.rule.get(language, ""), examples.get(language))
        for language in {"en", *examples}
    }

"""The messages of a language: the prompt and every sentence that the service itself says to a reader."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from app.answering.yaml_model import read_model
from app.errors import InvalidMessages
from kg.domain import Language

_FOLDER = Path(__file__).parent / "messages"
_COMPLETE = ("notices", "refusal", "graph", "library", "replies", "kinds", "terminal", "page")
"""Parts of which a language needs every message that English has."""


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Messages(_Frozen):
    """One language's prompt and messages; ``name`` is what its readers call it."""

    name: str
    version: str
    system: str
    tuned: str
    no_answer: str
    translate: str
    translation_terms: str
    evidence: str
    question: str
    sentence: str
    notices: Mapping[str, str]
    refusal: Mapping[str, str]
    graph: Mapping[str, str]
    library: Mapping[str, str]
    library_values: Mapping[str, str]
    replies: Mapping[str, str]
    language_names: Mapping[Language, tuple[str, ...]]
    versus: str
    separator: str
    kinds: Mapping[str, str]
    terminal: Mapping[str, str]
    page: Mapping[str, str]
    causes: Mapping[str, str]

    def notice(self, name: str, **values: str | int) -> str:
        """A notice with its values."""
        return self.notices[name].format(**values)

    def joined(self, names: list[str]) -> str:
        """Names as a list in a sentence."""
        return self.separator.join(names)


@lru_cache
def languages(folder: Path = _FOLDER) -> frozenset[str]:
    """The languages that have a file of messages: a new file is a new language."""
    return frozenset(path.stem for path in folder.glob("*.yaml"))


@lru_cache
def messages_in(language: Language, folder: Path = _FOLDER) -> Messages:
    """The messages for readers of a language; English where the language has no file. Raises InvalidMessages."""
    name = language if language in languages(folder) else "en"
    path = folder / f"{name}.yaml"
    messages, problems = read_model(path, Messages)
    if messages is not None and name != "en":
        english = messages_in("en", folder)
        problems = [
            f"{path}: {part}.{key} is missing; add it, as in en.yaml"
            for part in _COMPLETE
            for key in getattr(english, part)
            if key not in getattr(messages, part)
        ]
    if messages is None or problems:
        raise InvalidMessages(problems)
    return messages


def named_language(text: str) -> Language | None:
    """The language that a text names last, in the words of any language; None where it names none."""
    plain = text.casefold()
    places = {
        code: max(plain.rfind(name.casefold()) for name in names)
        for known in sorted(languages())
        for code, names in messages_in(known).language_names.items()
        if any(name.casefold() in plain for name in names)
    }
    return max(places, key=lambda code: places[code]) if places else None


def other_than(said: Language, asked: Language) -> Language:
    """The language to translate into: that of the request, another one where the answer is in it already."""
    return asked if asked != said else next((name for name in sorted(languages()) if name != said), said)

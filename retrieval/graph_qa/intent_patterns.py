"""Patterns of the intent of a question to the graph, made of the words of every language and of the subject.

General words stand in ``words/LANGUAGE.yaml``, one file a language; the subject's own in its ``question_words.yaml``.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from kg.names.spelling import is_han, normalise
from kg.ontology import Ontology
from kg.question_words import LongerName
from models.han import HAN

NAME_FIRST, NAME_LAST = "\ue000", "\uf0ff"
"""Characters that stand in a read question for its names: the first one for the first name, and so on."""

NAME = re.compile(f"[{NAME_FIRST}-{NAME_LAST}]")

_FOLDER = Path(__file__).parent / "words"
_NEVER = "(?!)"


class LanguageWords(BaseModel):
    """One language's words; each key of ``_LISTS`` holds regular expressions, any of which may match."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, tuple[str, ...]]

    measures: str
    particles: str
    behind_short_noun: str
    linking: str

    @model_validator(mode="after")
    def _is_whole(self) -> "LanguageWords":
        if wrong := self.lists.keys() ^ {*_PLAIN, *_COMBINED}:
            raise ValueError(f"keys that are missing or unknown: {', '.join(sorted(wrong))}")
        return self

    @property
    def lists(self) -> Mapping[str, tuple[str, ...]]:
        """The lists by their keys."""
        return self.__pydantic_extra__


@dataclass(frozen=True, slots=True)
class AttributePatterns:
    """How an attribute is asked for; ``firm`` matches its words that hardly mean anything else."""

    asked: re.Pattern[str]
    firm: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class IntentPatterns:
    """The patterns of one subject in all languages; each is searched in a read question."""

    asks: re.Pattern[str]
    """Words behind which stands the kind of thing that is asked for."""
    open: re.Pattern[str]
    counts: re.Pattern[str]
    more: re.Pattern[str]
    most: re.Pattern[str]
    least: re.Pattern[str]
    related: re.Pattern[str]
    yes_or_no: re.Pattern[str]
    shares: re.Pattern[str]
    either: re.Pattern[str]
    each: re.Pattern[str]
    every: re.Pattern[str]
    """Words behind which stands a kind of which each thing is meant."""
    contains: re.Pattern[str]
    not_before: re.Pattern[str]
    """Negation before a name to exclude."""
    not_after: re.Pattern[str]
    """Negation behind a name to exclude."""
    no_negation: re.Pattern[str]
    but: re.Pattern[str]
    joins: re.Pattern[str]
    """All that stands between names of one list."""
    listed: re.Pattern[str]
    """A word in one list with a name."""
    glossed: re.Pattern[str]
    """A word that the graph does not know, with the name that it does know in brackets: 钩藤碱(rhynchophylline)."""
    has: re.Pattern[str]
    than: re.Pattern[str]
    has_more: re.Pattern[str]
    parents: re.Pattern[str]
    children: re.Pattern[str]
    raises: re.Pattern[str]
    lowers: re.Pattern[str]
    passive_before: re.Pattern[str]
    passive_after: re.Pattern[str]
    graph: re.Pattern[str]
    papers: re.Pattern[str]
    numbers: re.Pattern[str]
    between: re.Pattern[str]
    """All that stands between a question word and the kind that it asks for."""
    head_ends: re.Pattern[str]
    behind_of: re.Pattern[str]
    longer_name: re.Pattern[str]
    """What makes another name of the name before it."""
    beyond: tuple[str, ...]
    particles: str
    behind_short_noun: str
    grades: Mapping[str, re.Pattern[str]]
    attributes: Mapping[str, AttributePatterns]
    """How readers ask for an attribute, an identifier or a name, by a part of its key."""
    linking: frozenset[str]
    """Search words that link names and kinds, and ask for nothing else."""


@cache
def language_words() -> Mapping[str, LanguageWords]:
    """The general words of each language that has a file."""
    return words_in(_FOLDER)


def words_in(folder: Path) -> Mapping[str, LanguageWords]:
    """The words of each language that has a file in a folder."""
    return {
        path.stem: LanguageWords.model_validate(yaml.safe_load(path.read_text("utf-8")))
        for path in sorted(folder.glob("*.yaml"))
    }


def patterns_of(ontology: Ontology) -> IntentPatterns:
    """The patterns of a subject."""
    return _Patterns(ontology, tuple(language_words().values())).all()


def word_pattern(words: Iterable[str]) -> str:
    """Words as one expression: anywhere where they begin in Chinese, else whole; a star stands for any ending."""
    spelt = sorted({normalise(word) for word in words}, key=lambda w: (-len(w), w))
    return "|".join(map(_word, spelt)) or _NEVER


def _word(word: str) -> str:
    if is_han(word[0]):
        return re.escape(word)
    stem = word.removesuffix("*")
    before = "(?<![a-z0-9])" if stem[0].isalnum() else ""
    after = "[a-z0-9]*" if stem != word else "(?![a-z0-9])" if stem[-1].isalnum() and not is_han(stem[-1]) else ""
    return before + re.escape(stem) + after


class _Patterns:
    """Puts the words of a subject and of the languages together."""

    def __init__(self, ontology: Ontology, languages: Collection[LanguageWords]) -> None:
        self._ontology = ontology
        self._own = ontology.question_words
        self._languages = languages
        self._measures = re.escape("".join(dict.fromkeys("".join(w.measures for w in languages) + self._own.measures)))
        self._names = f"{NAME_FIRST}-{NAME_LAST}"

    def all(self) -> IntentPatterns:
        return IntentPatterns(
            **{key: re.compile(self._any(key)) for key in _PLAIN},
            not_after=re.compile(self._any("not_after")),
            joins=self._joins(),
            listed=self._listed(),
            glossed=re.compile(rf"[^\W\da-z_、{self._particles}{self._names}]{{1,8}}\s*\(\s*([{self._names}])\s*\)"),
            has=re.compile(rf"^\s*(?:{self._any('has')})"),
            than=re.compile(rf"^\s*(?:{self._any('than')})\s*$"),
            has_more=re.compile(rf"^\s*(?:{self._any('has_more')})"),
            graph=re.compile(f"{self._any('graph')}|{word_pattern(self._own.graph)}"),
            papers=re.compile(f"{self._any('papers')}|{word_pattern(self._own.documents)}"),
            between=re.compile(rf"^(?:\s|{self._any('between')}|{word_pattern(self._own.modifiers)})*$"),
            head_ends=re.compile(rf"\s*(?:{self._any('head_nouns')})?\s*(?:{self._any('head_ends')}|[??:。,，]|$)"),
            behind_of=re.compile(rf"(?:{self._any('behind_of')})\s*$"),
            longer_name=re.compile("|".join(map(self._longer, self._own.longer_names)) or _NEVER),
            beyond=tuple(self._told("beyond")),
            particles=self._particles,
            behind_short_noun="".join(words.behind_short_noun for words in self._languages),
            grades={id_: re.compile(word_pattern(words)) for id_, words in self._own.grades.items()},
            attributes={
                key: AttributePatterns(re.compile(word_pattern(asked.words)), re.compile(word_pattern(asked.firm)))
                for key, asked in self._own.attributes.items()
            },
            linking=self._own.linking.union(*(words.linking.split() for words in self._languages)),
        )

    @property
    def _particles(self) -> str:
        return "".join(words.particles for words in self._languages)

    def _any(self, key: str) -> str:
        return "|".join(self._told(key)).replace("{measures}", self._measures) or _NEVER

    def _told(self, key: str) -> list[str]:
        return [text for words in self._languages for text in words.lists[key]]

    def _joins(self) -> re.Pattern[str]:
        kinds = (re.escape(normalise(type_.label.en)) for type_ in self._ontology.types.values())
        before = "|".join(text for text in (self._any("articles"), *kinds) if text)
        return re.compile(
            rf"^[\s,，、;；]*(?:{self._any('lists')}|{self._any('joins')}|[,、&/])?[\s、,，]*(?:(?:{before}) )?$"
        )

    def _listed(self) -> re.Pattern[str]:
        name, word = f"[{self._names}]", f"([{HAN}]{{2,4}}|[a-z][a-z0-9-]+)"
        between = "|".join(rf"\b{text}\b" if text[0].isascii() else text for text in self._told("lists"))
        between = rf"\s*(?:,?\s*(?:{between})|[,、])\s*"
        return re.compile(f"{name}{between}{word}|{word}{between}{name}")

    def _longer(self, longer: LongerName) -> str:
        never = "".join(c for c in self._particles if c not in longer.particles)
        endings = "|".join(map(re.escape, longer.endings))
        return rf"[^\W\d_{never}]{{0,{longer.between}}}(?:{endings})"


_PLAIN = (
    "asks", "open", "counts", "more", "most", "least", "related", "yes_or_no", "shares", "either", "each", "every",
    "contains", "not_before", "no_negation", "but", "parents", "children", "raises", "lowers", "passive_before",
    "passive_after", "numbers",
)  # fmt: skip
_COMBINED = (
    "not_after", "beyond", "lists", "joins", "articles", "has", "than", "has_more", "graph", "papers", "between",
    "head_nouns", "head_ends", "behind_of",
)  # fmt: skip

"""Parses a question to the graph by rules: the kind of answer, the names it is about, the types it asks for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.domain import Polarity
from kg.names.spelling import normalise
from kg.ontology import Ontology
from kg.protocols import Direction
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.form import SAID_AT_ALL, KindsSaid, form_of
from retrieval.graph_qa.intent_patterns import NAME, NAME_FIRST, NAME_LAST, IntentPatterns, patterns_of
from retrieval.graph_qa.negation_scope import excluded
from retrieval.graph_qa.nouns import Noun, Nouns, beside_name
from retrieval.graph_qa.parsed_question import Form, ParsedQuestion
from retrieval.graph_qa.pinyin_question import PinyinQuestion
from retrieval.text.words import CHINESE_STOP_WORDS, words

_FEW_WORDS = 3
_REST_OF_A_GRAPH_QUESTION = 6
_WORDS_OF_A_VALUE = 3
_LATIN = re.compile(r"[a-z][a-z'-]*")
_BRACKETED = re.compile(rf"[(（]\s*([{NAME_FIRST}-{NAME_LAST}])\s*[)）]")


@dataclass(frozen=True, slots=True)
class _Predicate:
    """A predicate with its Chinese label, the words of its English one, and the words of both."""

    id: str
    zh: str
    en: frozenset[str]
    words: frozenset[str]


class RuleParser:
    """Parses questions by the words of an ontology."""

    def __init__(self, ontology: Ontology) -> None:
        self.intents = patterns_of(ontology)
        self._nouns = Nouns(ontology, self.intents)
        self._pinyin = PinyinQuestion(self._chinese_words(ontology))
        self._said = [
            _Predicate(
                p.id,
                normalise(p.label.zh),
                frozenset(words(p.label.en)),
                frozenset(words(f"{p.label.zh} {p.label.en}")),
            )
            for p in ontology.predicates.values()
        ]

    def parse(
        self, question: str, mentions: Sequence[EntityMention], *, among: frozenset[str] = frozenset()
    ) -> tuple[ParsedQuestion | None, tuple[EntityMention, ...]]:
        """The parsed question, None where the graph is asked nothing; and the mentions, narrowed to kinds it says.

        ``among`` are the types of an earlier list that the question may ask about without naming them.
        """
        mentions = _without_attributes(mentions, self.intents)
        text = self._pinyin.chinese(self._without_glossed(masked(question, mentions, self.intents)))
        kinds, mentions = self._kinds(text, mentions)
        if not mentions:
            return None, ()
        without = excluded(text, len(mentions), self.intents)
        none_named = len(without) == len(mentions)
        without = frozenset() if none_named else without
        about = tuple(i for i in range(len(mentions)) if i not in without)
        read = form_of(kinds, mentions, about, tuple(sorted(without)), among)
        if read is None:
            return None, mentions
        said, said_words = self._predicates(text)
        rest = self._rest(text, (*read.attributes, *read.having), said_words)
        lost = _lost(text, rest, self.intents)
        if lost and len(rest) <= _FEW_WORDS:
            return None, mentions
        graph_named = self.intents.graph.search(text) is not None
        few = 1 if not read.having else _WORDS_OF_A_VALUE
        explained = len(rest) <= (_REST_OF_A_GRAPH_QUESTION if graph_named else few)
        alone = explained and not lost and not self.intents.papers.search(text)
        only_without = none_named and bool(read.asked) and read.form in (Form.LIST, Form.COUNT)
        if only_without and not alone:
            return None, mentions
        return replace(
            read,
            without=tuple(sorted(without)),
            only_without=only_without,
            predicates=said,
            direction=_direction(text, kinds),
            polarity=_polarity(text, self.intents),
            grades=frozenset(g for g, sign in self.intents.grades.items() if sign.search(text)),
            alone=alone,
            graph_named=graph_named,
            rest=rest,
        ), mentions

    def _chinese_words(self, ontology: Ontology) -> list[str]:
        """Words of questions, asking ones before others of the same sound."""
        attributes = (word for asked in ontology.question_words.attributes.values() for word in asked.words)
        known = [*self._nouns.labels, *attributes, *sorted(CHINESE_STOP_WORDS), *sorted(self.intents.linking)]
        return sorted(known, key=lambda word: self.intents.asks.search(word) is None)

    def _without_glossed(self, text: str) -> str:
        """The text without Latin words whose name stands behind them in brackets: rhubarb (大黄)."""
        for found in reversed(list(_BRACKETED.finditer(text))):
            start = found.start()
            for word in reversed(list(_LATIN.finditer(text, 0, found.start()))):
                if text[word.end() : start].strip() or not any(self._unexplained(w) for w in words(word[0])):
                    break
                start = word.start()
            text = text[:start] + found[1] + text[found.end() :] if start < found.start() else text
        return text

    def asks_for_kind(self, question: str, mentions: Sequence[EntityMention]) -> bool:
        """Whether a question with names asks for a kind of thing, and not for papers: worth parsing by a model."""
        text = masked(question, mentions, self.intents)
        kinds, _ = self._kinds(text, mentions)
        clear = kinds.asked is not None and kinds.asked.asked >= SAID_AT_ALL
        return (
            bool(mentions)
            and not self.intents.papers.search(text)
            and (clear or self.intents.graph.search(text) is not None)
        )

    def _kinds(self, text: str, mentions: Sequence[EntityMention]) -> tuple[KindsSaid, tuple[EntityMention, ...]]:
        nouns: list[Noun] = []
        narrowed = list(mentions)
        for noun in self._nouns.find(text):
            number = beside_name(text, noun)
            if number is not None and number < len(narrowed) and noun.types & narrowed[number].types:
                narrowed[number] = narrowed[number].of_types(noun.types)
            else:
                nouns.append(noun)
        told = [m.span() for m in self.intents.graph.finditer(text)]
        told += [m.span() for asked in self.intents.attributes.values() for m in asked.firm.finditer(text)]
        free = [n for n in nouns if not any(a <= n.start and n.end <= b for a, b in told)]
        alike = not narrowed or bool(frozenset.intersection(*(m.types for m in narrowed)))
        return KindsSaid.of(text, free, self.intents, alike=alike), tuple(narrowed)

    def _predicates(self, text: str) -> tuple[frozenset[str], frozenset[str]]:
        """The predicates that a read question says, and all search words of their labels."""
        plain = frozenset(words(NAME.sub(" ", text)))
        said = [p for p in self._said if (len(p.zh) > 1 and p.zh in text) or (p.en and p.en <= plain)]
        return frozenset(p.id for p in said), frozenset(w for p in said for w in p.words)

    def unexplained(self, question: str, mentions: Sequence[EntityMention]) -> tuple[str, ...]:
        """Words of a question other than names, types and their links."""
        text = masked(question, mentions, self.intents)
        return self._rest(text, tuple(self.intents.attributes), self._predicates(text)[1])

    def _rest(self, text: str, attributes: Sequence[str], said: frozenset[str]) -> tuple[str, ...]:
        left = self.intents.every.sub(" ", self._nouns.without(text))
        left = self.intents.numbers.sub(" ", self.intents.asks.sub(" ", left))
        for key in attributes:
            left = self.intents.attributes[key].asked.sub(" ", left)
        return tuple(w for w in words(NAME.sub(" ", left)) if self._unexplained(w, said))

    def _unexplained(self, word: str, said: frozenset[str] = frozenset()) -> bool:
        return (
            word not in self.intents.linking
            and word not in self._nouns.words
            and word not in said
            and not word.isdigit()
        )


def _without_attributes(mentions: Sequence[EntityMention], intents: IntentPatterns) -> Sequence[EntityMention]:
    """Names without those that are words for an attribute: CAS is a gene as well."""
    firm = [asked.firm for asked in intents.attributes.values()]
    return [n for n in mentions if not any(f.fullmatch(normalise(n.surface)) for f in firm)] or mentions


def masked(question: str, mentions: Sequence[EntityMention], intents: IntentPatterns) -> str:
    """The question in one spelling with a single character in the place of each name."""
    parts: list[str] = []
    at = 0
    for number, mention in enumerate(mentions):
        parts += [normalise_keeping_ends(question[at : mention.start]), chr(ord(NAME_FIRST) + number)]
        at = mention.end
    return intents.glossed.sub(r"\1", "".join([*parts, normalise_keeping_ends(question[at:])]).strip())


def normalise_keeping_ends(text: str) -> str:
    """Normalised, with a blank at either end where there was one."""
    return " " * text[:1].isspace() + normalise(text) + " " * (text[-1:].isspace() and bool(text.strip()))


def _lost(text: str, rest: Sequence[str], intents: IntentPatterns) -> bool:
    """Whether an unknown word stands in one list with a name, so that a plan would answer another question."""
    beside = (word for m in intents.listed.finditer(text) for word in m.groups() if word)
    return any(w in rest for word in beside for w in words(word))


def _polarity(text: str, intents: IntentPatterns) -> Polarity | None:
    raises, lowers = intents.raises.search(text), intents.lowers.search(text)
    if bool(raises) == bool(lowers):
        return None
    return Polarity.POSITIVE if raises else Polarity.NEGATIVE


def _direction(text: str, kinds: KindsSaid) -> Direction:
    """Where the neighbour stands, seen from the name: ``in`` where it does what is asked to the name."""
    intents = kinds.intents
    if intents.parents.search(text):
        return "out"
    if intents.children.search(text):
        return "in"
    verb = intents.raises.search(text) or intents.lowers.search(text)
    found = NAME.search(text)
    if verb is None or found is None:
        return "both"
    name = found.start()
    if verb.end() <= name:
        around = text[max(0, verb.start() - 3) : name]
        return "out" if intents.passive_before.search(around) or intents.passive_after.search(around) else "in"
    passive = intents.passive_after.search(text, verb.end()) or intents.passive_before.search(text, name, verb.start())
    return "in" if passive else "out"

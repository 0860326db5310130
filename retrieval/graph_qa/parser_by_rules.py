"""Parses a question to the graph by rules: the kind of answer, the names it is about, the types it asks for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.documents.language import han_count
from kg.domain import Polarity
from kg.names.spelling import normalise
from kg.ontology import Ontology
from kg.protocols import Direction
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.intent_patterns import NAME, NAME_FIRST, NAME_LAST, IntentPatterns, patterns_of
from retrieval.graph_qa.negation_scope import excluded
from retrieval.graph_qa.nouns import Noun, Nouns, beside_name
from retrieval.graph_qa.parsed_question import Combine, Form, ParsedQuestion
from retrieval.graph_qa.pinyin_question import PinyinQuestion
from retrieval.text.words import CHINESE_STOP_WORDS, words

_CLEAR = 3
_SAID_AT_ALL = 2
_FEW_WORDS = 3
_REST_OF_A_GRAPH_QUESTION = 6
_WORDS_OF_A_VALUE = 3
_LATIN = re.compile(r"[a-z][a-z'-]*")
_BRACKETED = re.compile(rf"()[(（]\s*([{NAME_FIRST}-{NAME_LAST}])\s*[)）]")


@dataclass(frozen=True, slots=True)
class _Text:
    """The question in one spelling, each name a single character; its kinds, those of names left out.

    ``alike`` tells that all names may be of one kind.
    """

    text: str
    nouns: tuple[Noun, ...]
    asked: Noun | None
    intents: IntentPatterns
    alike: bool = True


class RuleParser:
    """Parses questions by the words of an ontology."""

    def __init__(self, ontology: Ontology) -> None:
        self.intents = patterns_of(ontology)
        self._nouns = Nouns(ontology, self.intents)
        self._pinyin = PinyinQuestion(self._chinese_words(ontology))
        self._said = [
            (p.id, normalise(p.label.zh), frozenset(words(p.label.en)), frozenset(words(f"{p.label.zh} {p.label.en}")))
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
        read = self._form(kinds, mentions, about, tuple(sorted(without)), among)
        if read is None:
            return None, mentions
        said, told = self._predicates(text)
        said_words = {w for id_ in said for w in told[id_]}
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
            start = found.start(1)
            for word in reversed(list(_LATIN.finditer(text, 0, found.start(1)))):
                if text[word.end() : start].strip() or not any(self._unexplained(w, set()) for w in words(word[0])):
                    break
                start = word.start()
            text = text[:start] + found[2] + text[found.end() :] if start < found.start(1) else text
        return text

    def asks_for_kind(self, question: str, mentions: Sequence[EntityMention]) -> bool:
        """Whether a question with names asks for a kind of thing, and not for papers: worth parsing by a model."""
        text = masked(question, mentions, self.intents)
        kinds, _ = self._kinds(text, mentions)
        clear = kinds.asked is not None and kinds.asked.asked >= _SAID_AT_ALL
        return (
            bool(mentions)
            and not self.intents.papers.search(text)
            and (clear or self.intents.graph.search(text) is not None)
        )

    def _kinds(self, text: str, mentions: Sequence[EntityMention]) -> tuple[_Text, tuple[EntityMention, ...]]:
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
        return _Text(text, tuple(free), _most_asked(free, text), self.intents, alike), tuple(narrowed)

    def _form(
        self,
        kinds: _Text,
        mentions: Sequence[EntityMention],
        about: tuple[int, ...],
        without: tuple[int, ...],
        among: frozenset[str],
    ) -> ParsedQuestion | None:
        if not about:
            return None
        named = frozenset(t for i in about for t in mentions[i].types)
        asked_at_all = kinds.asked is not None and kinds.asked.asked >= _SAID_AT_ALL
        ranked = _ranked(kinds, named, about, among)
        read = ranked or self._checked(kinds, named, about, without) or _described(kinds, about)
        if read is not None:
            return read
        if self.intents.related.search(kinds.text) and len(about) == 2 and not asked_at_all:
            return ParsedQuestion(Form.PATH, about)
        listed = _listed(Form.COUNT if self.intents.counts.search(kinds.text) else Form.LIST, kinds, about)
        return _filtered(listed, kinds) if asked_at_all else listed

    def _checked(
        self, kinds: _Text, named: frozenset[str], about: tuple[int, ...], without: tuple[int, ...]
    ) -> ParsedQuestion | None:
        """A yes-or-no question: whether names are connected, or whether they have a common neighbour."""
        text, asked = kinds.text, kinds.asked
        if not self.intents.yes_or_no.search(text) or len(about) + len(without) < 2 or self.intents.open.search(text):
            return None
        other = asked if asked is not None and not asked.types & named else None
        if other is not None and (other.asked >= _CLEAR or self.intents.shares.search(text)):
            return _listed(Form.CHECK, kinds, about)
        return ParsedQuestion(Form.CHECK, (*about, *without), through=_others(kinds, None))

    def _predicates(self, text: str) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
        plain = frozenset(words(NAME.sub(" ", text)))
        said = {id_ for id_, zh, en, _ in self._said if (len(zh) > 1 and zh in text) or (en and en <= plain)}
        return frozenset(said), {id_: told for id_, _, _, told in self._said if id_ in said}

    def unexplained(self, question: str, mentions: Sequence[EntityMention]) -> tuple[str, ...]:
        """Words of a question other than names, types and their links."""
        text = masked(question, mentions, self.intents)
        said, told = self._predicates(text)
        return self._rest(text, tuple(self.intents.attributes), {w for id_ in said for w in told[id_]})

    def _rest(self, text: str, attributes: Sequence[str], said: set[str]) -> tuple[str, ...]:
        left = self.intents.every.sub(" ", self._nouns.without(text))
        left = self.intents.numbers.sub(" ", self.intents.asks.sub(" ", left))
        for key in attributes:
            left = self.intents.attributes[key].asked.sub(" ", left)
        return tuple(w for w in words(NAME.sub(" ", left)) if self._unexplained(w, said))

    def _unexplained(self, word: str, said: set[str]) -> bool:
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


def types_of(noun: Noun | None) -> frozenset[str]:
    """The types of a noun."""
    return noun.types if noun is not None else frozenset()


def _ranked(
    kinds: _Text, named: frozenset[str], about: tuple[int, ...], among: frozenset[str]
) -> ParsedQuestion | None:
    """A comparison of the names, the most of a set, or a number for each of it, where the question has words for it.

    Where the question names no set, it is the earlier list, of the types ``among``.
    """
    intents, text = kinds.intents, kinds.text
    most, more = intents.most.search(text), intents.more.search(text)
    counts = intents.counts.search(text) if intents.every.search(text) and len(about) == 1 else None
    sign = most or (more if len(about) > 1 else None) or counts
    if sign is None or not kinds.nouns:
        return None
    near = sorted(kinds.nouns, key=lambda n: max(n.start - sign.end(), sign.start() - n.end, 0))
    by, asked = _apart(near[0], near[1:])
    if most and not asked and by - among:
        asked = among
    least = intents.least.search(text) is not None
    if sign is counts and not most:
        return ParsedQuestion(Form.TALLY, about, asked=asked, by=by) if asked else None
    if len(about) > 1 and (not asked or asked & named) and kinds.alike:
        return ParsedQuestion(Form.COMPARE, about, by=by, least=least)
    if most is None or (not asked and kinds.alike and by & named):
        return None
    about = about if kinds.alike else about[:1]
    return ParsedQuestion(Form.MOST, about, asked=asked, by=by, least=least)


def _apart(counted: Noun, others: Sequence[Noun]) -> tuple[frozenset[str], frozenset[str]]:
    """What is counted and what it is counted of; of a noun of several kinds those that the other noun leaves it."""
    of = [n for n in others if n.types != counted.types]
    if not of:
        return counted.types, frozenset()
    best = max(of, key=lambda n: (not n.types & counted.types, n.asked))
    return counted.types - best.types or counted.types, best.types - counted.types or best.types


def _described(kinds: _Text, about: tuple[int, ...]) -> ParsedQuestion | None:
    """Attributes of the names, where the question has words for them and asks for no kind of thing more clearly."""
    intents, text, asked = kinds.intents, kinds.text, kinds.asked
    keys = tuple(key for key, patterns in intents.attributes.items() if patterns.asked.search(text))
    firm = tuple(k for k in keys if intents.attributes[k].firm.search(text))
    told = asked.asked if asked is not None else 0
    if not keys or told >= (_CLEAR if firm else _SAID_AT_ALL):
        return None
    if not firm and asked is not None and intents.shares.search(text):
        return None
    return ParsedQuestion(Form.ATTRIBUTE, about, asked=types_of(asked), attributes=firm or keys)


def _listed(form: Form, kinds: _Text, about: tuple[int, ...]) -> ParsedQuestion:
    """The list or count of the names' neighbours."""
    intents, text, asked = kinds.intents, kinds.text, kinds.asked
    shared = intents.shares.search(text) is not None
    combine = Combine.ALL
    if intents.each.search(text) and not shared:
        combine = Combine.EACH
    elif intents.either.search(text) and not shared:
        combine = Combine.ANY
    first = NAME.search(text)
    return ParsedQuestion(
        form,
        about,
        asked=types_of(asked),
        through=_others(kinds, asked),
        combine=combine,
        shared=shared,
        names_first=asked is not None and (first.start() if first else 0) < asked.start,
        contains=intents.contains.search(text) is not None,
    )


def _filtered(listed: ParsedQuestion, kinds: _Text) -> ParsedQuestion:
    """The list with the attribute of which its things must have a value, or must not have it."""
    if kinds.asked is None:
        return listed
    start = kinds.asked.end
    said = [
        (found.start(), key)
        for key, words_ in kinds.intents.attributes.items()
        for found in words_.firm.finditer(kinds.text, start)
    ]
    if not said:
        return listed
    at, key = max(said)
    negated = kinds.intents.not_before.search(kinds.text, start, at) is not None
    return replace(listed, having=(key,), having_not=negated)


def _lost(text: str, rest: Sequence[str], intents: IntentPatterns) -> bool:
    """Whether an unknown word stands in one list with a name, so that a plan would answer another question."""
    beside = (word for m in intents.listed.finditer(text) for word in m.groups() if word)
    return any(w in rest for word in beside for w in words(word))


def _most_asked(nouns: Sequence[Noun], text: str) -> Noun | None:
    if not nouns:
        return None
    english = not han_count(text)
    return max(nouns, key=lambda n: (n.asked, -n.start if english else n.start))


def _others(kinds: _Text, asked: Noun | None) -> frozenset[str]:
    return frozenset(t for n in kinds.nouns if n is not asked for t in n.types) - types_of(asked)


def _polarity(text: str, intents: IntentPatterns) -> Polarity | None:
    raises, lowers = intents.raises.search(text), intents.lowers.search(text)
    if bool(raises) == bool(lowers):
        return None
    return Polarity.POSITIVE if raises else Polarity.NEGATIVE


def _direction(text: str, kinds: _Text) -> Direction:
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

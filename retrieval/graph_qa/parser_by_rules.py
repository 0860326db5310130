"""Parses a question to the graph by rules: the kind of answer, the names it is about, the types it asks for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.domain import Polarity
from kg.names.spelling import normalise
from kg.ontology import Ontology
from kg.protocols import Direction
from retrieval.graph_qa import intent_patterns as intents
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.negation_scope import excluded
from retrieval.graph_qa.nouns import Noun, Nouns, beside_name
from retrieval.graph_qa.parsed_question import Combine, Form, ParsedQuestion
from retrieval.text.words import words

_CLEAR = 3
_SAID_AT_ALL = 2
_FEW_WORDS = 3
_REST_OF_A_GRAPH_QUESTION = 6
_NAMES = f"[{intents.NAME_FIRST}-{intents.NAME_LAST}]"
_GLOSSED = re.compile(
    rf"[^\W\da-z_和与及或跟、的含有中为是{intents.NAME_FIRST}-{intents.NAME_LAST}]{{1,8}}\s*\(\s*({_NAMES})\s*\)"
)
"""A word that the graph does not know, with the name that it does know in brackets: 钩藤碱(rhynchophylline)."""
_HAN_AND = r"\s*(?:和|与|及|以及|跟|、)\s*"
_LATIN_AND = r"\s*(?:,\s*and\b|,|\band\b|\bor\b)\s*"
_LISTED = re.compile(
    rf"{_NAMES}{_HAN_AND}([㐀-鿿]{{2,4}})|([㐀-鿿]{{2,4}}){_HAN_AND}{_NAMES}"
    rf"|{_NAMES}{_LATIN_AND}([a-z][a-z0-9-]+)|([a-z][a-z0-9-]+){_LATIN_AND}{_NAMES}"
)
"""A word in one list with a name."""


@dataclass(frozen=True, slots=True)
class _Text:
    """The question in one spelling, each name a single character; its kinds, those of names left out."""

    text: str
    nouns: tuple[Noun, ...]
    asked: Noun | None


class RuleParser:
    """Parses questions by the words of an ontology."""

    def __init__(self, ontology: Ontology) -> None:
        self._nouns = Nouns(ontology)
        self._said = [
            (p.id, normalise(p.label.zh), frozenset(words(p.label.en)), frozenset(words(f"{p.label.zh} {p.label.en}")))
            for p in ontology.predicates.values()
        ]

    def parse(
        self, question: str, mentions: Sequence[EntityMention]
    ) -> tuple[ParsedQuestion | None, tuple[EntityMention, ...]]:
        """The parsed question, None where the graph is asked nothing; and the mentions, narrowed to kinds it says."""
        mentions = _without_attributes(mentions)
        text = masked(question, mentions)
        kinds, mentions = self._kinds(text, mentions)
        if not mentions:
            return None, ()
        without = excluded(text, len(mentions))
        about = tuple(i for i in range(len(mentions)) if i not in without)
        read = self._form(kinds, mentions, about, tuple(sorted(without)))
        if read is None:
            return None, mentions
        said, told = self._predicates(text)
        said_words = {w for id_ in said for w in told[id_]}
        rest = self._rest(text, read.attributes, said_words)
        lost = _lost(text, rest)
        if lost and len(rest) <= _FEW_WORDS:
            return None, mentions
        graph_named = intents.GRAPH.search(text) is not None
        explained = len(rest) <= (_REST_OF_A_GRAPH_QUESTION if graph_named else 1)
        alone = explained and not lost and not intents.PAPERS.search(text)
        return replace(
            read,
            without=tuple(sorted(without)),
            predicates=said,
            direction=_direction(text, kinds),
            polarity=_polarity(text),
            grades=frozenset(g for g, sign in intents.GRADES.items() if sign.search(text)),
            alone=alone,
            graph_named=graph_named,
            rest=rest,
        ), mentions

    def asked(self, question: str) -> frozenset[str]:
        """Kinds of thing that a question asks for."""
        noun = _most_asked(self._nouns.find(text := normalise(question)), text)
        return noun.types if noun is not None and noun.asked >= _SAID_AT_ALL else frozenset()

    def asks_for_kind(self, question: str, mentions: Sequence[EntityMention]) -> bool:
        """Whether a question with names asks for a kind of thing, and not for papers: worth parsing by a model."""
        text = masked(question, mentions)
        kinds, _ = self._kinds(text, mentions)
        clear = kinds.asked is not None and kinds.asked.asked >= _SAID_AT_ALL
        return bool(mentions) and not intents.PAPERS.search(text) and (clear or intents.GRAPH.search(text) is not None)

    def _kinds(self, text: str, mentions: Sequence[EntityMention]) -> tuple[_Text, tuple[EntityMention, ...]]:
        nouns: list[Noun] = []
        narrowed = list(mentions)
        for noun in self._nouns.find(text):
            number = beside_name(text, noun)
            if number is not None and number < len(narrowed) and noun.types & narrowed[number].types:
                narrowed[number] = narrowed[number].of_types(noun.types)
            else:
                nouns.append(noun)
        told = [m.span() for m in intents.GRAPH.finditer(text)]
        told += [
            m.span() for key, sign in intents.ATTRIBUTES.items() if key in intents.FIRM for m in sign.finditer(text)
        ]
        free = [n for n in nouns if not any(a <= n.start and n.end <= b for a, b in told)]
        return _Text(text, tuple(free), _most_asked(free, text)), tuple(narrowed)

    def _form(
        self, kinds: _Text, mentions: Sequence[EntityMention], about: tuple[int, ...], without: tuple[int, ...]
    ) -> ParsedQuestion | None:
        if not about:
            return None
        named = frozenset(t for i in about for t in mentions[i].types)
        asked_at_all = kinds.asked is not None and kinds.asked.asked >= _SAID_AT_ALL
        read = _ranked(kinds, named, about) or self._checked(kinds, named, about, without) or _described(kinds, about)
        if read is not None:
            return read
        if intents.RELATED.search(kinds.text) and len(about) == 2 and not asked_at_all:
            return ParsedQuestion(Form.PATH, about)
        return _listed(Form.COUNT if intents.COUNTS.search(kinds.text) else Form.LIST, kinds, about)

    def _checked(
        self, kinds: _Text, named: frozenset[str], about: tuple[int, ...], without: tuple[int, ...]
    ) -> ParsedQuestion | None:
        """A question for yes or no: whether names stand together, or whether anything stands beside them all."""
        text, asked = kinds.text, kinds.asked
        if not intents.YES_OR_NO.search(text) or len(about) + len(without) < 2 or _open(text):
            return None
        other = asked if asked is not None and not asked.types & named else None
        if other is not None and (other.asked >= _CLEAR or intents.SHARES.search(text)):
            return _listed(Form.CHECK, kinds, about)
        return ParsedQuestion(Form.CHECK, (*about, *without), through=_others(kinds, None))

    def _predicates(self, text: str) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
        plain = frozenset(words(_plain(text)))
        said = {id_ for id_, zh, en, _ in self._said if (len(zh) > 1 and zh in text) or (en and en <= plain)}
        return frozenset(said), {id_: told for id_, _, _, told in self._said if id_ in said}

    def unexplained(self, question: str, mentions: Sequence[EntityMention]) -> tuple[str, ...]:
        """Words of a question that are neither names nor kinds nor link them."""
        text = masked(question, mentions)
        said, told = self._predicates(text)
        return self._rest(text, tuple(intents.ATTRIBUTES), {w for id_ in said for w in told[id_]})

    def _rest(self, text: str, attributes: Sequence[str], said: set[str]) -> tuple[str, ...]:
        left = intents.MEASURES.sub(" ", intents.ASKS.sub(" ", text))
        for key in attributes:
            left = intents.ATTRIBUTES[key].sub(" ", left)
        return tuple(w for w in words(_plain(left)) if self._unexplained(w, said))

    def _unexplained(self, word: str, said: set[str]) -> bool:
        return word not in intents.LINKING and word not in self._nouns.words and word not in said and not word.isdigit()


def _without_attributes(mentions: Sequence[EntityMention]) -> Sequence[EntityMention]:
    """Names without those that are words for an attribute: CAS is a gene as well."""
    signs_ = [intents.ATTRIBUTES[key] for key in intents.FIRM]
    return [n for n in mentions if not any(s.fullmatch(normalise(n.surface)) for s in signs_)] or mentions


def masked(question: str, mentions: Sequence[EntityMention]) -> str:
    """The question in one spelling with a single character in the place of each name."""
    parts: list[str] = []
    at = 0
    for number, mention in enumerate(mentions):
        parts += [normalise_keeping_ends(question[at : mention.start]), chr(ord(intents.NAME_FIRST) + number)]
        at = mention.end
    return _GLOSSED.sub(r"\1", "".join([*parts, normalise_keeping_ends(question[at:])]).strip())


def normalise_keeping_ends(text: str) -> str:
    """Normalised, with a blank at either end where there was one."""
    return " " * text[:1].isspace() + normalise(text) + " " * (text[-1:].isspace() and bool(text.strip()))


def types_of(noun: Noun | None) -> frozenset[str]:
    """The types of a noun."""
    return noun.types if noun is not None else frozenset()


def _ranked(kinds: _Text, named: frozenset[str], about: tuple[int, ...]) -> ParsedQuestion | None:
    """A comparison of the names, or the most of a set, where the question has words for it."""
    text = kinds.text
    most, more = intents.MOST.search(text), intents.MORE.search(text)
    sign = most or (more if len(about) > 1 else None)
    if sign is None or not kinds.nouns:
        return None
    near = sorted(kinds.nouns, key=lambda n: max(n.start - sign.end(), sign.start() - n.end, 0))
    by, others = near[0], [n for n in near if not n.types & near[0].types]
    least = intents.LEAST.search(text) is not None
    if len(about) > 1 and (not others or any(n.types & named for n in others)):
        return ParsedQuestion(Form.COMPARE, about, by=by.types, least=least)
    if most is None or not others:
        return None
    return ParsedQuestion(Form.MOST, about, asked=max(others, key=lambda n: n.asked).types, by=by.types, least=least)


def _described(kinds: _Text, about: tuple[int, ...]) -> ParsedQuestion | None:
    """Attributes of the names, where the question has words for them and asks for no kind of thing more clearly."""
    text, asked = kinds.text, kinds.asked
    keys = tuple(key for key, sign in intents.ATTRIBUTES.items() if sign.search(text))
    firm = tuple(k for k in keys if k in intents.FIRM or (k == "composition" and intents.DOSES.search(text)))
    told = asked.asked if asked is not None else 0
    if not keys or told >= (_CLEAR if firm else _SAID_AT_ALL):
        return None
    if not firm and asked is not None and intents.SHARES.search(text):
        return None
    return ParsedQuestion(Form.ATTRIBUTE, about, asked=types_of(asked), attributes=firm or keys)


def _listed(form: Form, kinds: _Text, about: tuple[int, ...]) -> ParsedQuestion:
    """A list, or its number, of what stands beside the names."""
    text, asked = kinds.text, kinds.asked
    shared = intents.SHARES.search(text) is not None
    combine = Combine.ALL
    if intents.EACH.search(text):
        combine = Combine.EACH
    elif intents.EITHER.search(text) and not shared:
        combine = Combine.ANY
    first = min((i for i, c in enumerate(text) if intents.NAME_FIRST <= c <= intents.NAME_LAST), default=0)
    return ParsedQuestion(
        form,
        about,
        asked=types_of(asked),
        through=_others(kinds, asked),
        combine=combine,
        shared=shared,
        names_first=asked is not None and first < asked.start,
        contains=intents.CONTAINS.search(text) is not None,
    )


def _lost(text: str, rest: Sequence[str]) -> bool:
    """Whether an unknown word stands in one list with a name, so that a plan would answer another question."""
    beside = (word for m in _LISTED.finditer(text) for word in m.groups() if word)
    return any(w in rest for word in beside for w in words(word))


def _most_asked(nouns: Sequence[Noun], text: str) -> Noun | None:
    if not nouns:
        return None
    english = text.isascii() or not re.search(r"[㐀-鿿]", text)
    return max(nouns, key=lambda n: (n.asked, -n.start if english else n.start))


def _others(kinds: _Text, asked: Noun | None) -> frozenset[str]:
    return frozenset(t for n in kinds.nouns if n is not asked for t in n.types) - types_of(asked)


def _open(text: str) -> bool:
    """Whether a question word asks for more than yes or no."""
    return re.search(r"哪|什么|多少|几[种味个首]|\b(?:which|what|how many|how)\b", text) is not None


def _polarity(text: str) -> Polarity | None:
    raises, lowers = intents.RAISES.search(text), intents.LOWERS.search(text)
    if bool(raises) == bool(lowers):
        return None
    return Polarity.POSITIVE if raises else Polarity.NEGATIVE


def _direction(text: str, kinds: _Text) -> Direction:
    """Where the neighbour stands, seen from the name: ``in`` where it does what is asked to the name."""
    if intents.PARENTS.search(text):
        return "out"
    if intents.CHILDREN.search(text):
        return "in"
    verb = intents.RAISES.search(text) or intents.LOWERS.search(text)
    name = next((i for i, c in enumerate(text) if intents.NAME_FIRST <= c <= intents.NAME_LAST), -1)
    if verb is None or name < 0:
        return "both"
    if verb.end() <= name:
        passive = re.search(r"\bby\b|被|受", text[max(0, verb.start() - 3) : name]) is not None
        return "out" if passive else "in"
    passive = re.search(r"\bby\b", text[verb.end() :]) is not None or "被" in text[name : verb.start()]
    return "in" if passive else "out"


def _plain(text: str) -> str:
    return "".join(" " if intents.NAME_FIRST <= c <= intents.NAME_LAST else c for c in text)

"""The form of answer that a question to the graph asks for, told by rules from its words and kinds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.documents.language import han_count
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.intent_patterns import NAME, IntentPatterns
from retrieval.graph_qa.nouns import Noun
from retrieval.graph_qa.parsed_question import Combine, Form, ParsedQuestion

CLEAR = 3
SAID_AT_ALL = 2


@dataclass(frozen=True, slots=True)
class KindsSaid:
    """The question in one spelling, each name a single character; its kinds, those of names left out.

    ``alike`` tells that all names may be of one kind.
    """

    text: str
    nouns: tuple[Noun, ...]
    asked: Noun | None
    intents: IntentPatterns
    alike: bool = True

    @classmethod
    def of(cls, text: str, nouns: Sequence[Noun], intents: IntentPatterns, *, alike: bool) -> "KindsSaid":
        """The kinds of a read question, with the one that it asks for most clearly."""
        english = not han_count(text)
        asked = max(nouns, key=lambda n: (n.asked, -n.start if english else n.start), default=None)
        return cls(text, tuple(nouns), asked, intents, alike)


def form_of(
    kinds: KindsSaid,
    mentions: Sequence[EntityMention],
    about: tuple[int, ...],
    without: tuple[int, ...],
    among: frozenset[str],
) -> ParsedQuestion | None:
    """The question's form with the names ``about`` which it asks, None where these are none.

    ``without`` are names to exclude, ``among`` the types of an earlier list that the question may ask about.
    """
    if not about:
        return None
    named = frozenset(t for i in about for t in mentions[i].types)
    asked_at_all = kinds.asked is not None and kinds.asked.asked >= SAID_AT_ALL
    ranked = _ranked(kinds, named, about, among)
    read = ranked or _checked(kinds, named, about, without) or _described(kinds, about)
    if read is not None:
        return read
    if kinds.intents.related.search(kinds.text) and len(about) == 2 and not asked_at_all:
        return ParsedQuestion(Form.PATH, about)
    listed = _listed(Form.COUNT if kinds.intents.counts.search(kinds.text) else Form.LIST, kinds, about)
    return _filtered(listed, kinds) if asked_at_all else listed


def _checked(
    kinds: KindsSaid, named: frozenset[str], about: tuple[int, ...], without: tuple[int, ...]
) -> ParsedQuestion | None:
    """A yes-or-no question: whether names are connected, or whether they have a common neighbour."""
    text, asked = kinds.text, kinds.asked
    if not kinds.intents.yes_or_no.search(text) or len(about) + len(without) < 2 or kinds.intents.open.search(text):
        return None
    other = asked if asked is not None and not asked.types & named else None
    if other is not None and (other.asked >= CLEAR or kinds.intents.shares.search(text)):
        return _listed(Form.CHECK, kinds, about)
    return ParsedQuestion(Form.CHECK, (*about, *without), through=_others(kinds, None))


def _ranked(
    kinds: KindsSaid, named: frozenset[str], about: tuple[int, ...], among: frozenset[str]
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


def _described(kinds: KindsSaid, about: tuple[int, ...]) -> ParsedQuestion | None:
    """Attributes of the names, where the question has words for them and asks for no kind of thing more clearly."""
    intents, text, asked = kinds.intents, kinds.text, kinds.asked
    keys = tuple(key for key, patterns in intents.attributes.items() if patterns.asked.search(text))
    firm = tuple(k for k in keys if intents.attributes[k].firm.search(text))
    told = asked.asked if asked is not None else 0
    if not keys or told >= (CLEAR if firm else SAID_AT_ALL):
        return None
    if not firm and asked is not None and intents.shares.search(text):
        return None
    return ParsedQuestion(Form.ATTRIBUTE, about, asked=_types(asked), attributes=firm or keys)


def _listed(form: Form, kinds: KindsSaid, about: tuple[int, ...]) -> ParsedQuestion:
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
        asked=_types(asked),
        through=_others(kinds, asked),
        combine=combine,
        shared=shared,
        names_first=asked is not None and (first.start() if first else 0) < asked.start,
        contains=intents.contains.search(text) is not None,
    )


def _filtered(listed: ParsedQuestion, kinds: KindsSaid) -> ParsedQuestion:
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


def _others(kinds: KindsSaid, asked: Noun | None) -> frozenset[str]:
    return frozenset(t for n in kinds.nouns if n is not asked for t in n.types) - _types(asked)


def _types(noun: Noun | None) -> frozenset[str]:
    """The types of a noun."""
    return noun.types if noun is not None else frozenset()

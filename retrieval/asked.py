"""What a question asks of the graph: kinds of entity, predicates, attributes, a count."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from kg.names import normalise
from kg.ontology import Ontology
from retrieval.words import words

ATTRIBUTE_WORDS: Mapping[str, tuple[str, ...]] = {
    "source": ("出自", "出处", "来源", "哪本书", "哪部", "记载", "书", "source", "recorded", "book", "text"),
    "composition": ("组成", "配方", "剂量", "用量", "composition", "dose", "prescription", "consist"),
    "indication": ("主治", "治疗", "适应", "用于", "indication", "indicated", "treat"),
    "instructions": ("用法", "服法", "服用", "煎", "instruction", "taken", "administer"),
    "meridian": ("归经", "入经", "经脉", "meridian", "channel"),
    "properties": ("性味", "药性", "四气", "五味", "寒热", "properties", "nature", "flavour", "flavor"),
    "function": ("功效", "功能", "作用", "function", "effect"),
    "toxicity": ("毒", "toxic"),
    "part": ("部位", "部分", "入药", "part"),
    "class": ("分类", "类别", "属于", "class", "category"),
    "smiles": ("结构式", "smiles", "structure"),
    "description": ("定义", "描述", "是什么", "definition", "description", "what is"),
}
"""Words by which readers ask for an attribute, by a part of its key."""

_COUNTING = re.compile(r"多少|几(?=种|味|个|首|条|篇|项|类)|数量|总数|how many|number of|count of", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]")


@dataclass(frozen=True, slots=True)
class Asked:
    """Kinds, predicates and attributes that the question's own words name, whether it counts, and its words."""

    types: frozenset[str]
    predicates: frozenset[str]
    counts: bool
    words: frozenset[str]
    text: str
    attributes: frozenset[str]


class Cues:
    """Words that point to things, kept so that a question is compared only with cues that may stand in it."""

    def __init__(self, cues: Iterable[tuple[str, str]]) -> None:
        self._han: list[tuple[str, str]] = []
        self._latin: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for cue, id_ in cues:
            text = normalise(cue)
            if not _LATIN.search(text):
                self._han.append((text, id_))
            elif wanted := tuple(words(text)):
                self._latin.setdefault(wanted[0], []).append((wanted, id_))

    def found(self, text: str, plain: Collection[str]) -> frozenset[str]:
        """What is pointed to by a text in one spelling or by its search words."""
        by_words = (entry for word in plain for entry in self._latin.get(word, ()))
        return frozenset(
            [id_ for cue, id_ in self._han if cue in text]
            + [id_ for wanted, id_ in by_words if all(w in plain for w in wanted)]
        )


class OntologyCues:
    """By which words a question names the kinds of entity and the predicates of an ontology."""

    def __init__(self, ontology: Ontology) -> None:
        types = ontology.types.items()
        self.types = Cues((cue, id_) for id_, t in types for cue in (t.label.zh, t.label.en, *t.cues) if len(cue) > 1)
        self.predicates = Cues((cue, id_) for id_, p in ontology.predicates.items() for cue in (p.label.zh, p.label.en))


def asked_of(text: str, named: Sequence[tuple[int, int]], cues: OntologyCues) -> Asked:
    """Read a question, whose characters in ``named`` are names of entities and say nothing of kinds."""
    rest = normalise(_without(text, named))
    plain = frozenset(words(rest))
    attributes = _attribute_cues().found(rest, plain)
    return Asked(
        cues.types.found(rest, plain),
        cues.predicates.found(rest, plain),
        _COUNTING.search(text) is not None,
        plain,
        rest,
        attributes,
    )


def attribute_score(key: str, asked: Asked) -> float:
    """How much a question asks for an attribute: 1 where it uses a word for it, 0 where nothing points to it."""
    folded = key.lower()
    if any(part in folded for part in asked.attributes):
        return 1.0
    return 0.5 if set(_words_of(folded)) & asked.words else 0.0


@cache
def _attribute_cues() -> Cues:
    return Cues((cue, part) for part, cues in ATTRIBUTE_WORDS.items() for cue in cues)


@lru_cache(maxsize=4096)
def _words_of(key: str) -> tuple[str, ...]:
    return tuple(words(key.replace("_", " ")))


def _without(text: str, named: Sequence[tuple[int, int]]) -> str:
    letters = list(text)
    for start, end in named:
        letters[start:end] = " " * (end - start)
    return "".join(letters)

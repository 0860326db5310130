"""What a question asks of the graph: kinds of entity, predicates, attributes, a count."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

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
    """Kinds of entity and predicates that the question's own words name, whether it counts, and its words."""

    types: frozenset[str]
    predicates: frozenset[str]
    counts: bool
    words: frozenset[str]
    text: str


def asked_of(text: str, named: Sequence[tuple[int, int]], ontology: Ontology) -> Asked:
    """Read a question, whose characters in ``named`` are names of entities and say nothing of kinds."""
    rest = normalise(_without(text, named))
    plain = frozenset(words(rest))
    types = {
        id_
        for id_, type_ in ontology.types.items()
        if any(_says(rest, plain, cue) for cue in (type_.label.zh, type_.label.en, *type_.cues) if len(cue) > 1)
    }
    predicates = {
        id_
        for id_, predicate in ontology.predicates.items()
        if _says(rest, plain, predicate.label.zh) or _says(rest, plain, predicate.label.en)
    }
    return Asked(frozenset(types), frozenset(predicates), _COUNTING.search(text) is not None, plain, rest)


def attribute_score(key: str, asked: Asked) -> float:
    """How much a question asks for an attribute: 1 where it uses a word for it, 0 where nothing points to it."""
    folded = key.lower()
    for part, cues in ATTRIBUTE_WORDS.items():
        if part in folded and any(_says(asked.text, asked.words, cue) for cue in cues):
            return 1.0
    return 0.5 if set(words(folded.replace("_", " "))) & asked.words else 0.0


def _says(text: str, plain: Collection[str], cue: str) -> bool:
    folded, wanted = _folded(cue)
    if wanted is None:
        return folded in text
    return bool(wanted) and all(w in plain for w in wanted)


@lru_cache(maxsize=4096)
def _folded(cue: str) -> tuple[str, tuple[str, ...] | None]:
    """A cue in one spelling, and its search words where it is Latin, None where it is Han."""
    folded = normalise(cue)
    return folded, tuple(words(folded)) if _LATIN.search(folded) else None


def _without(text: str, named: Sequence[tuple[int, int]]) -> str:
    letters = list(text)
    for start, end in named:
        letters[start:end] = " " * (end - start)
    return "".join(letters)

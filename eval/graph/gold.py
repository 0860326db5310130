"""What a question to the graph should be answered with, computed from the tables by a small language.

``questions.jsonl`` holds a question a line; its ``gold`` is nested calls of the methods of ``_Language``, such as
``listed(less(beside('天麻', 'Compound', of='Herb'), beside('钩藤', 'Compound', of='Herb')))``.
"""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.graph.tables import Found, Tables, Triple, either, less, onward, shared
from eval.json_lines import json_lines

_FILE = Path(__file__).with_name("questions.jsonl")
_LONGEST_TEXT = 24


@dataclass(frozen=True, slots=True)
class Gold:
    """Triples that must be found, ids of what must be named, the number, yes or no, and texts that must be said."""

    triples: frozenset[Triple] = frozenset()
    items: frozenset[str] = frozenset()
    count: int | None = None
    yes: bool | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GraphQuestion:
    """One question of our own; ``gold`` is still to be computed."""

    id: str
    text: str
    language: str
    kind: str
    gold: str


def questions_of(source: str) -> list[GraphQuestion]:
    """The questions over a graph by its name."""
    return [
        GraphQuestion(row["id"], row["question"], row["language"], row["kind"], row["gold"])
        for _, row in json_lines(_FILE)
        if row["source"] == source
    ]


def gold_of(question: GraphQuestion, tables: Tables) -> Gold:
    """The gold of a question; raises KeyError where a name is not in the tables, ValueError where gold is no gold."""
    gold = _value(ast.parse(question.gold, mode="eval").body, _Language(tables))
    if not isinstance(gold, Gold):
        raise ValueError(f"{question.id}: {question.gold} is no gold")
    return gold


def _value(node: ast.expr, language: "_Language") -> Any:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
            named = {k.arg or "": _value(k.value, language) for k in keywords}
            return getattr(language, name)(*(_value(a, language) for a in args), **named)
    raise ValueError(f"{ast.unparse(node)} is neither a call nor a text")


class _Language:
    """Sets of things first, then what makes gold of them."""

    shared, either, less = staticmethod(shared), staticmethod(either), staticmethod(less)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.ids = tables.ids

    def beside(self, name: str, type_: str, *predicates: str, of: str = "") -> Found:
        return self._tables.beside(self.ids(name, *([of] if of else [])), type_, *predicates)

    def onward(self, found: Found, type_: str) -> Found:
        return onward(self._tables, found, type_)

    def only(self, found: Found, ids: frozenset[str]) -> Found:
        return {id_: triples for id_, triples in found.items() if id_ in ids}

    def listed(self, found: Found) -> Gold:
        return Gold(_triples(found), frozenset(found), len(found))

    def counted(self, found: Found) -> Gold:
        return Gold(_triples(found), count=len(found))

    def evidence(self, found: Found, *sizes: Found) -> Gold:
        return Gold(_triples(found), texts=tuple(str(len(s)) for s in sizes))

    def each(self, *sets: Found) -> Gold:
        """Several complete lists."""
        items = frozenset().union(*(frozenset(s) for s in sets))
        return Gold(frozenset().union(*map(_triples, sets)), items, texts=tuple(str(len(s)) for s in sets))

    def into(self, ids: frozenset[str], predicate: str) -> Gold:
        """The relations of a predicate that end at one of the ids."""
        return Gold(frozenset(t for id_ in ids for t in self._tables.at[id_] if t[1] == predicate and t[2] in ids))

    def says_yes(self, found: Found) -> Gold:
        """Yes with the triples that tell it."""
        if not found:
            raise ValueError("the tables say no")
        return Gold(_triples(found), yes=True)

    def says_no(self, found: Found) -> Gold:
        """No, since nothing was found."""
        if found:
            raise ValueError("the tables say yes")
        return Gold(yes=False)

    def compared(self, a: str, of_a: Found, b: str, of_b: Found) -> Gold:
        """The one with more, both numbers, and the evidence of both."""
        winner = a if len(of_a) >= len(of_b) else b
        return Gold(_triples(of_a) | _triples(of_b), texts=(winner, str(len(of_a)), str(len(of_b))))

    def most(self, found: Found, type_: str) -> Gold:
        """Those of a set with the most neighbours, their number, and the triples that make them so."""
        measured = {id_: self._tables.beside([id_], type_) for id_ in found}
        best = max(len(m) for m in measured.values())
        winners = [id_ for id_ in found if len(measured[id_]) == best]
        triples = frozenset(t for id_ in winners for led in (found[id_], _triples(measured[id_])) for t in led)
        return Gold(triples, frozenset(winners), best)

    def told(self, ids: frozenset[str], key: str) -> Gold:
        """The attribute of every entity of the name that has it."""
        attributes = [self._tables.attributes[i] for i in sorted(ids)]
        values = [own[key].strip()[:_LONGEST_TEXT] for own in attributes if key in own]
        if not values:
            raise KeyError(key)
        return Gold(texts=tuple(dict.fromkeys(values)))


def _triples(found: Found) -> frozenset[Triple]:
    return frozenset().union(*found.values())

"""What a question to the graph should be answered with, computed from the tables by a small language.

``questions.jsonl`` holds a question a line; its ``gold`` is nested calls of the functions in ``_Language``, such as
``listed(less(beside('天麻', 'Compound', of='Herb'), beside('钩藤', 'Compound', of='Herb')))``.
"""

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
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
    gold = _value(ast.parse(question.gold, mode="eval").body, _language(tables))
    if not isinstance(gold, Gold):
        raise ValueError(f"{question.id}: {question.gold} is no gold")
    return gold


def _value(node: ast.expr, functions: Mapping[str, Callable[..., Any]]) -> Any:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
            named = {k.arg or "": _value(k.value, functions) for k in keywords}
            return functions[name](*(_value(a, functions) for a in args), **named)
    raise ValueError(f"{ast.unparse(node)} is neither a call nor a text")


def _language(tables: Tables) -> Mapping[str, Callable[..., Any]]:
    """The functions by name; sets of things first, then what makes gold of them."""
    return {
        "ids": tables.ids,
        "beside": partial(_beside, tables),
        "onward": partial(onward, tables),
        "shared": shared,
        "either": either,
        "less": less,
        "only": _only,
        "listed": lambda found: Gold(_triples(found), frozenset(found), len(found)),
        "counted": lambda found: Gold(_triples(found), count=len(found)),
        "evidence": lambda found, *sizes: Gold(_triples(found), texts=tuple(str(len(s)) for s in sizes)),
        "each": _each,
        "into": partial(_into, tables),
        "says_yes": partial(_says, True),
        "says_no": partial(_says, False),
        "compared": _compared,
        "most": partial(_most, tables),
        "told": partial(_told, tables),
    }


def _beside(tables: Tables, name: str, type_: str, *predicates: str, of: str = "") -> Found:
    return tables.beside(tables.ids(name, *([of] if of else [])), type_, *predicates)


def _only(found: Found, ids: Iterable[str]) -> Found:
    wanted = set(ids)
    return {id_: triples for id_, triples in found.items() if id_ in wanted}


def _each(*sets: Found) -> Gold:
    """Several complete lists."""
    items = frozenset().union(*(frozenset(s) for s in sets))
    return Gold(frozenset().union(*map(_triples, sets)), items, texts=tuple(str(len(s)) for s in sets))


def _into(tables: Tables, ids: frozenset[str], predicate: str) -> Gold:
    """The relations of a predicate that end at one of the ids."""
    return Gold(frozenset(t for id_ in ids for t in tables.at[id_] if t[1] == predicate and t[2] in ids))


def _says(yes: bool, found: Found) -> Gold:
    """Yes with the triples that tell it, or no, since nothing was found."""
    if bool(found) is not yes:
        raise ValueError(f"the tables say {'no' if yes else 'yes'}")
    return Gold(_triples(found), yes=yes)


def _compared(a: str, of_a: Found, b: str, of_b: Found) -> Gold:
    """The one with more, both numbers, and the evidence of both."""
    winner = a if len(of_a) >= len(of_b) else b
    return Gold(_triples(of_a) | _triples(of_b), texts=(winner, str(len(of_a)), str(len(of_b))))


def _most(tables: Tables, found: Found, type_: str) -> Gold:
    """Those of a set with the most neighbours, their number, and the triples that make them so."""
    measured = {id_: tables.beside([id_], type_) for id_ in found}
    best = max(len(m) for m in measured.values())
    winners = [id_ for id_ in found if len(measured[id_]) == best]
    triples = frozenset(t for id_ in winners for led in (found[id_], _triples(measured[id_])) for t in led)
    return Gold(triples, frozenset(winners), best)


def _told(tables: Tables, ids: frozenset[str], key: str) -> Gold:
    """The attribute of every entity of the name that has it."""
    values = [tables.attributes[i][key].strip()[:_LONGEST_TEXT] for i in sorted(ids) if key in tables.attributes[i]]
    if not values:
        raise KeyError(key)
    return Gold(texts=tuple(dict.fromkeys(values)))


def _triples(found: Found) -> frozenset[Triple]:
    return frozenset().union(*found.values())

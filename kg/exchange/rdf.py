"""RDF in Turtle, N-Triples, RDF/XML or JSON-LD, read triple by triple."""

import json
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import rdflib
from rdflib import BNode, Dataset, Graph, Literal, URIRef
from rdflib.namespace import RDF, XSD
from rdflib.plugins.parsers.jsonld import to_rdf
from rdflib.plugins.stores.memory import Memory

from kg.domain import Entity, EntityId, Evidence, Name, PassageId, Polarity, Relation, relation_id
from kg.errors import InvalidTable
from kg.exchange import rdf_terms as ours
from kg.exchange.domain import Edge, Node, Value
from kg.exchange.reading import name_rank
from kg.exchange.vocabulary import Vocabulary
from kg.ontology import Ontology
from kg.tables.files import kind_of, opened, readable
from kg.tables.report import Findings

_BASE = "urn:jianxi:file:"
rdflib.NORMALIZE_LITERALS = False
"""Values are kept as they are written: 007, 1e3, 2020-01-01T00:00:00Z."""

FORMATS = {".ttl": "turtle", ".nt": "nt", ".rdf": "xml", ".owl": "xml", ".jsonld": "json-ld"}


@dataclass(slots=True)
class _Thing:
    """What the triples of one subject say."""

    types: list[str] = field(default_factory=list)
    names: list[tuple[Literal, bool, str | None]] = field(default_factory=list)
    said: list[tuple[str, Any]] = field(default_factory=list)


class RdfGraph:
    """The things and links of a file of RDF.

    A thing is a subject with a type or a name; a link to a thing, or by a predicate of the ontology, is an edge; what
    else is said of it is a property under the last part of its predicate.
    """

    def __init__(self, path: Path, ontology: Ontology) -> None:
        self.name = path.name
        self.findings = Findings()
        self._words = Vocabulary(ontology)
        self._things: dict[Any, _Thing] = {}
        self._read(path)

    def nodes(self) -> Iterator[Node | Entity]:
        """Every thing with a name of its own."""
        nameless = 0
        for subject, thing in self._things.items():
            if not self._is_thing(subject):
                nameless += isinstance(subject, BNode) and str(RDF.Statement) not in thing.types and not _ours(thing)
            elif str(subject).startswith(ours.ENTITY) or any(t.startswith(ours.TYPE) for t in thing.types):
                yield _entity(subject, thing)
            else:
                yield self._node(subject, thing)
        if nameless:
            self.findings.notes.append(f"left out, because they have no id: {nameless:,} blank nodes")

    def edges(self) -> Iterator[Edge | Relation]:
        """Every link, with what statements say of it."""
        stated: dict[tuple[str, str, str], list[_Thing]] = {}
        for thing in self._things.values():
            if str(RDF.Statement) in thing.types:
                parts = dict(thing.said)
                ends = [parts.get(str(p)) for p in (RDF.subject, RDF.predicate, RDF.object)]
                stated.setdefault((str(ends[0]), str(ends[1]), str(ends[2])), []).append(thing)
        met: set[tuple[str, str, str]] = set()
        for subject, thing in self._things.items():
            if not self._is_thing(subject):
                continue
            for predicate, object_ in dict.fromkeys(thing.said):
                triple = (str(subject), predicate, str(object_))
                met.add(triple)
                sayings: list[_Thing | None] = [*stated.get(triple, ())]
                for said in sayings or [None]:
                    if predicate.startswith(ours.PREDICATE):
                        yield self._relation(subject, predicate, object_, said)
                    elif isinstance(object_, URIRef) and self._is_edge(predicate, object_):
                        yield Edge(
                            str(subject), _local(predicate), str(object_), _properties(said.said if said else [])
                        )
        if lost := len(stated.keys() - met):
            cure = "write the triples, too"
            self.findings.notes.append(f"statements left out, because their triples are no links: {lost:,}; {cure}")

    def _is_thing(self, subject: Any) -> bool:
        thing = self._things.get(subject)
        return (
            isinstance(subject, URIRef)
            and thing is not None
            and bool(thing.types or thing.names)
            and (not str(subject).startswith(ours.HISTORY))
        )

    def _is_edge(self, predicate: str, object_: Any) -> bool:
        return self._is_thing(object_) or self._words.predicate_of(_local(predicate)) is not None

    def _node(self, subject: Any, thing: _Thing) -> Node:
        names: dict[tuple[str, str], Name] = {}
        shown: set[str] = set()
        foreign = []
        for main in (True, False):
            for literal, is_main, hint in thing.names:
                if is_main is main:
                    script, told = ours.script_of(literal, hint)
                    if not told:
                        foreign.append((str(literal), script))
                    elif (str(literal), script) not in names:
                        names[str(literal), script] = Name(str(literal), script, main and script not in shown)
                        shown.add(script)
        for key in foreign:
            names.setdefault(key, Name(*key))
        id_ = str(subject)
        said = [(p, o) for p, o in thing.said if not (isinstance(o, URIRef) and self._is_edge(p, o))]
        node = Node(id_, tuple(map(_local, thing.types)), _properties(said), tuple(names.values()))
        return node if names else replace(node, names=(Name(_local(id_), "id"),))

    def _relation(self, subject: Any, predicate: str, object_: Any, said: _Thing | None) -> Relation:
        s, p, o = ours.id_of(subject), ours.key_of(predicate, ours.PREDICATE), ours.id_of(object_)
        parts = said.said if said else []
        one = {predicate: str(value) for predicate, value in parts}
        evidence = []
        for key, value in parts:
            if key == ours.EVIDENCE:
                of = dict(self._things[value].said)
                passage = of.get(ours.PASSAGE)
                evidence.append(
                    Evidence(
                        str(of.get(ours.SOURCE, "")),
                        PassageId(str(passage)) if passage else None,
                        str(of.get(ours.QUOTE, "")),
                    )
                )
        return Relation(
            relation_id(s, p, o),
            EntityId(s),
            p,
            EntityId(o),
            _polarity(one.get(ours.POLARITY, "none"), f"{s} {p} {o}"),
            one.get(ours.GRADE),
            {ours.key_of(k, ours.QUALIFIER): str(v) for k, v in parts if k.startswith(ours.QUALIFIER)},
            tuple(evidence),
        )

    def _take(self, subject: Any, predicate: Any, object_: Any) -> None:
        thing = self._things.setdefault(subject, _Thing())
        key = str(predicate)
        if predicate == RDF.type:
            thing.types.append(str(object_))
        elif isinstance(object_, Literal) and not key.startswith(ours.OURS) and (rank := name_rank(_local(key))):
            if object_.strip():
                thing.names.append((object_, *rank))
        elif isinstance(object_, Literal) and object_.datatype == XSD.decimal and "E" in object_:
            # the parser of Turtle makes powers of ten of small ones
            thing.said.append((key, Literal(format(Decimal(object_), "f"))))
        else:
            thing.said.append((key, object_))

    def _read(self, path: Path) -> None:
        format_ = FORMATS[kind_of(path)]
        try:
            with readable(path), opened(path) as file, _without_warnings():
                if format_ == "json-ld":
                    to_rdf(_without_contexts_elsewhere(json.load(file), path), Dataset(_Sink(self._take)), _BASE)
                else:
                    Graph(store=_Sink(self._take)).parse(file, format=format_, publicID=_BASE)
        except InvalidTable:
            raise
        except UnicodeDecodeError as error:
            raise InvalidTable(str(path), [f"not UTF-8 at byte {error.start:,}; save the file as UTF-8"]) from None
        except Exception as error:  # noqa: BLE001 - the parsers of rdflib raise what they like
            why = " ".join(str(error).split())[:300] or type(error).__name__
            raise InvalidTable(str(path), [f"not {format_} as it should be: {why}; mend it at this place"]) from None
        if not self._things:
            raise InvalidTable(str(path), ["there is no triple in the file"])


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Have rdflib say nothing of values that are no dates or numbers, kept as text, or of its own older parts."""
    log = logging.getLogger("rdflib.term")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        log.setLevel(before)


class _Sink(Memory):
    """A store that hands every triple on and keeps none."""

    def __init__(self, take: Any) -> None:
        super().__init__()
        self._take = take

    def add(self, triple: Any, context: Any, quoted: bool = False) -> None:
        """Hand a triple on."""
        self._take(*triple)


def _without_contexts_elsewhere(document: Any, path: Path) -> Any:
    """JSON-LD that names no context by an address, from which it would be fetched; raises InvalidTable."""
    left = [document]
    while left:
        part = left.pop()
        left += part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        for key in ("@context", "@import") if isinstance(part, dict) else ():
            told = [part.get(key)]
            while told:
                one = told.pop()
                told += one if isinstance(one, list) else ()
                if isinstance(one, str):
                    cure = "write the context into the file in its place"
                    raise InvalidTable(str(path), [f"{key} names {one}, and nothing is fetched; {cure}"])
    return document


def _ours(thing: _Thing) -> bool:
    """Whether it is evidence in an export of this program."""
    return any(key == ours.SOURCE for key, _ in thing.said)


def _entity(subject: Any, thing: _Thing) -> Entity:
    names = tuple(Name(str(text), ours.script_of(text)[0], main) for text, main, _ in thing.names)
    said = [(key, str(value)) for key, value in thing.said]
    of = {
        kind: {ours.key_of(k, kind): v for k, v in said if k.startswith(kind)}
        for kind in (ours.IDENTIFIER, ours.ATTRIBUTE)
    }
    type_ = next((ours.key_of(t, ours.TYPE) for t in thing.types if t.startswith(ours.TYPE)), "")
    id_ = EntityId(ours.id_of(subject))
    return Entity(id_, type_, names, of[ours.IDENTIFIER], of[ours.ATTRIBUTE], (ours.BARE, "true") in said)


def _polarity(told: str, what: str) -> Polarity:
    if told not in set(Polarity):
        raise InvalidTable(what, [f"unknown polarity {told!r}; known are +, - and none"])
    return Polarity(told)


@cache
def _local(iri: str) -> str:
    """The last part of an IRI."""
    return re.split(r"[#/:]", iri.rstrip("#/:"))[-1] or iri


def _properties(said: Any) -> dict[str, Value]:
    found: dict[str, list[str]] = {}
    for predicate, value in said:
        if not isinstance(value, BNode) and not predicate.startswith(str(RDF)):
            found.setdefault(_local(predicate), []).append(str(value))
    return {key: values[0] if len(values) == 1 else tuple(values) for key, values in found.items()}

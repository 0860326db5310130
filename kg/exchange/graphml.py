"""GraphML, as this program, networkx, APOC, Gephi and Cytoscape write it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from lxml import etree

from kg.domain import Entity, EntityId, Name, Polarity, Relation, relation_id
from kg.errors import InvalidTable
from kg.exchange.domain import Edge, Node, Value
from kg.tables.files import opened, readable
from kg.tables.relations import evidence_in
from kg.tables.report import Findings

_OURS = frozenset({"names", "identifiers", "attributes", "bare", "type"})
_LABELS = ("labels", "type", "category", "node_type", "kind")
_TYPES = ("label", "predicate", "type", "relation", "relationship", "interaction")


class GraphMl:
    """The nodes and edges of a file of GraphML."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.findings = Findings()
        self._path = path

    def nodes(self) -> Iterator[Node | Entity]:
        """Every node."""
        for id_, named, data in self._elements("node"):
            if data.keys() >= _OURS:
                with _readable(f"{self.name}, node {id_!r}"):
                    entity = _entity(id_, data)
                yield entity
            else:
                label = named.get("labels") or next((data[key] for key in _LABELS if data.get(key)), "")
                labels = tuple(part for part in label.replace(";", ":").split(":") if part)
                said: dict[str, Value] = {k: v for k, v in data.items() if v and v != label}
                yield Node(id_, labels, said)

    def edges(self) -> Iterator[Edge | Relation]:
        """Every edge."""
        for _, named, data in self._elements("edge"):
            start, end = named.get("source", ""), named.get("target", "")
            if data.keys() >= {"predicate", "polarity", "qualifiers", "evidence"}:
                with _readable(f"{self.name}, edge {start!r} to {end!r}"):
                    relation = _relation(start, end, data)
                yield relation
            else:
                type_ = named.get("label") or next((data[key] for key in _TYPES if data.get(key)), "")
                yield Edge(start, type_, end, {k: v for k, v in data.items() if v and v != type_})

    def _elements(self, tag: str) -> Iterator[tuple[str, Mapping[str, str], dict[str, str]]]:
        """Id, attributes and data of every element of a tag; all nodes and edges are forgotten once read."""
        keys: dict[str, str] = {}
        defaults: dict[str, str] = {}
        several = 0
        try:
            with readable(self._path), opened(self._path) as file:
                tags = tuple(f"{{*}}{name}" for name in ("key", "node", "edge", "hyperedge"))
                for _, element in etree.iterparse(file, tag=tags, resolve_entities=False, no_network=True):
                    named = {str(k): str(v) for k, v in element.attrib.items()}
                    kind = etree.QName(element).localname
                    if kind == "key":
                        keys[named.get("id", "")] = named.get("attr.name") or named.get("id", "")
                        if named.get("for", "all") in (tag, "all") and (told := element.find("{*}default")) is not None:
                            defaults[keys[named.get("id", "")]] = "".join(told.itertext())
                        continue
                    several += kind == "hyperedge"
                    if kind == tag:
                        data = defaults | {
                            keys.get(part.get("key", ""), part.get("key", "")): "".join(part.itertext())
                            for part in element.iterchildren("{*}data")
                        }
                        yield named.get("id", ""), named, data
                    element.clear()
                    while element.getprevious() is not None:
                        del cast(Any, element.getparent())[0]
            if several and tag == "edge":
                self.findings.notes.append(f"left out, because an edge has two ends: {several:,} hyperedges")
        except etree.XMLSyntaxError as error:
            raise InvalidTable(str(self._path), [f"not GraphML as it should be: {error}; export it again"]) from None


@contextmanager
def _readable(what: str) -> Iterator[None]:
    """Raise InvalidTable for data of ours that was changed so that it cannot be read."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidTable(what, [f"its data cannot be read ({error!r}); export the graph again"]) from None


def _entity(id_: str, data: Mapping[str, str]) -> Entity:
    names = tuple(Name(n["text"], n["script"], bool(n["preferred"])) for n in json.loads(data["names"]))
    identifiers, attributes = json.loads(data["identifiers"]), json.loads(data["attributes"])
    return Entity(EntityId(id_), data["type"], names, identifiers, attributes, data["bare"] == "true")


def _relation(start: str, end: str, data: Mapping[str, str]) -> Relation:
    return Relation(
        relation_id(start, data["predicate"], end),
        EntityId(start),
        data["predicate"],
        EntityId(end),
        Polarity(data["polarity"]),
        data.get("grade") or None,
        json.loads(data["qualifiers"]),
        tuple(evidence_in(data["evidence"])),
    )

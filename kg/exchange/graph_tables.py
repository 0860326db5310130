"""Writing a graph of another program to tables, with a mapping beside them that may be changed."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import yaml

from kg.domain import Entity, Relation
from kg.errors import InvalidTable
from kg.exchange.domain import Edge, GraphSource, Node
from kg.exchange.reading import attributes_of, conditions_of, evidence_of, identifiers_of, joined, names_of, unread
from kg.exchange.vocabulary import Vocabulary
from kg.ontology import Ontology
from kg.tables.table_export import entity_record, evidence_records, name_records, relation_record
from kg.tables.table_import import Progress

NODES, EDGES, MAPPING = "nodes.jsonl", "edges.jsonl", "mapping.yaml"
_HEAD = """\
# Columns with a colon hold what was read without a mapping; the others are the properties of the graph as they were.
# Change what is wrong, then: jianxi kg import FOLDER --mapping FOLDER/mapping.yaml
# Another name of an entity, for example: names: [{column: name, script: zh, preferred: true}]
"""
_STEP = 5000


def write_tables(source: GraphSource, folder: Path, ontology: Ontology, progress: Progress | None = None) -> Path:
    """Write the tables of a graph and give the path of their mapping; raises InvalidTable where there are some."""
    folder.mkdir(parents=True, exist_ok=True)
    if there := [name for name in (NODES, EDGES, MAPPING) if (folder / name).exists()]:
        raise InvalidTable(str(folder), [f"holds {', '.join(there)} already; choose another folder"])
    words = Vocabulary(ontology)
    tell = progress or (lambda step, done, total: None)
    types: dict[str, str] = {}
    predicates: dict[str, str] = {}
    strange: dict[str, set[str]] = {}
    with _Lines(folder / NODES, _NODE_COLUMNS) as lines:
        for done, node in enumerate(source.nodes(), 1):
            lines.write(_node_row(node, words, types))
            if done % _STEP == 0:
                tell("nodes read", done, done + _STEP)
    if not types:
        raise InvalidTable(source.name, ["there is no node"])
    with _Lines(folder / EDGES, _EDGE_COLUMNS) as lines:
        for done, edge in enumerate(source.edges(), 1):
            lines.write(_edge_row(edge, words, predicates, source.name, ontology, strange))
            if done % _STEP == 0:
                tell("edges read", done, done + _STEP)
    source.notes.extend(
        f"{type_}: {', '.join(sorted(keys))} left out, no conditions of {predicates[type_]}"
        for type_, keys in strange.items()
        if keys and predicates[type_]
    )
    unknown_words = ""
    for what, map_ in (("types", types), ("predicates", predicates)):
        if unknown := [word for word, known in map_.items() if not known]:
            source.notes.append(f"not among the {what} of the subject: {', '.join(unknown[:20])}")
            unknown_words += f"# {' '.join(source.notes[-1].split())}\n"
    (folder / MAPPING).write_text(_HEAD + unknown_words + _mapping(types, predicates), encoding="utf-8")
    return folder / MAPPING


_NODE_COLUMNS = (":ID", ":LABEL", ":LABELS", ":NAMES", ":IDENTIFIERS", ":ATTRIBUTES", ":BARE")
_EDGE_COLUMNS = (
    ":START_ID", ":TYPE", ":END_ID", ":POLARITY", ":GRADE", ":QUALIFIERS", ":EVIDENCE",
)  # fmt: skip


def _node_row(node: Node | Entity, words: Vocabulary, types: dict[str, str]) -> dict[str, object]:
    if isinstance(node, Entity):
        types.setdefault(node.type, node.type)
        id_, type_, *rest, bare = entity_record(node)
        return dict(zip(_NODE_COLUMNS, (id_, type_, type_, *rest, "true" if bare else ""), strict=True))
    label = words.label_of(node.labels)
    types.setdefault(label, words.type_of(label) or "")
    read = name_records(names_of(node)), identifiers_of(node), attributes_of(node)
    ours: dict[str, object] = dict(zip(_NODE_COLUMNS, (node.id, label, ";".join(node.labels), *read, ""), strict=True))
    return ours | {key: joined(value) for key, value in node.properties.items()}


def _edge_row(
    edge: Edge | Relation,
    words: Vocabulary,
    predicates: dict[str, str],
    source: str,
    ontology: Ontology,
    strange: dict[str, set[str]],
) -> dict[str, object]:
    if isinstance(edge, Relation):
        predicates.setdefault(edge.predicate, edge.predicate)
        return dict(zip(_EDGE_COLUMNS, relation_record(edge), strict=True))
    if edge.type not in predicates:
        predicates[edge.type] = words.predicate_of(edge.type) or ""
    predicate = ontology.predicates.get(predicates[edge.type])
    allowed = predicate.qualifiers if predicate else frozenset()
    strange.setdefault(edge.type, set()).update(unread(edge, allowed))
    texts = {key: joined(value) for key, value in edge.properties.items()}
    said = {key.casefold(): text for key, text in texts.items()}
    polarity = said.get("polarity", "")
    grade = said.get("grade", "")
    ours: dict[str, object] = {
        ":START_ID": edge.start,
        ":TYPE": edge.type,
        ":END_ID": edge.end,
        ":POLARITY": polarity if predicate and polarity in predicate.polarities else "",
        ":GRADE": grade if grade in ontology.grades else "",
        ":QUALIFIERS": conditions_of(edge, allowed),
        ":EVIDENCE": evidence_records(evidence_of(edge, source)),
    }
    return ours | texts


def _mapping(types: Mapping[str, str], predicates: Mapping[str, str]) -> str:
    nodes: dict[str, object] = {
        "file": NODES,
        "id": ":ID",
        "type": {"column": ":LABEL", "map": _known(types)},
        "names": {"pairs": ":NAMES"},
        "identifiers": {"pairs": ":IDENTIFIERS"},
        "attributes": {"pairs": ":ATTRIBUTES"},
        "bare": ":BARE",
    }
    edges: dict[str, object] = {
        "file": EDGES,
        "subject": ":START_ID",
        "predicate": {"column": ":TYPE", "map": _known(predicates)},
        "object": ":END_ID",
        "polarity": {"column": ":POLARITY"},
        "grade": {"column": ":GRADE"},
        "qualifiers": {"pairs": ":QUALIFIERS"},
        "evidence": {"json": ":EVIDENCE"},
        "missing": "report",
    }
    tables: dict[str, object] = {"name": "graph", "entities": [nodes]}
    if predicates:
        tables["relations"] = [edges]
    return str(yaml.safe_dump(tables, allow_unicode=True, sort_keys=False))


def _known(words: Mapping[str, str]) -> dict[str, str]:
    return {word: known for word, known in words.items() if known}


class _Lines:
    """A table in JSON Lines whose first line, written last, names every column."""

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self._path = path
        self._part = path.with_suffix(".part")
        self._file: IO[str] = self._part.open("w", encoding="utf-8")
        self._columns = dict.fromkeys(columns)
        self._first: dict[str, object] | None = None

    def __enter__(self) -> "_Lines":
        return self

    def write(self, row: dict[str, object]) -> None:
        """Write a row."""
        self._columns.update(dict.fromkeys(row))
        if self._first is None:
            self._first = row
        else:
            self._file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def __exit__(self, *failure: object) -> None:
        self._file.close()
        if failure[0] is None:
            first = {column: (self._first or {}).get(column) for column in self._columns}
            with self._path.open("w", encoding="utf-8") as whole, self._part.open(encoding="utf-8") as part:
                whole.write(json.dumps(first, ensure_ascii=False) + "\n")
                shutil.copyfileobj(part, whole)
        self._part.unlink()

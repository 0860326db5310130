"""Writing a graph of another program to tables, with a mapping beside them that may be changed."""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from kg.domain import Entity, Relation
from kg.errors import InvalidTable
from kg.exchange.domain import Edge, GraphSource, Node
from kg.exchange.reading import attributes_of, conditions_of, evidence_of, identifiers_of, joined, names_of, unread
from kg.exchange.vocabulary import Vocabulary
from kg.ontology import Ontology
from kg.progress import Progress, untold
from kg.tables.files import new_files, written
from kg.tables.table_export import entity_record, evidence_records, mapping_of, name_records, relation_record

NODES, EDGES, MAPPING = "nodes.jsonl", "edges.jsonl", "mapping.yaml"
_HEAD = """\
# Columns with a colon hold what was read without a mapping; the others are the properties of the graph as they were.
# Change what is wrong, then: jianxi kg import FOLDER --mapping FOLDER/mapping.yaml
# Another name of an entity, for example: names: [{column: name, script: zh, preferred: true}]
"""
_STEP = 5000


def write_tables(source: GraphSource, folder: Path, ontology: Ontology, progress: Progress = untold) -> Path:
    """Write the tables of a graph and give the path of their mapping; raises InvalidTable where there are some."""
    nodes, edges, mapping = new_files(folder, (NODES, EDGES, MAPPING))
    words = Vocabulary(ontology)
    notes = source.findings.notes
    types: dict[str, str] = {}
    predicates: dict[str, str] = {}
    strange: dict[str, set[str]] = {}
    _write(nodes, (_node_row(node, words, types) for node in source.nodes()), partial(progress, "nodes read"))
    if not types:
        raise InvalidTable(source.name, ["there is no node"])
    rows = (_edge_row(edge, words, predicates, source.name, ontology, strange) for edge in source.edges())
    _write(edges, rows, partial(progress, "edges read"))
    notes.extend(
        f"{type_}: {', '.join(sorted(keys))} left out, no conditions of {predicates[type_]}"
        for type_, keys in strange.items()
        if keys and predicates[type_]
    )
    unknown_words = ""
    for what, map_ in (("types", types), ("predicates", predicates)):
        if unknown := [word for word, known in map_.items() if not known]:
            notes.append(f"not among the {what} of the subject: {', '.join(unknown[:20])}")
            unknown_words += f"# {' '.join(notes[-1].split())}\n"
    known = mapping_of("graph", (NODES, EDGES), (_NODE_COLUMNS, _EDGE_COLUMNS), (_known(types), _known(predicates)))
    mapping.write_text(_HEAD + unknown_words + known, encoding="utf-8")
    return mapping


_NODE_COLUMNS = (":ID", ":LABEL", ":NAMES", ":IDENTIFIERS", ":ATTRIBUTES", ":BARE")
_EDGE_COLUMNS = (
    ":START_ID", ":TYPE", ":END_ID", ":POLARITY", ":GRADE", ":QUALIFIERS", ":EVIDENCE",
)  # fmt: skip


def _node_row(node: Node | Entity, words: Vocabulary, types: dict[str, str]) -> dict[str, object]:
    if isinstance(node, Entity):
        types.setdefault(node.type, node.type)
        id_, type_, *rest, bare = entity_record(node)
        return dict(zip(_NODE_COLUMNS, (id_, type_, *rest, "true" if bare else ""), strict=True))
    label = words.label_of(node.labels)
    types.setdefault(label, words.type_of(label) or "")
    read = name_records(names_of(node)), identifiers_of(node), attributes_of(node)
    ours: dict[str, object] = dict(zip(_NODE_COLUMNS, (node.id, label, *read, ""), strict=True))
    return ours | {":LABELS": ";".join(node.labels)} | {k: joined(v) for k, v in node.properties.items()}


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


def _known(words: Mapping[str, str]) -> dict[str, str]:
    return {word: known for word, known in words.items() if known}


def _write(path: Path, rows: Iterable[Mapping[str, object]], tell: Callable[[int, int], None]) -> None:
    """Write a table in JSON Lines; half a character (a lone surrogate) is escaped, and refused by the import."""
    with written(path) as file:
        for done, row in enumerate(rows, 1):
            file.write((json.dumps(row, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))
            if done % _STEP == 0:
                tell(done, done + _STEP)

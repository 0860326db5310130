"""Rows of tables to entities."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from kg.domain import Entity, EntityId, Name
from kg.ontology import Ontology
from kg.tables.name_cells import split_names
from kg.tables.pairs import split_pairs
from kg.tables.report import Findings
from kg.tables.shapes import SCRIPTS, EntityTable, Keyed, NameColumn, Template, When
from kg.tables.table_file import Table

Cells = list[str]


def read_entities(
    table: Table, mapping: EntityTable, ontology: Ontology, into: dict[str, Entity], findings: Findings
) -> None:
    """Read a table into ``into`` by id; what cannot be an entity is reported with its line."""
    names = _names(table, mapping)
    identifiers = _keyed(table, mapping.identifiers, mapping.identifiers_pairs)
    attributes = _keyed(table, mapping.attributes + _rest(table, mapping), mapping.attributes_pairs)
    id_of = filled(table, mapping.id)
    type_column = table.header.index(mapping.type.column) if mapping.type.column else -1
    bare_column = table.header.index(mapping.bare) if mapping.bare else -1
    file, type_of, types = table.file, mapping.type.of, ontology.types
    met: set[str] = set()
    for line, row in table.rows():
        id_ = id_of(row)
        type_ = type_of(row[type_column] if type_column >= 0 else "")
        if not id_:
            findings.add("missing_id", file, "no id", line)
        elif type_ not in types:
            findings.add("unknown_type", file, f"unknown type {type_!r}; known are {', '.join(types)}", line)
        else:
            try:
                entity = Entity(
                    EntityId(id_),
                    type_,
                    names(row),
                    identifiers(row),
                    attributes(row),
                    bare_column >= 0 and row[bare_column] == "true",
                )
            except ValueError as error:
                findings.add("bad_value", file, str(error), line)
                continue
            before = into.get(id_)
            if before is None:
                into[id_] = entity
            elif before == entity:
                findings.repeated += 1
            elif mapping.twice == "merge" and before.type == type_:
                into[id_] = merged(before, entity)
                findings.merged += 1
            elif id_ in met:
                findings.add("duplicate_id", file, "an id met before in this file; the first row counts", line)
            else:
                findings.add("duplicate_id", file, "an id met before in another file; that one counts", line)
                continue
            met.add(id_)


def merged(a: Entity, b: Entity) -> Entity:
    """Two rows of one id merged; different values are kept side by side."""
    names = {(n.text, n.script): n for n in (*b.names, *a.names)}
    ordered = dict.fromkeys((n.text, n.script) for n in (*a.names, *b.names))
    return replace(
        a,
        names=tuple(names[key] for key in ordered),
        identifiers=side_by_side(a.identifiers, b.identifiers),
        attributes=side_by_side(a.attributes, b.attributes),
        bare=a.bare and b.bare,
    )


def filled(table: Table, template: Template) -> Callable[[Cells], str]:
    """A function that fills a template from a row; empty where one of its columns is."""
    table.require(template.columns)
    places = [table.header.index(c) for c in template.columns]
    if template.plain_column is not None:
        (only,) = places
        return lambda row: row[only].strip()
    parts = template.parts

    def fill(row: Cells) -> str:
        cells = [row[p].strip() for p in places]
        if not all(cells):
            return ""
        return parts[0] + "".join(cell + part for cell, part in zip(cells, parts[1:], strict=True))

    return fill


def side_by_side(a: Mapping[str, str], b: Mapping[str, str]) -> dict[str, str]:
    """Both; different values of one key stand beside each other."""
    joined = dict(a)
    for key, value in b.items():
        have = joined.get(key)
        if have is None:
            joined[key] = value
        elif value not in have.split("; "):
            joined[key] = f"{have}; {value}"
    return joined


def _rest(table: Table, mapping: EntityTable) -> tuple[Keyed, ...]:
    if not mapping.attributes_rest:
        return ()
    used = {*mapping.id.columns, mapping.type.column, *(n.column for n in mapping.names), mapping.names_pairs}
    used |= {k.column for k in mapping.identifiers} | {mapping.identifiers_pairs, mapping.bare}
    return tuple(Keyed(c, c) for c in table.header if c not in used)


def _when(table: Table, when: When | None) -> tuple[int, frozenset[str]]:
    if when is None:
        return -1, frozenset()
    table.require([when.column])
    return table.header.index(when.column), when.values


def _names(table: Table, mapping: EntityTable) -> Callable[[Cells], tuple[Name, ...]]:
    required = [n.column for n in mapping.names] + ([mapping.names_pairs] if mapping.names_pairs else [])
    required += [c for c in (mapping.type.column, mapping.bare) if c]
    table.require(required)
    if mapping.names_pairs:
        place = table.header.index(mapping.names_pairs)
        return lambda row: _named(row[place])
    plan = [(table.header.index(n.column), n, *_when(table, n.when)) for n in mapping.names]
    return lambda row: _names_of(row, plan)


def _names_of(row: Cells, plan: Sequence[tuple[int, NameColumn, int, frozenset[str]]]) -> tuple[Name, ...]:
    found: dict[tuple[str, str], Name] = {}
    for place, column, condition, values in plan:
        if row[place] and (condition < 0 or row[condition] in values):
            preferred = column.preferred
            for text in split_names(row[place], column.split):
                if (text, column.script) not in found:
                    found[text, column.script] = Name(text, column.script, preferred)
                    preferred = False
    return tuple(found.values())


def _named(cell: str) -> tuple[Name, ...]:
    names = []
    if cell.startswith("["):
        pairs = [(n["script"] + "*" * bool(n.get("preferred")), n["text"]) for n in _parsed(cell)]
    else:
        pairs = split_pairs(cell)
    for script, text in pairs:
        if script.rstrip("*") not in SCRIPTS:
            raise ValueError(f"unknown script {script!r} of a name; known are {', '.join(SCRIPTS)}")
        names.append(Name(text, script.rstrip("*"), script.endswith("*")))
    return tuple(names)


def _parsed(cell: str) -> list[dict[str, str]]:
    found = json.loads(cell)
    if not isinstance(found, list) or not all(isinstance(n, dict) and {"script", "text"} <= n.keys() for n in found):
        raise ValueError("names must be a list of objects with 'script' and 'text'")
    return found


def _keyed(table: Table, keyed: Sequence[Keyed], pairs: str | None) -> Callable[[Cells], Mapping[str, str]]:
    table.require([k.column for k in keyed] + ([pairs] if pairs else []))
    if pairs:
        place = table.header.index(pairs)
        return lambda row: keyed_pairs(row[place])
    plan = [(table.header.index(k.column), k.key, k.whole, *_when(table, k.when)) for k in keyed]

    def values(row: Cells) -> dict[str, str]:
        found = {}
        for place, key, whole, condition, allowed in plan:
            if (cell := row[place].strip()) and (condition < 0 or row[condition] in allowed):
                found[key] = cell.removesuffix(".0") if whole else cell
        return found

    return values


def keyed_pairs(cell: str) -> dict[str, str]:
    """The pairs of a cell, written as ``key=value | ...`` or as a JSON object."""
    if cell.startswith("{"):
        found = json.loads(cell)
        return {str(k): str(v) for k, v in found.items()}
    return dict(split_pairs(cell))

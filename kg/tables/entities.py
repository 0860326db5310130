"""Rows of tables to entities."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from kg.domain import Entity, EntityId, Name
from kg.ontology import Ontology
from kg.tables.cells import Cells, chosen, condition, filled, keyed, objects, side_by_side
from kg.tables.damage import sound_rows
from kg.tables.name_cells import split_names
from kg.tables.pairs import split_pairs
from kg.tables.report import Findings
from kg.tables.shapes import SCRIPTS, EntityTable, Keyed, NameColumn, Pairs, columns_of
from kg.tables.table import Table


def read_entities(
    table: Table, mapping: EntityTable, ontology: Ontology, into: dict[str, Entity], findings: Findings
) -> None:
    """Read a table into ``into`` by id; what cannot be an entity is reported with its line."""
    names = _names(table, mapping)
    identifiers = keyed(table, mapping.identifiers)
    columns = _rest(table, mapping) if mapping.attributes_rest else mapping.attributes
    attributes = keyed(table, columns)
    id_of, type_of = filled(table, mapping.id), chosen(table, mapping.type)
    bare_column = table.places([mapping.bare])[0] if mapping.bare else -1
    file, types = table.file, ontology.types
    met: set[str] = set()
    rows = sound_rows(
        table,
        findings,
        keys=mapping.id.columns,
        names=[c for of in (mapping.names, mapping.identifiers) if not isinstance(of, Pairs) for c in columns_of(of)],
        others=[] if isinstance(columns, Pairs) else columns_of(columns),
    )
    for line, row in rows:
        id_ = id_of(row)
        type_ = type_of(row)
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


def _rest(table: Table, mapping: EntityTable) -> tuple[Keyed, ...]:
    used = {*mapping.id.columns, mapping.type.column, mapping.bare}
    used |= {*columns_of(mapping.names), *columns_of(mapping.identifiers)}
    return tuple(Keyed(c, c) for c in table.header if c not in used)


def _names(table: Table, mapping: EntityTable) -> Callable[[Cells], tuple[Name, ...]]:
    names = mapping.names
    places = table.places([*columns_of(names), *(c for c in (mapping.type.column, mapping.bare) if c)])
    if isinstance(names, Pairs):
        return lambda row: _named(row[places[0]])
    plan = [(place, n, *condition(table, n.when)) for place, n in zip(places, names, strict=False)]
    return lambda row: _names_of(row, plan)


def _names_of(row: Cells, plan: Sequence[tuple[int, NameColumn, int, frozenset[str]]]) -> tuple[Name, ...]:
    found: dict[tuple[str, str], Name] = {}
    for place, column, decides, values in plan:
        if row[place] and (decides < 0 or row[decides].strip() in values):
            preferred = column.preferred
            for text in split_names(row[place], column.split):
                if (text, column.script) not in found:
                    found[text, column.script] = Name(text, column.script, preferred)
                    preferred = False
    return tuple(found.values())


def _named(cell: str) -> tuple[Name, ...]:
    names = []
    if cell.startswith("["):
        found = objects(cell, "names", ("script", "text"))
        pairs = [(n["script"] + "*" * bool(n.get("preferred")), n["text"]) for n in found]
    else:
        pairs = split_pairs(cell)
    for script, text in pairs:
        if script.rstrip("*") not in SCRIPTS:
            raise ValueError(f"unknown script {script!r} of a name; known are {', '.join(SCRIPTS)}")
        names.append(Name(text, script.rstrip("*"), script.endswith("*")))
    return tuple(names)

"""Reading a mapping file: how the columns of tables become entities and relations."""

import re
from collections.abc import Mapping
from pathlib import Path

from kg.errors import InvalidMapping
from kg.located_yaml import Spot, read_yaml
from kg.tables.shapes import (
    SCRIPTS,
    Creation,
    EntityTable,
    FileShape,
    Keyed,
    Mapping_,
    NameColumn,
    RelationTable,
    Split,
    Template,
    Value,
    When,
)

__all__ = ["Mapping_", "load_mapping"]

_BUNDLED = Path(__file__).parent / "mappings"


def load_mapping(name_or_path: str | Path) -> Mapping_:
    """A bundled mapping by name, or one's own by path; raises InvalidMapping with every problem."""
    path = _BUNDLED / f"{name_or_path}.yaml"
    if not re.fullmatch(r"\w+", str(name_or_path)) or not path.is_file():
        path = Path(name_or_path).expanduser()
        if not path.is_file():
            bundled = ", ".join(sorted(p.stem for p in _BUNDLED.glob("*.yaml")))
            raise InvalidMapping(
                f"mapping {str(name_or_path)!r}", [f"neither a file nor a bundled mapping; bundled are {bundled}"]
            )
    root = read_yaml(path)
    mapping = _mapping(root) if root.node is not None else None
    if root.problems or mapping is None:
        raise InvalidMapping(f"mapping {str(name_or_path)!r}", root.told())
    return mapping


def _mapping(root: Spot) -> Mapping_:
    fields = root.fields("the mapping", required=("name",), optional=("entities", "relations"))
    if "entities" not in fields and "relations" not in fields and root.is_mapping:
        root.problem("the mapping has neither 'entities' nor 'relations'")
    return Mapping_(
        fields["name"].text("name") if "name" in fields else "",
        tuple(_entity_table(s) for s in fields["entities"].items("entities")) if "entities" in fields else (),
        tuple(_relation_table(s) for s in fields["relations"].items("relations")) if "relations" in fields else (),
    )


_SHAPE = ("delimiter", "quote", "encoding", "part")


def _shape(fields: Mapping[str, Spot]) -> FileShape:
    file = fields["file"].text("file") if "file" in fields else ""
    if file and (Path(file).is_absolute() or ".." in Path(file).parts):
        fields["file"].problem(f"file {file!r} must lie inside the folder that is imported")
    tabs = file.removesuffix(".gz").endswith(".tsv")
    delimiter = "\t" if tabs else ","
    if "delimiter" in fields:
        delimiter = fields["delimiter"].raw("delimiter").replace("\\t", "\t")
    if len(delimiter) != 1:
        fields["delimiter"].problem("delimiter must be one character")
    quote: str | None = None if tabs else '"'
    if "quote" in fields:
        told = fields["quote"].raw("quote")
        quote = None if told == "none" else told
        if quote is not None and len(quote) != 1:
            fields["quote"].problem("quote must be one character or none")
    encoding = fields["encoding"].choice("encoding", ("utf-8", "gb18030", "utf-16")) if "encoding" in fields else None
    return FileShape(file, delimiter, quote, encoding, fields["part"].text("part") if "part" in fields else None)


def _entity_table(spot: Spot) -> EntityTable:
    fields = spot.fields(
        "a table of entities",
        required=("file", "id", "type"),
        optional=(*_SHAPE, "names", "identifiers", "attributes", "bare", "twice"),
    )
    names: tuple[NameColumn, ...] = ()
    names_pairs: str | None = None
    if "names" in fields:
        if fields["names"].is_mapping:
            names_pairs = _pairs(fields["names"], "names")
        else:
            names = tuple(_name_column(s) for s in fields["names"].items("names"))
    identifiers, identifiers_pairs = _keyed(fields, "identifiers")
    rest = "attributes" in fields and fields["attributes"].is_text
    if rest:
        fields["attributes"].choice("attributes", ("rest",))
    attributes, attributes_pairs = ((), None) if rest else _keyed(fields, "attributes")
    twice = fields["twice"].choice("twice", ("merge", "report")) if "twice" in fields else "report"
    return EntityTable(
        _shape(fields),
        _template(fields, "id"),
        _value(fields["type"], "type") if "type" in fields else Value(),
        names,
        names_pairs,
        identifiers,
        identifiers_pairs,
        attributes,
        attributes_pairs,
        rest,
        fields["bare"].text("bare") if "bare" in fields else None,
        "merge" if twice == "merge" else "report",
    )


def _name_column(spot: Spot) -> NameColumn:
    fields = spot.fields("a name", required=("column", "script"), optional=("preferred", "split", "when"))
    split: Split = ()
    if "split" in fields:
        if fields["split"].is_list:
            split = tuple(s.raw("a separator") for s in fields["split"].items("split"))
            if not all(split):
                fields["split"].problem("a separator is empty")
        elif (way := fields["split"].choice("split", ("blanks", "brackets"))) == "blanks":
            split = "blanks"
        elif way:
            split = "brackets"
    return NameColumn(
        fields["column"].text("column") if "column" in fields else "",
        fields["script"].choice("script", SCRIPTS) if "script" in fields else "",
        "preferred" in fields and fields["preferred"].flag("preferred"),
        split,
        _when(fields),
    )


def _when(fields: Mapping[str, Spot]) -> When | None:
    if "when" not in fields:
        return None
    inner = fields["when"].fields("when", required=("column", "is"))
    values = frozenset(text for text, _ in inner["is"].texts("is")) if "is" in inner else frozenset[str]()
    return When(inner["column"].text("column") if "column" in inner else "", values)


def _pairs(spot: Spot, what: str) -> str:
    fields = spot.fields(what, required=("pairs",))
    return fields["pairs"].text("pairs") if "pairs" in fields else ""


def _keyed(fields: Mapping[str, Spot], name: str) -> tuple[tuple[Keyed, ...], str | None]:
    if name not in fields:
        return (), None
    spot = fields[name]
    if spot.is_list:
        return tuple(Keyed(text, text) for text, _ in spot.texts(name)), None
    entries = list(spot.entries(name))
    if [key for key, _ in entries] == ["pairs"]:
        return (), entries[0][1].text("pairs")
    found = []
    for key, value in entries:
        if value.is_mapping:
            inner = value.fields(f"{name} {key}", required=("column",), optional=("whole", "when"))
            column = inner["column"].text("column") if "column" in inner else ""
            whole = "whole" in inner and inner["whole"].flag("whole")
            found.append(Keyed(key, column, whole, _when(inner)))
        else:
            found.append(Keyed(key, value.text(f"{name} {key}")))
    return tuple(found), None


def _template(fields: Mapping[str, Spot], name: str) -> Template:
    if name not in fields:
        return Template(("",), ())
    text = fields[name].text(name)
    return Template.of(text if "{" in text else "{" + text + "}")


def _value(spot: Spot, what: str) -> Value:
    if spot.is_text:
        return Value(constant=spot.text(what))
    fields = spot.fields(what, required=("column",), optional=("map", "others"))
    pairs = fields["map"].entries(f"map of {what}") if "map" in fields else ()
    others = fields["others"].choice(f"others of {what}", ("itself", "none")) if "others" in fields else "itself"
    return Value(
        column=fields["column"].text("column") if "column" in fields else None,
        map={key: value.raw(f"{key} in the map of {what}") for key, value in pairs},
        others="none" if others == "none" else "itself",
    )


def _relation_table(spot: Spot) -> RelationTable:
    fields = spot.fields(
        "a table of relations",
        required=("file", "subject", "predicate", "object"),
        optional=(*_SHAPE, "polarity", "grade", "qualifiers", "evidence", "missing"),
    )
    qualifiers, qualifiers_pairs = _keyed(fields, "qualifiers")
    evidence: tuple[Template, ...] = ()
    quote: Template | None = None
    evidence_json: str | None = None
    if "evidence" in fields and fields["evidence"].is_mapping:
        inner = fields["evidence"].fields("evidence", optional=("source", "quote", "json"))
        evidence = tuple(Template.of(t) for t, _ in inner["source"].texts("source")) if "source" in inner else ()
        quote = Template.of(inner["quote"].text("quote")) if "quote" in inner else None
        evidence_json = inner["json"].text("json") if "json" in inner else None
    elif "evidence" in fields:
        evidence = tuple(Template.of(text) for text, _ in fields["evidence"].texts("evidence"))
    create = _create(fields["missing"]) if "missing" in fields else ()
    return RelationTable(
        _shape(fields),
        _template(fields, "subject"),
        _value(fields["predicate"], "predicate") if "predicate" in fields else Value(),
        _template(fields, "object"),
        _value(fields["polarity"], "polarity") if "polarity" in fields else None,
        _value(fields["grade"], "grade") if "grade" in fields else None,
        qualifiers,
        qualifiers_pairs,
        evidence,
        quote,
        evidence_json,
        create,
    )


def _create(spot: Spot) -> tuple[Creation, ...]:
    if spot.is_text:
        spot.choice("missing", ("report",))
        return ()
    fields = spot.fields("missing", required=("create",))
    made = []
    for item in fields["create"].items("create") if "create" in fields else ():
        inner = item.fields("create", required=("type",), optional=("prefix", "identifier"))
        made.append(
            Creation(
                inner["prefix"].raw("prefix") if "prefix" in inner else "",
                inner["type"].text("type") if "type" in inner else "",
                inner["identifier"].text("identifier") if "identifier" in inner else None,
            )
        )
    return tuple(made)

"""Reading a mapping file: how the columns of tables become entities and relations."""

import re
from pathlib import Path

from kg.errors import InvalidMapping
from kg.located_yaml import Fields, Spot, read_yaml
from kg.tables.shapes import (
    SCRIPTS,
    Creation,
    EntityTable,
    FileShape,
    Keyed,
    Mapping_,
    NameColumn,
    Pairs,
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
        fields["name"].text("name"),
        tuple(_entity_table(s) for s in fields["entities"].items("entities")),
        tuple(_relation_table(s) for s in fields["relations"].items("relations")),
    )


_SHAPE = ("delimiter", "quote", "encoding", "part", "sheet")


def _shape(fields: Fields) -> FileShape:
    file = fields["file"].text("file")
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
    encoding = fields["encoding"].choice("encoding", ("utf-8", "gb18030", "utf-16")) or None
    part, sheet = (fields[key].text(key) or None for key in ("part", "sheet"))
    return FileShape(file, delimiter, quote, encoding, part, sheet, delimiter == "\t" and "quote" not in fields)


def _entity_table(spot: Spot) -> EntityTable:
    fields = spot.fields(
        "a table of entities",
        required=("file", "id", "type"),
        optional=(*_SHAPE, "names", "identifiers", "attributes", "bare", "twice"),
    )
    names: tuple[NameColumn, ...] | Pairs
    if fields["names"].is_mapping:
        names = Pairs(fields["names"].fields("names", required=("pairs",))["pairs"].text("pairs"))
    else:
        names = tuple(_name_column(s) for s in fields["names"].items("names"))
    identifiers = _keyed(fields, "identifiers")
    rest = fields["attributes"].is_text
    if rest:
        fields["attributes"].choice("attributes", ("rest",))
    attributes = () if rest else _keyed(fields, "attributes")
    twice = fields["twice"].choice("twice", ("merge", "report"))
    return EntityTable(
        _shape(fields),
        _template(fields, "id"),
        _value(fields["type"], "type"),
        names,
        identifiers,
        attributes,
        rest,
        fields["bare"].text("bare") or None,
        "merge" if twice == "merge" else "report",
    )


def _name_column(spot: Spot) -> NameColumn:
    fields = spot.fields("a name", required=("column", "script"), optional=("preferred", "split", "when"))
    split: Split = ()
    if fields["split"].is_list:
        split = tuple(s.raw("a separator") for s in fields["split"].items("split"))
        if not all(split):
            fields["split"].problem("a separator is empty")
    elif (way := fields["split"].choice("split", ("blanks", "brackets"))) == "blanks":
        split = "blanks"
    elif way:
        split = "brackets"
    return NameColumn(
        fields["column"].text("column"),
        fields["script"].choice("script", SCRIPTS),
        fields["preferred"].flag("preferred"),
        split,
        _when(fields),
    )


def _when(fields: Fields) -> When | None:
    if "when" not in fields:
        return None
    inner = fields["when"].fields("when", required=("column", "is"))
    values = frozenset(text for text, _ in inner["is"].texts("is"))
    return When(inner["column"].text("column"), values)


def _keyed(fields: Fields, name: str) -> tuple[Keyed, ...] | Pairs:
    spot = fields[name]
    if spot.is_list:
        return tuple(Keyed(text, text) for text, _ in spot.texts(name))
    entries = list(spot.entries(name))
    if [key for key, _ in entries] == ["pairs"]:
        return Pairs(entries[0][1].text("pairs"))
    found = []
    for key, value in entries:
        if value.is_mapping:
            inner = value.fields(f"{name} {key}", required=("column",), optional=("whole", "when"))
            column = inner["column"].text("column")
            whole = inner["whole"].flag("whole")
            found.append(Keyed(key, column, whole, _when(inner)))
        else:
            found.append(Keyed(key, value.text(f"{name} {key}")))
    return tuple(found)


def _template(fields: Fields, name: str) -> Template:
    text = fields[name].text(name)
    return Template.of(text if "{" in text else "{" + text + "}")


def _value(spot: Spot, what: str) -> Value:
    if spot.is_text:
        return Value(constant=spot.text(what))
    fields = spot.fields(what, required=("column",), optional=("map", "others"))
    pairs = fields["map"].entries(f"map of {what}")
    others = fields["others"].choice(f"others of {what}", ("itself", "none"))
    return Value(
        column=fields["column"].text("column") or None,
        map={key: value.raw(f"{key} in the map of {what}") for key, value in pairs},
        others="none" if others == "none" else "itself",
    )


def _relation_table(spot: Spot) -> RelationTable:
    fields = spot.fields(
        "a table of relations",
        required=("file", "subject", "predicate", "object"),
        optional=(*_SHAPE, "polarity", "grade", "qualifiers", "evidence", "missing"),
    )
    evidence: tuple[Template, ...] = ()
    quote: Template | None = None
    evidence_json: str | None = None
    if fields["evidence"].is_mapping:
        inner = fields["evidence"].fields("evidence", optional=("source", "quote", "json"))
        evidence = tuple(Template.of(t) for t, _ in inner["source"].texts("source"))
        quote = Template.of(inner["quote"].text("quote")) or None
        evidence_json = inner["json"].text("json") or None
    else:
        evidence = tuple(Template.of(text) for text, _ in fields["evidence"].texts("evidence"))
    return RelationTable(
        _shape(fields),
        _template(fields, "subject"),
        _value(fields["predicate"], "predicate"),
        _template(fields, "object"),
        _value(fields["polarity"], "polarity") if "polarity" in fields else None,
        _value(fields["grade"], "grade") if "grade" in fields else None,
        _keyed(fields, "qualifiers"),
        evidence,
        quote,
        evidence_json,
        _create(fields["missing"]),
    )


def _create(spot: Spot) -> tuple[Creation, ...]:
    if spot.is_text:
        spot.choice("missing", ("report",))
        return ()
    fields = spot.fields("missing", required=("create",))
    made = []
    for item in fields["create"].items("create"):
        inner = item.fields("create", required=("type",), optional=("prefix", "identifier"))
        made.append(
            Creation(
                inner["prefix"].raw("prefix"),
                inner["type"].text("type"),
                inner["identifier"].text("identifier") or None,
            )
        )
    return tuple(made)

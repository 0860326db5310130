from pathlib import Path

import pytest

from kg.errors import InvalidMapping
from kg.tables.mapping import load_mapping


def problems_of(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidMapping) as caught:
        load_mapping(path)
    return [p.replace(str(path), "m.yaml") for p in caught.value.problems]


def test_the_bundled_mappings_are_read() -> None:
    assert len(load_mapping("herbiv").relations) == 2
    assert load_mapping("gene_go_pubmed").parts == {"pubmed"}


def test_an_unknown_mapping_names_the_bundled_ones() -> None:
    with pytest.raises(InvalidMapping, match="bundled are gene_go_pubmed, herbiv"):
        load_mapping("no_such_mapping")


def test_every_error_is_told_with_its_line(tmp_path: Path) -> None:
    text = """\
name: x
entities:
  - file: ../secret.csv
    id: id
    typ: Herb
    names:
      - {column: a, script: klingon, split: letters}
relations:
  - file: b.csv
    subject: s
    predicate: p
    missing: {create: [{prefix: A}]}
    delimiter: ";;"
"""
    assert problems_of(tmp_path, text) == [
        "m.yaml:3: a table of entities lacks 'type'",
        "m.yaml:3: file '../secret.csv' must lie inside the folder that is imported",
        "m.yaml:5: unknown field 'typ' in a table of entities; known are attributes, bare, delimiter, encoding, file, "
        "id, identifiers, names, part, quote, sheet, twice, type",
        "m.yaml:7: split is 'letters'; it must be one of blanks, brackets",
        "m.yaml:7: script is 'klingon'; it must be one of en, id, la, pinyin, symbol, zh, zh-Hant",
        "m.yaml:9: a table of relations lacks 'object'",
        "m.yaml:12: create lacks 'type'",
        "m.yaml:13: delimiter must be one character",
    ]


def test_a_mapping_without_tables_is_refused(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "name: x\n") == ["m.yaml:1: the mapping has neither 'entities' nor 'relations'"]

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli.kg import kg

MAPPING = """\
name: test
entities:
  - file: e.csv
    id: id
    type: {column: type}
    names: [{column: zh, script: zh, preferred: true}, {column: en, script: en}]
relations:
  - {file: r.csv, subject: s, predicate: herb_has_compound, object: o, evidence: book, missing: report}
"""
ENTITIES = (
    "id,type,zh,en\nH1,Herb,当归,angelica [root]\nH2,Herb,当归,other\nC1,Compound,阿魏酸,ferulic acid\nC2,Compound,,x\n"
)
RELATIONS = "s,o\nH1,C1\nH2,C1\nH2,C9\n"


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, text in (("m.yaml", MAPPING), ("e.csv", ENTITIES), ("r.csv", RELATIONS)):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(kg, [str(a) for a in arguments])


def json_of(*arguments: object) -> dict[str, object]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.stderr or result.exception
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_tables_are_imported_read_exported_and_taken_back(tables: Path, tmp_path: Path) -> None:
    report = json_of("import", tables, "--mapping", tables / "m.yaml")
    assert report["relations"] == {"herb_has_compound": 2}
    assert report["problems"] == [
        {"kind": "dangling", "file": "r.csv", "what": "herb_has_compound: object not defined", "lines": [4]}
    ]
    assert json_of("stats")["entities"] == {"Herb": 2, "Compound": 2}
    found = json_of("find", "当歸", "--type", "Herb")["entities"]
    assert [e["id"] for e in found] == ["H1", "H2"]  # type: ignore[attr-defined]
    shown = json_of("show", "阿魏酸")
    assert len(shown["relations"]) == 2  # type: ignore[arg-type]
    near = json_of("neighbours", "H1")
    assert {e["id"] for e in near["entities"]} == {"H1", "C1"}  # type: ignore[attr-defined]
    paths = json_of("paths", "H1", "H2")["paths"]
    assert [e["id"] for e in paths[0]["entities"]] == ["H1", "C1", "H2"]  # type: ignore[index]
    assert json_of("history", "ferulic acid")["history"][0]["action"] == "add"  # type: ignore[index]
    assert json_of("export", tmp_path / "out", "--format", "jsonl")["entities"] == 4
    assert json_of("undo", "1", "--reason", "wrong tables") == {"undone": 1, "revision": 2}
    revisions = json_of("history")["revisions"]
    assert [r["reason"] for r in revisions][1] == "wrong tables"  # type: ignore[attr-defined]
    assert json_of("stats")["entities"] == {}


@pytest.mark.parametrize("name", ["graph.ttl", "graph.graphml"])
def test_a_graph_is_exported_to_a_file_and_imported_without_a_mapping(tables: Path, tmp_path: Path, name: str) -> None:
    json_of("import", tables, "--mapping", tables / "m.yaml")
    folder = tmp_path / "folder"
    assert json_of("export", folder, "--format", name[6:])["files"] == [str(folder / name)]
    assert json_of("export", tmp_path / name) == {"files": [str(tmp_path / name)], "entities": 4, "relations": 2}
    json_of("undo", "1")
    tried = run("import", tmp_path / name, "--dry-run", "--tables", tmp_path / "looked-at")
    assert "4 entities and 2 relations" in tried.stdout
    assert "nothing was written" in tried.stdout
    assert (tmp_path / "looked-at" / "mapping.yaml").is_file()
    assert json_of("stats")["entities"] == {}
    assert json_of("import", tmp_path / name)["relations"] == {"herb_has_compound": 2}
    assert len(json_of("show", "阿魏酸")["relations"]) == 2  # type: ignore[arg-type]


def test_a_server_without_a_password_and_tables_without_a_mapping_are_told_with_the_cure(tables: Path) -> None:
    assert "set JIANXI_NEO4J_PASSWORD" in run("import", "bolt://127.0.0.1:1").stderr
    assert "--mapping FILE" in run("import", tables).stderr


def test_people_read_tables(tables: Path) -> None:
    imported = run("import", tables, "--mapping", tables / "m.yaml")
    assert "4 entities and 2 relations" in imported.stdout
    assert "r.csv: herb_has_compound: object not defined (line 4): left out" in imported.stdout
    assert "angelica [root]" in run("find", "当归").stdout
    assert "en       angelica [root]" in run("show", "H1").stdout
    assert "herb_has_compound" in run("neighbours", "H1").stdout
    assert "当归 -herb_has_compound-> 阿魏酸" in run("paths", "H1", "C1").stdout
    assert "no path" in run("paths", "H1", "C2").stderr
    assert "import of tables" in run("history").stdout.replace("\n", " ")


def test_an_ambiguous_name_lists_its_candidates(tables: Path) -> None:
    run("import", tables, "--mapping", tables / "m.yaml")
    result = run("show", "当归")
    assert result.exit_code == 1
    assert "H1  Herb" in result.stderr
    assert "H2  Herb" in result.stderr
    assert run("show", "angelica [root]").exit_code == 0


def test_an_unknown_name_and_a_source_that_is_not_there_are_told(tmp_path: Path) -> None:
    assert "no entity has the id or a name like '火星'" in run("show", "火星").stderr
    assert "no such folder or file" in str(run("import", tmp_path / "none.ttl").exception)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("tables", "--mapping", "m.yaml", "--user", "x"), "is no Neo4j server, which alone has --user and --database"),
        (("g.ttl", "--database", "x"), "leave them out, or name a server by bolt://HOST:PORT"),
        (("tables", "--mapping", "m.yaml", "--tables", "out"), "holds tables already; leave --tables out"),
        (("g.ttl", "--with", "more"), "no optional part 'more'; there are none"),
        (("bolt://a@127.0.0.1:1", "--user", "b"), "name two users; name one"),
        (("bolt://127.0.0.1:1/papers",), "name a database by --database NAME"),
    ],
)
def test_an_option_that_says_nothing_of_the_source_is_refused_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tables").mkdir()
    (tmp_path / "m.yaml").write_text(MAPPING)
    (tmp_path / "g.ttl").write_text("<urn:a> a <urn:x:Herb> .")
    result = run("import", *arguments)
    assert result.exit_code == 1
    assert told in f"{result.stderr} {result.exception}"
    assert json_of("stats")["revision"] == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("x", "--format", "xml"), "unknown; choose one of csv, tsv, jsonl, graphml, ttl"),
        (("g.ttl", "--format", "graphml"), "g.ttl: ends in .ttl, --format says graphml; change one of them"),
        (("g.graphml.gz", "--format", "jsonl"), "ends in .graphml, --format says jsonl"),
        (("g.csv",), "no .csv is written; name a folder for tables, or a file that ends in .graphml or .ttl"),
        (("g.rdf", "--format", "ttl"), "no .rdf is written"),
        (("m.yaml",), "is no folder to write to"),
        (("m.yaml/g.ttl",), "is no folder to write to"),
    ],
)
def test_a_name_and_a_format_that_disagree_are_refused_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.yaml").write_text(MAPPING)
    result = run("export", *arguments)
    assert result.exit_code == 1
    assert told in str(result.exception)
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["m.yaml"]


def test_gzip_packs_a_graph_as_well_as_tables(tables: Path, tmp_path: Path) -> None:
    json_of("import", tables, "--mapping", tables / "m.yaml")
    packed = tmp_path / "g.ttl.gz"
    assert json_of("export", tmp_path / "g.ttl", "--gzip")["files"] == [str(packed)]
    assert json_of("import", packed, "--dry-run")["relations"] == {"herb_has_compound": 2}
    assert json_of("export", tmp_path / "f", "--format", "graphml", "--gzip")["files"] == [
        str(tmp_path / "f" / "graph.graphml.gz")
    ]


@pytest.mark.parametrize(
    "arguments", [("find", "x", "-k"), ("neighbours", "x", "--limit"), ("history", "--after"), ("undo",)]
)
def test_a_number_that_no_store_keeps_is_refused(arguments: tuple[str, ...]) -> None:
    result = run(*arguments, 10**30)
    assert result.exit_code == 2
    assert "2147483647" in result.stderr


def test_a_strict_import_of_bad_tables_writes_nothing(tables: Path) -> None:
    result = run("import", tables, "--mapping", tables / "m.yaml", "--strict")
    assert result.exit_code == 1
    assert "object not defined (line 4)" in str(result.exception)
    assert json_of("stats")["revision"] == 0

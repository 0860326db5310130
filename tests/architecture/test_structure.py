"""The house rules that a linter does not know."""

import ast
import re
import statistics
import subprocess
from pathlib import Path

from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("models", "kg", "retrieval", "app", "eval", "training")


def modules() -> list[Path]:
    return [p for floor in FLOORS for p in sorted((ROOT / floor).rglob("*.py"))]


def test_no_module_is_over_400_lines_and_the_median_is_under_200() -> None:
    sizes = {p: p.read_text(encoding="utf-8").count("\n") for p in modules()}
    assert {str(p.relative_to(ROOT)): n for p, n in sizes.items() if n > 400} == {}
    assert statistics.median(n for n in sizes.values() if n > 3) <= 200


def test_imports_run_downward() -> None:
    upward = []
    for path in modules():
        floor = FLOORS.index(path.relative_to(ROOT).parts[0])
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            tops = [n.split(".")[0] for n in names]
            upward += [f"{path.name} -> {t}" for t in tops if t in FLOORS and FLOORS.index(t) > floor]
    assert upward == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "helpers", "common", "manager", "base", "misc"}
    assert [str(p) for p in modules() if p.stem in empty] == []


def test_every_module_opens_with_a_sentence() -> None:
    bare = [
        str(p.relative_to(ROOT)) for p in modules() if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))
    ]
    assert bare == []


def test_only_settings_read_the_environment() -> None:
    reading = re.compile(r"os\.environ(?!\.setdefault)|os\.getenv")
    allowed = {"app/settings.py"}
    found = {str(p.relative_to(ROOT)) for p in modules() if reading.search(p.read_text(encoding="utf-8"))}
    assert found <= allowed


def test_nothing_is_pickled() -> None:
    pickling = re.compile(r"^\s*(import pickle|from pickle|import joblib|import dill)|allow_pickle=True", re.M)
    assert [str(p) for p in modules() if pickling.search(p.read_text(encoding="utf-8"))] == []


def test_what_installs_the_packages_is_pinned_beyond_its_known_holes() -> None:
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line)
    assert Version(pins["pip"]) >= Version("25.3")
    assert Version(pins["setuptools"]) >= Version("78.1.1")
    for name in ("Makefile", "deploy/Dockerfile"):
        assert "-U -c constraints.txt pip setuptools" in (ROOT / name).read_text()


def test_the_makefile_has_at_most_ten_targets() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.M)
    assert phony
    assert len(phony.group(1).split()) <= 10


def test_help_is_ready_without_heavy_packages() -> None:
    heavy = (
        "numpy",
        "faiss",
        "openvino",
        "sqlalchemy",
        "dbos",
        "fastapi",
        "langchain_core",
        "pydantic",
        "neo4j",
        "scipy",
    )
    code = f"import sys, app.cli.main; print([m for m in {heavy!r} if m in sys.modules])"
    import sys

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"

"""What measures is not made of what is measured."""

import ast
from pathlib import Path

import eval

DRIVERS = {
    "answers/ask.py", "answers/command.py", "answers/measure.py", "answers/question_evidence.py", "answers/run.py",
    "claims/verifiers.py", "graph/suite.py", "kinds/command.py", "kinds/questions.py", "prompts/ecs.py",
}  # fmt: skip
"""These put questions to the product, or take its nouns; none of them says how right an answer is by it."""


def test_only_modules_that_drive_the_product_import_how_it_answers() -> None:
    root = Path(eval.__path__[0])
    found = {str(path.relative_to(root)) for path in root.rglob("*.py") if "app.answering" in _imported(path)}
    assert found <= DRIVERS


def test_no_module_takes_the_products_verification_but_the_one_that_is_measured_by_it() -> None:
    root = Path(eval.__path__[0])
    found = {str(path.relative_to(root)) for path in root.rglob("*.py") if "app.answering.verify" in _imported(path)}
    assert found <= {"claims/verifiers.py"}


def _imported(path: Path) -> set[str]:
    """Every package that a module imports, with those above it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {".".join(name.split(".")[:size]) for name in names for size in range(1, name.count(".") + 2)}

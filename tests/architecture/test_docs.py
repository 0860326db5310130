"""The documentation is true: generated pages are current, links lead somewhere, commands exist."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from app.cli.main import root
from app.reference import pages

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_the_reference_pages_are_what_the_program_says() -> None:
    stale = [name for name, text in pages().items() if (ROOT / "docs" / name).read_text(encoding="utf-8") != text]
    assert stale == [], "python -m app.reference writes them anew"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    targets = [link.split("#")[0] for link in links if "://" not in link and not link.startswith("#")]
    assert [t for t in targets if not (page.parent / t).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "CONTRIBUTING.md", "docs/extending.md"])
def test_every_command_that_is_named_exists(name: str) -> None:
    commands = getattr(get_command(root), "commands", {})
    text = (ROOT / name).read_text(encoding="utf-8").replace("--rm jianxi ", "")
    for first, second in re.findall(r"(?:^|[\s`/])jianxi ([a-z]+)(?: ([a-z]+))?", text):
        assert first in commands, first
        inner = getattr(commands[first], "commands", None)
        assert inner is None or second in inner, (first, second)


def test_every_path_and_name_in_the_guide_to_changes_exists() -> None:
    folders = ("models", "kg", "retrieval", "app", "eval", "training", "tests")
    files = [p for folder in folders for p in (ROOT / folder).rglob("*") if p.suffix in (".py", ".yaml")]
    words = {p.name for p in files}.union(*(re.findall(r"\w+", p.read_text(encoding="utf-8")) for p in files))
    told = re.findall(r"`([^`\s]+)`", (ROOT / "docs" / "extending.md").read_text(encoding="utf-8"))
    paths = [t for t in told if "/" in t and not re.search("NAME|LANGUAGE|JIANXI_", t)]
    names = [t for t in told if re.fullmatch(r"\w+(\.py|\.yaml)?", t) and t != "NAME"]
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [name for name in names if name not in words] == []
    assert len(paths) > 50
    assert len(names) > 50


def test_the_readme_names_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in ("demo", "test"):
        assert f"make {command}" in text
        assert re.search(rf"^{command}:", makefile, re.M)

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


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "CONTRIBUTING.md"])
def test_every_command_that_is_named_exists(name: str) -> None:
    commands = getattr(get_command(root), "commands", {})
    text = (ROOT / name).read_text(encoding="utf-8").replace("--rm jianxi ", "")
    for first, second in re.findall(r"(?:^|[\s`/])jianxi ([a-z]+)(?: ([a-z]+))?", text):
        assert first in commands, first
        inner = getattr(commands[first], "commands", None)
        assert inner is None or second in inner, (first, second)


def test_the_readme_names_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in ("demo", "test"):
        assert f"make {command}" in text
        assert re.search(rf"^{command}:", makefile, re.M)

"""The example of docs/langchain.md runs as it is written."""

import re
from functools import partial
from pathlib import Path

import pytest

import app.bootstrap
from app.bootstrap import build
from app.providers import ChatChoice
from app.settings import Settings
from models.scripted import HashingEmbedder, ScriptedChat
from tests.e2e.conftest import fill

ROOT = Path(__file__).resolve().parents[2]


async def test_the_page_has_a_chain_that_answers_from_found_passages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "langchain.md").read_text(encoding="utf-8"), re.S)
    home = tmp_path / "home"
    async with build(Settings(home=home), embedder=HashingEmbedder()) as filled:
        await fill(filled, tmp_path)
    chat = ScriptedChat(replies=["It speeds clearance."])
    choice = ChatChoice(chat, "scripted", "scripted", "the test asks for it")
    monkeypatch.setenv("JIANXI_HOME", str(home))
    monkeypatch.setattr(app.bootstrap, "build", partial(build, embedder=HashingEmbedder(), chat=choice))
    names: dict[str, object] = {}
    exec(code.rpartition("print(asyncio.run(main()))")[0], names)
    assert await names["main"]() == "It speeds clearance."  # type: ignore[operator]
    assert "cleared amyloid-beta 55 percent more slowly" in str(chat.prompts)
    assert "passage Aquaporin-4 and clearance" in capsys.readouterr().out

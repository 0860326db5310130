import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.bootstrap import App, build
from app.settings import Settings
from models.scripted import HashingEmbedder


@pytest.fixture
def abstracts(tmp_path: Path) -> Path:
    """Three records, the second of which is broken."""
    rows = [
        {
            "paper_id": "PM-1",
            "title": "Diffusion",
            "abstract": "The volume fraction of brain extracellular space is about 0.2.",
        },
        {"paper_id": "PM-2", "title": "Sleep", "abstract": "睡眠时脑细胞外间隙的容积增大。清除也加快。"},
    ]
    file = tmp_path / "abstracts.jsonl"
    file.write_text(json.dumps(rows[0]) + "\n{broken\n" + json.dumps(rows[1], ensure_ascii=False) + "\n")
    return file


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    settings = Settings(home=tmp_path / "home", chat="extractive")
    async with build(settings, embedder=HashingEmbedder()) as built:
        yield built

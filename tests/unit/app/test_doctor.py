"""What ``jianxi doctor`` tells of a home: each part by its own name, with the cure where something is wrong."""

from pathlib import Path
from typing import Literal

import pytest

from app.bootstrap import build
from app.chat_state import chat_state
from app.cli.doctor import fetch_weights
from app.doctor import examine
from app.settings import Settings
from models.gguf.prepared import PreparedModels
from models.scripted import HashingEmbedder
from models.weights import Weights
from tests.unit.models.gguf.tiny_file import write_tiny_file


@pytest.fixture(autouse=True)
def _no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.bootstrap.embedder_of", lambda settings: HashingEmbedder())


async def told(settings: Settings) -> dict[str, tuple[bool, str]]:
    report = await examine(settings)
    return {check["what"]: (check["ok"], check["found"]) for check in report["checks"]}


async def test_a_new_home_is_well_and_told_what_to_do_first(tmp_path: Path) -> None:
    found = await told(Settings(home=tmp_path / "home", chat="extractive"))
    assert all(ok for ok, _ in found.values()), found
    assert "jianxi ingest" in found["index"][1]
    assert "liteparse" in found["parser"][1]
    assert "MB in all" in found["sizes"][1]


async def test_a_home_that_cannot_be_made_is_told_with_the_variable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    found = await told(Settings(home=tmp_path / "file" / "home", chat="extractive"))
    assert found["home"] == (False, found["home"][1])
    assert "JIANXI_HOME" in found["home"][1]


async def test_a_store_that_is_away_is_told_as_the_store(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", chat="extractive", store="neo4j://neo4j:secret@127.0.0.1:9")
    found = await told(settings)
    assert not found["store"][0]
    assert "127.0.0.1:9" in found["store"][1]
    assert "secret" not in str(found)
    assert found["home"][0]
    assert found["state"][0]


async def test_a_chat_server_that_is_away_is_asked_and_told(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", chat="openai+http://127.0.0.1:9/v1")
    ok, text = (await told(settings))["chat"]
    assert ok
    assert "answers are extractive" in text
    ok, _ = (await told(settings.model_copy(update={"chat_fallback": False})))["chat"]
    assert not ok


@pytest.mark.parametrize(
    ("chat", "cure"), [("extractive", "set JIANXI_CHAT to gguf"), ("openai+http://127.0.0.1:9/v1", "JIANXI_ADAPTERS")]
)
async def test_an_adapter_that_no_chat_model_takes_is_told_with_the_cure(
    tmp_path: Path, chat: str, cure: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(home=tmp_path / "home", chat=chat, chat_adapter=f"file:{tmp_path}")
    _, text = (await told(settings))["chat"]
    assert "JIANXI_CHAT_ADAPTER is not used" in text
    assert cure in text
    assert "JIANXI_CHAT_ADAPTER is not used" in caplog.text
    caplog.clear()
    _, text = (await told(settings.model_copy(update={"chat_adapter": "auto"})))["chat"]
    assert "JIANXI_CHAT_ADAPTER" not in text + caplog.text


async def test_readiness_tells_the_same_of_the_chat_model_without_the_reason(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", chat="extractive")
    async with build(settings, embedder=HashingEmbedder()) as app:
        found = await chat_state(app)
    assert found == "extractive (extractive)"
    assert (await told(settings))["chat"] == (True, f"{found}, because JIANXI_CHAT asks for it")


async def test_a_chat_model_that_cannot_parse_questions_is_told_by_doctor_and_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(home=tmp_path / "home", chat="extractive", question_parser="chat")
    found = await told(settings)
    assert found["question parser"] == (True, found["question parser"][1])
    assert found["question parser"][1].startswith("classifier, because JIANXI_QUESTION_PARSER=chat needs a chat server")
    server = settings.model_copy(update={"chat": "openai+http://127.0.0.1:9/v1"})
    assert (await told(server))["question parser"][1] == "chat, because JIANXI_QUESTION_PARSER is chat"
    async with build(settings, embedder=HashingEmbedder()) as app:
        await app.answering()
    assert "the classifier parses questions, because JIANXI_QUESTION_PARSER=chat needs" in caplog.text


@pytest.mark.parametrize("verifier", ["chat", "judge"])
async def test_a_verifier_that_cannot_be_made_is_a_fault(tmp_path: Path, verifier: Literal["chat", "judge"]) -> None:
    settings = Settings(home=tmp_path / "home", chat="extractive", judge="none", verifier=verifier)
    ok, text = (await told(settings))["verifier"]
    assert not ok
    assert "JIANXI_VERIFIER" in text


async def test_a_parser_that_is_not_installed_and_a_misspelt_variable_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("JIANXI_EMBEDER", "e5")
    found = await told(Settings(home=tmp_path / "home", chat="extractive", parser="mineru-cli"))
    assert found["parser"] == (False, found["parser"][1])
    assert "pip install mineru" in found["parser"][1]
    assert "JIANXI_EMBEDER" in found["settings"][1]


async def test_an_index_of_another_embedder_is_a_fault_with_its_cure(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", chat="extractive")
    async with build(settings, embedder=HashingEmbedder(dimension=32)) as app:
        await app.indexes.rebuild()
    ok, text = (await told(settings))["index"]
    assert not ok
    assert "jianxi index rebuild" in text


async def test_the_embedded_model_is_told_to_be_prepared_or_not(tmp_path: Path) -> None:
    file = write_tiny_file(tmp_path / "tiny.gguf", "qwen2").path
    settings = Settings(home=tmp_path / "home", chat=f"gguf:{file}", weights=tmp_path / "weights")
    ok, text = (await told(settings))["chat"]
    assert ok
    assert "not prepared: `jianxi doctor --fetch`" in text
    PreparedModels(tmp_path / "weights" / "prepared").prepare(file)
    assert (await told(settings))["chat"] == (True, f"{text.partition('; ')[0]}; prepared")


async def test_an_absent_file_of_the_embedded_model_is_told(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", chat=f"gguf:{tmp_path / 'absent.gguf'}")
    ok, text = (await told(settings))["chat"]
    assert not ok
    assert "absent.gguf does not exist" in text


def test_doctor_prepares_the_embedded_model_that_the_settings_choose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_tiny_file(tmp_path / "tiny.gguf", "qwen2").path
    weights = tmp_path / "weights"
    monkeypatch.setenv("JIANXI_CHAT", f"gguf:{file}")
    monkeypatch.setenv("JIANXI_WEIGHTS", str(weights))
    monkeypatch.setattr(Weights, "fetch", lambda *_: None)
    fetch_weights()
    assert PreparedModels(weights / "prepared").located(file, None) is not None

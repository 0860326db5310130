"""What is read from the environment: every word that cannot be used is refused at the start, with the cure."""

import pytest
from pydantic import ValidationError

from app.forms import FORMS
from app.settings import Settings, refusal, unknown_variables

_GOOD = {
    "store": ["sqlite", "neo4j://neo4j:p%40ss@host:7687", "bolt://u:p@10.0.0.1", "neo4j+s://u:p@db.example"],
    "state": ["sqlite", "postgresql://u:p@host:5432/jianxi", "postgres://u:p@host/jianxi?sslmode=require"],
    "chat": ["auto", "gguf", "gguf:/models/a b.gguf", "extractive", "openai+http://vllm:8000/v1", "openai+https://h"],
    "embedder": ["e5", "st", "st:BAAI/bge-m3", "st:/models/minilm"],
    "chat_adapter": ["auto", "none", "file:/models/answers"],
    "reranker": ["none", "judge", "st", "st:BAAI/bge-reranker-v2-m3"],
    "judge": ["auto", "none", "file:/models/judge.npz", "onnx:/models/nli"],
    "dense": ["faiss", "milvus:/data/milvus.db", "milvus:http://milvus:19530"],
    "parser": ["auto", "liteparse", "mineru-cli", "mineru+http://host:8000"],
    "cors_origins": ["*", "https://lab.example", "http://localhost:3000"],
    "hub_endpoint": ["https://hf-mirror.example"],
}
_BAD = {
    "store": ["sqllite", "neo4j", "neo4j://host:7687", "neo4j://u:p@/w@host:7687", ""],
    "state": ["postgres", "mysql://u:p@host/jianxi", "postgresql://host", ""],
    "chat": ["vllm", "gguf:", "openai+vllm:8000/v1", "http://vllm:8000/v1", "Auto"],
    "chat_adapter": ["bundled", "file:", ""],
    "embedder": ["bge-m3", "st:", "openai", "e5 "],
    "reranker": ["bge", "st:", "true", ""],
    "judge": ["bundled", "file:", "onnx", ""],
    "dense": ["milvus", "hnsw", "milvus:"],
    "parser": ["mineru", "mineru+host:8000", "pymupdf", ""],
    "cors_origins": ["lab.example", "https://lab.example/page", "https://user@lab.example", "https://a.example,b"],
    "hub_endpoint": ["hub.example", "ftp://hub.example"],
    "unsupported": ["delete"],
    "port": ["0", "70000", "http"],
    "workers": ["0", "two"],
    "limit_timeout_s": ["0", "-1"],
    "chat_fallback": ["perhaps"],
    "adapters": ["[1"],
}


def test_every_setting_of_words_has_its_form_tried() -> None:
    assert set(FORMS) == set(_GOOD)
    assert set(FORMS) <= set(_BAD)


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in _GOOD.items() for v in values])
def test_a_word_that_is_known_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"JIANXI_{name.upper()}", value)
    assert getattr(Settings(), name) in (value, (value,))


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in _BAD.items() for v in values])
def test_a_wrong_word_is_refused_with_its_variable_and_the_cure(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"JIANXI_{name.upper()}", value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    told = refusal(caught.value)
    assert told.startswith(f"JIANXI_{name.upper()} has a value that cannot be used: ")
    if name in FORMS:
        assert FORMS[name].told in told
    assert "\n" not in told


def test_a_refused_secret_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIANXI_STATE", "postgresql://jianxi:hunter2@host")
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert "hunter2" not in refusal(caught.value) + str(caught.value)


def test_an_embedding_server_needs_the_name_of_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIANXI_EMBEDDER", "openai+http://host:8000/v1")
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert refusal(caught.value).startswith("JIANXI_EMBEDDER_MODEL is missing")
    monkeypatch.setenv("JIANXI_EMBEDDER_MODEL", "bge-m3")
    assert Settings().embedder_model == "bge-m3"


@pytest.mark.parametrize("value", ["tcm, ecs", '["tcm", "ecs"]', " tcm,ecs,"])
def test_lists_are_words_with_commas_or_json(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("JIANXI_ADAPTERS", value)
    assert Settings().adapters == ("tcm", "ecs")


def test_a_misspelt_variable_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIANXI_EMBEDER", "e5")
    assert "JIANXI_EMBEDER" in unknown_variables()
    assert "JIANXI_HOME" not in unknown_variables()

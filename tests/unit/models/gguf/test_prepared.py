"""Preparing GGUF files: the graph computes what the file means, once, and what cannot be read is told."""

import json
import shutil
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from gguf import GGUFWriter

import models.gguf.prepared as module
from models.errors import ModelUnavailable
from models.gguf.file import Floats
from models.gguf.prepared import PreparedModel, PreparedModels
from tests.unit.models.gguf.reference_decoder import reference_logits
from tests.unit.models.gguf.tiny_file import CONTEXT, TinyFile, write_adapter, write_tiny_file

TOKENS = [256, 72, 101, 258, 32, 119, 111, 114, 108, 100, 200, 257]


@pytest.fixture
def file(tmp_path: Path) -> TinyFile:
    return write_tiny_file(tmp_path / "tiny.gguf", "qwen2")


@pytest.fixture
def prepared(tmp_path: Path) -> PreparedModels:
    return PreparedModels(tmp_path / "prepared")


def logits(model: PreparedModel, *parts: list[int]) -> Floats:
    """Logits after each token, where the parts are read one after another."""
    import openvino

    exact = {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": "0", "KV_CACHE_PRECISION": "f32"}
    compiled: Any = openvino.Core().compile_model(model.folder / "openvino_model.xml", "CPU", exact)
    request = compiled.create_infer_request()
    found, read = [], 0
    for part in parts:
        read += len(part)
        inputs = {
            "input_ids": np.array([part]),
            "attention_mask": np.ones((1, read), np.int64),
            "position_ids": np.arange(read - len(part), read)[None],
            "beam_idx": np.zeros(1, np.int32),
        }
        found.append(request.infer(inputs)["logits"][0].copy())
    return np.concatenate(found)


@pytest.mark.parametrize("architecture", ["qwen2", "qwen3", "llama"])
def test_the_graph_computes_what_the_file_means(tmp_path: Path, prepared: PreparedModels, architecture: str) -> None:
    file = write_tiny_file(tmp_path / "tiny.gguf", architecture)
    model = prepared.prepare(file.path)
    expected = reference_logits(file, TOKENS)
    assert logits(model, TOKENS) == pytest.approx(expected, abs=2e-3)
    assert logits(model, TOKENS[:5], TOKENS[5:6], TOKENS[6:]) == pytest.approx(expected, abs=2e-3)
    assert (model.context, model.end_tokens, model.control_tokens) == (CONTEXT, (257,), frozenset((256, 257)))


def test_an_adapter_is_merged(tmp_path: Path, file: TinyFile, prepared: PreparedModels) -> None:
    change = write_adapter(tmp_path / "adapter")
    found = logits(prepared.prepare(file.path, tmp_path / "adapter"), TOKENS)
    assert found == pytest.approx(reference_logits(file, TOKENS, {"blk.1.attn_v.weight": change}), abs=2e-3)
    assert np.abs(found - reference_logits(file, TOKENS)).max() > 0.1


def test_an_adapter_of_llama_is_merged_in_the_order_of_the_models_rows(
    tmp_path: Path, prepared: PreparedModels
) -> None:
    file = write_tiny_file(tmp_path / "tiny.gguf", "llama")
    change = write_adapter(tmp_path / "adapter", "self_attn.q_proj")
    in_the_file = change.reshape(4, 2, 16, -1).swapaxes(1, 2).reshape(change.shape)
    found = logits(prepared.prepare(file.path, tmp_path / "adapter"), TOKENS)
    assert found == pytest.approx(reference_logits(file, TOKENS, {"blk.1.attn_q.weight": in_the_file}), abs=2e-3)


def test_a_model_is_prepared_once_and_tells_its_progress(
    tmp_path: Path, file: TinyFile, prepared: PreparedModels
) -> None:
    assert prepared.located(file.path, None) is None
    told: list[tuple[int, int]] = []
    model = prepared.prepare(file.path, None, lambda done, total: told.append((done, total)))
    assert told == [(done, 15) for done in range(1, 16)]
    assert prepared.prepare(file.path, None, lambda done, total: told.append((done, total))) == model
    assert len(told) == 15
    assert prepared.located(file.path, None) == model


def test_those_that_want_the_same_model_wait_for_the_one_that_makes_it(
    file: TinyFile, prepared: PreparedModels
) -> None:
    told: list[int] = []
    threads = [
        Thread(target=prepared.prepare, args=(file.path, None, lambda done, total: told.append(done))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 15


def test_models_whose_origin_is_gone_or_changed_are_removed(
    tmp_path: Path, file: TinyFile, prepared: PreparedModels
) -> None:
    write_adapter(tmp_path / "adapter")
    tuned = prepared.prepare(file.path, tmp_path / "adapter")
    plain = prepared.prepare(file.path)
    assert tuned.folder.is_dir()
    shutil.rmtree(tmp_path / "adapter")
    write_adapter(tmp_path / "adapter", seed=1)
    tuned_again = prepared.prepare(file.path, tmp_path / "adapter")
    assert sorted(p for p in plain.folder.parent.iterdir() if p.is_dir()) == sorted([plain.folder, tuned_again.folder])
    write_tiny_file(file.path, "qwen2", seed=1)
    changed = prepared.prepare(file.path)
    assert [p for p in plain.folder.parent.iterdir() if p.is_dir()] == [changed.folder]


def test_what_an_interrupted_run_left_is_removed(file: TinyFile, prepared: PreparedModels, tmp_path: Path) -> None:
    left = tmp_path / "prepared" / "tiny-0.partial"
    left.mkdir(parents=True)
    prepared.prepare(file.path)
    assert not left.exists()


def test_a_failure_leaves_nothing_behind(
    file: TinyFile, prepared: PreparedModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_write_graph", full)
    with pytest.raises(ModelUnavailable, match=r"prepared has no room .* JIANXI_WEIGHTS"):
        prepared.prepare(file.path)
    assert [p.name for p in (file.path.parent / "prepared").iterdir()] == ["lock"]


def test_a_full_disk_is_told_before_the_work(
    file: TinyFile, prepared: PreparedModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 0))  # type: ignore[attr-defined]
    with pytest.raises(ModelUnavailable, match=r"no room .* are needed; cure: free some"):
        prepared.prepare(file.path)


def test_a_folder_that_cannot_be_made_is_told(file: TinyFile, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(ModelUnavailable, match="cannot hold the prepared model"):
        PreparedModels(tmp_path / "taken").prepare(file.path)


@pytest.mark.parametrize("size", [0, 3, 100, 5000, -1000])
def test_a_broken_file_is_told_with_its_path(file: TinyFile, prepared: PreparedModels, size: int) -> None:
    file.path.write_bytes(file.path.read_bytes()[:size])
    with pytest.raises(ModelUnavailable, match=r"tiny\.gguf .* cure: .*fetch it again"):
        prepared.prepare(file.path)


def test_an_absent_file_is_told(prepared: PreparedModels, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"absent\.gguf does not exist"):
        prepared.prepare(tmp_path / "absent.gguf")


def test_a_foreign_architecture_is_told_with_the_cure(prepared: PreparedModels, tmp_path: Path) -> None:
    file = write_tiny_file(tmp_path / "tiny.gguf", "gemma3")
    with pytest.raises(ModelUnavailable, match=r"architecture 'gemma3', not qwen2, qwen3, llama; cure: .*JIANXI_CHAT="):
        prepared.prepare(file.path)


def test_a_file_without_weights_is_told(prepared: PreparedModels, tmp_path: Path) -> None:
    writer = GGUFWriter(tmp_path / "empty.gguf", "qwen2")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    with pytest.raises(ModelUnavailable, match=r"empty\.gguf"):
        prepared.prepare(tmp_path / "empty.gguf")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"peft_type": "IA3"}, "peft_type is IA3"),
        ({"use_dora": True}, "use_dora is not supported"),
        ({"lora_alpha": None}, "not a LoRA adapter"),
    ],
)
def test_an_adapter_of_another_kind_is_told(
    file: TinyFile, prepared: PreparedModels, tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    write_adapter(tmp_path / "adapter")
    config = tmp_path / "adapter" / "adapter_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | change))
    with pytest.raises(ModelUnavailable, match=why):
        prepared.prepare(file.path, tmp_path / "adapter")


def test_an_adapter_of_another_model_is_told(file: TinyFile, prepared: PreparedModels, tmp_path: Path) -> None:
    write_adapter(tmp_path / "adapter", "mlp.gate_proj")
    with pytest.raises(ModelUnavailable, match="for another model"):
        prepared.prepare(file.path, tmp_path / "adapter")

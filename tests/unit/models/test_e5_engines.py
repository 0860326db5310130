"""Which engine embeds, and in which precision."""

import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from models.e5 import BundledE5, bundled_weights, openvino_engine
from models.e5.activation_ranges import BUNDLED, SITES, exact_channels, read_ranges
from models.e5.batches import batches
from models.e5.embedder import vectors_of
from models.e5.onnx_engine import OnnxEngine
from models.e5.tokenizer import opened
from models.e5.weights_file import fingerprint
from models.errors import ModelUnavailable, WeightsCorrupt

TEXTS = ["脑细胞外间隙的容积分数约为0.2。", "Tortuosity slows the diffusion of small molecules.", "ECS"]


@pytest.mark.parametrize(("native", "engine"), [("f32", "onnx int8"), ("bf16", "openvino")])
def test_8_bits_are_taken_where_the_processor_has_no_bf16(
    native: str, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openvino_engine, "native_precision", lambda: native)
    monkeypatch.setattr(openvino_engine, "compiled", lambda *_: None)
    assert BundledE5(bundled_weights()).engine.startswith(engine)


def _refuse(*_: object, **__: object) -> None:
    from onnxruntime.capi.onnxruntime_pybind11_state import Fail

    raise Fail("no such operator")


@pytest.mark.parametrize("runtime", [None, SimpleNamespace(SessionOptions=SimpleNamespace, InferenceSession=_refuse)])
def test_without_onnx_runtime_another_engine_embeds(
    runtime: SimpleNamespace | None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", runtime)
    monkeypatch.setattr(openvino_engine, "native_precision", lambda: "f32")
    assert BundledE5(bundled_weights()).engine == "openvino f32"
    assert "openvino runs the embedder, as others do not: onnx: " in caplog.text
    with pytest.raises(ModelUnavailable, match="onnx: "):
        BundledE5(bundled_weights(), engine="onnx").encode_query("ECS")


def test_ranges_belong_to_weights_and_other_weights_have_none(tmp_path: Path) -> None:
    weights, _ = opened(bundled_weights())
    ranges = read_ranges(BUNDLED, weights.path, cure="")
    assert ranges is not None
    shape = weights.configuration
    assert ranges.factors.shape == (shape.layers, len(SITES) - 1, shape.hidden)
    for layer in range(shape.layers):
        rounded, exact = ranges.inner(layer)
        assert sorted([*rounded, *exact]) == list(range(shape.feed_forward))
        assert len(exact) == exact_channels(shape.feed_forward)
        assert len(ranges.of(layer, "fo").factors) == len(rounded)
    assert (ranges.lowest < 0).all()
    assert (ranges.highest > 0).all()
    replace(ranges, weights="00000000").save(tmp_path / "ranges.npz")
    assert read_ranges(tmp_path / "ranges.npz", weights.path, cure="") is None


@pytest.mark.parametrize("content", [None, b"", b"no archive", b"PK\x03\x04 cut"])
def test_ranges_that_cannot_be_read_are_told_with_their_file(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "ranges.npz").write_bytes(content)
    with pytest.raises(WeightsCorrupt, match=r"ranges\.npz .*cure: again"):
        read_ranges(tmp_path / "ranges.npz", bundled_weights(), cure="again")


@pytest.mark.parametrize("own", [True, False])
def test_ranges_of_an_earlier_form_are_told_where_they_belong_to_the_weights(own: bool, tmp_path: Path) -> None:
    weights, path = bundled_weights(), tmp_path / "ranges.npz"
    with np.load(BUNDLED) as stored:
        kept = {name: stored[name] for name in ("factors", "lowest", "highest")}
    np.savez(path, weights=np.array(fingerprint(weights) if own else "00000000"), **kept)
    if own:
        with pytest.raises(WeightsCorrupt, match=r"inner_factors.*cure: again"):
            read_ranges(path, weights, cure="again")
    else:
        assert read_ranges(path, weights, cure="again") is None


def test_a_batch_with_padding_is_refused() -> None:
    weights, tokenizer = opened(bundled_weights())
    (padded,) = batches(tokenizer.ids(TEXTS, ""), pad=weights.pad, padded_tokens=1024, multiple=8)
    with pytest.raises(ValueError, match="padding"):
        list(OnnxEngine(weights, None).embed([padded]))


def test_in_32_bits_both_engines_give_the_same_vectors() -> None:
    weights, tokenizer = opened(bundled_weights())
    rows = tokenizer.ids(TEXTS, "passage: ")
    found = vectors_of(OnnxEngine(weights, None), rows, weights.pad)
    expected = BundledE5(bundled_weights(), engine="openvino").encode_passages(TEXTS)
    assert np.abs(found - expected).max() < (1e-5 if openvino_engine.native_precision() == "f32" else 1e-2)


def test_batches_come_back_in_their_order() -> None:
    weights, tokenizer = opened(bundled_weights())
    engine = OnnxEngine(weights, read_ranges(BUNDLED, weights.path, cure=""), threads=3)
    rows = tokenizer.ids([f"{text} {i}" for i in range(12) for text in TEXTS], "passage: ")
    parts = list(batches(rows, pad=weights.pad, padded_tokens=engine.padded_tokens, multiple=engine.width_multiple))
    assert all(batch.ids.shape == (1, batch.lengths[0]) for batch in parts)
    for batch, found in zip(parts, engine.embed(parts), strict=True):
        (alone,) = engine.embed([batch])
        assert np.allclose(found, alone)

"""Which engine reads the judge's pairs, and that both read alike."""

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from models.e5 import bundled_weights, openvino_engine
from models.errors import ModelUnavailable, WeightsCorrupt
from models.judge.cross_encoder import CrossEncoderJudge, bundled_judge
from models.judge.weights_file import ranges_path

PAIRS = [
    ("水肿减轻了。", "治疗组脑水肿明显减轻。"),
    ("The dose was 50 mg.", "Rats received 5 mg of the extract."),
    ("Sleep widens the interstitial space.", "During sleep the interstitial space of mice grew by 60%. " * 20),
]


@pytest.fixture
def weights() -> Path:
    path = bundled_judge()
    assert path is not None
    return path


@pytest.fixture
def without_bf16(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openvino_engine, "native_precision", lambda: "f32")


def _refuse(*_: object, **__: object) -> None:
    raise RuntimeError("no such operator")


def test_8_bits_on_onnx_runtime_read_as_openvino_does(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for precision, engine in (("f32", "onnx int8"), ("bf16", "openvino int8")):
        monkeypatch.setattr(openvino_engine, "native_precision", lambda p=precision: p)
        judge = CrossEncoderJudge(weights, bundled_weights())
        assert judge.engine == engine
        found.append((judge.verdicts(PAIRS), judge.relevance("Does sleep matter?", [text for _, text in PAIRS])))
    (verdicts, relevance), (expected, expected_relevance) = found
    assert np.abs(verdicts - expected).max() < 0.1
    assert np.abs(relevance - expected_relevance).max() < 0.1
    assert verdicts.argmax(axis=1).tolist() == expected.argmax(axis=1).tolist()


@pytest.mark.usefixtures("without_bf16")
def test_a_verdict_does_not_depend_on_the_other_pairs(weights: Path) -> None:
    judge = CrossEncoderJudge(weights, bundled_weights())
    alone = np.vstack([judge.verdicts([pair]) for pair in PAIRS])
    assert np.allclose(judge.verdicts(PAIRS), alone, atol=1e-5)


@pytest.mark.parametrize("engine", ["onnx", "openvino"])
def test_many_threads_get_what_one_gets(weights: Path, engine: str) -> None:
    judge = CrossEncoderJudge(weights, bundled_weights(), engine=engine)  # type: ignore[arg-type]
    expected = judge.verdicts(PAIRS)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: judge.verdicts(PAIRS), range(8)):
            assert np.allclose(found, expected, atol=0.02)


@pytest.mark.parametrize("runtime", [None, SimpleNamespace(SessionOptions=SimpleNamespace, InferenceSession=_refuse)])
@pytest.mark.usefixtures("without_bf16")
def test_openvino_reads_where_onnx_runtime_does_not(
    weights: Path, runtime: SimpleNamespace | None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", runtime)
    assert CrossEncoderJudge(weights, bundled_weights()).engine == "openvino int8"
    assert "openvino runs the judge, as others do not: onnx: " in caplog.text
    with pytest.raises(ModelUnavailable, match="onnx: "):
        CrossEncoderJudge(weights, bundled_weights(), engine="onnx").verdicts(PAIRS)


@pytest.mark.parametrize("beside", ["no ranges", "those of other weights"])
@pytest.mark.usefixtures("without_bf16")
def test_without_ranges_of_its_own_a_judge_reads_in_32_bits(
    weights: Path, beside: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "judge.npz"
    path.write_bytes(weights.read_bytes() + b"\0")
    if beside == "those of other weights":
        shutil.copy(ranges_path(weights), ranges_path(path))
    assert CrossEncoderJudge(path, bundled_weights()).engine == "onnx f32"
    assert f"cure: jianxi train judge-ranges --weights {path}" in caplog.text


@pytest.mark.usefixtures("without_bf16")
def test_damaged_ranges_are_told_with_their_cure_and_openvino_does_not_need_them(weights: Path, tmp_path: Path) -> None:
    path = tmp_path / "judge.npz"
    shutil.copy(weights, path)
    ranges_path(path).write_bytes(b"PK\x03\x04 cut")
    with pytest.raises(WeightsCorrupt, match=r"judge\.ranges\.npz .*cure: jianxi train judge-ranges"):
        CrossEncoderJudge(path, bundled_weights()).verdicts(PAIRS)
    assert len(CrossEncoderJudge(path, bundled_weights(), engine="openvino").verdicts(PAIRS)) == len(PAIRS)

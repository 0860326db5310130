"""The models of sentence-transformers: without the extra its cure is told."""

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from models.errors import ExtraMissing, ModelUnavailable
from models.sentence_transformers import CrossEncoderReranker, SentenceTransformersEmbedder


@pytest.mark.parametrize("make", [SentenceTransformersEmbedder, CrossEncoderReranker])
def test_without_the_extra_the_cure_is_told(make: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ExtraMissing, match=r"pip install 'jianxi\[transformers\]'"):
        make()


@pytest.mark.skipif(find_spec("sentence_transformers") is None, reason="needs `pip install 'jianxi[transformers]'`")
def test_a_folder_without_a_model_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        SentenceTransformersEmbedder(str(tmp_path)).encode_query("q")

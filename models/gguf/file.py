"""A GGUF file: the shape of the decoder in it, and its weights as 32-bit floats."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from models.errors import ModelUnavailable

if TYPE_CHECKING:
    from gguf import ReaderTensor

Floats = npt.NDArray[np.float32]

ARCHITECTURES = ("qwen2", "qwen3", "llama")
_TOKENIZERS = ("qwen2", "llama-bpe", "smollm")
"""How the text is split before byte pairs are joined, as far as openvino-genai knows it."""
_ATTENTION = ("attn_norm", "attn_q", "attn_k", "attn_v", "attn_q_norm", "attn_k_norm", "attn_output")
_FEED_FORWARD = ("ffn_norm", "ffn_gate", "ffn_up", "ffn_down")
_WHOLE = ("token_embd.weight", "output.weight", "output_norm.weight", "rope_freqs.weight")
_CONTROL_TOKEN = 3


@dataclass(frozen=True, slots=True)
class DecoderShape:
    """The sizes of a decoder, as its file tells them."""

    layers: int
    heads: int
    kv_heads: int
    head_size: int
    context: int
    norm_epsilon: float


class GgufFile:
    """Reads a file with the graph of Qwen2, Qwen3 or Llama; raises ModelUnavailable for others and for broken files."""

    def __init__(self, path: Path) -> None:
        from gguf import GGUFReader

        self.path = path
        if not path.is_file():
            raise ModelUnavailable(f"{path} does not exist")
        with self._readable():
            self._reader = GGUFReader(path)
            self._tensors: dict[str, ReaderTensor] = {tensor.name: tensor for tensor in self._reader.tensors}
            self._architecture = str(self._field("general.architecture", ""))
            self._check()
            self.shape = self._read_shape()

    def matrices(self) -> dict[str, tuple[int, int]]:
        """All matrices: outputs and inputs by name."""
        sizes = {name: [int(size) for size in tensor.shape] for name, tensor in self._tensors.items()}
        return {name: (size[1], size[0]) for name, size in sizes.items() if len(size) == 2}

    def weights(self, name: str, rows: slice = slice(None)) -> Floats:
        """Rows of a matrix, shape (outputs, inputs), or a part of a vector, in the order of the model's own weights."""
        from gguf.quants import dequantize

        tensor = self._tensor(name)
        order = self._row_order(name)
        with self._readable():
            kept = tensor.data[rows] if order is None else tensor.data[order[rows]]
            return dequantize(kept, tensor.tensor_type).astype(np.float32, copy=False)

    def vector(self, name: str) -> Floats | None:
        """A norm or bias; None where the model has none."""
        return self.weights(name) if name in self._tensors else None

    def rotary_frequencies(self) -> Floats:
        """Radians a position for each pair of the rotary embedding (Su et al. 2021), shape (head_size / 2,)."""
        base, size = float(self._own("rope.freq_base", 10000.0)), self.shape.head_size
        frequencies = base ** (-np.arange(0, size, 2, dtype=np.float64) / size)
        factors = self.vector("rope_freqs.weight")
        return (frequencies if factors is None else frequencies / factors).astype(np.float32)

    def end_tokens(self) -> list[int]:
        """The tokens that end an answer."""
        named = (self._field(f"tokenizer.ggml.{end}_token_id", None) for end in ("eos", "eot", "eom"))
        return sorted({int(token) for token in named if token is not None})

    def control_tokens(self) -> list[int]:
        """The tokens that are not text."""
        types = self._field("tokenizer.ggml.token_type", [])
        return [token for token, kind in enumerate(types) if kind == _CONTROL_TOKEN]

    def write_metadata(self, path: Path) -> None:
        """Write a file with all of this one but its tensors: what a tokenizer is made of."""
        end = min(int(tensor.field.offset) for tensor in self._reader.tensors)
        magic_and_version, no_tensors = 8, np.uint64(0).tobytes()
        head = self._reader.data[:end].tobytes()
        path.write_bytes(head[:magic_and_version] + no_tensors + head[magic_and_version + 8 :])

    def _check(self) -> None:
        cure = "cure: serve it with vLLM and name the server (JIANXI_CHAT=openai+http://HOST:PORT/v1)"
        if self._architecture not in ARCHITECTURES:
            known = ", ".join(ARCHITECTURES)
            raise ModelUnavailable(f"{self.path} has the architecture {self._architecture!r}, not {known}; {cure}")
        tokenizer = self._field("tokenizer.ggml.model", ""), self._field("tokenizer.ggml.pre", "")
        if tokenizer[0] != "gpt2" or tokenizer[1] not in _TOKENIZERS:
            raise ModelUnavailable(f"{self.path} has the tokenizer {'/'.join(tokenizer)}, which is not known; {cure}")
        if not self._field("tokenizer.chat_template", ""):
            raise ModelUnavailable(f"{self.path} has no chat template; cure: take the file of an instruct model")
        scaling = self._own("rope.scaling.type", "none")
        strange = [name for name in self._tensors if not _is_known(name)]
        if strange or scaling != "none":
            what = f"the part {strange[0]}" if strange else f"positions scaled by {scaling}"
            raise ModelUnavailable(f"{self.path} has {what}, which the embedded model does not compute; {cure}")

    def _read_shape(self) -> DecoderShape:
        heads = int(self._own("attention.head_count"))
        size = int(self._own("attention.key_length", int(self._own("embedding_length")) // heads))
        if int(self._own("rope.dimension_count", size)) != size:
            raise ValueError("its rotary embedding covers a part of a head only")
        return DecoderShape(
            layers=int(self._own("block_count")),
            heads=heads,
            kv_heads=int(self._own("attention.head_count_kv", heads)),
            head_size=size,
            context=int(self._own("context_length")),
            norm_epsilon=float(self._own("attention.layer_norm_rms_epsilon")),
        )

    def _row_order(self, name: str) -> npt.NDArray[np.intp] | None:
        """Where each row of the model lies in the file: llama.cpp keeps Llama's rotary pairs side by side."""
        if self._architecture != "llama" or not (".attn_q." in name or ".attn_k." in name):
            return None
        rows = int(self._tensor(name).shape[-1])
        return np.arange(rows).reshape(-1, self.shape.head_size // 2, 2).swapaxes(1, 2).reshape(-1)

    def _tensor(self, name: str) -> "ReaderTensor":
        if name not in self._tensors:
            raise ModelUnavailable(f"{self.path} lacks the weights {name}; cure: fetch the file again")
        return self._tensors[name]

    def _own(self, name: str, default: Any = None) -> Any:
        return self._field(f"{self._architecture}.{name}", default)

    def _field(self, name: str, default: Any) -> Any:
        field = self._reader.get_field(name)
        return default if field is None else field.contents()

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, KeyError, IndexError, TypeError, OverflowError, NotImplementedError) as error:
            raise ModelUnavailable(
                f"{self.path} cannot be read as a GGUF file ({error}); cure: delete it and fetch it again"
            ) from error


def _is_known(name: str) -> bool:
    if name in _WHOLE:
        return True
    block, _, part = name.partition(".")[2].partition(".")
    return name.startswith("blk.") and block.isdigit() and part.rpartition(".")[0] in (*_ATTENTION, *_FEED_FORWARD)

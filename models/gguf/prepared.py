"""The folder of prepared models: each is a GGUF file and its adapter as OpenVINO loads them, made once."""

import errno
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.eight_bits import Matrix, quantise
from models.errors import ModelUnavailable
from models.gguf.adapter import LoraAdapter, adapter_digest
from models.gguf.file import Floats, GgufFile
from models.gguf.network import decoder

FORMAT = 1
"""Raise it when the graph or the files change: models of another format are made again."""

Progress = Callable[[int, int], None]
"""Called with how many matrices are done, of how many."""

_DESCRIPTION = "prepared.json"
_TOKENIZER = "openvino_tokenizer"


@dataclass(frozen=True, slots=True)
class PreparedModel:
    """The folder that openvino-genai loads, with what it does not tell of the model."""

    folder: Path
    context: int
    end_tokens: tuple[int, ...]
    control_tokens: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Origin:
    """What a prepared model was made of."""

    file: str
    size_bytes: int
    changed_ns: int
    adapter: str | None
    adapter_sha256: str | None
    format: int = FORMAT

    @classmethod
    def of(cls, path: Path, adapter: Path | None) -> "_Origin":
        try:
            state = path.stat()
            digest = adapter_digest(adapter) if adapter else None
        except OSError as error:
            raise ModelUnavailable(f"{error.filename} does not exist or cannot be read ({error.strerror})") from error
        place = str(adapter.absolute()) if adapter else None
        return cls(str(path.absolute()), state.st_size, state.st_mtime_ns, place, digest)

    @property
    def name(self) -> str:
        """The folder's name: a file that was moved keeps it."""
        file = Path(self.file)
        parts = file.name, self.size_bytes, self.changed_ns, self.adapter_sha256, self.format
        return f"{file.stem}-{hashlib.sha256(repr(parts).encode()).hexdigest()[:12]}"


class PreparedModels:
    """Finds and makes prepared models; several processes may share the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def located(self, path: Path, adapter: Path | None) -> PreparedModel | None:
        """The prepared model, None where it was not made; raises ModelUnavailable if a file cannot be read."""
        return _read(self._folder / _Origin.of(path, adapter).name)

    def prepare(self, path: Path, adapter: Path | None = None, progress: Progress | None = None) -> PreparedModel:
        """The prepared model, made where it is not here; raises ModelUnavailable.

        Processes that want one wait for the one that makes it. Models whose file or adapter is gone or changed are
        removed.
        """
        origin = _Origin.of(path, adapter)
        target = self._folder / origin.name
        found = _read(target)
        if found is not None:
            return found
        from filelock import FileLock

        with self._writable(), FileLock(self._make_folder() / "lock"):
            if _read(target) is None:
                self._remove_left()
                partial = target.with_name(f"{target.name}.partial")
                partial.mkdir()
                try:
                    self._make(partial, GgufFile(path), origin, LoraAdapter(adapter) if adapter else None, progress)
                    partial.replace(target)
                finally:
                    shutil.rmtree(partial, ignore_errors=True)
        made = _read(target)
        if made is None:
            raise ModelUnavailable(f"{target} vanished while it was made; cure: try again")
        return made

    def _make(
        self, folder: Path, file: GgufFile, origin: _Origin, adapter: LoraAdapter | None, progress: Progress | None
    ) -> None:
        shapes = file.matrices()
        size = sum(outputs * inputs for outputs, inputs in shapes.values())
        if shutil.disk_usage(folder).free < size:
            raise OSError(errno.ENOSPC, f"{size / 2**30:.1f} GB are needed")
        if adapter is not None:
            adapter.check(shapes)
        _write_tokenizer(folder, file)
        _write_graph(folder, file, shapes, adapter, progress)
        if (folder / "openvino_model.bin").stat().st_size < size:
            raise OSError(errno.ENOSPC, "the graph was not written whole")
        described = asdict(origin) | {
            "context": file.shape.context,
            "end_tokens": file.end_tokens(),
            "control_tokens": file.control_tokens(),
        }
        (folder / _DESCRIPTION).write_text(json.dumps(described), encoding="utf-8")

    def _make_folder(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    def _remove_left(self) -> None:
        """Remove what was not finished, and models whose origin is not as it was."""
        for folder in self._folder.iterdir():
            if folder.is_dir() and (folder.suffix == ".partial" or not _is_current(folder)):
                shutil.rmtree(folder)

    @contextmanager
    def _writable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            cure = "free some" if full else "make the folder writable"
            what = "has no room for" if full else "cannot hold"
            raise ModelUnavailable(
                f"{self._folder} {what} the prepared model: {error.strerror or error}; "
                f"cure: {cure}, or name another with JIANXI_WEIGHTS"
            ) from error


def _write_tokenizer(folder: Path, file: GgufFile) -> None:
    """Tokenizer and detokenizer, made by openvino-genai from a file without tensors: it would convert them all."""
    import openvino
    import openvino_genai
    import openvino_tokenizers  # noqa: F401 (its import adds the operations of tokenizers)

    metadata = folder / "metadata.gguf"
    file.write_metadata(metadata)
    openvino_genai.Tokenizer(metadata, enable_save_ov_model=True)
    metadata.unlink()
    model = openvino.Core().read_model(folder / f"{_TOKENIZER}.xml")
    _lift_limit(model)
    openvino.save_model(model, folder / "lifted.xml", compress_to_fp16=False)
    for kind in ("xml", "bin"):
        (folder / f"lifted.{kind}").replace(folder / f"{_TOKENIZER}.{kind}")


def _lift_limit(tokenizer: Any) -> None:
    """Keep the whole text: openvino-genai would cut its beginning beyond 8192 tokens."""
    from openvino import opset15

    for node in tokenizer.get_ops():
        if node.get_type_name() == "Minimum":
            node.input(1).replace_source_output(opset15.constant(np.int32(2**31 - 1)).output(0))


def _write_graph(
    folder: Path,
    file: GgufFile,
    shapes: dict[str, tuple[int, int]],
    adapter: LoraAdapter | None,
    progress: Progress | None,
) -> None:
    import openvino

    made: dict[str, Matrix] = {}

    def matrix(name: str) -> Matrix:
        known = "token_embd.weight" if name == "output.weight" and name not in shapes else name
        if known not in made:
            made[known] = quantise(shapes[known], lambda rows: merged(known, rows))
            if progress is not None:
                progress(len(made), len(shapes))
        return made[known]

    def merged(name: str, rows: slice) -> Floats:
        weights = file.weights(name, rows)
        change = adapter.change(name, rows) if adapter is not None else None
        return weights if change is None else weights + change

    graph = decoder(file.shape, file.rotary_frequencies(), matrix, file.vector)
    try:
        openvino.save_model(graph, folder / "openvino_model.xml", compress_to_fp16=False)
    except RuntimeError as error:
        raise OSError(errno.EIO, str(error).strip().splitlines()[-1]) from error


def _read(folder: Path) -> PreparedModel | None:
    described = _described(folder)
    if described is None:
        return None
    ends, controls = tuple(described["end_tokens"]), frozenset(described["control_tokens"])
    return PreparedModel(folder, described["context"], ends, controls)


def _is_current(folder: Path) -> bool:
    described = _described(folder)
    if described is None or described["format"] != FORMAT:
        return False
    adapter = Path(described["adapter"]) if described["adapter"] else None
    try:
        return _Origin.of(Path(described["file"]), adapter).name == folder.name
    except ModelUnavailable:
        return False


def _described(folder: Path) -> dict[str, Any] | None:
    file = folder / _DESCRIPTION
    if not file.is_file():
        return None
    described: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return described

"""The bundled LoRA adapter of the embedded chat model."""

from pathlib import Path

_BUNDLED = Path(__file__).with_name("answers")


def bundled_adapter() -> Path | None:
    """The folder of the adapter that answers from evidence, None if the installation has none."""
    return _BUNDLED if (_BUNDLED / "adapter_model.safetensors").is_file() else None

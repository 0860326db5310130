"""Which engine runs the small networks on this machine."""

import logging
from collections.abc import Callable, Mapping
from typing import TypeVar

from models.errors import ModelUnavailable

_log = logging.getLogger(__name__)
_FAILURES = (ImportError, RuntimeError, OSError)
_Made = TypeVar("_Made")


def multiplies_bf16() -> bool:
    """Whether the processor multiplies in bf16, where OpenVINO is the fastest; elsewhere ONNX Runtime in 8 bits is."""
    try:
        from models.e5.openvino_engine import native_precision

        return native_precision() == "bf16"
    except _FAILURES:
        return False


def first_that_runs(network: str, engines: Mapping[str, Callable[[], _Made]]) -> _Made:
    """What the first engine that runs makes; ``network`` names what it runs.

    The log tells which engines before it do not run, and why. Raises ModelUnavailable where none does.
    """
    failed: list[str] = []
    for name, make in engines.items():
        try:
            made = make()
        except (*_FAILURES, ModelUnavailable) as error:
            failed.append(f"{name}: {error}")
            continue
        if failed:
            _log.warning("%s runs %s, as others do not: %s", name, network, "; ".join(failed))
        return made
    raise ModelUnavailable(f"no engine runs {network} here ({'; '.join(failed)})")

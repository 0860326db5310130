"""Which engine runs the small networks on this machine."""

import logging
from collections.abc import Callable, Mapping
from typing import TypeVar

from models.errors import ModelUnavailable

_log = logging.getLogger(__name__)
_FAILURES = (ImportError, RuntimeError, OSError)
_Made = TypeVar("_Made")


def first_that_runs(network: str, engines: Mapping[str, Callable[[], _Made]], wanted: str) -> _Made:
    """What the wanted engine makes or, for ``auto``, the first that runs; ``network`` names what it runs.

    They are tried in the given order, but OpenVINO first where the processor multiplies in bf16: it is the fastest
    there. The log tells which engines before the one taken do not run, and why. Raises ModelUnavailable where none
    does.
    """
    names = [wanted]
    if wanted == "auto":
        names = sorted(engines, key=lambda name: name != "openvino") if _multiplies_bf16() else list(engines)
    failed: list[str] = []
    for name in names:
        try:
            made = engines[name]()
        except (*_FAILURES, ModelUnavailable) as error:
            failed.append(f"{name}: {error}")
            continue
        if failed:
            _log.warning("%s runs %s, as others do not: %s", name, network, "; ".join(failed))
        return made
    raise ModelUnavailable(f"no engine runs {network} here ({'; '.join(failed)})")


def _multiplies_bf16() -> bool:
    try:
        from models.e5.openvino_engine import native_precision

        return native_precision() == "bf16"
    except _FAILURES:
        return False

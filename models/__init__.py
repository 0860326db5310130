"""Learned models behind LangChain's interfaces, with the weights they run on."""

import sys

# OpenVINO would send a report of its use to the outside when it is imported; without this module it has a stub.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

"""What can go wrong with a learned model.

ModelError
├── ModelUnavailable      the server or the weights cannot be reached now; trying later may help
├── ModelBusy             the queue in front of the model is full
├── ModelRefused          the model's server rejected the request (bad parameter, key, unknown model or adapter)
├── WeightsMissing        no source had the file; names every source that was tried
├── WeightsCorrupt        the file's sha256 is not the pinned one
└── ExtraMissing          an optional package is not installed; prints its cure
"""


class ModelError(Exception):
    """Something went wrong with a learned model."""


class ModelUnavailable(ModelError):
    """The model cannot be reached now."""


class ModelBusy(ModelError):
    """More requests wait than the queue in front of the model holds."""


class ModelRefused(ModelError):
    """The model's server rejected the request."""


class WeightsMissing(ModelError):
    """No source had the weights."""


class WeightsCorrupt(ModelError):
    """A weights file differs from its pinned sha256."""


class ExtraMissing(ModelError):
    """An optional package is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is not installed; cure: pip install 'jianxi[{extra}]'")
        self.package = package
        self.extra = extra

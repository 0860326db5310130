"""The bundled embedder: multilingual-e5-small with 4-bit weights."""

from models.e5.embedder import BundledE5, bundled_weights

__all__ = ["BundledE5", "bundled_weights"]

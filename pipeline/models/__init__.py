"""Models: which pattern carries which workflow. Shipped ones are files here; users write their own."""

from pipeline.models.model import PATTERNS, Model, load, model_of, names

__all__ = ["PATTERNS", "Model", "load", "model_of", "names"]

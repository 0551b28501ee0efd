"""The garbage collector, off during runs: most things die by their reference counts, and cycles can wait."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MANY = 1_000_000
"""Objects made and not freed since the last collection, at which it is worth its time: a few small worlds."""


@contextmanager
def collector_off() -> Iterator[None]:
    """Leave the collector off inside the block, then restore it; collects first where much has piled up."""
    if gc.get_count()[0] > MANY:
        gc.collect()
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()

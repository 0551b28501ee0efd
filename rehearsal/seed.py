"""The seed that was typed: luck is keyed with eight bytes of it, and replication r takes the seed + r."""

from __future__ import annotations

from kernel.errors import InputError

_SEEDS = 2**64


def check_seed(seed: int, replications: int = 1, option: str = "--seed") -> None:
    """Raises InputError where the seed of some replication would not fit into eight bytes."""
    last = _SEEDS - replications
    if not 0 <= seed <= last:
        raise InputError(f"{option} {seed}", "out of range", f"give 0 to {last}")

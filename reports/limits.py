"""Which limit binds: peak use, minutes saturated, and the head count at which it would bind.

    head count at which it binds = consultants × (1 − others' share) ÷ own share

It holds where the integration's use grows with the number of people and other integrations' use stays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from reports.inputs import Experiment, LimitLine
from reports.numbers import listing
from reports.words import limit, system


class LimitRow(NamedTuple):
    """One limit under one model, worst replication; `binds_at` is None where the model does not use it."""

    system: str
    limit: str
    model: str
    size: float
    windowed: bool
    peak_share: float
    own_share: float
    saturated_min: float
    refusals: int
    binds_at: int | None

    @property
    def binds(self) -> bool:
        """Whether it refused a call, or was full, in any replication."""
        return self.refusals > 0 or self.peak_share >= 1.0


def limit_rows(experiment: Experiment, models: Sequence[str]) -> list[LimitRow]:
    """One row a limit and model, tightest first within a system."""
    rows: list[LimitRow] = []
    for model in models:
        lines: dict[tuple[str, str], list[LimitLine]] = {}
        for run in experiment.of(model):
            for line in run.limits:
                lines.setdefault((line.system, line.limit), []).append(line)
        rows += [_worst(experiment.consultants, model, held) for held in lines.values()]
    return sorted(rows, key=lambda row: (row.system, row.limit, models.index(row.model)))


def _worst(consultants: int, model: str, lines: Sequence[LimitLine]) -> LimitRow:
    worst = max(lines, key=lambda line: line.peak_share)
    return LimitRow(
        worst.system,
        worst.limit,
        model,
        worst.size,
        worst.windowed,
        worst.peak_share,
        worst.own_share,
        max(line.saturated_min for line in lines),
        sum(line.refusals for line in lines),
        binds_at(consultants, worst.peak_share, worst.own_share),
    )


def binds_at(consultants: int, peak_share: float, own_share: float) -> int | None:
    """The head count at which this limit would be full, two significant digits; None without own use."""
    if own_share <= 0:
        return None
    count = consultants * max(0.0, 1.0 - (peak_share - own_share)) / own_share
    if count < 1:
        return 0
    grain = 10 ** max(0, math.floor(math.log10(count)) - 1)
    return int(round(count / grain) * grain)


def opening(rows: Sequence[LimitRow]) -> str:
    """The first sentence of the section: whether any limit binds for this firm."""
    if not rows:
        return "No limit was recorded."
    binding: dict[str, list[str]] = {}
    for row in rows:
        if row.binds:
            binding.setdefault(f"{system(row.system)} {limit(row.limit)}", []).append(row.model)
    if binding:
        named = [f"{name} (under {listing(models)})" for name, models in binding.items()]
        count = "These limits bind" if len(named) > 1 else "One limit binds"
        return f"{count} for this firm: {'; '.join(named)}."
    tightest = max(rows, key=lambda row: row.peak_share)
    name = f"{system(tightest.system)} {limit(tightest.limit)}"
    return (
        f"No limit binds for this firm. The tightest is {name} under "
        f"{tightest.model}, at {100 * tightest.peak_share:.0f} % of its size at its peak."
    )

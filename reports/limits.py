"""Which limit binds: peak use, minutes saturated, and the head count at which it would bind.

    allowance            head count = consultants × (1 − others' share) ÷ own share
    simultaneous calls   head count = consultants × 60 ÷ minutes full in a run

The first holds where all use of the integration grows with people and other integrations' use stays; polls do
not grow, so it is the earliest. A limit on simultaneous calls that is full for moments only costs a retry, so
it counts as binding from one hour a run on; minutes full grow at least with people, so that is the latest.
What one transaction starts grows with a manager's people, not the firm: its "first full" is the earliest.
Where others leave more free than the client lets be under way, its own cap keeps the limit from being full.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from reports.inputs import Experiment, LimitLine
from reports.numbers import listing
from reports.sight import called
from reports.words import limit, system

BINDING_MIN = 60.0
"""From so many minutes a run on, a limit on simultaneous calls binds (assumption)."""


class LimitRow(NamedTuple):
    """One limit under one model, worst replication.

    `binds_at` is None where the model does not use it, or where its client's own cap, `capped_at`, keeps it
    from ever being full.
    """

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
    capped_at: int | None = None

    @property
    def binds(self) -> bool:
        """Whether an allowance was used up, or a limit on simultaneous calls was full for an hour."""
        if not self.windowed:
            return self.saturated_min >= BINDING_MIN
        return self.refusals > 0 or self.peak_share >= 1.0

    @property
    def touched(self) -> bool:
        """Whether a limit on simultaneous calls was full, yet too briefly to bind."""
        return not self.windowed and not self.binds and (self.full or self.peak_share >= 1.0)

    @property
    def full(self) -> bool:
        """Whether it was seen to be full for a while, or refused a call."""
        return self.refusals > 0 or self.saturated_min > 0


def limit_rows(experiment: Experiment, models: Sequence[str]) -> list[LimitRow]:
    """One row a limit and model that calls its system, tightest first within a system."""
    rows: list[LimitRow] = []
    for model in models:
        lines: dict[tuple[str, str], list[LimitLine]] = {}
        runs = experiment.of(model)
        seen = called(runs)
        for line in (line for run in runs for line in run.limits):
            if line.system in seen:
                lines.setdefault((line.system, line.limit), []).append(line)
        caps = experiment.caps.get(model, {})
        rows += [
            _worst(experiment.consultants, model, held, caps.get(": ".join(name)))
            for name, held in lines.items()
        ]
    return sorted(rows, key=lambda row: (row.system, row.limit, models.index(row.model)))


def _worst(consultants: int, model: str, lines: Sequence[LimitLine], cap: int | None) -> LimitRow:
    worst = max(lines, key=lambda line: line.peak_share)
    others = worst.peak_share - worst.own_share
    if cap is not None and others + cap / worst.size >= 1.0:
        cap = None
    return LimitRow(
        worst.system,
        worst.limit,
        model,
        worst.size,
        worst.windowed,
        worst.peak_share,
        worst.own_share,
        full_min := max(line.saturated_min for line in lines),
        max(line.refusals for line in lines),
        _full_at(consultants, worst, full_min, cap),
        cap,
    )


def _full_at(consultants: int, worst: LimitLine, full_min: float, cap: int | None) -> int | None:
    if full_min and not worst.windowed:
        return slots_bind_at(consultants, full_min)
    return None if cap is not None else binds_at(consultants, worst.peak_share, worst.own_share)


def slots_bind_at(consultants: int, full_min: float) -> int:
    """The head count at which simultaneous calls would be full for an hour a run, two significant digits."""
    return _rounded(consultants * BINDING_MIN / full_min)


def binds_at(consultants: int, peak_share: float, own_share: float) -> int | None:
    """The head count at which this limit would be full, two significant digits; None without own use."""
    if own_share <= 0:
        return None
    count = consultants * max(0.0, 1.0 - (peak_share - own_share)) / own_share
    return _rounded(count)


def _rounded(count: float) -> int:
    if count < 1:
        return 0
    grain = 10 ** max(0, math.floor(math.log10(count)) - 1)
    return int(round(count / grain) * grain)


def opening(rows: Sequence[LimitRow]) -> str:
    """The first sentences of the section: whether any limit binds for this firm, and what came near."""
    if not rows:
        return "No limit was recorded."
    binding: dict[str, list[str]] = {}
    for row in rows:
        if row.binds:
            binding.setdefault(_name(row), []).append(_under(row))
    if not binding:
        return f"No limit binds for this firm. {_touched(rows) or _tightest(rows)}"
    named = [f"{name} (under {listing(models)})" for name, models in binding.items()]
    count = "These limits bind" if len(named) > 1 else "One limit binds"
    return f"{count} for this firm: {'; '.join(named)}. {_touched(rows)}".rstrip()


def _touched(rows: Sequence[LimitRow]) -> str:
    """Each limit that was full for moments, with every model that met it so."""
    touched: dict[str, list[str]] = {}
    for row in rows:
        if row.touched:
            touched.setdefault(_name(row), []).append(_under(row))
    named = [f"{name} (under {listing(models)})" for name, models in touched.items()]
    return f"Full at moments in a run, which costs waits: {'; '.join(named)}." if named else ""


def _tightest(rows: Sequence[LimitRow]) -> str:
    tightest = max(rows, key=lambda row: row.peak_share)
    share = f"{100 * tightest.peak_share:.0f} %"
    return f"The tightest is {_name(tightest)} under {tightest.model}, at {share} of its size at its peak."


def _name(row: LimitRow) -> str:
    return f"{system(row.system)} {limit(row.limit)}"


def _under(row: LimitRow) -> str:
    return row.model if row.windowed else f"{row.model} {minutes(row.saturated_min)}"


def minutes(value: float) -> str:
    """Minutes in whole numbers, seconds below one."""
    if value >= 1:
        return f"{value:,.0f} min"
    return f"{value * 60:.0f} s" if value >= 1 / 60 else "under 1 s"

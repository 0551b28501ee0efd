"""Whether live runs and twins put the models in the same order: the decision for which people simulate.

Compared is the p95 of each workflow that all models finish something of. Models that are nearer to the best
than the p95's own gate (25 %) are level with it: a simulation that may be so far off cannot part them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from validation.comparison import ALL, populations, told
from validation.gates import BELOW, ITEMS_BANDED, Gate, Judged
from validation.reading import Reading, finished_somewhere


def same_winners(judged: Sequence[Judged]) -> list[Gate]:
    """One gate a regime and workflow, INCONCLUSIVE of too few items; none where one model has no rival."""
    gates = []
    for regime in dict.fromkeys(one.regime.name for one in judged):
        models = {one.model: one for one in judged if one.regime.name == regime}
        if len(models) > 1:
            gates += [_gate(regime, workflow, models) for workflow in _workflows(models)]
    return gates


def _workflows(models: Mapping[str, Judged]) -> list[str]:
    """Those that every model finishes something of."""
    found = [populations(one.live, finished_somewhere([*one.live, *one.twins])) for one in models.values()]
    return [name for name in found[0] if all(name in names for names in found)] or [ALL]


def _gate(regime: str, workflow: str, models: Mapping[str, Judged]) -> Gate:
    names = ", ".join(models)
    live = {name: _p95_s(one, one.live, workflow) for name, one in models.items()}
    twin = {name: _p95_s(one, one.twins, workflow) for name, one in models.items()}
    fewest = min(_fewest(one, workflow) for one in models.values())
    if fewest < ITEMS_BANDED:
        few = f"{fewest:,} items, {ITEMS_BANDED} are needed"
        return Gate(regime, names, "winner", workflow, "INCONCLUSIVE", few)
    agree = _best(live) in _level(twin) and _best(twin) in _level(live)
    reason = f"live {_told(live)}; simulated {_told(twin)}"
    return Gate(regime, names, "winner", workflow, "PASS" if agree else "FAIL", reason)


def _p95_s(one: Judged, runs: Sequence[Reading], workflow: str) -> float:
    units = finished_somewhere([*one.live, *one.twins])
    return fmean(told(run, units, workflow).p95_s for run in runs)


def _fewest(one: Judged, workflow: str) -> int:
    units = finished_somewhere([*one.live, *one.twins])
    return min(told(run, units, workflow).n for run in (*one.live, *one.twins))


def _best(p95_s: Mapping[str, float]) -> str:
    return min(p95_s, key=lambda name: p95_s[name])


def _level(p95_s: Mapping[str, float]) -> set[str]:
    most_s = min(p95_s.values()) * (1.0 + BELOW["p95"])
    return {name for name, value in p95_s.items() if value <= most_s}


def _told(p95_s: Mapping[str, float]) -> str:
    best = " and ".join(sorted(_level(p95_s)))
    return f"{best} ({', '.join(f'{name} {value:,.0f} s' for name, value in p95_s.items())})"

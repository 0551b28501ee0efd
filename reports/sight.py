"""Limits are seen where calls meet them: a model that never calls a system says nothing of its limits.

Other integrations use the same quotas whoever carries the firm's work, but a system counts its peak when a
call of the integration arrives. So a peak of 0 % under a model without calls is blindness, not thrift.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reports.inputs import Experiment, Run

ON_CALLS = frozenset({"quota_peak_pct", "concurrency_saturated_min"})
"""KPIs that are only observed on calls."""


def called(runs: Sequence[Run]) -> set[str]:
    """The systems that a model called in any replication."""
    return {system for run in runs for system, kinds in run.calls.items() if any(kinds.values())}


def blind(experiment: Experiment, models: Iterable[str]) -> set[str]:
    """Models that never called a system which another one called: their peaks cannot be compared."""
    each = {model: called(experiment.of(model)) for model in models}
    everything = set().union(*each.values())
    return {model for model, systems in each.items() if systems != everything}

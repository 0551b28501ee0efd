"""The differences between two results, after less before, each with its interval and what it comes to.

Paired (the same people and luck): Student's t of the differences, replication by replication. Else Welch's t
(Welch 1947), which takes the two spreads as unequal. Words follow Holm's correction over the models of a KPI,
need the whole interval beyond the practical margin, and are not used below ten replications.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kernel.errors import InputError
from reports.change.match import Match, by_seed, match
from reports.claims import margin_of
from reports.differences import INDICATIVE
from reports.estimates import Estimate, Estimates, Finding, audit, estimates
from reports.inputs import JUDGED_FROM, Experiment
from reports.kpis import UNCOMPARED, Kpi, in_order, kpi
from reports.statistics import Interval, holm, paired_difference, unpaired_difference, verdict

CONTEXT = "context"
"""The word of a KPI that says what a run was, not how well it went."""


@dataclass(frozen=True, slots=True)
class Change:
    """One KPI of one model. `found` is after less before (None = nothing to compare) in `count` replications,
    pairs of them where paired, of the result that has fewer where not; `margin` is in the KPI's unit.
    """

    kpi: str
    before: Estimate
    after: Estimate
    found: Interval | None
    count: int
    margin: float
    word: str


@dataclass(frozen=True, slots=True)
class ModelChange:
    """One model of both results, with its table's legs that changed as workflow to (before, after)."""

    before: str
    after: str
    changes: Sequence[Change]
    audits: tuple[Mapping[str, Finding], Mapping[str, Finding]]
    legs: Mapping[str, tuple[str, str]]

    @property
    def name(self) -> str:
        """What to call it: one name, or both where one model took another's place."""
        return self.after if self.before == self.after else f"{self.before} → {self.after}"


@dataclass(frozen=True, slots=True)
class Changed:
    """Two results and all that differs."""

    before: Experiment
    after: Experiment
    names: tuple[str, str]
    match: Match
    models: Sequence[ModelChange]


def changed(before: Experiment, after: Experiment, names: tuple[str, str]) -> Changed:
    """Compare two results. Raises InputError where nothing in them can be."""
    held = match(before, after, names)
    found = estimates(before), estimates(after)
    kpis = in_order(
        {name for left, right in held.models for name in found[0][left].keys() & found[1][right].keys()}
    )
    rows: dict[int, list[Change]] = {place: [] for place in range(len(held.models))}
    for name in kpis:
        for place, change in _of_kpi(before, after, found, held, kpi(name)).items():
            rows[place].append(change)
    if not any(change.found for changes in rows.values() for change in changes):
        raise InputError(names[1], f"no figure in common with {names[0]}", "compare runs of the same work")
    return Changed(
        before,
        after,
        names,
        held,
        [_model(before, after, pair, rows[place]) for place, pair in enumerate(held.models)],
    )


def _model(
    before: Experiment, after: Experiment, pair: tuple[str, str], changes: Sequence[Change]
) -> ModelChange:
    left, right = before.models[pair[0]], after.models[pair[1]]
    legs = {
        workflow: (left.get(workflow, "none"), right.get(workflow, "none"))
        for workflow in dict.fromkeys((*left, *right))
        if left.get(workflow) != right.get(workflow)
    }
    return ModelChange(*pair, changes, (audit(before.of(pair[0])), audit(after.of(pair[1]))), legs)


def _of_kpi(
    before: Experiment, after: Experiment, found: tuple[Estimates, Estimates], held: Match, entry: Kpi
) -> dict[int, Change]:
    """The place of a model in the match to its change of one KPI."""
    pairs = {
        place: (found[0][left][entry.name], found[1][right][entry.name])
        for place, (left, right) in enumerate(held.models)
        if entry.name in found[0][left] and entry.name in found[1][right]
    }
    raw = {place: _difference(before, after, pair, held.paired) for place, pair in pairs.items()}
    corrected = holm([1.0 if one is None else one[0].p for one in raw.values()])
    margin = margin_of(after, entry)
    rows: dict[int, Change] = {}
    for (place, one), p_holm in zip(raw.items(), corrected, strict=True):
        left, right = pairs[place]
        size = margin.around(left.mean or 0.0)
        interval, count = one if one is not None else (None, 0)
        word = "" if interval is None else _word(entry, (left, right), interval, p_holm, size, count)
        rows[place] = Change(entry.name, left, right, interval, count, size, word)
    return rows


def _difference(
    before: Experiment, after: Experiment, pair: tuple[Estimate, Estimate], paired: bool
) -> tuple[Interval, int] | None:
    left, right = by_seed(before, pair[0]), by_seed(after, pair[1])
    if not paired:
        if not left or not right:
            return None
        values = unpaired_difference(list(right.values()), list(left.values()))
        return values, min(len(left), len(right))
    seeds = sorted(left.keys() & right.keys())
    if not seeds:
        return None
    return paired_difference([right[seed] for seed in seeds], [left[seed] for seed in seeds]), len(seeds)


def _word(
    entry: Kpi, pair: tuple[Estimate, Estimate], found: Interval, p_holm: float, margin: float, count: int
) -> str:
    if entry.name in UNCOMPARED:
        return CONTEXT
    if count < JUDGED_FROM:
        return INDICATIVE
    word = verdict(found, p_holm, margin, entry.better)
    if not any(one.at_least for one in pair):
        return word
    # A lower bound tells only of a figure that should be low, and only in one direction.
    before, after = pair
    shows = entry.better == "low" and (
        (word == "worse" and not before.at_least) or (word == "better" and not after.at_least)
    )
    return f"{word} (at least)" if shows else "not comparable (at least)"

"""The answer: which pattern for which workflow, and how sure.

Rule, per workflow: the cheapest pattern within the practical margin of the best on each of that workflow's
outcome KPIs, with a clean audit. No weighted score. Where no single pattern is within the margin on all of
them, the answer says that there is a trade, and between which. A pattern is judged in its purest model, the
one that uses it for most workflows, so that a mixed model stands for itself only where nothing else does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from measurements.facts import FLOWS
from reports.estimates import Estimate, Estimates, Finding, comparable, rank
from reports.inputs import FINDINGS, Experiment, Margin
from reports.kpis import BASELINES, WORKFLOWS, Kpi, outcomes


@dataclass(frozen=True, slots=True)
class Candidate:
    """One pattern for one workflow, the model it is judged in, and what stands against it."""

    pattern: str
    model: str
    behind: tuple[str, ...]
    findings: tuple[str, ...]
    cost: float | None

    @property
    def clean(self) -> bool:
        """Whether the audit of this workflow found nothing wrong in any replication."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say of one workflow: the chosen candidate, its equals, and the KPI that shows it best."""

    workflow: str
    candidates: tuple[Candidate, ...]
    chosen: Candidate | None
    equals: tuple[Candidate, ...]
    headline: Kpi | None
    reason: str


def answers(
    experiment: Experiment, found: Estimates, audits: Mapping[str, Mapping[str, Finding]]
) -> list[Answer]:
    """One answer a workflow, in the order in which work flows."""
    return [_answer(experiment, found, audits, workflow) for workflow in WORKFLOWS]


def _answer(
    experiment: Experiment,
    found: Estimates,
    audits: Mapping[str, Mapping[str, Finding]],
    workflow: str,
) -> Answer:
    stands = representatives(experiment.models, workflow, set(found))
    decisive = _decisive(found, list(stands.values()), workflow)
    candidates = tuple(
        Candidate(
            pattern,
            model,
            _behind(experiment, found, list(stands.values()), model, decisive),
            findings(audits[model], workflow),
            _cost(experiment, workflow, pattern),
        )
        for pattern, model in stands.items()
    )
    if not decisive:
        return Answer(workflow, candidates, None, (), None, "Nothing was due in this workflow.")
    return _choose(workflow, candidates, decisive, found)


def representatives(models: Mapping[str, Mapping[str, str]], workflow: str, ran: set[str]) -> dict[str, str]:
    """Pattern to the model that uses it most purely; baselines stand aside."""
    chosen: dict[str, str] = {}
    for model, table in models.items():
        pattern = table.get(workflow)
        if pattern is None or model in BASELINES or model not in ran:
            continue
        rival = chosen.get(pattern)
        if rival is None or _purity(models[rival], pattern) < _purity(table, pattern):
            chosen[pattern] = model
    return chosen


def _purity(table: Mapping[str, str], pattern: str) -> int:
    return sum(other == pattern for other in table.values())


def _decisive(found: Estimates, models: Sequence[str], workflow: str) -> list[Kpi]:
    return [
        entry
        for entry in outcomes(workflow)
        if any(comparable(found[model].get(entry.name)) for model in models)
    ]


def margin_of(experiment: Experiment, entry: Kpi) -> Margin:
    """The scenario's own margin for a KPI, or the table's default."""
    return experiment.decisions.get(entry.name, entry.margin)


def within(experiment: Experiment, found: Estimates, models: Sequence[str], entry: Kpi) -> list[str]:
    """The models that are within the practical margin of the best of them on one KPI."""
    held = {model: found[model][entry.name] for model in models if comparable(found[model].get(entry.name))}
    if not held:
        return []
    best = min(rank(estimate, entry.better) for estimate in held.values())[1]
    reach = best + margin_of(experiment, entry).around(best)
    return [model for model, estimate in held.items() if rank(estimate, entry.better)[1] <= reach]


def _behind(
    experiment: Experiment, found: Estimates, models: Sequence[str], model: str, decisive: Sequence[Kpi]
) -> tuple[str, ...]:
    return tuple(entry.name for entry in decisive if model not in within(experiment, found, models, entry))


def findings(audit: Mapping[str, Finding], workflow: str) -> tuple[str, ...]:
    """What the audit found wrong in this workflow, in any replication."""
    return tuple(
        name
        for name in FINDINGS
        if any(FLOWS.get(flow, flow) == workflow and count for flow, count in audit[name].by_flow.items())
    )


def _cost(experiment: Experiment, workflow: str, pattern: str) -> float | None:
    cost = experiment.pattern_costs.get(workflow, {}).get(pattern)
    return None if cost is None else cost.default


def _choose(
    workflow: str, candidates: tuple[Candidate, ...], decisive: Sequence[Kpi], found: Estimates
) -> Answer:
    clean = [candidate for candidate in candidates if candidate.clean]
    fitting = [candidate for candidate in clean if not candidate.behind]
    if not clean:
        return Answer(workflow, candidates, None, (), decisive[0], "No pattern ended with a clean audit.")
    pool = fitting or _least_behind(clean)
    chosen = min(pool, key=lambda candidate: _price(candidate, decisive, found))
    equals = tuple(candidate for candidate in pool if candidate is not chosen)
    return Answer(workflow, candidates, chosen, equals, decisive[0], _reason(chosen, equals, bool(fitting)))


def _least_behind(clean: Sequence[Candidate]) -> list[Candidate]:
    fewest = min(len(candidate.behind) for candidate in clean)
    return [candidate for candidate in clean if len(candidate.behind) == fewest]


def _price(
    candidate: Candidate, decisive: Sequence[Kpi], found: Estimates
) -> tuple[float, tuple[tuple[bool, float], ...]]:
    values: list[Estimate | None] = [found[candidate.model].get(entry.name) for entry in decisive]
    ranks = tuple(
        rank(value, entry.better) if value else (True, 0.0)
        for value, entry in zip(values, decisive, strict=True)
    )
    return candidate.cost if candidate.cost is not None else 0.0, ranks


def _reason(chosen: Candidate, equals: Sequence[Candidate], fits: bool) -> str:
    if not fits:
        return "No pattern is within the margin on every outcome; this one is behind on the fewest."
    if not equals:
        return "The only pattern within the practical margin on every outcome, with a clean audit."
    if chosen.cost is None or all(candidate.cost == chosen.cost for candidate in equals):
        return "Equal within the practical margin, and of equal cost."
    return "Equal within the practical margin; the cheaper one is named first."

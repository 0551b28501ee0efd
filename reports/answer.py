"""The answer: which pattern for which workflow, and how sure.

Rule, per workflow: the cheapest pattern within the practical margin of the best on each of that workflow's
outcome KPIs, with a clean audit; the best is that of the clean ones. No weighted score and no counting of
KPIs: where no single pattern is within the margin on all of them, none is chosen and the answer names the
trade. A pattern that ran alone is no answer, since nothing stood against it. A pattern is judged in its
purest model, the one that uses it for most workflows, so that a mixed model stands for itself only where
nothing else does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from measurements.facts import FLOWS
from reports.baselines import candidates
from reports.deciding import outcomes
from reports.estimates import Estimate, Estimates, Finding, comparable, rank
from reports.inputs import FINDINGS, CostRange, Experiment, Margin
from reports.kpis import WORKFLOWS, Kpi, kpi
from reports.numbers import listing
from reports.words import pattern as in_words


@dataclass(frozen=True, slots=True)
class Candidate:
    """One pattern for one workflow, the model it is judged in, and what stands against it."""

    pattern: str
    model: str
    behind: tuple[str, ...]
    findings: tuple[str, ...]
    cost: CostRange | None

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

    @property
    def trade(self) -> bool:
        """Whether clean patterns stand against each other, none within the margin on every outcome."""
        return self.chosen is None and self.headline is not None and any(c.clean for c in self.candidates)


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
    stands = representatives(experiment.models, workflow, found)
    wrong = {model: findings(audits[model], workflow) for model in stands.values()}
    rivals = [model for model in stands.values() if not wrong[model]] or list(stands.values())
    decisive = _decisive(found, rivals, workflow)
    rows = tuple(
        Candidate(
            pattern,
            model,
            _behind(experiment, found, rivals, model, decisive),
            wrong[model],
            _cost(experiment, workflow, pattern),
        )
        for pattern, model in stands.items()
    )
    if len(rows) < 2:
        return Answer(workflow, rows, None, (), None, _alone(rows))
    if not decisive:
        return Answer(workflow, rows, None, (), None, "Nothing that can be compared was due.")
    return _choose(workflow, rows, decisive, found)


def _alone(rows: Sequence[Candidate]) -> str:
    """Why there is no answer where fewer than two patterns can be set against each other."""
    if not rows:
        return "No pattern that could be an answer was run."
    return f"Only {in_words(rows[0].pattern)} was run, so it is compared with nothing."


def representatives(
    models: Mapping[str, Mapping[str, str]], workflow: str, ran: Iterable[str]
) -> dict[str, str]:
    """Pattern to the model that uses it most purely; baselines stand aside."""
    chosen: dict[str, str] = {}
    for model in candidates(models, ran, workflow):
        pattern = models[model][workflow]
        rival = chosen.get(pattern)
        if rival is None or _purity(models[rival], pattern) < _purity(models[model], pattern):
            chosen[pattern] = model
    return chosen


def _purity(table: Mapping[str, str], pattern: str) -> int:
    return sum(other == pattern for other in table.values())


def _decisive(found: Estimates, models: Sequence[str], workflow: str) -> list[Kpi]:
    return [
        entry
        for entry in outcomes(workflow, found, models)
        if any(comparable(found[model].get(entry.name)) for model in models)
    ]


def margin_of(experiment: Experiment, entry: Kpi) -> Margin:
    """The scenario's own margin for a KPI, or the table's default."""
    return experiment.decisions.get(entry.name, entry.margin)


def within(experiment: Experiment, found: Estimates, rivals: Sequence[str], entry: Kpi, model: str) -> bool:
    """Whether a model is within the practical margin of the best of its rivals on one KPI."""
    held = found[model].get(entry.name)
    able = [found[rival][entry.name] for rival in rivals if comparable(found[rival].get(entry.name))]
    if held is None or not comparable(held) or not able:
        return False
    best = min(rank(estimate, entry.better) for estimate in able)[1]
    return rank(held, entry.better)[1] <= best + margin_of(experiment, entry).around(best)


def _behind(
    experiment: Experiment, found: Estimates, rivals: Sequence[str], model: str, decisive: Sequence[Kpi]
) -> tuple[str, ...]:
    return tuple(entry.name for entry in decisive if not within(experiment, found, rivals, entry, model))


def findings(audit: Mapping[str, Finding], workflow: str) -> tuple[str, ...]:
    """What the audit found wrong in this workflow, in any replication."""
    return tuple(
        name
        for name in FINDINGS
        if any(FLOWS.get(flow, flow) == workflow and count for flow, count in audit[name].by_flow.items())
    )


def _cost(experiment: Experiment, workflow: str, pattern: str) -> CostRange | None:
    return experiment.pattern_costs.get(workflow, {}).get(pattern)


def _choose(
    workflow: str, candidates: tuple[Candidate, ...], decisive: Sequence[Kpi], found: Estimates
) -> Answer:
    clean = [candidate for candidate in candidates if candidate.clean]
    fitting = [candidate for candidate in clean if not candidate.behind]
    if not clean:
        return Answer(workflow, candidates, None, (), decisive[0], "No pattern ended with a clean audit.")
    if not fitting:
        return Answer(workflow, candidates, None, (), decisive[0], _trade(clean, decisive, found))
    chosen = min(fitting, key=lambda candidate: _price(candidate, decisive, found))
    equals = tuple(candidate for candidate in fitting if candidate is not chosen)
    return Answer(workflow, candidates, chosen, equals, decisive[0], _reason(chosen, equals))


def _trade(clean: Sequence[Candidate], decisive: Sequence[Kpi], found: Estimates) -> str:
    """Which pattern has the best figure on which outcome."""
    best: dict[str, list[str]] = {}
    for entry in decisive:
        able = [c for c in clean if comparable(found[c.model].get(entry.name))]
        first = min(able, key=lambda c: rank(found[c.model][entry.name], entry.better))
        best.setdefault(in_words(first.pattern), []).append(label(entry.name))
    clauses = "; ".join(f"{name} is best on {listing(labels)}" for name, labels in best.items())
    return f"A trade, which the margins do not settle: {clauses}."


def label(name: str) -> str:
    """A KPI's label as it stands within a sentence."""
    text = kpi(name).label
    return text[0].lower() + text[1:]


def _price(
    candidate: Candidate, decisive: Sequence[Kpi], found: Estimates
) -> tuple[float, tuple[tuple[bool, float], ...]]:
    values: list[Estimate | None] = [found[candidate.model].get(entry.name) for entry in decisive]
    ranks = tuple(
        rank(value, entry.better) if value else (True, 0.0)
        for value, entry in zip(values, decisive, strict=True)
    )
    return candidate.cost.default if candidate.cost is not None else 0.0, ranks


def _reason(chosen: Candidate, equals: Sequence[Candidate]) -> str:
    if not equals:
        return "The only pattern within the practical margin on every outcome, with a clean audit."
    costs = [candidate.cost for candidate in equals if candidate.cost is not None]
    if chosen.cost is None or all(cost == chosen.cost for cost in costs):
        return "Equal within the practical margin, and of equal assumed cost."
    tie = "the tie is broken by the assumed yearly cost of building and running, platform excluded"
    if any(cost.low < chosen.cost.low or cost.high < chosen.cost.high for cost in costs):
        tie += "; its order flips between the low and the high estimates, so the costs do not decide"
    return f"Equal within the practical margin; {tie}."

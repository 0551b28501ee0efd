"""Why an answer is what it is, and for level patterns what would decide between them."""

from __future__ import annotations

from collections.abc import Sequence

from reports.answer import Answer, Candidate
from reports.claims import margin_of
from reports.deciding import outcomes
from reports.estimates import Estimates, comparable, difference, rank
from reports.inputs import CostRange, Experiment
from reports.kpis import Kpi, kpi
from reports.numbers import dollars, listing, sized
from reports.words import pattern


def reason(experiment: Experiment, found: Estimates, answer: Answer) -> str:
    """The rule as it applied to this workflow, in one or two sentences."""
    if len(answer.candidates) < 2:
        return _alone(answer.candidates)
    if not answer.outcomes:
        return _nothing(found, answer)
    if not any(one.clean for one in answer.candidates):
        return "No pattern ended with a clean audit."
    if answer.trade:
        return _trade(found, answer)
    if answer.by_cost and answer.leader is not None:
        rest = listing([pattern(one.pattern) for one in answer.level if one is not answer.leader])
        return (
            f"Level with {rest} within the margin; it costs less whatever the estimates, so the cost decides."
        )
    if answer.leader is not None:
        return "The only pattern within the practical margin on every outcome, with a clean audit."
    decide = _deciding(experiment, found, answer)
    return f"Level within the margin on every outcome. {_costs(answer.level)} {decide}"


def _alone(rows: Sequence[Candidate]) -> str:
    """Why there is no answer where fewer than two patterns can be set against each other."""
    if not rows:
        return "No pattern that could be an answer was run."
    return f"Only {pattern(rows[0].pattern)} was run, so it is compared with nothing."


def _nothing(found: Estimates, answer: Answer) -> str:
    """Nothing was due, or what was due was held up under every model."""
    models = [one.model for one in answer.candidates]
    names = [entry.name for entry in outcomes(answer.workflow, found, models)]
    held = [found[one.model].get(name) for one in answer.candidates for name in names]
    if any(one is not None and one.at_least for one in held):
        return "All models were held up: of each only a lower bound is known, so none can be said to lead."
    return "Nothing that can be compared was due."


def _trade(found: Estimates, answer: Answer) -> str:
    """Which pattern has the best figure on which outcome."""
    best: dict[str, list[str]] = {}
    for entry in answer.outcomes:
        able = [c for c in answer.candidates if c.clean and comparable(found[c.model].get(entry.name))]
        first = min(able, key=lambda c: rank(found[c.model][entry.name], entry.better))
        best.setdefault(pattern(first.pattern), []).append(label(entry.name))
    clauses = "; ".join(f"{name} is best on {listing(labels)}" for name, labels in best.items())
    return f"A trade, which the margins do not settle: {clauses}."


def label(name: str) -> str:
    """A KPI's label as it stands within a sentence."""
    text = kpi(name).label
    return text[0].lower() + text[1:]


def priced(cost: CostRange | None) -> str:
    """A yearly cost with its range."""
    if cost is None:
        return "cost not told"
    return f"{dollars(cost.default)} a year ({dollars(cost.low)} … {dollars(cost.high)})"


def _costs(level: Sequence[Candidate]) -> str:
    """Each one's assumed cost, and that the ranges overlap."""
    if any(one.cost is None for one in level):
        return "No cost is known."
    each = "; ".join(f"{pattern(one.pattern)} {priced(one.cost)}" for one in level)
    return f"Assumed costs overlap and decide nothing: {each}."


def _deciding(experiment: Experiment, found: Estimates, answer: Answer) -> str:
    """What would decide: a smaller margin on the outcome where one is ahead, or surer costs."""
    lead = _largest_lead(experiment, found, answer)
    surer = "costs known well enough that their ranges part"
    if lead is None:
        return f"What would decide: {surer}."
    first, entry, by = lead
    return (
        f"What would decide: a margin below {sized(by, entry)} on {label(entry.name)}, "
        f"where {pattern(first.pattern)} is ahead; or {surer}."
    )


def _largest_lead(
    experiment: Experiment, found: Estimates, answer: Answer
) -> tuple[Candidate, Kpi, float] | None:
    """Who of the level ones is nearest to leading: most of a margin before each other one on an outcome."""
    leads: list[tuple[float, Candidate, Kpi, float]] = []
    for entry in answer.outcomes:
        for one in answer.level:
            by = _ahead_by(found, answer, one, entry)
            if by is not None and by > 0:
                margin = margin_of(experiment, entry).around(found[one.model][entry.name].mean or 0.0)
                leads.append((by / margin if margin else 0.0, one, entry, by))
    if not leads:
        return None
    _, one, entry, by = max(leads, key=lambda lead: lead[0])
    return one, entry, by


def _ahead_by(found: Estimates, answer: Answer, one: Candidate, entry: Kpi) -> float | None:
    """By how much one level pattern is before the nearest other, over the replications both completed."""
    mine = found[one.model].get(entry.name)
    gaps = []
    for other in answer.level:
        theirs = found[other.model].get(entry.name)
        if other is one:
            continue
        gap = difference(theirs, mine) if mine is not None and theirs is not None else None
        if gap is None:
            return None
        gaps.append(gap if entry.better == "low" else -gap)
    return min(gaps, default=None)

"""How sure an answer is: decided at how many replications, by which interval, at what spent of the error."""

from __future__ import annotations

from reports.answer import Answer
from reports.claims import margin_of, needed
from reports.estimates import Estimates
from reports.findings import Findings
from reports.inputs import Experiment
from reports.kpis import Kpi, kpi
from reports.numbers import NOTHING, listing, number, sized, span
from reports.reasons import label
from reports.sequential import Claim, Decision
from reports.spending import ALPHA
from reports.words import pattern


def replications(experiment: Experiment) -> str:
    """How many replications, in words: from the fewest to the most of a model where looks decided."""
    held = {len(experiment.of(model)) for model in experiment.models} - {0}
    fewest, most = experiment.replications, max(held, default=0)
    if experiment.looks and fewest < most:
        return f"{fewest} to {most} replications"
    return f"{fewest} replication{'s' if fewest != 1 else ''}"


def certainty(findings: Findings, answer: Answer) -> str:
    """In a few words: decided at n, or open and about how many more it would take."""
    experiment = findings.experiment
    if len(answer.candidates) < 2 or not answer.outcomes:
        return "no answer"
    if experiment.indicative:
        return f"indicative, {replications(experiment)}"
    if answer.unsettled:
        return _open(answer)
    decided = [answer.decisions[claim] for claim in _telling(answer)]
    if not decided:
        return "a trade" if answer.trade else "no answer"
    last = max(decided, key=lambda one: one.at)
    text = f"{'a trade, ' if answer.trade else ''}decided at {last.at} replications"
    if not experiment.looks:
        return text
    return f"{text}, {number(100 * last.spent, 2)} of {number(100 * ALPHA, 0)} % error spent"


def _telling(answer: Answer) -> list[Claim]:
    clean = [one.model for one in answer.candidates if one.clean]
    return needed(answer.decisions, clean)


def _open(answer: Answer) -> str:
    models = dict.fromkeys(model for claim in answer.unsettled for model in (claim.behind, claim.ahead))
    names = [pattern(answer.of(model).pattern) for model in models]
    each = [answer.decisions[claim].more for claim in answer.unsettled]
    if any(more is None for more in each):
        return f"open between {listing(names)}: too close to the margin to tell"
    return f"open between {listing(names)}: about {max(more or 0 for more in each)} more replications"


def evidence_lines(findings: Findings, answer: Answer) -> tuple[str, ...]:
    """The interval against the margin of each comparison that the answer rests on."""
    if findings.experiment.indicative:
        return ()
    claims = [*_telling(answer)]
    shown: list[str] = []
    for claim in claims:
        decision = answer.decisions[claim]
        if decision.status == "within" and not _both_within(answer, claim):
            continue  # who leads is not behind; its reverse says so
        if decision.status == "within" and _later(answer, claim.behind) > _later(answer, claim.ahead):
            continue  # level is said once a pair
        shown.append(_line(findings.experiment, findings.estimates, answer, claim, decision))
    return tuple(dict.fromkeys(shown))


def _later(answer: Answer, model: str) -> int:
    return [one.model for one in answer.candidates].index(model)


def _both_within(answer: Answer, claim: Claim) -> bool:
    reverse = answer.decisions.get(claim.reverse)
    return reverse is not None and reverse.status == "within"


def _line(experiment: Experiment, found: Estimates, answer: Answer, claim: Claim, decision: Decision) -> str:
    entry = kpi(claim.kpi)
    behind, ahead = (pattern(answer.of(model).pattern) for model in (claim.behind, claim.ahead))
    margin = margin_of(experiment, entry).around(found[claim.ahead][claim.kpi].mean or 0.0)
    by = _interval(decision, margin, entry)
    tail = f"margin {sized(margin, entry)}"
    if decision.status == "behind":
        what = f"{behind} is behind {ahead} on {label(claim.kpi)} by {by}"
    elif decision.status == "within":
        what = f"{behind} and {ahead} are level on {label(claim.kpi)}: {by}"
    else:
        what = f"{behind} against {ahead} on {label(claim.kpi)}: {by}"
        return f"{what}; {tail}; open at {decision.at}{_more(decision)}"
    return f"{what}; {tail}; decided at {decision.at}"


def _more(decision: Decision) -> str:
    return "" if decision.more is None else f", about {decision.more} more"


def _interval(decision: Decision, margin: float, entry: Kpi) -> str:
    """The difference itself, with its interval at the level tested."""
    if decision.mean is None:
        return NOTHING
    text = sized(decision.mean + margin, entry)
    if decision.low is None or decision.high is None:
        return f"{text} in all {decision.values}"
    return f"{text} ({span(decision.low + margin, decision.high + margin, entry, sign=True)})"

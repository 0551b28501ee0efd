"""The first page, for who pays: money by model, risks that were seen, and what to do; the rest is proof."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reports.answer import Answer
from reports.baselines import RECOMMENDED
from reports.cells import Cell, Row
from reports.estimates import Estimate
from reports.findings import Findings
from reports.inputs import FINDINGS, CostRange, Experiment
from reports.kpis import WORKFLOWS, kpi
from reports.limits import limit_rows, opening
from reports.numbers import NOTHING, dollars, interval, listing, measured, number
from reports.recoveries import recovery_sentences
from reports.words import FINDINGS as FINDING_WORDS
from reports.words import pattern

MONEY = ("unbilled_at_close_usd", "never_invoiced_usd", "days_to_invoice_p50", "manual_hours")
"""What a controller asks of a month: money late, money lost, days to invoice, people's work."""


def money_columns(findings: Findings) -> list[str]:
    """The labels of the columns, the yearly cost last."""
    return [*(kpi(name).label for name in _told(findings, MONEY)), "Cost a year"]


def money_lines(findings: Findings) -> list[Row]:
    """One row a model, in the order of the page."""
    names = _told(findings, MONEY)
    return [
        Row(model, "", (*(_figure(name, held.get(name)) for name in names), _cost(findings, model)))
        for model, held in findings.estimates.items()
    ]


def _told(findings: Findings, names: Sequence[str]) -> list[str]:
    """Those of the KPIs of which anything was due under some model."""
    held = findings.estimates.values()
    return [name for name in names if any(_known(kpis.get(name)) for kpis in held)]


def _known(estimate: Estimate | None) -> bool:
    return estimate is not None and estimate.mean is not None


def _figure(name: str, estimate: Estimate | None) -> Cell:
    return Cell(measured(name, estimate), interval(name, estimate))


def _cost(findings: Findings, model: str) -> Cell:
    lines = list(findings.experiment.costs.get(model, {}).values())
    if not lines:
        return Cell(NOTHING, "", "quiet")
    low, default, high = (math.fsum(column) for column in zip(*lines, strict=True))
    cost = CostRange(low, default, high)
    return Cell(dollars(cost.default), f"{dollars(cost.low)} … {dollars(cost.high)}; input")


def risks(findings: Findings) -> list[str]:
    """What the audit found, which limit comes first, and how far faults threw each model back."""
    models = list(findings.estimates)
    told = [*_audited(findings), opening(limit_rows(findings.experiment, models))]
    if "recovery_h" not in findings.experiment.decisions:  # where it decides, the headline opens with it
        told.append(recovery_sentences(findings))
    return [text for text in told if text]


def _audited(findings: Findings) -> list[str]:
    """One sentence for all that were clean, one for each that was not."""
    wrong = {
        model: {name: finding.sum for name in FINDINGS if (finding := held[name]).sum}
        for model, held in findings.audits.items()
    }
    clean = [model for model, found in wrong.items() if not found]
    several = findings.experiment.replications > 1
    texts = []
    if clean:
        texts.append(
            f"Nothing was lost, doubled, unauthorised or wrong under {listing(clean)}"
            f"{', in any replication,' if several else ','} {_known_to_people(findings, clean)}."
        )
    for model, found in wrong.items():
        if found:
            counts = [
                f"{number(n, 0)} {FINDING_WORDS[name].split(':')[0].lower()}" for name, n in found.items()
            ]
            texts.append(f"{model}: {listing(counts)}{', over all replications' if several else ''}.")
    return texts


def _known_to_people(findings: Findings, models: Sequence[str]) -> str:
    """What of it does not stand either, since a person must act first: clean is not the same as done."""
    held = {model: findings.audits[model]["open_exceptions"].sum for model in models}
    told = [f"{model} {number(count, 0)}" for model, count in held.items() if count]
    if not told:
        return "and none was in an open exception at the end"
    total = number(sum(held.values()), 0)
    text = f"with {total} known to people: absent at the end, in an open exception ({listing(told)})"
    return f"{text}, over all replications" if findings.experiment.replications > 1 else text


def actions(findings: Findings) -> list[str]:
    """What to do now: the table to adopt, what is only a tie-break in it, and what is still open."""
    told = [_adopt(findings), *_open(findings.answers), *_mend(findings)]
    return [text for text in told if text]


def _adopt(findings: Findings) -> str:
    advised = findings.recommendation
    if advised is None:
        return ""
    by_pattern: dict[str, list[str]] = {}
    for workflow, name in advised.table.items():
        by_pattern.setdefault(pattern(name), []).append(WORKFLOWS[workflow].lower())
    flows = {name: listing(flows) for name, flows in by_pattern.items()}
    if len(flows) == 1 and len(advised.table) > 1:
        flows = dict.fromkeys(flows, f"all {len(advised.table)} workflows")
    clauses = "; ".join(f"{name} for {words}" for name, words in flows.items())
    ran = _ran(findings.experiment, advised.model)
    tied = listing([WORKFLOWS[name].lower() for name in advised.tied])
    if advised.tied and len(advised.tied) == len(advised.table):
        tied = "each of them" if len(advised.tied) > 1 else "it"
    tail = f" In {tied} only a tie-break chose ({advised.rule}); it is no evidence." if tied else ""
    verb = "Prepare" if findings.experiment.indicative else "Build"
    if len(advised.tied) == len(advised.table):
        verb = "Try"  # nothing was decided, so nothing is to be built on it
    return f"{verb} {clauses}{ran}.{tail}"


def _ran(experiment: Experiment, same: str) -> str:
    if same:
        return f" (the table of model {same})"
    return f" (run as model {RECOMMENDED})" if RECOMMENDED in experiment.models else ""


def _open(answers: Sequence[Answer]) -> list[str]:
    """What more replications would decide."""
    texts = []
    for answer in answers:
        more = [answer.decisions[claim].more for claim in answer.unsettled]
        if not more:
            continue
        known = [count for count in more if count is not None]
        what = "its patterns are too close to the margin; say which difference you would pay for"
        if len(known) == len(more):
            what = f"about {max(known)} more replications would decide it"
        texts.append(f"{WORKFLOWS[answer.workflow]} is open: {what}.")
    return texts


def _mend(findings: Findings) -> list[str]:
    """Workflows that no pattern carries cleanly: the cause comes before the choice."""
    what = "the audit is not clean" if len(findings.estimates) == 1 else "no pattern ended with a clean audit"
    return [
        f"{WORKFLOWS[answer.workflow]}: {what}; first find out why."
        for answer in findings.answers
        if answer.candidates and not any(one.clean for one in answer.candidates)
    ]

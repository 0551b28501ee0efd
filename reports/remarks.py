"""Remarks: sentences beside the answer on how often models ran, what is weak by design, what nobody saw."""

from __future__ import annotations

from reports.findings import Findings
from reports.inputs import Experiment
from reports.numbers import listing
from reports.sight import blind


def counts_sentence(findings: Findings) -> str:
    """How often each model ran where that differs, and which ran never."""
    held, absent = findings.counts
    texts = []
    if findings.counts.uneven:
        each = listing([f"{model} {count}" for model, count in held.items()])
        texts.append(
            f"Replications: {each}; each pair is compared over those that both of its models completed."
        )
    if absent:
        texts.append(f"Left out, since no replication was completed: {listing(list(absent))}.")
    return " ".join(texts)


def weak_sentence(experiment: Experiment) -> str:
    """That API-led reporting is a pull on the hour, whatever else its model does well."""
    models = [m for m, table in experiment.models.items() if table.get("portfolio_reporting") == "api"]
    if not models:
        return ""
    return (
        f"API-led portfolio reporting ({listing(models)}) is the weak cell of the table: an hourly pull of "
        "changed projects, for which nobody waits, so that a fact may be an hour old whatever else goes well."
    )


def blind_sentence(findings: Findings) -> str:
    """Which models tell nothing of limits, since they never call the systems that have them."""
    models = sorted(blind(findings.experiment, findings.estimates), key=list(findings.estimates).index)
    if not models:
        return ""
    verb = "is" if len(models) == 1 else "are"
    return (
        f"Limits are observed where a call meets them, so {listing(models)} {verb} not compared on them; "
        "other integrations’ use goes on all the same."
    )

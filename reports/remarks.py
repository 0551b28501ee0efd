"""Remarks: sentences beside the answer on what is left out, what is weak by design, and what nobody saw."""

from __future__ import annotations

from reports.findings import Findings
from reports.inputs import Experiment
from reports.numbers import listing
from reports.sight import blind


def aside_sentence(findings: Findings) -> str:
    """Which runs stand in no figure, since not every model completed their replication."""
    models, runs = findings.aside
    parts = [f"{listing(list(models))} (no whole replication)"] if models else []
    if runs:
        count = f"{runs} run{'s' if runs != 1 else ''}"
        parts.append(f"{count} of replications that not every model completed")
    if not parts:
        return ""
    return f"Left out of all figures and of the audit: {listing(parts)}."


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

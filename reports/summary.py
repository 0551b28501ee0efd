"""`summary.json`: the whole result for machines, the same bytes for the same seed.

Figures are rounded to 9 significant digits and keys sorted; no wall time, path, host or job count enters.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import orjson

from reports.differences import Difference
from reports.estimates import Estimate, Finding
from reports.findings import Findings
from reports.live import summary as live_part
from reports.sequential import Claim, Decision
from reports.slo import summary as slo_part
from reports.statistics import round9


def summary(findings: Findings) -> dict[str, Any]:
    """The summary as plain values, one branch a question."""
    experiment = findings.experiment
    live = {model: live_part.summary(one) for model, one in experiment.live.items()}
    return {
        **({"live": live} if live else {}),
        "models": {
            model: {
                "kpis": {name: _estimate(held) for name, held in kpis.items()},
                "audit": {name: _finding(held) for name, held in findings.audits[model].items()},
                "identity": {
                    workflow: {**balance._asdict(), "holds": balance.holds}
                    for workflow, balance in findings.identities[model].items()
                },
                "patterns": dict(experiment.models[model]),
            }
            for model, kpis in findings.estimates.items()
        },
        "differences": {
            name: {model: _difference(row) for model, row in rows.items()}
            for name, rows in findings.differences.items()
        },
        "answers": {
            answer.workflow: {
                "leader": answer.leader.pattern if answer.leader else None,
                "level": [candidate.pattern for candidate in answer.level],
                "by_cost": answer.by_cost,
                "indicative": experiment.indicative,
                "open": len(answer.unsettled),
            }
            for answer in findings.answers
        },
        "decisions": _decisions(findings),
        "recommended": _recommended(findings),
        "slo": slo_part.summary(findings.judgement) if findings.judgement else None,
        "same_run_share": _rounded(experiment.same_run_share),
        "same_run_share_schedule": _rounded(experiment.same_run_share_schedule),
        "provenance": {
            "version": experiment.version,
            "commit": experiment.commit,
            "command": experiment.command,
            "files": [file._asdict() for file in experiment.files],
            "seed": experiment.seed,
            "scenario": experiment.scenario,
            "firm": experiment.firm,
            "consultants": experiment.consultants,
            "replications": experiment.replications,
            "replications_by_model": dict(findings.counts.replications),
            "looks": list(experiment.looks),
            "assumptions": [assumption._asdict() for assumption in experiment.assumptions],
        },
    }


def _decisions(findings: Findings) -> dict[str, Any]:
    return {
        answer.workflow: [_decision(claim, one) for claim, one in answer.decisions.items()]
        for answer in findings.answers
    }


def encoded(findings: Findings) -> bytes:
    """The bytes of `summary.json`."""
    return orjson.dumps(
        summary(findings), option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    )


def _estimate(held: Estimate) -> dict[str, Any]:
    return {
        "mean": _rounded(held.mean),
        "ci_low": _rounded(held.ci_low),
        "ci_high": _rounded(held.ci_high),
        "n": held.n,
        "replications": held.replications,
        "censored_pct": _rounded(held.censored_pct),
        "at_least": held.at_least,
        "by": _parts(held.by),
    }


def _parts(parts: Mapping[str, Estimate]) -> dict[str, Any] | None:
    return {part: _estimate(held) for part, held in parts.items()} or None


def _finding(held: Finding) -> dict[str, int]:
    return {"sum": held.sum, "max": held.max}


def _difference(row: Difference) -> dict[str, Any]:
    return {
        "best": row.best,
        "mean": _rounded(row.mean),
        "ci_low": _rounded(row.ci_low),
        "ci_high": _rounded(row.ci_high),
        "p_holm": _rounded(row.p_holm),
        "verdict": row.verdict,
        "correlation": _rounded(row.correlation),
    }


def _decision(claim: Claim, decision: Decision) -> dict[str, Any]:
    """A claim and what became of it; the excess is over the margin."""
    return {
        **claim._asdict(),
        "status": decision.status,
        "at": decision.at,
        "excess": _rounded(decision.mean),
        "low": _rounded(decision.low),
        "high": _rounded(decision.high),
        "spent": _rounded(decision.spent),
        "more": decision.more,
    }


def _recommended(findings: Findings) -> dict[str, Any] | None:
    held = findings.recommendation
    if held is None:
        return None
    return {"table": dict(held.table), "tie_broken": list(held.tied), "equals": held.model}


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round9(value)

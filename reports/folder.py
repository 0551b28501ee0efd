"""The report folder: summary.json, kpis.csv, report.md, report.html and figures/*.svg."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from reports import page
from reports.estimates import Estimate
from reports.figures import draw
from reports.findings import Findings, find
from reports.inputs import Experiment
from reports.kpis import kpi
from reports.statistics import round9
from reports.summary import encoded

_COLUMNS = (
    "model",
    "kpi",
    "part",
    "unit",
    "mean",
    "ci_low",
    "ci_high",
    "n",
    "replications",
    "censored_pct",
    "at_least",
)


def write(experiment: Experiment, out: Path) -> Findings:
    """Write the whole report into `out` (made if absent) and return what was found. Raises OSError."""
    findings = find(experiment)
    drawings = draw(experiment, findings.estimates)
    (out / "figures").mkdir(parents=True, exist_ok=True)
    for name, drawing in drawings.items():
        (out / "figures" / f"{name}.svg").write_text(drawing.svg, encoding="utf-8", newline="\n")
    for name, text in (
        ("kpis.csv", kpis_csv(findings)),
        ("report.md", page.markdown(findings, drawings)),
        ("report.html", page.html(findings, drawings)),
    ):
        (out / name).write_text(text, encoding="utf-8", newline="\n")
    (out / "summary.json").write_bytes(encoded(findings))
    return findings


def kpis_csv(findings: Findings) -> str:
    """One line a model, KPI and part; the whole KPI has an empty part."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for model, held in findings.estimates.items():
        for name, estimate in held.items():
            parts: Mapping[str, Estimate] = {"": estimate, **estimate.by}
            for part, one in parts.items():
                writer.writerow([model, name, part, kpi(name).unit, *_values(one)])
    return buffer.getvalue()


def _values(one: Estimate) -> list[object]:
    figures = [None if value is None else round9(value) for value in (one.mean, one.ci_low, one.ci_high)]
    return [*figures, one.n, one.replications, round9(one.censored_pct), str(one.at_least).lower()]

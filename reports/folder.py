"""The report folder: summary.json, junit.xml, kpis.csv, report.md, report.html, figures, and their runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from reports import experiment_file, page
from reports.estimates import Estimate
from reports.figures import NAMES, draw
from reports.findings import Findings, find
from reports.inputs import Experiment
from reports.kpis import kpi
from reports.slo.junit import junit
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
    """Write the whole report into `out` (made if absent) and return what was found. Raises OSError.

    The experiment and its runs are written first, so that an interrupted report can be built again.
    """
    experiment_file.write(experiment, out)
    findings = find(experiment)
    drawings = draw(findings.experiment, findings.estimates)
    (out / "figures").mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        path = out / "figures" / f"{name}.svg"
        if name in drawings:
            path.write_text(drawings[name].svg, encoding="utf-8", newline="\n")
        else:
            path.unlink(missing_ok=True)
    for name, text in (
        ("kpis.csv", kpis_csv(findings)),
        ("report.md", page.markdown(findings, drawings)),
        ("report.html", page.html(findings, drawings)),
    ):
        (out / name).write_text(text, encoding="utf-8", newline="\n")
    if findings.judgement is None:
        (out / "junit.xml").unlink(missing_ok=True)
    else:
        (out / "junit.xml").write_bytes(junit(findings.judgement, findings.experiment))
    (out / "summary.json").write_bytes(encoded(findings))
    return findings


def load(folders: Sequence[Path]) -> Experiment:
    """The experiment of one report folder, or of several combined. Raises InputError."""
    return experiment_file.load(folders)


def kpis_csv(findings: Findings) -> str:
    """One line a model, KPI and part; the whole KPI has an empty part, a part of a part a slash."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for model, held in findings.estimates.items():
        for name, estimate in held.items():
            for part, one in _parts("", estimate):
                writer.writerow([model, name, part, kpi(name).unit, *_values(one)])
    return buffer.getvalue()


def _parts(name: str, estimate: Estimate) -> Iterator[tuple[str, Estimate]]:
    yield name, estimate
    for part, one in estimate.by.items():
        yield from _parts(f"{name}/{part}" if name else part, one)


def _values(one: Estimate) -> list[object]:
    figures = [None if value is None else round9(value) for value in (one.mean, one.ci_low, one.ci_high)]
    return [*figures, one.n, one.replications, round9(one.censored_pct), str(one.at_least).lower()]

"""The page: one self-contained HTML file, and the same story as Markdown, both from one context."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from reports import operations, tables
from reports.benefits import RATES
from reports.figures import Drawing
from reports.findings import Findings
from reports.kpis import WORKFLOWS, kpi
from reports.limits import limit_rows, opening
from reports.numbers import dollars, number, share
from reports.plausibility import comparisons
from reports.story import answer_rows, headline, hybrid_sentence, status
from reports.words import pattern


def html(findings: Findings, drawings: dict[str, Drawing]) -> str:
    """`report.html`: styles and figures inside, no script, nothing fetched."""
    return _render("report.html.j2", findings, drawings)


def markdown(findings: Findings, drawings: dict[str, Drawing]) -> str:
    """`report.md`: the same answer and tables, figures linked."""
    return _render("report.md.j2", findings, drawings)


def _render(template: str, findings: Findings, drawings: dict[str, Drawing]) -> str:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=select_autoescape(("html", "html.j2")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(number=number, share=share, dollars=dollars, pattern=pattern, svg=Markup)
    return environment.get_template(template).render(**context(findings, drawings))


def context(findings: Findings, drawings: dict[str, Drawing]) -> dict[str, Any]:
    """All that a template may say; text and cells, not decisions."""
    experiment = findings.experiment
    models = list(findings.estimates)
    limits = limit_rows(experiment, models)
    rates = RATES if findings.benefits and not experiment.benefits else ()
    return {
        "x": experiment,
        "models": models,
        "workflows": WORKFLOWS,
        "kpi": kpi,
        "status": status(experiment),
        "headline": headline(findings),
        "hybrid": hybrid_sentence(findings),
        "answers": answer_rows(findings),
        "drawings": drawings,
        "kpis": tables.kpi_groups(findings),
        "differences": tables.difference_groups(findings),
        "correlations": correlations(findings),
        "clean": tables.clean_cells(findings),
        "audit": tables.audit_rows(findings),
        "identity": tables.identity_rows(findings),
        "exceptions": operations.exception_rows(findings),
        "recovery": operations.recovery_rows(findings),
        "parts": tables.part_rows(findings),
        "found": operations.found_lines(experiment, models),
        "assumptions": [*experiment.assumptions, *rates],
        "recorded": "as recorded" in models,
        "money": operations.money_rows(findings),
        "calls": operations.call_rows(findings),
        "limits": operations.limit_table(limits, models),
        "limits_opening": opening(limits),
        "sheets": {model: operations.sign_off_lines(experiment, model) for model in models},
        "plausibility": comparisons(experiment, findings.estimates),
        "undrained": {m: sum(run.undrained for run in experiment.of(m)) for m in models},
    }


def correlations(findings: Findings) -> list[tuple[str, str]]:
    """What pairing by seed achieved on the decision KPIs: the range of r over models."""
    names = list(findings.experiment.decisions) or [
        name for name in findings.differences if kpi(name).outcome
    ]
    found = []
    for name in names:
        rows = findings.differences.get(name, {}).values()
        values = sorted(row.correlation for row in rows if row.correlation is not None)
        if values:
            found.append((kpi(name).label, f"{number(values[0], 2)} to {number(values[-1], 2)}"))
    return found

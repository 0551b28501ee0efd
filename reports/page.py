"""The page: one self-contained HTML file, and the same story as Markdown, both from one context."""

from __future__ import annotations

import re
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from reports import alone, briefing, operations, tables
from reports.advice import advice_lines
from reports.answer_rows import answer_rows
from reports.baselines import by_hand
from reports.benefits import RATES
from reports.certainty import replications
from reports.choice import choice_cells, choice_rows, flips_sentence
from reports.deciding import deciding
from reports.figures import Drawing
from reports.findings import Findings
from reports.interactions import interaction_lines, recommended_sentence
from reports.kpis import WORKFLOWS, in_order, kpi
from reports.lifetimes import stage_groups
from reports.limits import limit_rows, opening
from reports.live import rows as live_rows
from reports.mixed import mixed_sentence
from reports.numbers import dollars, number, share
from reports.plausibility import comparisons
from reports.releases import release_rows
from reports.remarks import blind_sentence, counts_sentence, weak_sentence
from reports.slo import rows
from reports.slo.judge import Judgement
from reports.story import absent_sentence, headline, status
from reports.words import pattern


def html(findings: Findings, drawings: dict[str, Drawing]) -> str:
    """`report.html`: styles and figures inside, no script, nothing fetched."""
    return _render("report.html.j2", findings, drawings)


def markdown(findings: Findings, drawings: dict[str, Drawing]) -> str:
    """`report.md`: the same answer and tables, figures linked."""
    return _render("report.md.j2", findings, drawings)


def _render(template: str, findings: Findings, drawings: dict[str, Drawing]) -> str:
    return environment().get_template(template).render(**context(findings, drawings))


def environment() -> Environment:
    """How the pages' templates are read: with their filters, and nothing undefined."""
    held = Environment(
        loader=PackageLoader("reports"),
        autoescape=select_autoescape(("html", "html.j2")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    held.filters.update(
        number=number, share=share, held=held_words, dollars=dollars, pattern=pattern, svg=Markup
    )
    return held


def held_words(reason: str) -> str:
    """A hold's code as a controller would say it."""
    text = reason.replace("inherent:", "by the ERP’s own rule, ").replace(
        "integration:", "by the integration, "
    )
    return re.sub(r"period closed:(\S+)", r"period \1 is closed", text)


def context(findings: Findings, drawings: dict[str, Drawing]) -> dict[str, Any]:
    """All that a template may say; text and cells, not decisions."""
    experiment = findings.experiment
    rates = RATES if findings.benefits and not experiment.benefits else ()
    return {
        "x": experiment,
        "models": list(findings.estimates),
        "workflows": {
            name: label
            for name, label in WORKFLOWS.items()
            if any(name in table for table in experiment.models.values())
        },
        "kpi": kpi,
        "drawings": drawings,
        "assumptions": [*experiment.assumptions, *rates],
        "plausibility": comparisons(experiment, findings.estimates),
        **_titled(findings),
        "live": live_rows.parts(experiment),
        "live_columns": live_rows.TIME_COLUMNS,
        **_answered(findings),
        **_measured(findings),
        **_operated(findings),
    }


def _titled(findings: Findings) -> dict[str, Any]:
    """What the page asks, and whether one model alone is its subject: then nothing is compared on it."""
    model = alone.alone(findings)
    if not model:
        question = "which connectivity pattern for which workflow?"
        return {
            "alone": "",
            "title": f"{findings.experiment.title}: {question}",
            "heading": question.capitalize(),
            "question": findings.experiment.question,
        }
    return {
        "alone": model,
        "title": alone.title(findings),
        "heading": alone.title(findings),
        "question": alone.QUESTION,
        "work_columns": alone.COLUMNS,
        "work": alone.work_rows(findings),
    }


def _answered(findings: Findings) -> dict[str, Any]:
    """The first page and the answer, workflow by workflow, with what is left out of it."""
    experiment, choices = findings.experiment, choice_rows(findings)
    return {
        "status": status(experiment),
        **_judged(findings.judgement),
        "headline": headline(findings),
        "mixed": mixed_sentence(findings),
        "money_columns": briefing.money_columns(findings),
        "money_lines": briefing.money_lines(findings),
        "risks": briefing.risks(findings),
        "actions": briefing.actions(findings),
        "answers": answer_rows(findings),
        "recommended": recommended_sentence(findings),
        "interactions": interaction_lines(findings),
        "choices": choices,
        "choice_cells": choice_cells,
        "flips": flips_sentence(choices),
        "advice": advice_lines(findings),
        "weak": weak_sentence(experiment),
        "aside": counts_sentence(findings),
        "absent": absent_sentence(experiment),
        "count": replications(experiment),
        "recorded": "as recorded" in findings.estimates,
    }


def _judged(judgement: Judgement | None) -> dict[str, Any]:
    """The verdicts by the objectives given; None where there are none."""
    if judgement is None:
        return {"slo": None}
    return {
        "slo": judgement,
        "slo_headline": rows.headline(judgement),
        "slo_rows": rows.rows(judgement),
        "slo_reasons": rows.reasons(judgement),
        "slo_sources": rows.sources(judgement),
    }


def _measured(findings: Findings) -> dict[str, Any]:
    """KPIs, their differences, and the audit."""
    return {
        "kpis": tables.kpi_groups(findings),
        "kpis_caption": tables.kpis_caption(findings),
        "parts": tables.part_rows(findings),
        "left_out": left_out(findings),
        "differences": tables.difference_groups(findings),
        "correlations": correlations(findings),
        "clean": tables.clean_cells(findings),
        "audit": tables.audit_rows(findings),
        "identity": tables.identity_rows(findings),
        "found": operations.found_lines(findings.experiment, list(findings.estimates)),
        "uploads": manual_note(findings),
    }


def _operated(findings: Findings) -> dict[str, Any]:
    """How it ran: limits, calls, faults, releases, exceptions, money, stages and the close."""
    experiment, models = findings.experiment, list(findings.estimates)
    limits = limit_rows(experiment, models)
    return {
        "limits": operations.limit_table(limits, models),
        "limits_opening": opening(limits),
        "blind": blind_sentence(findings),
        "calls": operations.call_rows(findings),
        "recovery": operations.recovery_rows(findings),
        "releases": release_rows(findings),
        "exceptions": operations.exception_rows(findings),
        "silent": operations.silent(findings),
        "money": operations.money_rows(findings),
        "pays_back": operations.pays_back(findings),
        "stages": stage_groups(findings),
        "sheets": {model: operations.sign_off_lines(experiment, model) for model in models},
        "undrained": {model: sum(run.undrained for run in experiment.of(model)) for model in models},
    }


def left_out(findings: Findings) -> list[str]:
    """Labels of the KPIs of workflows in this run of which nothing was due."""
    told = set(tables.shown(findings))
    names = in_order({name for held in findings.estimates.values() for name in held} - told)
    part = {workflow for table in findings.experiment.models.values() for workflow in table}
    entries = [kpi(name) for name in names if name != "background_calls"]
    return [entry.label.lower() for entry in entries if entry.workflow in part or not entry.workflow]


def manual_note(findings: Findings) -> str:
    """Why the manual baseline loses more than its clerks forget: the rule that is the same for all models."""
    model = by_hand(findings.experiment.models, findings.estimates)
    if model is None or not findings.audits[model]["lost"].sum:
        return ""
    return (
        f"{model.capitalize()} uploads approved time and expense once a week. What was approved after its "
        "last upload before the end of observation counts as pending for 26 h, the same rule as for every "
        "model, and as lost from then on; part of what it lost would have come with an upload after the end."
    )


def correlations(findings: Findings) -> list[tuple[str, str]]:
    """What pairing by seed achieved on the decision KPIs: the range of r over models."""
    found = []
    for name in deciding(findings.experiment, findings.estimates):
        rows = findings.differences.get(name, {}).values()
        values = sorted(row.correlation for row in rows if row.correlation is not None)
        if values:
            found.append((kpi(name).label, f"{number(values[0], 2)} to {number(values[-1], 2)}"))
    return found

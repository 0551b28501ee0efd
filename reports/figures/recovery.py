"""Faults and recovery on one timeline: bars are faults, marks are when a model had no late item any more."""

from __future__ import annotations

from reports.estimates import Estimate, Estimates, estimate
from reports.figures.canvas import INK, SOFT, Drawing, grid, house_style, legend, look, svg_of
from reports.figures.moments import moments_key, time_axis
from reports.inputs import Experiment, FaultSpan, Figure, Run
from reports.words import system


def recovery(experiment: Experiment, found: Estimates) -> Drawing | None:
    """One row a fault; a model that never recovered has no mark."""
    spans = faults(experiment)
    if not spans:
        return None
    models = list(found)
    with house_style("recovery"):
        sheet = grid(1, 1, 0.9 + 0.5 * len(spans))
        axes = sheet.axes[0]
        ends = [span.end_h for span in spans]
        for row, span in enumerate(spans):
            axes.barh(row, max(span.end_h - span.start_h, 0.4), 0.5, span.start_h, color="#e3b7b3")
            for place, model in enumerate(models):
                back = recovered(experiment, model, span)
                if back.mean is None or back.at_least:
                    continue
                at = span.end_h + back.mean
                ends.append(at)
                style = look(model, models)
                nudge = 0.62 * (place / max(len(models) - 1, 1) - 0.5)
                axes.plot([at], [row + nudge], style.marker, color=style.colour, markersize=4.5)
        axes.set_title(" ")
        axes.set_yticks(
            range(len(spans)), [f"{span.name} ({system(span.target)})" for span in spans], color=INK
        )
        axes.set_ylim(len(spans) - 0.4, -0.6)
        axes.grid(False, axis="y")
        axes.set_xlabel("", color=SOFT)
        first = min(span.start_h for span in spans)
        room = (max(ends) - first) * 0.05 + 2
        shown = first - room, max(ends) + room
        time_axis(axes, experiment, shown)
        legend(sheet.figure, models, marker=True)
        svg = svg_of(sheet.figure, "recovery")
    return Drawing(
        svg,
        "Faults and recovery",
        f"{len(spans)} faults on a timeline with each model's recovery; the table below gives the hours.",
        "Bars: how long a fault lasted. Marks: when no item was later any more than in the fault-free run of "
        "the same seed, mean over replications; a model without a mark was not back within the run. "
        + moments_key(experiment, shown),
    )


def faults(experiment: Experiment) -> list[FaultSpan]:
    """The faults of the scenario by their start; they are the same for every model."""
    seen = {(span.name, span.target, span.start_h): span for run in experiment.runs for span in run.faults}
    return sorted(seen.values(), key=lambda span: (span.start_h, span.name))


def recovered(experiment: Experiment, model: str, fault: FaultSpan) -> Estimate:
    """Hours from a fault's end until nothing was late because of it, over a model's replications.

    Its parts are the delay that the fault caused, in item-hours and in dollar-days.
    """
    return estimate({run.replication: _figure(run, fault) for run in experiment.of(model)})


def _figure(run: Run, fault: FaultSpan) -> Figure:
    struck = (fault.name, fault.target, fault.start_h)
    for span in run.faults:
        if (span.name, span.target, span.start_h) == struck and span.recovered_h is not None:
            parts = {"item_h": Figure(span.delay_item_h), "usd_days": Figure(span.delay_usd_days)}
            return Figure(span.recovered_h - span.end_h, 1, at_least=span.at_least, by=parts)
    return Figure(None)

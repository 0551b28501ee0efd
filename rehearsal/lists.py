"""`rehearse scenarios | models | systems`: what ships, and one thing in full with its units and sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from kernel.errors import InputError
from mocks.assemble import ALL
from mocks.sources import sources
from pipeline import models as model_files
from pipeline.catalogue import legs
from scenarios import catalogue
from scenarios.firm import Firm
from scenarios.play import stage

WIDTH = 100
_ROLES = {
    "salesforce": "CRM and PSA (Salesforce with Certinia PSA, one org)",
    "workday": "HCM (Workday)",
    "netsuite": "ERP (Oracle NetSuite)",
    "warehouse": "the firm's own warehouse for portfolio reporting",
}


def print_scenarios() -> None:
    """Name and question of each."""
    found = [catalogue.load(name) for name in catalogue.names()]
    _print(("scenario", "what it asks"), ((one.name, one.question) for one in found))


def show_scenario(name: str) -> None:
    """Everything that one scenario sets, and the firm that plays it."""
    scenario = catalogue.load(name)
    Console(width=WIDTH).print(f"[bold]{scenario.title}[/bold]\n{scenario.question}\n")
    rows = [("period", scenario.period), ("month-end multipliers", "on" if scenario.month_end else "off")]
    rows += [
        ("decision KPI", f"{kpi}, margin {least:g} or {share:.0%}")
        for kpi, (least, share) in scenario.decisions.items()
    ]
    rows += [("schedule", f"{workflow}: {setting}") for workflow, setting in scenario.schedules.items()]
    rows += [
        ("fault", f"{one.at} for {one.for_h:g} h: {one.kind} of {one.target} {dict(one.parameters)}")
        for one in scenario.faults
    ]
    rows += [
        ("release", f"{one.at}: {one.kind} in {one.system} ({one.cause}) {dict(one.parameters)}")
        for one in scenario.releases
    ]
    _print(("what", "value"), rows)
    if not scenario.from_log:
        play = stage(scenario, Firm(), 1)
        _print(("parameter", "value", "source"), play.assumptions)


def print_models() -> None:
    """Name and table of each."""
    found = [model_files.load(name) for name in model_files.names()]
    _print(("model", "title"), ((one.name, one.title) for one in found))


def show_model(name: str) -> None:
    """Workflow to pattern, and each leg of the interface catalogue."""
    model = model_files.load(name)
    _print(("workflow", "pattern"), model.workflows.items())
    rows = [
        (leg.workflow, f"{leg.source} → {leg.target}", leg.trigger, leg.granularity) for leg in legs(model)
    ]
    _print(("workflow", "leg", "trigger", "granularity"), rows)


def print_systems() -> None:
    """Name and role of each."""
    _print(("system", "role"), ((name, _ROLES.get(name, "")) for name in ALL))


def show_system(name: str) -> None:
    """Limits, latencies and policies with units and sources."""
    if name not in ALL:
        raise InputError("systems show", f"there is no system {name!r}", f"choose from {', '.join(ALL)}")
    _print(("figure", "value", "source"), sources(name))


def _print(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", width=WIDTH)
    for name in head:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(width=WIDTH).print(table)

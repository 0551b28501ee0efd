"""`rehearse scenarios | models | systems`: what ships, and one thing in full with its units and sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from kernel.errors import InputError
from measurements.facts import WORKFLOWS
from mocks.assemble import ALL
from mocks.sources import sources
from pipeline import models as model_files
from pipeline.catalogue import legs
from reports.kpis import Kpi, kpi
from reports.numbers import unit
from scenarios import catalogue, firm_file
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


def show_scenario(name: str, firm: Path | None) -> None:
    """Everything that one scenario sets, and the firm that plays it. Raises InputError before it prints."""
    scenario = catalogue.load(name)
    play = None if scenario.from_log else stage(scenario, firm_file.load(firm), 1)
    Console(width=WIDTH).print(f"[bold]{scenario.title}[/bold]\n{scenario.question}\n")
    rows = [("period", scenario.period), ("month-end multipliers", "on" if scenario.month_end else "off")]
    rows += [
        ("decision KPI", f"{kpi(name).label}: {_margin(kpi(name), *margin)}")
        for name, margin in scenario.decisions.items()
    ]
    rows += [("schedule", f"{workflow}: {setting}") for workflow, setting in scenario.schedules.items()]
    rows += [("polls", f"{system}: every {every:g} min") for system, every in scenario.polls_min.items()]
    rows += [
        (
            "fault",
            f"{_when(one.at, one.for_h)}: {_words(one.kind)} of {one.target}{_given(one.parameters)}",
        )
        for one in scenario.faults
    ]
    rows += [
        ("release", f"{one.at}: {_words(one.kind)} in {one.system} ({one.cause}){_given(one.parameters)}")
        for one in scenario.releases
    ]
    _print(("what", "value"), rows)
    if play is not None:
        _print(("parameter", "value", "source"), play.assumptions)


def _margin(entry: Kpi, least: float, share: float) -> str:
    """The difference that matters, in the KPI's unit."""
    parts = [f"{least:,g}{unit(entry)}"] if least else []
    parts += [f"{share:.0%} of the best"] if share else []
    return f"a difference matters from {' or '.join(parts) or 'nothing'}"


def _words(code: str) -> str:
    return code.replace("_", " ")


def _when(at: str, hours: float) -> str:
    return f"{at} for {hours:g} h" if hours else at


def _given(parameters: Mapping[str, object]) -> str:
    told = ", ".join(f"{_words(name)} {value}" for name, value in parameters.items() if name != "secret")
    return f" ({told})" if told else ""


def print_models() -> None:
    """Title of each, and the pattern that carries each workflow."""
    found = [model_files.load(name) for name in model_files.names()]
    head = ("model", *(_words(name) for name in WORKFLOWS))
    _print(head, ((one.name, *(one.workflows[name] for name in WORKFLOWS)) for one in found))
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
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in head:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(width=WIDTH).print(table)

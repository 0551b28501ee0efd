"""`rehearse compare`: checks what was asked, runs it with progress, prints the table, writes the report."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from kernel.errors import InputError
from measurements.facts import WORKFLOWS
from pipeline import models as model_files
from pipeline.models import Model
from rehearsal.given import Request, command_of, files_of, without_folders
from rehearsal.out import folder
from rehearsal.provenance import provenance
from reports import folder as report_folder
from reports.terminal import show
from scenarios import catalogue, firm_file
from scenarios.history.load import load as load_history
from scenarios.play import stage
from sim.experiment import Told
from sim.experiment import compare as compare_models
from sim.plan import Plan

DEFAULT = ("batch", "api", "event", "hybrid", "point-to-point", "manual")
ON_A_LOG = ("batch", "api", "event", "point-to-point")
"""Models for a firm's own log: hybrid is event there, and nobody knows what clerks would have done."""


def compare(request: Request) -> None:
    """Do it. Raises InputError before anything is written."""
    plan = plan_of(request)
    out, files = folder(request.out, plan.scenario.name), files_of(request)
    stage(plan.scenario, plan.firm, plan.seed, plan.history)
    console = Console(width=100)
    with progress(console) as told:
        experiment = compare_models(plan, told)
    if not experiment.runs:
        console.print("Interrupted before any run was complete; nothing was written.")
        raise SystemExit(130)
    typed = command_of(request)
    experiment = replace(experiment, typed=[typed], files=files)
    findings = report_folder.write(experiment, out)
    show(findings, console)
    console.print(f"Report: {out / 'report.html'}")
    console.print(f"Repeat: {typed}", soft_wrap=True)
    if experiment.interrupted:
        console.print("Interrupted: the report compares the replications that every model completed.")
        raise SystemExit(130)


def plan_of(request: Request) -> Plan:
    """The request as a plan. Raises InputError naming the option and the remedy."""
    if request.replications < 1:
        raise InputError("--replications", f"{request.replications} runs", "ask for 1 or more")
    if request.seed < 0 or request.jobs < 0:
        raise InputError("--seed, --jobs", "a negative number", "give 0 or more")
    scenario = catalogue.load(request.scenario)
    firm = firm_file.load(request.firm, request.consultants)
    history = load_history(request.workload, scenario.activities) if request.workload else None
    models = chosen(request.models or ",".join(ON_A_LOG if history else DEFAULT))
    if history is not None:
        models = tuple(only(model, ("time_and_expense",)) for model in models)
    if history is not None:
        request = request._replace(replications=1)
    made_by = provenance()
    return Plan(
        scenario=scenario,
        firm=firm,
        models=models,
        replications=request.replications,
        seed=request.seed,
        processes=request.jobs or os.cpu_count() or 1,
        version=made_by.version,
        commit=made_by.commit,
        command=command_of(without_folders(request)),
        history=history,
    )


def chosen(text: str) -> tuple[Model, ...]:
    """The models named, each once. Raises InputError."""
    models = tuple(model_files.load(name.strip()) for name in text.split(",") if name.strip())
    names = [model.name for model in models]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError("--models", f"{', '.join(twice)} named twice", "name each model once")
    if not models:
        raise InputError("--models", "none named", "name at least one, such as --models batch,event")
    return models


def only(model: Model, workflows: tuple[str, ...]) -> Model:
    """The model with nothing but these workflows; nobody works in the others."""
    table = {name: model.workflows[name] if name in workflows else "manual" for name in WORKFLOWS}
    return Model(model.name, model.title, table)


@contextmanager
def progress(console: Console) -> Iterator[Told]:
    """A bar a phase: what has just completed, how many of how many."""
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        shown: dict[str, TaskID] = {}

        def told(what: str, done: int, of: int) -> None:
            phase = "strip" if what.startswith("strip") else "runs"
            if phase not in shown:
                shown[phase] = bars.add_task(phase, total=of)
            bars.update(shown[phase], completed=done, description=what)

        yield told

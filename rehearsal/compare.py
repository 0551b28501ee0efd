"""`rehearse compare`: checks what was asked, runs it with progress, prints the table, writes the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from kernel.errors import InputError
from pipeline import models as model_files
from pipeline.models import Model
from rehearsal.given import Request, command_of, files_of, without_folders
from rehearsal.interrupted import CODE, told_if_interrupted
from rehearsal.names import names_in
from rehearsal.out import folder
from rehearsal.pool import check_pool, pool_of
from rehearsal.provenance import provenance
from rehearsal.seed import check_seed
from rehearsal.slo import end_by, given_slo
from rehearsal.workload import history_of, taking_part
from reports import folder as report_folder
from reports.spending import LOOKS, looks_until
from reports.terminal import show
from scenarios import catalogue, firm_file
from scenarios.play import stage
from sim.experiment import compare as compare_models
from sim.plan import Plan
from sim.rounds import Told
from sim.scope import lines as out_of_scope

DEFAULT = ("batch", "api", "event", "hybrid", "point-to-point", "manual")
ON_A_LOG = ("batch", "api", "event", "point-to-point")
"""Models for a firm's own log: hybrid is event there, and nobody knows what clerks would have done."""


def compare(request: Request) -> None:
    """Do it. Raises InputError before anything is written."""
    console = Console(width=100)
    with told_if_interrupted("nothing was written."):
        plan = plan_of(request)
        slo = given_slo(request.slo, {model.name: model.workflows for model in plan.models})
        out, files = folder(request.out, plan.scenario.name), files_of(request)
        stage(plan.scenario, plan.firm, plan.seed, plan.history)  # what it refuses is told before a bar moves
        with pool_of(request, console) as pool, progress(console) as told:
            experiment = compare_models(plan, told, pool)
        if not experiment.runs:
            raise KeyboardInterrupt
    typed = command_of(request)
    experiment = replace(experiment, typed=[typed], files=files, slo=slo)
    with told_if_interrupted(f"the report is not whole; `rehearse report {out}` builds it from its runs."):
        findings = report_folder.write(experiment, out)
    show(findings, console)
    if plan.history is not None or experiment.interrupted:
        for note in experiment.notes:
            if note not in out_of_scope():
                console.print(Text(note))
    console.print(f"Report: {out / 'report.html'}")
    console.print(f"Repeat: {typed}", soft_wrap=True)
    if experiment.interrupted:
        console.print("Interrupted: each pair of models is compared over what both completed.")
        raise SystemExit(CODE)
    end_by(findings.judgement)


def plan_of(request: Request) -> Plan:
    """The request as a plan. Raises InputError naming the option and the remedy."""
    replications, looks = _asked(request)
    check_seed(request.seed, replications)
    check_pool(request)
    scenario = catalogue.load(request.scenario)
    firm = firm_file.load(request.firm, request.consultants)
    history = history_of(request.workload, scenario)
    models = chosen(request.models, DEFAULT if history is None else ON_A_LOG)
    models = tuple(taking_part(model, history) for model in models)
    if history is not None:
        replications, looks = 1, ()
    made_by = provenance()
    return Plan(
        scenario=scenario,
        firm=firm,
        models=models,
        replications=replications,
        seed=request.seed,
        version=made_by.version,
        commit=made_by.commit,
        command=command_of(without_folders(request)),
        history=history,
        looks=looks,
    )


def _asked(request: Request) -> tuple[int, tuple[int, ...]]:
    """How many replications at most, and the looks of "auto". Raises InputError."""
    if request.replications is not None:
        if request.replications < 1:
            raise InputError("--replications", f"{request.replications} runs", "ask for 1 or more, or auto")
        if request.most is not None:
            what = f"{request.most} means nothing beside the fixed number of --replications"
            raise InputError("--most", what, "leave out one of the two")
        return request.replications, ()
    most = LOOKS[-1] if request.most is None else request.most
    if most < LOOKS[0]:
        remedy = f"give {LOOKS[0]} or more, or a fixed number by --replications"
        raise InputError("--most", f"{most} replications decide nothing", remedy)
    return most, looks_until(most)


def chosen(text: str | None, default: Sequence[str]) -> tuple[Model, ...]:
    """The models named, each once. Raises InputError."""
    models = tuple(model_files.load(name) for name in names_in("--models", text, default))
    names = [model.name for model in models]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError("--models", f"{', '.join(twice)} named twice", "name each model once")
    return models


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
            bars.update(shown[phase], completed=done, total=of, description=what)

        yield told

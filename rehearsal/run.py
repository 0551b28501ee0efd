"""`rehearse run`: one run with its timeline, and the life of one record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kernel.errors import InputError
from measurements import run_file
from measurements.assess import assess
from measurements.run import Run
from pipeline import models as model_files
from rehearsal.interrupted import told_if_interrupted
from rehearsal.out import folder
from rehearsal.provenance import provenance
from rehearsal.seed import check_seed
from rehearsal.workload import history_of, taking_part
from reports.inputs import COUNTS, FINDINGS
from reports.kpis import UNCOMPARED, in_order, kpi
from reports.numbers import sized
from reports.words import FINDINGS as FINDING_WORDS
from reports.words import flow
from run.job import same_run_of
from scenarios import catalogue, firm_file
from scenarios.history.cases import summary_of
from scenarios.history.runs import SameRun
from scenarios.play import stage
from sim.timeline import Moment, life, timeline
from sim.world import World, observe, perform

WIDTH = 100
_SHOWN = ("_p95", "_pct", "_usd", "_hours", "_calls", "invoice_holds", "drain_h")


class Request(NamedTuple):
    """What was typed."""

    scenario: str
    model: str
    firm: Path | None
    consultants: int | None
    seed: int
    trace: str
    workload: Path | None
    out: Path | None


def run(request: Request) -> None:
    """Do it. Raises InputError before anything is written."""
    check_seed(request.seed)
    with told_if_interrupted("nothing was written."):
        scenario = catalogue.load(request.scenario)
        history = history_of(request.workload, scenario)
        model = taking_part(model_files.load(request.model), history)
        play = stage(scenario, firm_file.load(request.firm, request.consultants), request.seed, history)
        out = folder(request.out, scenario.name) if request.out else None
        console = Console(width=WIDTH)
        with console.status(f"{scenario.name} under {model.name} …"):
            world = perform(play, model, request.seed, traced=bool(request.trace))
            observed = observe(world, 0)
            judged = assess(observed)
    if request.trace:
        _print_life(console, world, request.trace)
    else:
        console.print(f"{scenario.title} under {model.title}, seed {request.seed}", style="bold")
        _print_moments(console, timeline(world, judged), play.time.stamp)
        console.print()
        _print_kpis(console, judged)
        _print_audit(console, judged)
        _print_log(console, world, same_run_of(model, play, observed))
    if out is not None:
        console.print(f"Run file: {_written(out, scenario.name, request.seed, judged)}")


def _print_log(console: Console, world: World, same: SameRun | None) -> None:
    """What became of a log's cases, and how near its past the batch pattern comes."""
    if world.play.history is not None:
        for line in summary_of(world.play.history):
            console.print(Text(f"{line}."))
    if same is not None:
        console.print(Text(f"Against the record: {same}."))


def _written(out: Path, scenario: str, seed: int, judged: Run) -> Path:
    """Write the run's file, and say where it stands."""
    made_by = provenance()
    head = run_file.Header(scenario, seed, made_by.version, made_by.commit, judged.model, judged.replication)
    out.mkdir(parents=True, exist_ok=True)
    path = out / run_file.name_of(judged)
    run_file.write(path, head, judged)
    return path


def _print_life(console: Console, world: World, key: str) -> None:
    moments = life(world, key)
    if not moments:
        raise InputError(f"--trace {key}", "no system knows that key", "give a business key such as O00012")
    _print_moments(console, moments, world.play.time.stamp)


def _print_moments(console: Console, moments: list[Moment], stamp: Callable[[float], str]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("when (UTC)", "where", "what"):
        table.add_column(name, overflow="fold")
    for moment in moments:
        table.add_row(stamp(moment.at_s)[:19].replace("T", " "), moment.where, moment.what)
    console.print(table)


def _print_kpis(console: Console, judged: Run) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("KPI")
    table.add_column("value", justify="right")
    table.add_column("n", justify="right")
    for name in in_order(set(judged.kpis)):
        figure, entry = judged.kpis[name], kpi(name)
        if name.endswith(_SHOWN) and name not in UNCOMPARED and figure.value is not None:
            items = f"{figure.n:,}" if entry.workflow else ""
            table.add_row(
                entry.label, f"{'≥ ' if figure.at_least else ''}{sized(figure.value, entry)}", items
            )
    console.print(table)
    if any(figure.at_least for figure in judged.kpis.values()):
        console.print(Text("≥: some of the n items were never finished, so it is at least this."))


def _print_audit(console: Console, judged: Run) -> None:
    """What is wrong, by kind and flow, or that nothing is; then the two honest leftovers."""
    for name in COUNTS:
        flows = {code: count for code, count in judged.audit.get(name, {}).items() if count}
        if flows:
            told = ", ".join(f"{count:,} {flow(code, count)}" for code, count in flows.items())
            console.print(Text(f"Audit: {FINDING_WORDS[name]}: {told}."), width=WIDTH)
    if not any(sum(judged.audit.get(name, {}).values()) for name in FINDINGS):
        console.print("Audit: clean: nothing lost, duplicated, unauthorised or of wrong amount or period.")

"""`rehearse load`: a live rehearsal over HTTP, with progress, judged and reported like any other run."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import orjson
from rich.console import Console
from rich.live import Live as Screen
from rich.table import Table
from rich.text import Text

from kernel.errors import InputError
from loadtests.external import NAME, Connection
from loadtests.live_part import live_of
from loadtests.load import Order, Played, play_live
from loadtests.messenger import UnansweredError
from loadtests.standing import Standing
from loadtests.watch import Sight, Told
from measurements.assess import assess
from measurements.observed import Observed
from measurements.run import Run
from pipeline import models as model_files
from rehearsal.external import (
    CARRIED_BY,
    REAL_TIME,
    TABLE,
    ExternalRequest,
    connection_lines,
    inheritance,
)
from rehearsal.interrupted import told_if_interrupted
from rehearsal.out import folder
from rehearsal.provenance import provenance
from rehearsal.seed import check_seed
from rehearsal.slo import end_by, given_slo
from reports import folder as report_folder
from reports.inputs import Experiment
from reports.run_list import put
from reports.slo.judge import EXIT
from reports.terminal import show
from run.observing import Named
from scenarios import catalogue, correlation_file, firm_file
from scenarios.correlation_file import Correlations
from scenarios.play import Play, stage
from scenarios.window import window_of
from sim.experiment import described
from sim.plan import Plan
from sim.world import observe, perform

MOST_SPEED = 3600.0
SPEED = 120.0
MODEL_NAME = "hybrid"

_INCONCLUSIVE = EXIT["INCONCLUSIVE"]
"""Exit code of a run that did not begin; one that must not be believed ends with the same."""


class Request(NamedTuple):
    """What was typed."""

    scenario: str
    model: str | None
    begins: str | None
    ends: str | None
    hours: float | None
    speed: float | None
    drain_min: float
    firm: Path | None
    consultants: int | None
    seed: int
    workers: int
    slo: str | None
    out: Path | None
    external: ExternalRequest = ExternalRequest()

    @property
    def carrier(self) -> str:
        """The model of the pipeline, or of the past where the integration is external."""
        return self.model or (CARRIED_BY if self.external.external else MODEL_NAME)

    @property
    def pace(self) -> float:
        """Seconds of the play in one of the wall."""
        if self.speed is not None:
            return self.speed
        return REAL_TIME if self.external.external else SPEED


def load(request: Request) -> None:
    """Do it. Raises InputError before anything is started."""
    check_seed(request.seed)
    _check(request)
    console = Console(width=100)
    with told_if_interrupted("every process has been ended; nothing is judged."):
        plan, external = _plan(request), request.external.checked()
        model = plan.models[0]
        slo = given_slo(request.slo, {NAME: TABLE} if external else {model.name: model.workflows})
        correlations = correlation_file.load(request.external.correlation)
        play = stage(plan.scenario, plan.firm, plan.seed)
        play = replace(play, landscape=correlation_file.placed(play.landscape, correlations))
        window = window_of(play, request.begins, request.ends, request.hours)
        out = folder(request.out, f"{plan.scenario.name}-live")
        order = Order(
            *(request.scenario, request.firm, request.consultants, request.carrier, request.seed),
            *(request.pace, request.workers, request.drain_min * 60.0),
            *(request.external.correlation, external),
        )
        out.mkdir(parents=True, exist_ok=True)
        try:
            with _screen(console, play, partial(_connected, console, out, correlations)) as told:
                played = play_live(order, play, model, window, out, told)
        except UnansweredError as error:
            print(f"Not judged: {error}; the logs are in {out / 'logs'}", file=sys.stderr)
            raise SystemExit(_INCONCLUSIVE) from None
        with console.status("judging …"):
            experiment = _judged(plan, play, played)
    experiment = replace(experiment, typed=[plan.command], slo=slo)
    findings = report_folder.write(experiment, out)
    show(findings, console)
    if external is not None:
        console.print(inheritance(played.inherited))
    console.print(f"Report: {out / 'report.html'}")
    console.print(f"Repeat: {plan.command}", soft_wrap=True)
    end_by(findings)


def _check(request: Request) -> None:
    if not 0.0 < request.pace <= MOST_SPEED:
        raise InputError("--speed", f"{request.pace:g}", f"give a number above 0, at most {MOST_SPEED:g}")
    if request.hours is not None and not 0.0 < request.hours <= 7 * 24:
        raise InputError("--hours", f"{request.hours:g}", "give a number above 0, at most 168")
    if request.workers < 1:
        raise InputError("--workers", str(request.workers), "give 1 or more")
    if not 0.0 <= request.drain_min <= 7 * 24 * 60:
        raise InputError("--drain", f"{request.drain_min:g} minutes", "give 0 to 10080")


def _plan(request: Request) -> Plan:
    """The run as a plan of one replication. Raises InputError."""
    made_by = provenance()
    scenario = catalogue.load(request.scenario)
    if scenario.from_log:
        raise InputError(f"scenario {scenario.name}", "plays a log, which has no people", "choose another")
    return Plan(
        scenario=scenario,
        firm=firm_file.load(request.firm, request.consultants),
        models=(model_files.load(request.carrier),),
        replications=1,
        seed=request.seed,
        version=made_by.version,
        commit=made_by.commit,
        command=_command(request),
    )


def _command(request: Request) -> str:
    """As it was typed, with what matters for a repetition."""
    words = ["rehearse", "load", request.scenario, *request.external.words(), "--model", request.carrier]
    words += ["--from", request.begins] if request.begins else []
    words += ["--until", request.ends] if request.ends else []
    words += ["--hours", f"{request.hours:g}"] if request.hours is not None else []
    words += ["--speed", f"{request.pace:g}", "--drain", f"{request.drain_min:g}"]
    words += ["--firm", str(request.firm)] if request.firm else []
    words += ["--consultants", str(request.consultants)] if request.consultants else []
    words += ["--seed", str(request.seed), "--workers", str(request.workers)]
    words += ["--slo", request.slo] if request.slo else []
    return shlex.join(words)


def _judged(plan: Plan, play: Play, played: Played) -> Experiment:
    """The run as a report has it; what faults delayed is told by a fault-free twin in virtual time, which
    nobody has of an integration of one's own.
    """
    left = played.observed
    is_own = left.model == NAME
    twin = _calm_twin(plan, left) if play.fault_spans and not is_own else None
    run: Run = assess(left, twin)
    base = described(plan, play, () if is_own else plan.models)
    if is_own:
        base = replace(base, models={NAME: {name: TABLE[name] for name in play.workflows}})
    return replace(base, runs=[run], live={run.model: live_of(played)})


def _calm_twin(plan: Plan, left: Observed) -> Observed:
    calm = stage(replace(plan.scenario, faults=()), plan.firm, plan.seed).within(left.window_s, left.end_s)
    return observe(perform(calm, plan.models[0], plan.seed), Named(plan.models[0].name).replication)


def _connected(console: Console, out: Path, correlations: Correlations, stands: Connection) -> None:
    """Say what to configure on the other side, and keep it as a file for whoever starts that side."""
    for line in connection_lines(stands, correlations):
        console.print(Text(line), soft_wrap=True)
    put(out / "connection.json", orjson.dumps(stands.row(), option=orjson.OPT_INDENT_2))


@contextmanager
def _screen(console: Console, play: Play, connected: Callable[[Connection], None]) -> Iterator[Told]:
    """One line a matter, renewed as it goes on."""
    with Screen(Text("…"), console=console, refresh_per_second=4, transient=True) as screen:

        def told(sight: Sight) -> None:
            if sight.connection is not None:
                connected(sight.connection)
            screen.update(_seen(sight, play))

        yield told


def _seen(sight: Sight, play: Play) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row("state", sight.state)
    if sight.until_s:
        at, until = (play.time.stamp(at_s)[:16].replace("T", " ") for at_s in (sight.at_s, sight.until_s))
        table.add_row("business time (UTC)", f"{at}, until {until}")
    if sight.acts:
        table.add_row("acts told", f"{sight.acts:,}")
    if sight.lag_s:
        name, worst_s = max(sight.lag_s.items(), key=lambda one: one[1])
        table.add_row("latest process", f"{name}: {worst_s:.1f} s of the play at worst")
    if sight.standing is not None:
        _stands(table, sight.standing)
    return table


def _stands(table: Table, standing: Standing) -> None:
    waiting = (f"{name.replace('_', ' ')} {count:,}" for name, count in sorted(standing.waiting.items()))
    table.add_row("items that wait", ", ".join(waiting) or "none")
    table.add_row("open exceptions", f"{standing.exceptions:,}")
    table.add_row("approved and unbilled", f"${standing.unbilled_usd:,.0f}")
    full = (f"{system} {limit} {share:.0%}" for system, (limit, share) in standing.fullest.items() if limit)
    table.add_row("limits used now", ", ".join(full))

"""`rehearse validate`: windows played live and in virtual time, and whether the simulation told the truth."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from kernel.errors import InputError
from loadtests.live_part import live_of
from loadtests.load import Order, play_live
from loadtests.messenger import UnansweredError
from pipeline.models import Model
from rehearsal.compare import chosen
from rehearsal.interrupted import told_if_interrupted
from rehearsal.names import names_in
from rehearsal.out import folder
from rehearsal.provenance import provenance
from rehearsal.seed import check_seed
from reports.inputs import Experiment
from reports.slo.judge import EXIT
from scenarios import catalogue, firm_file
from scenarios.play import stage
from scenarios.window import window_of
from sim.experiment import described
from sim.fuzz.files import toml
from sim.plan import Plan
from validation import page, rows
from validation.asked import Asked
from validation.campaign import LiveRun, Validation
from validation.campaign import validate as judged_by
from validation.regimes import QUIET, REGIMES, Regime

DEFAULT = ("hybrid", "api")
"""Those that carry items while the window lasts; a batch run may lie outside of it."""

MOST_SPEED = 120.0
"""Above it a live latency is indicative, and a simulation is not judged by it."""


class Request(NamedTuple):
    """What was typed; `models` by comma."""

    scenario: str
    models: str | None
    begins: str | None
    ends: str | None
    speed: float
    drain_min: float
    live_runs: int
    twins: int
    trials: int
    firm: Path | None
    consultants: int | None
    seed: int
    out: Path | None


def validate(request: Request) -> None:
    """Do it. Raises InputError before anything is started."""
    check_seed(request.seed)
    _check(request)
    console = Console(width=rows.WIDTH)
    with told_if_interrupted("every process has been ended; nothing is judged."):
        asked, base = _asked(request)
        out = folder(request.out, f"{asked.play.scenario.name}-validation")
        files = _written(asked, out)
        with console.status("…") as status:
            found = judged_by(asked, _players(request, asked, files, out), status.update)
    page.write(found, base, out)
    _tell(found, base, out, console)


def _tell(found: Validation, base: Experiment, out: Path, console: Console) -> None:
    rows.show(found, console)
    console.print(f"Page: {out / 'validation.html'}")
    console.print(f"Repeat: {base.command}", soft_wrap=True)
    if EXIT[found.word]:
        raise SystemExit(EXIT[found.word])


def _check(request: Request) -> None:
    if not 0.0 < request.speed <= MOST_SPEED:
        remedy = f"give a number above 0, at most {MOST_SPEED:g}: beyond it latencies are indicative"
        raise InputError("--speed", f"{request.speed:g}", remedy)
    if not 0.0 <= request.drain_min <= 7 * 24 * 60:
        raise InputError("--drain", f"{request.drain_min:g} minutes", "give 0 to 10080")
    for name, count, least in (
        ("--live-runs", request.live_runs, 1),
        ("--twins", request.twins, 2),
        ("--trials", request.trials, 0),
    ):
        if count < least:
            raise InputError(name, str(count), f"give {least} or more")


def _asked(request: Request) -> tuple[Asked, Experiment]:
    """What is validated, and how a report describes it. Raises InputError."""
    made_by = provenance()
    scenario = catalogue.load(request.scenario)
    if scenario.from_log:
        raise InputError(f"scenario {scenario.name}", "plays a log, which has no people", "choose another")
    models = chosen(request.models, DEFAULT)
    firm = firm_file.load(request.firm, request.consultants)
    play = stage(scenario, firm, request.seed)
    plan = Plan(
        scenario=scenario,
        firm=firm,
        models=models,
        replications=1,
        seed=request.seed,
        version=made_by.version,
        commit=made_by.commit,
        command=_command(request),
    )
    asked = Asked(
        play=play,
        table=catalogue.table(request.scenario),
        window=window_of(play, request.begins, request.ends),
        models=models,
        drain_s=60.0 * request.drain_min,
        live_runs=request.live_runs,
        twins=request.twins,
        resolution_s=request.speed / 1000.0,
        processes=os.cpu_count() or 1,
        trials=request.trials,
    )
    return asked, described(plan, play, models)


def _written(asked: Asked, out: Path) -> dict[str, Path]:
    """Each regime's scenario file, which live runs read, and with which anyone can repeat them."""
    scenarios = {regime.name: asked.scenario(regime) for regime in (QUIET, *REGIMES)}
    out.mkdir(parents=True, exist_ok=True)
    for name, table in scenarios.values():
        (out / f"{name}.toml").write_text(toml(table), encoding="utf-8")
    return {regime: out / f"{name}.toml" for regime, (name, _) in scenarios.items()}


def _players(
    request: Request, asked: Asked, files: dict[str, Path], out: Path
) -> Callable[[Regime, Model, int], LiveRun]:
    """Who plays live: the systems, pipeline and people of `rehearse load`, over HTTP."""
    names = names_in("--models", request.models, DEFAULT)
    typed = dict(zip((model.name for model in asked.models), names, strict=True))

    def play(regime: Regime, model: Model, number: int) -> LiveRun:
        stage = asked.stage(regime, model)
        order = Order(
            *(str(files[regime.name]), request.firm, request.consultants, typed[model.name]),
            *(request.seed, request.speed, 1, asked.drain_s),
        )
        folder = out / f"{regime.name}-{model.name}-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        try:
            played = play_live(order, stage.play, model, stage.window, folder, lambda _: None)
        except UnansweredError as error:
            raise InputError("the live run", f"could not begin: {error}", "read that log") from None
        live = live_of(played)
        return LiveRun(played.observed, live.unfinished or live.saturated)

    return play


def _command(request: Request) -> str:
    """As it was typed, with what matters for a repetition."""
    words = ["rehearse", "validate", request.scenario, "--models", request.models or ",".join(DEFAULT)]
    words += ["--from", request.begins] if request.begins else []
    words += ["--until", request.ends] if request.ends else []
    words += ["--speed", f"{request.speed:g}", "--drain", f"{request.drain_min:g}"]
    words += ["--live-runs", str(request.live_runs), "--twins", str(request.twins)]
    words += ["--trials", str(request.trials)]
    words += ["--firm", str(request.firm)] if request.firm else []
    words += ["--consultants", str(request.consultants)] if request.consultants else []
    words += ["--seed", str(request.seed)]
    return shlex.join(words)

"""`rehearse fuzz`: random whole worlds, run and judged; what fails is shrunk and written as files."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kernel.errors import InputError
from rehearsal.fuzz_report import Tally, print_tally
from rehearsal.interrupted import CODE, told_if_interrupted
from rehearsal.out import folder
from rehearsal.pool import local
from rehearsal.seed import check_seed
from sim.fuzz import files
from sim.fuzz.shrink import shrunk, way
from sim.fuzz.trial import Outcome, trial, trial_of
from sim.processes import Processes

WIDTH = 100


class Request(NamedTuple):
    """What was typed; `minutes` 0 = no limit."""

    seeds: int
    start: int
    jobs: int
    minutes: float
    out: Path | None


class _TimeIsUpError(KeyboardInterrupt):
    """Ends the work as Ctrl-C does: what is complete is kept."""


def fuzz(request: Request) -> None:
    """Do it; exit code 1 where something was found, else 130 where Ctrl-C ended it.

    Raises InputError before any world is run.
    """
    _check(request)
    out, console = folder(request.out, "fuzz"), Console(width=WIDTH, highlight=False)
    tally, began_s, timed_out = Tally(), time.perf_counter(), False
    with _bar(console) as bar:
        task = bar.add_task("worlds", total=request.seeds)

        def told(_: int, outcome: Outcome) -> None:
            nonlocal timed_out
            tally.add(outcome)
            for line in tally.news(outcome):
                bar.console.print(line, soft_wrap=True)
            bar.update(task, advance=1, description=f"seed {outcome.drawn.seed}")
            if request.minutes and time.perf_counter() - began_s > 60.0 * request.minutes:
                timed_out = True
                raise _TimeIsUpError

        seeds = range(request.start, request.start + request.seeds)
        gathered = _pool(request).run_all(seeds, trial_of, told)
    tally.took_s = time.perf_counter() - began_s
    print_tally(console, tally)  # first: to shrink what failed takes long, and may be interrupted
    with told_if_interrupted(f"what was found so far stands in {out}."):
        _keep(tally.failed, out, console)
    if tally.failed:
        raise SystemExit(1)
    if gathered.interrupted and not timed_out:
        raise SystemExit(CODE)


def _check(request: Request) -> None:
    check_seed(request.start, max(1, request.seeds), "--start")
    if request.seeds < 1:
        raise InputError("--seeds", f"{request.seeds} worlds", "ask for 1 or more")
    local(request.jobs)
    if not 0.0 <= request.minutes < math.inf:
        raise InputError(
            f"--minutes {request.minutes:g}", "no length of time", "give minutes, or 0 for no end"
        )


def _pool(request: Request) -> Processes:
    return Processes(min(local(request.jobs).count, request.seeds))


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


def _keep(failed: list[Outcome], out: Path, console: Console) -> None:
    """Each failing world as it was drawn, and beside it the smallest that fails in the same way."""
    for outcome in failed:
        place = out / f"seed-{outcome.drawn.seed}"
        files.write(outcome.drawn, place / "drawn", _why(outcome))
        smallest = outcome if _repeats_not(outcome) else _told_shrunk(outcome, console)
        command = files.write(smallest.drawn, place, _why(smallest))
        console.print(f"seed {outcome.drawn.seed}: {_why(smallest)}", markup=False, soft_wrap=True)
        console.print(f"  repeat: {command}", markup=False, soft_wrap=True)


def _repeats_not(outcome: Outcome) -> bool:
    """Other bytes elsewhere, and worlds that no reader takes, are not made smaller by running them."""
    return way(outcome.violations[0])[0] in {"bytes", "refused"}


def _told_shrunk(outcome: Outcome, console: Console) -> Outcome:
    tried: list[Outcome] = []

    def counted(run: Callable[..., Outcome] = trial) -> Callable[..., Outcome]:
        def one(drawn: object) -> Outcome:
            tried.append(outcome)
            status.update(f"seed {outcome.drawn.seed}: shrinking, run {len(tried)} …")
            return run(drawn)

        return one

    with console.status(f"seed {outcome.drawn.seed}: shrinking …") as status:
        return shrunk(outcome, counted())


def _why(outcome: Outcome) -> str:
    return "; ".join(f"{one.kind} {one.where}: {one.detail}" for one in outcome.violations[:3])

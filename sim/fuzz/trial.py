"""One trial: a drawn world is run in virtual time and judged; what goes wrong is a value, no error."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from kernel.errors import InputError
from measurements.assess import assess
from measurements.observed import Observed
from measurements.run import Run
from measurements.run_file import Header, encoded
from scenarios.play import Play, stage
from sim.collector import collector_off
from sim.fuzz.coverage import Cell, Span, exercised
from sim.fuzz.expectation import Reason, reasons
from sim.fuzz.judge import Violation, violations
from sim.fuzz.world import Drawn, draw, read
from sim.world import observe, perform

TWICE = 20
"""One seed in so many is run again in another process, whose hashes differ."""

_ROOT = Path(__file__).parents[2]


class Outcome(NamedTuple):
    """How a world ended. `excused` are violations that its `reasons` explain; `digest` is of the run file."""

    drawn: Drawn
    violations: tuple[Violation, ...]
    excused: tuple[Violation, ...] = ()
    reasons: tuple[Reason, ...] = ()
    cells: frozenset[Cell] = frozenset()
    calls: int = 0
    digest: str = ""


def trial_of(seed: int) -> Outcome:
    """The trial of a seed's world, some of them twice."""
    outcome = trial(draw(seed))
    if seed % TWICE or outcome.violations:
        return outcome
    if _elsewhere(seed) == outcome.digest:
        return outcome
    return outcome._replace(violations=(Violation("bytes", "run file", "other bytes in another process"),))


def trial(drawn: Drawn) -> Outcome:
    """Run and judge it."""
    try:
        with collector_off():
            play, observed, run, calls = _performed(drawn)
            found = violations(observed, run, play.company.owner_s)
            cells = exercised(_spans(play), observed.trail, drawn.model["workflows"])
    except KeyboardInterrupt:
        raise
    except InputError as error:
        return Outcome(drawn, (Violation("refused", error.where.rpartition(":")[0], str(error)),))
    except BaseException as error:  # NotSimulated is none of Exception, so that no retry swallows it
        return Outcome(drawn, (_raised(error),))
    why = reasons(drawn)
    excused = tuple(one for one in found if any(reason.explains(one) for reason in why))
    rest = tuple(one for one in found if one not in excused)
    return Outcome(drawn, rest, excused, why, cells, calls, _digest(drawn, run))


def _digest(drawn: Drawn, run: Run) -> str:
    return sha256(encoded(Header("fuzz", drawn.seed, "", "", run.model, 0), run)).hexdigest()


def _performed(drawn: Drawn) -> tuple[Play, Observed, Run, int]:
    scenario, firm, model = read(drawn)
    play = stage(scenario, firm, drawn.seed)
    world = perform(play, model, drawn.seed)
    observed = observe(world, 0)
    return play, observed, assess(observed), world.calls


def _spans(play: Play) -> list[Span]:
    found = [
        Span(fault.kind, fault.at_s, fault.at_s + (fault.for_s or play.end_s))
        for settings in play.landscape.systems.values()
        for fault in settings.faults
    ]
    found += [
        Span(release.kind, release.at_s, play.end_s)
        for settings in play.landscape.systems.values()
        for release in settings.releases
    ]
    return found


def _raised(error: BaseException) -> Violation:
    """Named by the innermost place in this project, which two failures of one root share."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _own(frame.filename)]
    place = f"{Path(frames[-1].filename).relative_to(_ROOT)} {frames[-1].name}" if frames else "elsewhere"
    return Violation("exception", f"{type(error).__name__} in {place}", f"{error}"[:300])


def _own(file: str) -> bool:
    path = Path(file)
    return path.is_relative_to(_ROOT) and ".venv" not in path.parts


def _elsewhere(seed: int) -> str:
    command = [
        sys.executable,
        "-c",
        f"from sim.fuzz.trial import draw, trial; print(trial(draw({seed})).digest)",
    ]
    environment = {**os.environ, "PYTHONHASHSEED": str(seed % 2**32)}
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return told.stdout.strip()

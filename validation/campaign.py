"""A validation from beginning to end: calibrate on a quiet run, play all regimes live, judge by their twins.

    quiet live run ──> Calibration ──┐
    regimes × models × live runs ────┼──> Judged ──┐
    twins of each ───────────────────┘             ├──> Validation
    wrong twins, the same live runs ──> rejected? ─┤
    virtual runs in place of live ones ──> power ──┘

Who plays live is a parameter, so that all of it can be tried in virtual time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from measurements.observed import Observed
from pipeline.models import Model
from reports.slo.rule import Word
from validation.asked import Asked
from validation.calibration import PAIRS_LEAST, Calibration, call_overhead, with_messages
from validation.comparison import ALL
from validation.gates import Gate, Judged, in_sum, judge
from validation.power import Power, failing, power
from validation.ranking import same_winners
from validation.reading import Reading, read
from validation.regimes import QUIET, REGIMES, Regime
from validation.twins import twins
from validation.wrong import WRONG, Wrong

VIRTUAL_FROM = 1_001
"""Numbers from which virtual runs stand for live ones, so that none is also a twin."""


class LiveRun(NamedTuple):
    """What a live run left behind; `trouble` says why nothing is judged by it (a process lost, people who
    could not keep up); empty where there is none.
    """

    observed: Observed
    trouble: str = ""


Players = Callable[[Regime, Model, int], LiveRun]
"""Play one regime under one model live; the number tells repetitions apart, from 1 on."""

Told = Callable[[str], None]
"""Hears what is being done."""


class Validation(NamedTuple):
    """All that was found. `rejected`: wrong simulation to the gates by which the live runs reject it;
    `powers` begins with the right simulation. Both are of the first model, and empty without trials.
    """

    asked: Asked
    calibration: Calibration
    judged: Sequence[Judged]
    winners: Sequence[Gate]
    rejected: Mapping[str, Sequence[str]]
    powers: Sequence[Power]

    @property
    def gates(self) -> list[Gate]:
        """All of them."""
        judged = [gate for one in self.judged for gate in one.gates]
        return [*self._uncalibrated(), *judged, *self.winners]

    def _uncalibrated(self) -> list[Gate]:
        """Without the cost of a call nobody knows what the simulation would tell: no PASS in sum."""
        fitted = self.calibration
        if fitted.pairs >= PAIRS_LEAST:
            return []
        reason = f"{fitted.pairs} pairs of writes, {PAIRS_LEAST} are needed: twins are bare"
        model = self.asked.models[0].name
        return [Gate(QUIET.name, model, "calibration", ALL, "INCONCLUSIVE", reason)]

    @property
    def word(self) -> Word:
        """The verdict in sum."""
        return in_sum(self.gates)


def validate(asked: Asked, play: Players, told: Told) -> Validation:
    """Do it. Raises InputError where a window begins at no quiet instant, and what a live run raises."""
    calibration = calibrated(asked, play, told)
    judged = []
    for regime in REGIMES:
        live: dict[str, list[Reading]] = {model.name: [] for model in asked.models}
        troubles: dict[str, str] = {}
        # Models take turns, so that what the machine does meanwhile strikes all alike.
        for number in range(1, asked.repeats(regime) + 1):
            for model in asked.models:
                of = f"{number} of {asked.repeats(regime)}"
                told(f"{regime.title.lower()}: live run {of} under {model.name}")
                run = play(regime, model, number)
                live[model.name].append(read(run.observed))
                if run.trouble:
                    troubles[model.name] = f"live run {number}: {run.trouble}"
        for model in asked.models:
            told(f"{regime.title.lower()}: twins under {model.name}")
            found = _readings(asked, regime, model, calibration, asked.numbers(regime))
            trouble = troubles.get(model.name, "")
            judged.append(judge(regime, model.name, live[model.name], found, asked.resolution_s, trouble))
    told("the order of the models")
    winners = same_winners(judged)
    rejected, powers = _tried(asked, calibration, judged, told) if asked.trials else ({}, [])
    return Validation(asked, calibration, judged, winners, rejected, powers)


def calibrated(asked: Asked, play: Players, told: Told) -> Calibration:
    """Once, under the first model: the wire costs what it costs, whoever sends. Of a troubled run none."""
    model = asked.models[0]
    told(f"a quiet live run under {model.name}, for calibration")
    live, trouble = play(QUIET, model, 1)
    if trouble:
        return Calibration()
    stage = asked.stage(QUIET, model)
    (bare,) = twins(stage, Calibration(), [0], _itself)
    fitted = call_overhead(live, bare)
    (twin,) = twins(stage, fitted.typical, [0], _itself)
    return with_messages(fitted, live, twin)


def _itself(observed: Observed) -> Observed:
    return observed


def _readings(
    asked: Asked,
    regime: Regime,
    model: Model,
    calibration: Calibration,
    numbers: Sequence[int],
    wrong: Wrong | None = None,
) -> list[Reading]:
    """A single twin has the typical cost of a call; of many each has that of a run of its own."""
    cost = calibration if regime.banded else calibration.typical
    return twins(asked.stage(regime, model, wrong), cost, numbers, read, asked.processes)


def _tried(
    asked: Asked, calibration: Calibration, judged: Sequence[Judged], told: Told
) -> tuple[dict[str, list[str]], list[Power]]:
    """The right simulation and the wrong ones, each against what was played live and against virtual runs."""
    model = asked.models[0]
    mine = {one.regime.name: one for one in judged if one.model == model.name}
    live = {name: one.live for name, one in mine.items()}
    told(f"virtual runs in place of live ones, under {model.name}")
    trials = _trials(asked, model, calibration)
    right = {name: one.twins for name, one in mine.items()}
    powers = [power("right", "as it is", REGIMES, trials, right, asked.resolution_s)]
    rejected = {}
    for wrong in WRONG:
        told(f"a wrong simulation: {wrong.title}")
        astray = {
            regime.name: _readings(asked, regime, model, calibration, asked.numbers(regime), wrong)
            for regime in REGIMES
        }
        rejected[wrong.name] = failing(REGIMES, live, astray, asked.resolution_s)
        powers.append(power(wrong.name, wrong.title, REGIMES, trials, astray, asked.resolution_s))
    return rejected, powers


def _trials(asked: Asked, model: Model, calibration: Calibration) -> list[dict[str, list[Reading]]]:
    """Each regime to as many runs as were played live, no run twice."""
    trials: list[dict[str, list[Reading]]] = [{} for _ in range(asked.trials)]
    for regime in REGIMES:
        runs = asked.repeats(regime)
        numbers = range(VIRTUAL_FROM, VIRTUAL_FROM + runs * asked.trials)
        found = _readings(asked, regime, model, calibration, numbers)
        for place, trial in enumerate(trials):
            trial[regime.name] = found[place * runs : (place + 1) * runs]
    return trials

"""What is to be validated, and the stages on which it is played: one a regime, model and simulation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kernel.errors import InputError
from kernel.time import DAY_S
from pipeline.models import Model
from scenarios import catalogue
from scenarios.play import Play, stage
from scenarios.window import Window
from validation.regimes import QUIET, Regime, quiet_window, table_of
from validation.twins import Stage
from validation.wrong import Wrong


@dataclass(frozen=True, slots=True)
class Asked:
    """A scenario (`play`, of the file that holds `table`) in a window, under some models, and how often.

    `live_runs` and `twins` are those of a banded regime; elsewhere one of each is enough. `resolution_s`:
    what the live clock cannot tell apart. `trials`: virtual validations that tell the gates' power; 0 = none.
    """

    play: Play
    table: Mapping[str, Any]
    window: Window
    models: Sequence[Model]
    drain_s: float
    live_runs: int
    twins: int
    resolution_s: float
    processes: int
    trials: int
    _plays: dict[tuple[str, str], Play] = field(default_factory=dict)

    def window_of(self, regime: Regime) -> Window:
        """The window in which a regime is played. Raises InputError where there is no week before it."""
        if regime is not QUIET:
            return self.window
        if self.window.from_s <= 7 * DAY_S:
            what = "begins in the first week, so that nothing quiet is left to calibrate by"
            remedy = f"begin after {self.play.time.stamp(7 * DAY_S)}"
            raise InputError("the window", what, remedy)
        return quiet_window(self.window)

    def scenario(self, regime: Regime) -> tuple[str, dict[str, Any]]:
        """The regime's scenario, by name and as the table of a file."""
        name = f"{self.play.scenario.name}-{regime.name}"
        return name, table_of(regime, self.table, self.play, self.window_of(regime))

    def stage(self, regime: Regime, model: Model, wrong: Wrong | None = None) -> Stage:
        """Where live run and twins meet, or the twins of a wrong simulation are played."""
        return Stage(self._play(regime, wrong), model, self.window_of(regime), self.drain_s)

    def _play(self, regime: Regime, wrong: Wrong | None) -> Play:
        key = regime.name, "" if wrong is None else wrong.name
        if key not in self._plays:
            name, table = self.scenario(regime)
            firm = self.play.firm
            if wrong is not None:
                table, firm = dict(wrong.scenario(table)), wrong.firm(firm)
            scenario = catalogue.scenario_from(name, table, f"{name}.toml")
            self._plays[key] = stage(scenario, firm, self.play.seed)
        return self._plays[key]

    def repeats(self, regime: Regime) -> int:
        """Live runs of a regime."""
        return self.live_runs if regime.banded else 1

    def numbers(self, regime: Regime) -> range:
        """The twins of a regime."""
        return range(1, 1 + (self.twins if regime.banded else 1))

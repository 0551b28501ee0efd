"""One job of an experiment: scenario, firm, model and seed in; a judged run out. Fit for other processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from measurements.observed import Observed
from measurements.run import Run
from pipeline.models import Model
from pipeline.settings import Settings
from run.settings_of import settings_of
from scenarios.firm import Firm
from scenarios.history.cases import History
from scenarios.history.runs import SameRun, same_run
from scenarios.play import Play, stage
from scenarios.scenario import Scenario

EXPENSES = "time_and_expense"


class Job(NamedTuple):
    """What one process needs to perform one run; `poll_s` overrides how often sources are polled."""

    scenario: Scenario
    firm: Firm
    model: Model
    seed: int
    replication: int
    history: History | None = None
    poll_s: Mapping[str, float] | None = None

    def __str__(self) -> str:
        return f"{self.model.name}, seed {self.seed}"

    def staged(self) -> Play:
        """Its play."""
        return stage(self.scenario, self.firm, self.seed, self.history)

    def settings(self, play: Play) -> Settings:
        """What its pipeline is told of the play."""
        settings = settings_of(play)
        if self.poll_s is None:
            return settings
        return replace(settings, poll_s={**settings.poll_s, **self.poll_s})


class Done(NamedTuple):
    """A judged run; `same_run` where a history was played in batch runs."""

    run: Run
    same_run: SameRun | None = None


def same_run_of(model: Model, play: Play, observed: Observed) -> SameRun | None:
    """From the ERP's journal: what landed in the run in which it was really paid."""
    schedule = play.schedules.get(EXPENSES)
    if play.history is None or schedule is None or model.workflows[EXPENSES] != "batch":
        return None
    posted = {key: at_s for (key, *_), at_s in _posted(observed).items()}
    return same_run(play.history, schedule, posted, play.time.start_unix_s)


def _posted(observed: Observed) -> Mapping[tuple[str, ...], float]:
    rows: dict[tuple[str, ...], float] = {}
    for effect in observed.books.effects:
        if effect.flow == "expense" and effect.state == "posted" and not effect.reverses:
            rows.setdefault((effect.key,), effect.at_s)
    return rows

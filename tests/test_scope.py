"""The page names what a month-end can hold and no scenario can say."""

from __future__ import annotations

from pipeline import models
from scenarios import catalogue, firm_file
from scenarios.play import stage
from sim.experiment import _notes
from sim.plan import Plan
from sim.scope import OUT_OF_SCOPE


def test_every_comparison_names_what_is_out_of_scope_and_what_happens_instead() -> None:
    scenario, firm = catalogue.load("month-end"), firm_file.load(None, 10)
    plan = Plan(scenario, firm, (models.load("batch"),), 1, 1, "0", "0", "")
    told = _notes(plan, stage(scenario, firm, 1))
    assert len(OUT_OF_SCOPE) == len({left.what for left in OUT_OF_SCOPE})
    for left in OUT_OF_SCOPE:
        assert any(left.what in note and left.instead in note for note in told)

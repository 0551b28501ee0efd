"""Each release is listed with what it did: whom it struck, what waited until when, who answered."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pytest
from facts_data import commitment, observed
from small_world import HOURLY_MIN, count, judged

from measurements.facts import Books, Problem
from measurements.observed import Released
from measurements.releases import lines
from measurements.run import ReleaseLine, Run
from measurements.run_file import Header, encoded, read
from measurements.view import view
from pipeline import models as model_files
from scenarios import catalogue, firm_file
from scenarios.play import stage
from scenarios.scenario import PlannedRelease
from sim.world import perform

RULE = PlannedRelease(
    at="BD-1 08:00",
    system="netsuite",
    cause="new validation rule",
    kind="validation_rule",
    parameters={
        "object": "timeBill",
        "field": "approvalStatus",
        "when": ["approved"],
        "message": "No time today.",
    },
    name="No time at month-end",
)


@lru_cache
def ran(model: str, repaired_after_days: float | None) -> Run:
    release = replace(RULE, repaired_after_days=repaired_after_days)
    scenario = replace(catalogue.load("month-end"), releases=(release,), polls_min=HOURLY_MIN)
    return judged(perform(stage(scenario, firm_file.load(None, 10), 1), model_files.load(model), 1))


@pytest.mark.parametrize("model", ["batch", "api", "event"])
def test_a_rule_that_is_repaired_holds_items_until_then_and_all_ends_clean(model: str) -> None:
    (line,) = ran(model, 1.5).releases
    assert (line.name, line.cause, line.by) == (RULE.name, RULE.cause, "an administrator")
    assert line.workflows == ["time_and_expense"]
    assert line.still == 0
    assert line.answered_h == line.start_h + 36.0
    audit = ran(model, 1.5).audit
    assert [name for name, found in audit.items() if any(found.values()) and name != "pending"] == []


@pytest.mark.parametrize("model", ["batch", "api", "event"])
def test_items_that_waited_stand_soon_after_the_repair(model: str) -> None:
    (line,) = ran(model, 1.5).releases
    assert line.waited > 3
    assert line.until_h is not None
    assert line.answered_h is not None
    assert line.answered_h < line.until_h < line.answered_h + 12.0


def test_a_rule_that_nobody_repairs_holds_its_items_to_the_end() -> None:
    run = ran("event", None)
    (line,) = run.releases
    assert (line.answered_h, line.by) == (None, "")
    assert line.still > 10
    assert count(run, "open_exceptions", "time") > 0
    assert count(run, "lost") == 0


def test_the_run_file_holds_the_lines(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "run.json"
    path.write_bytes(encoded(Header("s", 1, "v", "c", "event", 0), ran("event", 1.5)))
    assert read(path)[1].releases == list(ran("event", 1.5).releases)
    assert isinstance(read(path)[1].releases[0], ReleaseLine)


CUT = Released("cut", "netsuite", "limit cut", "limit_cut", 0.0, None, "")
RETIRED = Released("end", "workday", "vendor release", "retire_version", 0.0, None, "")


@pytest.mark.parametrize(
    ("release", "cause", "detail", "struck"),
    [
        (CUT, "timeout", "netsuite: throttled (HTTP 429)", True),
        (CUT, "timeout", "no NetSuite slot within the caller's time", True),
        (CUT, "timeout", "netsuite: down (HTTP 503)", False),
        (CUT, "timeout", "salesforce: throttled (HTTP 403)", False),
        (RETIRED, "schema", "workday: The web service version is not supported.", True),
        (RETIRED, "schema", "workday: Worker_Data lacks Cost_Rate", False),
        (RETIRED, "schema", "salesforce: The requested API version is no longer supported.", False),
        (RETIRED._replace(kind="remove_field"), "schema", "workday: Worker has no Cost_Rate", False),
    ],
)
def test_a_release_is_blamed_only_for_what_names_it(
    release: Released, cause: str, detail: str, struck: bool
) -> None:
    told = Problem("time", "T1", 1, cause, detail, "desk", 10.0, None, 0, 0.0)
    row = commitment("time", "T1", 0)
    (line,) = lines(view(observed(Books((row,), problems=(told,)), releases=(release,))))
    assert list(line.workflows) == (["time_and_expense"] if struck else [])

"""What a firm knows better than the estimates: its costs, its margins, its integration's figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import InputError
from pipeline import models
from pipeline.costs import SHIPPED
from pipeline.settings import SOURCES, Settings
from reports.claims import margin_of
from reports.inputs import Experiment, Margin
from reports.kpis import kpi
from run.settings_of import settings_of
from scenarios import catalogue, firm_file, firm_tables
from scenarios.firm import Firm
from scenarios.known import KPIS
from scenarios.play import stage
from sim.money import costs, estimates_of, pattern_costs


def firm(text: str, folder: Path) -> Firm:
    (folder / "firm.toml").write_text(f"consultants = 20\n{text}")
    return firm_file.load(folder / "firm.toml")


def test_a_firm_without_such_tables_costs_what_is_estimated() -> None:
    assert estimates_of({}) == SHIPPED
    assert Firm().costs == Firm().margins == Firm().integration == {}


def test_own_costs_stand_in_place_of_those_named_alone(tmp_path: Path) -> None:
    own = firm("[costs]\nday_usd = [1, 2, 3]\n[costs.platform_usd]\nevent = [7, 8, 9]\n", tmp_path).costs
    given = estimates_of(own)
    assert given.day_usd == (1, 2, 3)
    assert given.platform_usd == {**SHIPPED.platform_usd, "event": (7, 8, 9)}
    assert given.build_days == SHIPPED.build_days
    assert costs((models.load("event"),), own)["event"]["platform and add-ons"] == (7, 8, 9)


def test_a_dearer_day_makes_every_pattern_dearer_by_as_much(tmp_path: Path) -> None:
    dear = pattern_costs(firm("[costs]\nday_usd = [1200, 1800, 2600]\n", tmp_path).costs)
    for workflow, patterns in pattern_costs({}).items():
        for pattern, cost in patterns.items():
            assert dear[workflow][pattern] == pytest.approx(tuple(2 * figure for figure in cost))


def test_an_own_margin_stands_before_the_scenarios_and_the_tables(tmp_path: Path) -> None:
    own = firm("[margins]\ntime_posted_h_p95 = { absolute = 9 }\n", tmp_path)
    play = stage(catalogue.load("month-end"), own, 1)
    assert "time_posted_h_p95" in play.scenario.decisions
    assert play.decisions["time_posted_h_p95"] == (9, 0)
    told: Any = Experiment("s", "t", "q", 1, 20, "f", "0", "0", "c", {}, [], margins={"x": Margin(1)})
    entry = kpi("invoice_holds")
    assert margin_of(told, entry) == entry.margin
    assert margin_of(replace(told, margins={"invoice_holds": Margin(3)}), entry) == Margin(3)


def test_every_figure_of_the_integration_is_one_of_the_pipelines_and_reaches_it(tmp_path: Path) -> None:
    names = set(firm_tables.Integration.model_fields)
    assert names <= {found.name for found in fields(Settings)} & set(SOURCES)
    text = "[integration]\nattempts = 7\nredelivery_s = [5, 10]\nbackoff_most_s = 99\n"
    settings = settings_of(stage(catalogue.load("month-end"), firm(text, tmp_path), 1))
    assert (settings.attempts, settings.redelivery_s, settings.backoff_most_s) == (7, (5, 10), 99)
    assert settings.backoff_base_s == 1.0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[costs]\nday_usd = [3, 2, 1]\n", "costs.day_usd: low, default and high are not in order"),
        ("[costs.build_days]\nmagic = [1, 2, 3]\n", "costs.build_days.magic"),
        ("[costs]\nday_usd = [1, 2]\n", "costs.day_usd"),
        ("[costs]\nyears = 0\n", "costs.years"),
        ("[margins]\nhappiness = { absolute = 1 }\n", "margins: unknown KPI 'happiness'"),
        (
            "[margins]\ntime_posted_p95 = { absolute = 1 }\n",
            f"{len(KPIS)} known, such as time_posted_h_p95, ",
        ),
        ("[margins]\ndrain_h = { absolute = -1 }\n", "margins.drain_h.absolute"),
        ("[integration]\nattempts = 0\n", "integration.attempts"),
        ("[integration]\nredelivery_s = []\n", "integration.redelivery_s"),
        ("[integration]\nbackoff_base_s = 60\n", "integration.backoff_most_s: 30 s is less than"),
        ("[integration]\nslots = 3\n", "integration.slots: unknown field"),
    ],
)
def test_a_mistake_in_them_is_told_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        firm(text, tmp_path)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("share", "starts"), [(0.0, 0), (0.15, 1), (0.6, 4)])
def test_contractors_come_and_go_as_their_share_says(share: float, starts: int) -> None:
    few = replace(Firm(), consultants=400, contractor_share=share)
    changes = stage(catalogue.load("month-end"), few, 2).workload.changes
    counts = Counter((row.kind, row.worker_record.kind) for row in changes if row.worker_record)
    usual = Firm().contractor_starts * 0.4
    assert abs(counts["hire", "contractor"] - usual * starts * 1.2) <= 3 * max(1, usual * starts) ** 0.5
    if not share:
        assert not counts["hire", "contractor"]

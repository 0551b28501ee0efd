"""The plan of a comparison: which runs there are, and in which order processes take them."""

from __future__ import annotations

from pipeline import models
from scenarios import catalogue, firm_file
from sim.plan import Plan, longest_first


def test_the_longest_runs_of_a_replication_go_first_and_replications_stay_together() -> None:
    names = ("batch", "api", "event", "hybrid", "point-to-point", "manual")
    chosen = tuple(models.load(name) for name in names)
    firm = firm_file.load(None, 10)
    jobs = Plan(catalogue.load("month-end"), firm, chosen, 2, 7, "0", "0", "").jobs()

    taken = [(jobs[index].seed, jobs[index].model.name) for index in longest_first(jobs)]

    order = ("point-to-point", "event", "hybrid", "api", "batch", "manual")
    assert taken == [(seed, name) for seed in (7, 8) for name in order]

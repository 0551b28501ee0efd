"""People save what changes nothing: that is due nowhere, and neither lost nor wrong."""

from __future__ import annotations

from functools import partial

import pytest
from small_world import DAY_S, HOURLY_MIN, asking, month_end, peopled, ran, staged

from measurements.assess import assess
from pipeline import models
from scenarios.play import Play
from scenarios.script import Ask, Scripted, desk_call
from sim.world import observe

SEED, AT_S = 2, 9 * DAY_S
SCENARIO = month_end(firm={"time_and_materials": 0.3, "fixed_price": 0.2}, polls_min=HOURLY_MIN)


def _acts(play: Play) -> dict[str, Ask]:
    opening = play.opening
    instalment = next(one for one in opening.instalments if one.status.lower() not in {"billed", "invoiced"})
    worker, project = opening.workers[0], opening.projects[0].project
    same = {
        "instalment": instalment.instalment,
        "amount_minor": instalment.amount_minor,
        "date": instalment.date,
    }
    order = {"change_order": f"{project}-X9", "project": project, "amount_minor": 0, "hours": 0}
    raised = {"worker": worker.worker, "effective": "2026-05-04", "cost_rate_minor": worker.cost_rate_minor}
    moved = {"worker": worker.worker, "effective": "2026-05-05"}
    won = next(
        deal
        for deal in play.workload.deals
        if deal.won and not deal.missing and (deal.decided_at_s or AT_S) < AT_S - DAY_S
    )
    place = {"entity": worker.entity, "practice": worker.practice, "region": worker.region}
    kept = {"opportunity": won.opportunity, "fields": {"planned_hours": won.given["planned_hours"]}}
    return {
        "a deal saved again": desk_call("crm", "opportunity.update", won.owner, **kept),
        "a schedule saved as it was": desk_call("psa", "schedule.change", "finance", **same),
        "a change order of nothing": desk_call(
            "psa", "change_order.approve", "finance", **order, approver="finance", date="2026-05-01"
        ),
        "a raise to the same rate": desk_call("hcm", "worker.rate", "hr", **raised),
        "a transfer to where one is": desk_call("hcm", "worker.transfer", "hr", **moved, fields=place),
    }


@pytest.mark.parametrize("model", ["batch", "api", "event"])
def test_what_changes_nothing_leaves_the_audit_clean(model: str) -> None:
    play = staged(SCENARIO, SEED, consultants=12)
    acts = [
        Scripted("consultant", name, AT_S, partial(asking, AT_S, ask)) for name, ask in _acts(play).items()
    ]
    busy = peopled(play, (*play.people, *acts))
    run = assess(observe(ran(busy, models.load(model), SEED), 0))
    assert run.findings == []
    assert all(balance.holds for balance in run.identity.values())

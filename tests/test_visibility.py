"""One failure, one visibility: every pattern that knows in time writes a refusal on the record; both arms."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import cache
from math import inf
from statistics import median
from typing import NamedTuple

import pytest
from pipeline_world import CALM, CARD, HOUR_S, Firm, only, play
from small_world import WINS, judged, model, month_end, ran, staged
from vendor_opening import TIME

from mocks.releases import Release
from pipeline.patterns.event import Events
from pipeline.tasks import Tasks
from pipeline.workflows.stream import Stream
from sim.world import observe

SEEDS = range(1, 11)
EVERYBODY = ("api", "event", "batch")
INCOMPLETE = {"missing_share": 0.9}


class Seen(NamedTuple):
    """Hours until wins were set up, and what went to the desk instead of their owners."""

    hours: tuple[float, ...]
    exceptions: int
    manual_h: float


@cache
def wins(pattern: str, shown_by: tuple[str, ...]) -> Seen:
    """All seeds together: nine wins in ten lack an attribute."""
    hours: list[float] = []
    exceptions, manual_h = 0, 0.0
    for seed in SEEDS:
        staging = staged(month_end(firm=INCOMPLETE), seed, workflows=[WINS], days=20.0)
        world = ran(staging, model(**{WINS: pattern}), seed, shown_by=shown_by)
        problems = observe(world, 0).books.problems
        exceptions += sum(problem.cause == "missing_attribute" for problem in problems)
        run = judged(world)
        hours += run.samples.get("project", ())
        manual_h += run.kpis["manual_hours"].value or 0.0
    return Seen(tuple(sorted(hours)), exceptions, manual_h)


@pytest.mark.large
def test_both_show_refusals_and_are_level() -> None:
    api, event = wins("api", EVERYBODY), wins("event", EVERYBODY)
    assert api.exceptions == event.exceptions <= 1, "who takes until the night is found by the sweep"
    assert median(event.hours) == pytest.approx(median(api.hours), abs=1 / 60)
    assert median(api.hours) < 1.0


@pytest.mark.large
def test_neither_shows_refusals_and_they_are_level_again_and_slower() -> None:
    api, event, seen = wins("api", ()), wins("event", ()), wins("api", EVERYBODY)
    assert api.exceptions == event.exceptions > 10
    assert median(event.hours) == pytest.approx(median(api.hours), abs=0.1)
    assert median(api.hours) > 10 * median(seen.hours)
    assert api.manual_h > seen.manual_h


@pytest.mark.large
def test_who_shows_them_alone_leads_by_that_alone() -> None:
    assert wins("event", ("api",)) == wins("event", ())
    assert wins("api", ("api",)) == wins("api", EVERYBODY)


@pytest.mark.large
def test_a_nightly_run_knows_too_late_to_show_them() -> None:
    assert wins("batch", EVERYBODY) == wins("batch", ())


def _refused(pattern: str) -> tuple[Firm, list[str]]:
    """A timecard that the ERP refuses since a release; the errors that its approver sees after a minute."""
    seen: list[str] = []
    release = Release(HOUR_S, "tenant change", "require_field", {"object": "timeBill", "field": "memo"})
    systems = {**CALM, "netsuite": replace(CALM["netsuite"], releases=(release,))}

    async def script(firm: Firm) -> None:
        await asyncio.sleep(10 * HOUR_S)
        await firm.book()
        await firm.approve(CARD)
        await asyncio.sleep(60.0)
        waiting = await firm.act("salesforce", "approvals.waiting", "W00002", approver="W00002")
        seen.extend(error["key"] for error in waiting["errors"])

    return play(only("time_and_expense", pattern), script, 11 * HOUR_S, systems=systems), seen


@pytest.mark.parametrize("pattern", ["api", "event"])
def test_an_approver_sees_the_refusal_on_the_record_and_no_exception_is_opened(pattern: str) -> None:
    firm, seen = _refused(pattern)
    assert seen == [CARD]
    assert firm.problems() == []


def test_what_the_pipeline_saved_itself_is_nobodys_to_see() -> None:
    header = {"commitTimestamp": TIME.start_unix_s * 1000, "changeOrigin": "client=rehearsal"}
    milestone = {"Milestone_Key__c": "P00001-M1", "Version__c": 1}
    heard: list[float] = []

    async def script(firm: Firm) -> None:
        processing = firm.pipeline.operations._processing
        assert processing is not None
        stream = processing.streams["milestones"]
        events = Events(processing, Tasks(), _nothing)
        events.accept = lambda stream, item: heard.append(item.handed_s)  # type: ignore[method-assign]
        payload = {"ChangeEventHeader": {**header, "changeType": "CREATE"}, **milestone}
        events._take(payload, stream.channels[0], [stream])
        payload["ChangeEventHeader"] = {**header, "changeType": "CREATE", "changeOrigin": ""}
        events._take(payload, stream.channels[0], [stream])

    play(only("billing_and_revenue", "event"), script, HOUR_S)

    assert heard == [-inf, 0.0]


async def _nothing(stream: Stream) -> None:
    """No sweep here."""

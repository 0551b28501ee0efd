"""Portfolio reporting: when a fact becomes visible under each pattern, and what the sweep brings after."""

from __future__ import annotations

import asyncio

import pytest
from pipeline_world import CARD, DAY_S, HOUR_S, Firm, play

from measurements.facts import WORKFLOWS
from mocks.faults import Fault
from pipeline.models import Model

TIME_FACT = {"hours_centi": 2350, "billable_centi": 2350, "bill_minor": 493_500, "cost_minor": 199_750}


def _model(posting: str, reporting: str) -> Model:
    table = dict.fromkeys(WORKFLOWS, "manual")
    return Model("m", "m", {**table, "time_and_expense": posting, "portfolio_reporting": reporting})


async def _approved(firm: Firm) -> None:
    await asyncio.sleep(10.5 * HOUR_S)
    await firm.book()
    await firm.approve(CARD)


def _seen(firm: Firm, until_s: float = 3 * DAY_S) -> list[tuple[str, int, float]]:
    rows = firm.systems["warehouse"].books(until_s).sightings
    return [(row.key, row.version, row.visible_at_s or -1.0) for row in rows if row.key == CARD]


@pytest.mark.parametrize(
    ("reporting", "from_s", "to_s"),
    [
        ("event", 10.5 * HOUR_S + 60.0, 10.5 * HOUR_S + 180.0),
        ("api", 11 * HOUR_S, 11 * HOUR_S + 60.0),
        ("batch", 28 * HOUR_S, 28 * HOUR_S + 60.0),
        ("batch+event", 10.5 * HOUR_S + 60.0, 10.5 * HOUR_S + 180.0),
    ],
)
def test_approved_time_becomes_visible_when_its_pattern_says(
    reporting: str, from_s: float, to_s: float
) -> None:
    firm = play(_model("event", reporting), _approved, 2 * DAY_S)

    ((key, version, visible_s),) = _seen(firm)
    assert (key, version) == (CARD, 1)
    assert from_s <= visible_s <= to_s


def test_a_fact_says_what_the_card_says() -> None:
    values = []

    async def script(firm: Firm) -> None:
        await _approved(firm)
        await asyncio.sleep(HOUR_S)
        told = await firm.pipeline.services.warehouse.query({"source": "salesforce", "keys": [CARD]})
        values.extend(fact["values"] for fact in told["facts"])

    play(_model("event", "event"), script, 12 * HOUR_S)

    assert [{name: value[name] for name in TIME_FACT} for value in values] == [TIME_FACT]


def test_a_fact_that_the_feed_lost_comes_with_the_sweep() -> None:
    """The event feed hangs on the posting; without the event neither comes before 03:00."""
    lost = Fault(0.0, 20 * HOUR_S, "salesforce", "lost_event", {"share": 1.0})

    firm = play(_model("event", "event"), _approved, 2 * DAY_S, {"salesforce": (lost,)})

    ((_, _, visible_s),) = _seen(firm)
    assert 27 * HOUR_S <= visible_s <= 27 * HOUR_S + 180.0


def test_recalled_time_counts_nothing_until_it_is_approved_again() -> None:
    hours = []

    async def script(firm: Firm) -> None:
        await _approved(firm)
        await asyncio.sleep(HOUR_S)
        await firm.act("salesforce", "timecard.recall", timecard=CARD)
        await asyncio.sleep(HOUR_S)
        told = await firm.pipeline.services.warehouse.query({"source": "salesforce", "keys": [CARD]})
        hours.extend(fact["values"]["hours_centi"] for fact in told["facts"])

    play(_model("event", "event"), script, 14 * HOUR_S)

    assert hours == [0]

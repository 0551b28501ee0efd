"""Streams as the vendor keeps them, and the org's event door."""

from __future__ import annotations

import asyncio

import pytest

from mocks.faults import Faults
from mocks.feeds import ALL_RETAINED, Event, Feeds, StaleReplayError, Stream
from mocks.tasks import Tasks
from sim.loop import run
from tests.salesforce_org import Org, play

CARDS = {
    "channel": "cards",
    "object": "pse__Timecard_Header__c",
    "when": {"pse__Status__c": ["Approved"]},
    "fields": ["Timecard_Key__c", "Version__c"],
}


def test_a_reader_goes_on_after_its_replay_id_and_none_older_than_retained_is_taken() -> None:
    stream = Stream(retention_s=100.0)
    for replay, at_s in ((5, 0.0), (9, 50.0), (12, 90.0)):
        stream.append(Event(replay, at_s, b"{}"))
    assert [event.replay for event in stream.after(5, 10, 90.0)] == [9, 12]
    assert [event.replay for event in stream.after(ALL_RETAINED, 1, 90.0)] == [5]
    assert [event.replay for event in stream.after(ALL_RETAINED, 10, 120.0)] == [9, 12]
    assert [event.replay for event in stream.after(5, 10, 120.0)] == [9, 12]
    with pytest.raises(StaleReplayError):
        stream.after(5, 10, 160.0)
    with pytest.raises(StaleReplayError):
        stream.after(13, 10, 120.0)


@pytest.mark.parametrize(
    ("kind", "bodies"), [("lost_event", []), ("doubled_event", [b"1", b"1"]), ("none", [b"1"])]
)
def test_an_event_can_be_lost_or_doubled(kind: str, bodies: list[bytes]) -> None:
    feeds = Feeds(Faults("org", 1, {kind: 1.0}), Tasks(), 100.0, 30.0)
    feeds.publish("cards", "T1", b"1", 0.0)
    assert [event.body for event in feeds.open("cards").after(ALL_RETAINED, 9, 0.0)] == bodies


def test_a_late_event_is_overtaken() -> None:
    async def main() -> list[bytes]:
        tasks, faults = Tasks(), Faults("org", 1, {"late_event": 0.5})
        feeds = Feeds(faults, tasks, 1e6, 30.0)
        for number in range(20):
            feeds.publish("cards", f"T{number}", b"%d" % number, asyncio.get_running_loop().time())
        await asyncio.sleep(1000.0)
        return [event.body for event in feeds.open("cards").after(ALL_RETAINED, 99, 1000.0)]

    told = run(main()).value
    assert told is not None
    assert sorted(told, key=int) == [b"%d" % number for number in range(20)]
    assert told != sorted(told, key=int)


def test_a_poll_wakes_when_something_arrives_and_not_before() -> None:
    async def act(org: Org) -> None:
        loop = asyncio.get_running_loop()
        await org.control("channels", **CARDS)
        await org.card()
        waiting = asyncio.ensure_future(org.poll("cards", -1))
        await asyncio.sleep(10.0)
        assert not waiting.done()
        await org.approved()
        approved_s = loop.time()
        (event,) = (await waiting).json()["events"]
        assert approved_s < loop.time() < approved_s + 10.0
        payload = event["payload"]
        assert (payload["Timecard_Key__c"], payload["Version__c"]) == ("T1", 1)
        assert payload["ChangeEventHeader"]["changeType"] == "UPDATE"
        assert "pse__Status__c" in payload["ChangeEventHeader"]["changedFields"]

    play(act)


def test_an_empty_poll_ends_with_its_wait_and_takes_no_quota() -> None:
    async def act(org: Org) -> None:
        loop = asyncio.get_running_loop()
        await org.control("channels", **CARDS)
        began_s = loop.time()
        reply = await org.poll("cards", -1, wait_s=40.0)
        assert (reply.json()["events"], loop.time() - began_s) == ([], 40.0)
        assert (await org.api("GET", "limits")).headers["sforce-limit-info"].startswith("api-usage=1/")

    play(act)


def test_what_was_missed_is_replayed_within_72_hours_and_refused_after() -> None:
    async def act(org: Org) -> None:
        await org.control("channels", **CARDS)
        for key in ("T1", "T2"):
            await org.card(key)
            await org.approved(key)
        first = (await org.poll("cards", -2, most=1)).json()
        assert len(first["events"]) == 1
        await asyncio.sleep(71 * 3600.0)
        await org.login()
        again = (await org.poll("cards", first["latest"])).json()["events"]
        assert [event["payload"]["Timecard_Key__c"] for event in again] == ["T2"]
        await asyncio.sleep(2 * 3600.0)
        await org.login()
        stale = await org.poll("cards", first["latest"] - 1)
        assert (stale.status, stale.json()[0]["errorCode"]) == (400, "INVALID_REPLAY_ID")

    play(act)


def test_ones_own_write_back_comes_back_and_counts_as_a_delivery() -> None:
    async def act(org: Org) -> None:
        await org.control("channels", **CARDS)
        await org.card()
        await org.approved()
        latest = (await org.poll("cards", -2)).json()["latest"]
        key = "sobjects/pse__Timecard_Header__c/Timecard_Key__c/T1"
        await org.api("PATCH", key, {"ERP_Posted_Version__c": 1})
        (echo,) = (await org.poll("cards", latest)).json()["events"]
        assert echo["payload"]["ChangeEventHeader"]["changeOrigin"].endswith("client=rehearsal")
        remaining = (await org.api("GET", "limits")).json()["DailyDeliveredPlatformEvents"]
        assert remaining == {"Max": 25000, "Remaining": 24998}

    play(act)


def test_each_subscriber_uses_the_allocation_and_without_room_deliveries_stop_until_there_is() -> None:
    async def act(org: Org) -> None:
        await org.control("channels", **CARDS)
        await org.card()
        await org.approved()
        for _ in range(2):
            assert len((await org.poll("cards", -2)).json()["events"]) == 1
        refused = await org.poll("cards", -2)
        assert (refused.status, refused.headers["x-rehearsal-limit"]) == (403, "event_deliveries_24h")
        await asyncio.sleep(24 * 3600.0 + 1.0)
        await org.login()
        assert len((await org.poll("cards", -2)).json()["events"]) == 1

    play(act, limits={"event_deliveries_24h": 2})


def test_a_filtered_channel_leaves_out_what_does_not_match() -> None:
    async def act(org: Org) -> None:
        await org.control("channels", **CARDS)
        await org.card()
        await org.desk("timecard.submit", "W00001", timecard="T1")
        assert (await org.poll("cards", -2, wait_s=1.0)).json()["events"] == []
        unknown = await org.control("channels", channel="x", object="Nope__c")
        assert unknown.status == 400

    play(act)


REPORTS = {**CARDS, "channel": "all cards", "when": None}


def test_one_poll_hears_all_channels_and_is_answered_by_those_with_news() -> None:
    async def act(org: Org) -> None:
        await org.control("channels", **{**CARDS, "channel": "a"})
        await org.control("channels", **{**REPORTS, "channel": "b"})
        (first, second) = (await org.polls({"a": -2, "b": -2}, wait_s=1.0)).json()["channels"]
        assert (first["events"], second["events"]) == ([], [])
        positions = {"a": first["latest"], "b": second["latest"]}
        assert (await org.polls(positions, wait_s=1.0)).json() == {"channels": []}
        waiting = asyncio.ensure_future(org.polls(positions))
        await asyncio.sleep(5.0)
        await org.card()
        (told,) = (await waiting).json()["channels"]
        assert (told["channel"], len(told["events"])) == ("b", 1)

    play(act)


def test_a_stale_place_in_one_channel_spoils_no_other() -> None:
    async def act(org: Org) -> None:
        await org.control("channels", **{**CARDS, "channel": "a"})
        await org.control("channels", **{**REPORTS, "channel": "b"})
        await org.card()
        stale, told = (await org.polls({"a": 10**9, "b": -2}, wait_s=1.0)).json()["channels"]
        assert stale["error"].startswith("400::The replayId 1000000000 you provided was invalid")
        assert (told["channel"], len(told["events"])) == ("b", 1)

    play(act)

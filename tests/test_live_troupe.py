"""The processes of a live run: they go on over HTTP, and none of them is left."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from multiprocessing.connection import wait
from pathlib import Path

import pytest

from loadtests.call_sheet import CallSheet
from loadtests.messenger import UnansweredError, ask
from loadtests.pace import MONOTONIC
from loadtests.past import PIPELINE, Past, replay
from loadtests.troupe import Troupe, gathered
from measurements import books_json
from pipeline import models
from scenarios import catalogue, firm_file
from scenarios.instants import seconds_of
from scenarios.play import stage

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def past() -> Past:
    play = stage(catalogue.load("month-end"), firm_file.load(None, 6), 1)
    return replay(play, models.load("event"), 1, seconds_of("BD-8 13:00", play.calendar))


@pytest.fixture
def troupe(past: Past, tmp_path: Path) -> Iterator[Troupe]:
    sheet = CallSheet(
        *("month-end", "", 6, "event", 1, past.at_s, past.at_s + 3600.0, 3600.0),
        *({}, past.desks, past.digest),
    )
    with gathered(past, sheet, tmp_path) as made:
        yield made
    for address in made.sheet.addresses.values():  # whatever the test did: no port is left
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) != 0


def go(troupe: Troupe) -> None:
    for address in troupe.sheet.addresses.values():
        ask(address, "/live/pace", {"epoch_s": MONOTONIC()})


def asked(troupe: Troupe, system: str) -> int:
    """Calls of the integration that a system counted."""
    told = ask(troupe.sheet.addresses[system], "/live/books")
    traffic = books_json.read(told["books"]).traffic
    return sum(row.calls for row in traffic if row.who == "integration")


def test_a_play_stands_still_until_the_pace_is_told_and_goes_on_then(troupe: Troupe, past: Past) -> None:
    addresses = troupe.sheet.addresses
    assert {ask(address, "/live/health")["at_s"] for address in addresses.values()} == {past.at_s}
    assert not ask(addresses[PIPELINE], "/live/pace")["told"]
    assert ask(addresses["netsuite"], "/live/call-sheet")["digest"] == past.digest
    before = asked(troupe, "workday")
    go(troupe)
    looks = 0
    while asked(troupe, "workday") == before:  # the pipeline polls it every quarter of an hour
        assert troupe.losses() == []
        looks += 1
        assert looks < 100, "an hour of the play passes in a second, and nobody asked"
        wait(troupe.sentinels, 0.3)
    assert ask(addresses[PIPELINE], "/live/health")["at_s"] > past.at_s


def test_books_read_beside_a_running_system_are_those_of_its_control_plane(
    troupe: Troupe, past: Past
) -> None:
    address = troupe.sheet.addresses["salesforce"]
    at = f"?at_s={past.at_s!r}"
    beside, told = ask(address, f"/live/books{at}"), ask(address, f"/control/books{at}")
    assert beside == told
    held = past.made.systems["salesforce"].books(past.at_s)
    assert books_json.read(told["books"]) == held
    assert held.commitments


def test_who_stands_at_another_past_is_refused(troupe: Troupe, past: Past) -> None:
    address = troupe.sheet.addresses["salesforce"]
    with pytest.raises(UnansweredError, match="another past"):
        ask(address, "/live/ready", {"player": "people", "digest": "0"})
    ask(address, "/live/ready", {"player": "people", "digest": past.digest})
    assert ask(address, "/live/health")["ready"] == ["people"]


def test_a_member_that_is_killed_is_named(troupe: Troupe) -> None:
    go(troupe)
    health = ask(troupe.sheet.addresses["netsuite"], "/live/health")
    os.kill(health["process"], signal.SIGKILL)
    wait(troupe.sentinels, 20.0)
    while not troupe.losses():  # its end is seen a moment before its exit code is known
        wait(troupe.sentinels, 0.01)
    assert [(loss.name, loss.why) for loss in troupe.losses()] == [("netsuite", "killed by SIGKILL")]

"""The Locust files as they are run: processes of their own, against a stub of a live run's members."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import gevent
import orjson
import pytest
from live_desks import answering

from loadtests.call_sheet import CallSheet
from loadtests.past import Past, replay
from loadtests.serve import listen
from pipeline import models
from scenarios import catalogue, firm_file
from scenarios.instants import seconds_of
from scenarios.play import stage
from wire.call import Call, Reply, json_reply

pytestmark = pytest.mark.live

SPEED = 14_400.0
HOURS = 10
FOLDER = Path(__file__).resolve().parent.parent / "loadtests"


class Member:
    """The foyer of a live run, and its desks, which take everything."""

    def __init__(self, past: Past, digest: str) -> None:
        until_s = past.at_s + HOURS * 3600.0
        self.sheet = CallSheet(
            *("month-end", "", 8, "manual", 1, past.at_s, until_s, SPEED, {}, past.desks, digest)
        )
        self.ready: list[str] = []
        self.asked: Counter[tuple[str, bytes]] = Counter()
        self.epoch_s = 0.0
        self.speed = SPEED
        self.players = 1

    def answer(self, call: Call) -> Reply:
        match call.path:
            case "/live/call-sheet":
                return json_reply(200, self.sheet.row())
            case "/live/ready":
                return self._come(call.json())
            case "/live/pace":
                return json_reply(200, self._pace())
            case "/live/health":
                return json_reply(200, {"at_s": self.sheet.from_s})
        self.asked[call.path, call.body] += 1
        return json_reply(200, {})

    def _come(self, given: Mapping[str, Any]) -> Reply:
        if given["digest"] != self.sheet.digest:
            return json_reply(409, {"error": "people stand at another past"})
        self.ready.append(given["player"])
        return json_reply(200, {})

    def _pace(self) -> dict[str, Any]:
        """Told once everybody is there."""
        if not self.epoch_s and len(self.ready) == self.players:
            self.epoch_s = time.monotonic() + 0.3  # noqa: TID251
        pace = {"speed": self.speed, "at_s": self.sheet.from_s, "told": bool(self.epoch_s)}
        return {**pace, "epoch_s": self.epoch_s, "wall_s": 0.0}


@pytest.fixture(scope="module")
def past() -> Past:
    play = stage(catalogue.load("month-end"), firm_file.load(None, 8), 1)
    return replay(play, models.load("manual"), 1, seconds_of("BD-1 09:00", play.calendar))


@contextmanager
def met(past: Past, digest: str = "") -> Iterator[tuple[Member, str]]:
    """While inside, a member stands at that past; gives its address."""
    member = Member(past, digest or past.digest)
    with answering(member.answer) as address:
        member.sheet = replace(member.sheet, addresses=dict.fromkeys({*past.desks.values()}, address))
        yield member, address


def locust(*given: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "locust", "--only-summary", *given]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Its exit code and output; the stub goes on answering meanwhile."""
    with gevent.Timeout(60.0), process:
        while process.poll() is None:
            gevent.sleep(0.05)
        assert process.stdout is not None
        return process.returncode, process.stdout.read()


def rows_of(path: Path) -> tuple[Sequence[dict[str, Any]], dict[str, Any]]:
    *rows, summary = map(orjson.loads, path.read_bytes().splitlines())
    return rows, summary


@pytest.mark.large
def test_one_process_plays_everybody_and_two_workers_play_the_same_acts(past: Past, tmp_path: Path) -> None:
    """The stub takes everything, so the acts are the same whoever plays them."""
    file, asked, acts = str(FOLDER / "month_end.py"), [], []
    with met(past) as (member, address):
        alone = tmp_path / "alone.jsonl"
        code, told = ended(locust("-f", file, "--host", address, "--headless", "--acts", str(alone)))
        assert code == 0, told
        asked.append(member.asked)
        acts.append(rows_of(alone))
    with met(past) as (member, address):
        member.players = 2
        with listen("127.0.0.1", 0) as free:
            port = str(free.getsockname()[1])
        together = tmp_path / "together.jsonl"
        master = locust(
            *("-f", file, "--host", address, "--headless", "--acts", str(together)),
            *("--master", "--expect-workers", "2", "--master-bind-host", "127.0.0.1"),
            *("--master-bind-port", port),
        )
        place = ("-f", file, "--host", address, "--worker", "--master-host", "127.0.0.1")
        workers = [locust(*place, "--master-port", port) for _ in range(2)]
        code, told = ended(master)
        assert code == 0, told
        assert [ended(worker)[0] for worker in workers] == [0, 0]
        assert sorted(member.ready) == ["people 1 of 2", "people 2 of 2"]
        asked.append(member.asked)
        acts.append(rows_of(together))
    assert asked[0] == asked[1]
    for rows, summary in acts:
        counts = Counter(row["kind"] for row in rows)
        assert counts["act"] == summary["due"] == summary["done"] == asked[0].total() > 20
        before = [row["at_s"] for row in rows if row["kind"] == "labour" and row["at_s"] <= past.at_s]
        assert counts["labour"] == summary["labour"]
        assert sorted(before) == sorted(labour.at_s for labour in past.labour) != []
        assert (summary["kind"], summary["players_lost"], summary["failures"]) == ("summary", 0, [])
    assert len({row["player"] for row in acts[1][0] if row["kind"] == "act"}) == 2


def test_who_stands_at_another_past_ends_with_the_reason(past: Past, tmp_path: Path) -> None:
    with met(past, "another") as (_, address):
        code, told = ended(
            locust(
                "-f", str(FOLDER / "soak.py"), "--host", address, "--headless", "--acts", str(tmp_path / "a")
            )
        )
    assert code == 2
    assert "people stand at another past" in told


def test_what_a_signal_leaves_undone_is_told_as_a_player_lost(past: Past, tmp_path: Path) -> None:
    file, acts = str(FOLDER / "month_end.py"), tmp_path / "acts.jsonl"
    with met(past) as (member, address):
        member.speed = 60.0
        process = locust("-f", file, "--host", address, "--headless", "--acts", str(acts))
        while not member.epoch_s:
            gevent.sleep(0.05)
        gevent.sleep(1.0)
        process.terminate()
        code, told = ended(process)
    assert code == 0, told
    _, summary = rows_of(acts)
    assert (summary["kind"], summary["players_lost"]) == ("summary", 1)

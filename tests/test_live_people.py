"""People over HTTP: the same acts as in virtual time, and waiting that nobody leaves out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import gevent
import orjson
import pytest
import simpy
from live_desks import answering, breaking

from loadtests import acts_file
from loadtests.acts import DROPPED, Act, Tally, outcome_of
from loadtests.desks import Desks, pool_of
from loadtests.foyer_client import FoyerClient
from loadtests.pace import Pace
from loadtests.people import LivePeople, share_of
from loadtests.shapes import FRIDAY_AFTERNOON, MONTH_END_SPIKE, QUARTER_END, Rush, Shape
from measurements.facts import Labour
from pipeline import models
from run.cast import cast_of
from scenarios import catalogue, firm_file
from scenarios.play import stage
from scenarios.script import PERSONAS, Ask, Begin, Script, Scripted, Spent, Until, desk_call
from sim.loop import SimulationLoop, run
from sim.people import People, Playing
from wire.call import Call, Reply, json_reply
from wire.inprocess import LOST, NEVER

SPEED = 100.0
DONE = json_reply(200, {})
PLAY = stage(catalogue.load("month-end"), firm_file.load(None, 8), 1)


@dataclass
class Heard:
    """What people told of themselves."""

    acts: list[Act] = field(default_factory=list)
    labour: list[Labour] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)

    def hear(self, act: Act, _: Reply | None) -> None:
        self.acts.append(act)


def playing(people: Iterable[Scripted]) -> list[Playing]:
    return [Playing(one, number, number, one.starts_s) for number, one in enumerate(people)]


def live(
    share: Sequence[Playing],
    until_s: float,
    ask: Callable[[str, Call], Reply] = lambda _desk, _call: DONE,
    speed: float = SPEED,
) -> Heard:
    """Play it over the wall's clock until the window ends."""
    heard = Heard()
    people = LivePeople(
        "all", share, until_s, ask, lambda act, _: heard.acts.append(act), heard.labour.append
    )
    people.pace = Pace.from_now(speed)
    gevent.joinall([gevent.spawn(people.play, persona, heard.errors.append) for persona in PERSONAS])
    return heard


def asking(*at_s: float, desk: str = "psa") -> Callable[[], Script]:
    """Somebody who acts at each of these instants."""

    def script() -> Script:
        for number, instant_s in enumerate(at_s):
            yield Until(instant_s)
            yield desk_call(desk, f"act.{number}", "anna")

    return script


# --- one script, two worlds ---

Log = dict[str, list[tuple[str, Call]]]


def logged(log: Log, one: Scripted) -> Scripted:
    """The same script, whose calls (and those of the scripts that it begins) are noted."""

    def script() -> Script:
        inner, answer = one.script(), None
        while True:
            try:
                act = inner.send(answer)
            except StopIteration:
                return
            if isinstance(act, Ask):
                log.setdefault(one.name, []).append((act.desk, act.call))
            answer = yield Begin(logged(log, act.scripted)) if isinstance(act, Begin) else act

    return one._replace(script=script)


def virtually(people: Sequence[Scripted], end_s: float) -> None:
    class Desk:
        async def serve(self, _: Call) -> Reply:
            return DONE

    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulationLoop)
        desks = {desk: Desk() for desk in ("crm", "psa", "hcm", "erp", "warehouse", "operations")}
        People(loop.env, loop, desks).start(people)
        await asyncio.sleep(end_s)

    run(main(), simpy.Environment(0.0))


@pytest.mark.live
def test_people_act_over_http_as_they_do_in_virtual_time() -> None:
    kinds = {"account executive", "HR partner", "consultant"}
    everybody = [one for one in cast_of(PLAY, models.load("hybrid")) if one.persona in kinds]
    end_s, virtual, real = 10 * 86_400.0, {}, {}
    virtually([logged(virtual, one) for one in everybody], end_s)
    with answering(lambda _: DONE) as address, closing(pool_of(10.0)) as pool:
        desks = Desks(pool, dict.fromkeys(("crm", "psa", "hcm"), address))
        heard = live(playing(logged(real, one) for one in everybody), end_s, desks.ask, speed=400_000.0)
    assert len(heard.acts) > 50
    assert not heard.errors
    assert real == virtual


@pytest.mark.live
def test_who_sits_at_another_machine_learns_how_far_the_clocks_are_apart() -> None:
    pace = Pace.from_now(SPEED)
    ahead = lambda _: json_reply(200, {"at_s": pace.now_s() + 2.0 * SPEED})  # noqa: E731
    with answering(ahead) as address, closing(FoyerClient(address)) as foyer:
        assert foyer.skew_wall_s(pace) == pytest.approx(2.0, abs=0.05)


# --- who plays what ---


def test_every_script_has_exactly_one_player_and_its_root_stays_together() -> None:
    scripts = playing(Scripted("consultant", f"{number}", 0.0, asking()) for number in range(100))
    children = [Playing(one.scripted, 100 + one.number, one.root, 0.0) for one in scripts]
    everybody = scripts + children
    shares = [share_of(everybody, place, 3) for place in range(3)]
    assert sorted(one.number for share in shares for one in share) == list(range(200))
    roots = [{one.root for one in share} for share in shares]
    assert sum(map(len, roots)) == len(set.union(*roots)) == 100


def test_a_script_that_is_begun_is_played_by_its_own_persona_in_the_same_share() -> None:
    def parent() -> Script:
        yield Begin(Scripted("approver", "child", 2.0, asking(3.0)))
        yield Spent("desk", "exception", 30.0, "time", "T-1")

    heard = live(playing([Scripted("exception desk", "parent", 1.0, parent)]), 5.0)
    assert [(act.persona, act.name, act.due_s) for act in heard.acts] == [("approver", "child", 3.0)]
    assert [(row.role, row.minutes) for row in heard.labour] == [("desk", 30.0)]


def test_an_exception_in_a_script_is_told_with_its_name() -> None:
    def script() -> Script:
        yield Until(1.0)
        raise KeyError("a bug")

    heard = live(playing([Scripted("clerk", "carl", 0.0, script)]), 2.0)
    assert "in the script of carl" in heard.errors[0].__notes__[0]


@pytest.mark.parametrize(
    ("steps", "progress", "share"), [(1, 0.0, 1.0), (5, 0.0, 0.2), (5, 0.5, 0.6), (5, 1.0, 1.0)]
)
def test_in_steps_more_of_the_people_come(steps: int, progress: float, share: float) -> None:
    shape = Shape(steps=steps)
    come = sum(shape.comes(1, root, progress) for root in range(2000)) / 2000
    assert come == pytest.approx(share, abs=0.04)


def test_who_rushes_to_a_deadline_comes_late_in_the_same_order_and_never_early() -> None:
    rush = Rush(frozenset({"consultant"}), lambda _: (1000.0,), over_s=800.0, within_s=100.0)
    due_s = Shape(rushes=(rush,)).on(PLAY.calendar)
    assert [due_s("consultant", at_s) for at_s in (100.0, 200.0, 600.0, 1000.0, 1100.0)] == [
        *(100.0, 200.0, 950.0, 1000.0, 1100.0)
    ]
    assert due_s("approver", 600.0) == 600.0


@pytest.mark.parametrize("shape", [MONTH_END_SPIKE, FRIDAY_AFTERNOON, QUARTER_END])
def test_the_rushes_of_every_shape_move_somebody_and_nobody_to_earlier(shape: Shape) -> None:
    due_s = shape.on(PLAY.calendar)
    moved = [(due_s(one.persona, one.starts_s), one.starts_s) for one in PLAY.people]
    assert any(later_s > at_s for later_s, at_s in moved)
    assert all(later_s >= at_s for later_s, at_s in moved)


# --- waiting counts ---


def test_response_time_counts_from_the_due_time_and_service_time_from_sending() -> None:
    stalled = iter([50.0])

    def ask(_desk: str, _call: Call) -> Reply:
        gevent.sleep(next(stalled, 0.0) / SPEED)
        return DONE

    heard = live(playing([Scripted("clerk", "carl", 0.0, asking(10.0, 20.0, 30.0, 40.0, 100.0))]), 120.0, ask)
    times = [act.times(SPEED) for act in heard.acts]
    assert [act.due_s for act in heard.acts] == [10.0, 20.0, 30.0, 40.0, 100.0]
    for time, waited_s in zip(times, (50.0, 40.0, 30.0, 20.0, 0.0), strict=True):
        assert waited_s <= time["response_s"] < waited_s + 8.0
        assert time["response_ms"] == pytest.approx(time["response_s"] * 10.0)
    assert all(time["service_s"] < 8.0 for time in times[1:])


def test_nobody_waits_for_another_persons_answer() -> None:
    def ask(_desk: str, call: Call) -> Reply:
        gevent.sleep(0.3 if call.headers["x-user"] == "slow" else 0.0)
        return DONE

    def script(name: str) -> Script:
        yield desk_call("psa", "act", name)

    people = [Scripted("consultant", name, 1.0, partial(script, name)) for name in ("slow", "quick")]
    heard = live(playing(people), 50.0, ask)
    assert [act.name for act in heard.acts] == ["quick", "slow"]


def test_what_follows_an_answer_is_due_when_it_came_and_a_passed_instant_is_not_due_twice() -> None:
    def script() -> Script:
        yield Until(10.0)
        yield desk_call("psa", "first", "anna")
        yield desk_call("psa", "second", "anna")
        yield Until(5.0)
        yield desk_call("psa", "third", "anna")

    first, second, third = live(playing([Scripted("approver", "anna", 0.0, script)]), 20.0).acts
    assert first.due_s == 10.0
    assert first.done_s <= second.due_s <= second.sent_s
    assert second.done_s <= third.due_s <= third.sent_s


def test_the_percentiles_of_the_acts_file_tell_what_a_stalled_desk_cost(tmp_path: Path) -> None:
    """The desk is down for 60 s, and somebody else comes every 10 s: each waits for what is left of it."""
    up_s = 60.0

    def ask(_desk: str, _call: Call) -> Reply:
        gevent.sleep(max(0.0, up_s - pace.now_s()) / SPEED)
        return DONE

    def script() -> Script:
        yield desk_call("psa", "act", "anna")

    people = [Scripted("consultant", f"{at_s}", at_s, script) for at_s in range(0, 100, 10)]
    pace = Pace.from_now(SPEED)
    heard = live(playing(people), 100.0, ask)
    file = tmp_path / "acts.jsonl"
    file.write_bytes(b"".join(orjson.dumps(act.row(SPEED)) + b"\n" for act in heard.acts))
    (line,) = acts_file.read(file).lines
    assert line.acts == 10
    assert 10.0 <= line.at("response", 50.0) < 40.0
    assert 58.0 <= line.at("response", 99.0) < 75.0


# --- what is not answered ---


def test_acts_that_are_due_or_unanswered_at_the_windows_end_are_dropped() -> None:
    def ask(_desk: str, call: Call) -> Reply:
        gevent.sleep(3.0 if call.path.endswith("act.1") else 0.0)
        return DONE

    share = playing(
        [Scripted("clerk", "carl", 0.0, asking(1.0, 2.0, 3.0)), Scripted("clerk", "late", 500.0, asking())]
    )
    heard = live(share, 20.0, ask)
    assert [(act.verb, act.outcome) for act in heard.acts] == [("act.0", "ok"), ("act.1", DROPPED)]
    assert heard.acts[1].times(SPEED)["response_s"] >= 18.0
    tally = Tally(SPEED, Shape(), (0.0, 20.0))
    for act in heard.acts:
        tally.add(act.row(SPEED))
    assert {name: tally.row()[name] for name in ("due", "done", "dropped")} == {
        "due": 2,
        "done": 1,
        "dropped": 1,
    }


def test_an_act_that_the_window_overtook_is_dropped_unsent() -> None:
    def ask(_desk: str, _call: Call) -> Reply:
        gevent.sleep(0.3)
        return DONE

    heard = live(playing([Scripted("clerk", "carl", 0.0, asking(1.0, 5.0, 40.0))]), 20.0, ask)
    assert [(act.outcome, act.sent_s is None) for act in heard.acts] == [("ok", False), (DROPPED, True)]
    assert heard.acts[1].times(SPEED).keys() == {"response_s", "response_ms"}


@pytest.mark.live
@pytest.mark.parametrize(
    ("sent", "status"),
    [(b"", LOST), (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab", LOST), (None, NEVER)],
)
def test_a_lost_reply_and_one_that_never_comes_are_replies(sent: bytes | None, status: int) -> None:
    with breaking(sent) as address, closing(pool_of(0.3)) as pool:
        desks = Desks(pool, {"psa": address})
        assert desks.ask("psa", Call("POST", "/desk/act")).status == status


@pytest.mark.live
def test_who_gets_no_answer_comes_again_half_an_hour_later() -> None:
    from scenarios.people.asking import ask as patiently

    def script() -> Script:
        yield from patiently("psa", "act", "anna", {})

    with breaking(b"") as address, closing(pool_of(5.0)) as pool:
        desks = Desks(pool, {"psa": address})
        heard = live(playing([Scripted("clerk", "carl", 10.0, script)]), 4000.0, desks.ask, speed=8000.0)
    assert [act.outcome for act in heard.acts] == ["lost", "lost", "lost"]
    assert heard.acts[1].due_s >= heard.acts[0].done_s + 1800.0


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(200), "ok"),
        (Reply(429), "limit"),
        (Reply(403, {"x-rehearsal-limit": "daily"}), "limit"),
        (Reply(NEVER), "timeout"),
        (Reply(LOST), "lost"),
        (Reply(503), "server"),
        (Reply(400), "client"),
    ],
)
def test_errors_are_told_apart(reply: Reply, outcome: str) -> None:
    assert outcome_of(reply) == outcome

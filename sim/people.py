"""Runs people's scripts as SimPy processes, in the same environment as the loop on which their desks answer.

Scripts that start at one instant start in the order of registration. Until then a script costs one event.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterable, Mapping
from contextvars import copy_context
from typing import Any

import simpy

from kernel.time import tick_up
from measurements.facts import Labour
from scenarios.script import Ask, Begin, Scripted, Spent, Until
from sim.loop import SimulationLoop
from wire.call import Endpoint, Reply, answer_to


class People:
    """Everyone who acts. `labour` is what they spent; `unfinished` counts the scripts that have not ended."""

    def __init__(self, env: simpy.Environment, loop: SimulationLoop, desks: Mapping[str, Endpoint]) -> None:
        self.labour: list[Labour] = []
        self.unfinished = 0
        self._env = env
        self._loop = loop
        self._desks = desks
        self._context = copy_context()
        self._asking: dict[int, tuple[str, str, asyncio.Task[Reply]]] = {}
        self._asked = 0
        loop.witnesses.append(self._waiting)

    def start(self, people: Iterable[Scripted]) -> None:
        """Register scripts; each begins at its `starts_s`, or now where that has passed."""
        for scripted in people:
            self._register(scripted)

    def _register(self, scripted: Scripted) -> None:
        self.unfinished += 1
        delay_s = max(0.0, tick_up(scripted.starts_s) - self._env.now)
        turn = self._env.timeout(delay_s, scripted)
        turn.callbacks.append(self._begin)

    def _begin(self, turn: simpy.Event) -> None:
        scripted: Any = turn.value
        self._env.process(self._play(scripted))

    def _play(self, scripted: Scripted) -> Generator[simpy.Event, Any, None]:
        """One script as a SimPy process; an exception out of it is a bug and ends the run."""
        env = self._env
        answer: object = None
        try:
            script = scripted.script()
            while True:
                act = script.send(answer)
                if type(act) is Ask:
                    answer = yield from self._ask(scripted.name, act)
                elif type(act) is Until:
                    if act.at_s > env.now:
                        yield env.timeout(tick_up(act.at_s) - env.now)
                    else:
                        self._loop.count()
                    answer = env.now
                else:
                    self._note(act)
                    answer = None
        except StopIteration:
            self.unfinished -= 1
        except Exception as error:
            error.add_note(f"in the script of {scripted.name}, at {env.now} s")
            self._loop.fail(error)

    def _ask(self, name: str, ask: Ask) -> Generator[simpy.Event, Any, Reply]:
        """Ask at the desk; where it answers without waiting, so does this."""
        desk, context = self._desks[ask.desk], self._context.copy()
        begun = self._loop.run_now(context, getattr(desk, "begin", desk.serve), ask.call)
        if isinstance(begun, Reply):
            return begun
        if begun is None:
            raise RuntimeError(f"the desk {ask.desk} died")
        task = self._loop.start_now(answer_to(begun), context)
        if not task.done():
            self._asked = number = self._asked + 1
            self._asking[number] = (name, ask.desk, task)
            ended = self._env.event()
            task.add_done_callback(lambda _: ended.succeed())
            yield ended
            del self._asking[number]
        return task.result()

    def _note(self, act: object) -> None:
        self._loop.count()
        if isinstance(act, Begin):
            self._register(act.scripted)
        elif isinstance(act, Spent):
            self.labour.append(Labour(self._env.now, *act))
        else:
            raise TypeError(f"a script may not yield {act!r}")

    def _waiting(self) -> list[str]:
        return [f"{name} waits at the desk {desk}" for name, desk, _ in self._asking.values()]

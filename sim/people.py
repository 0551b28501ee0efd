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
from scenarios.script import Ask, Begin, Script, Scripted, Spent, Until
from sim.loop import SimPyLoop
from wire.call import Endpoint, Reply, answer_to


class Playing:
    """One script on the stage: not begun while `script` is None, waiting until `due_s` after that.

    `root` is the number of the registered script that it descends from: those of one root may share state,
    those of two never do.
    """

    __slots__ = ("due_s", "number", "root", "script", "scripted")

    def __init__(self, scripted: Scripted, number: int, root: int, due_s: float) -> None:
        self.scripted = scripted
        self.number = number
        self.root = root
        self.due_s = due_s
        self.script: Script | None = None


class People:
    """Everyone who acts. `labour` is what they spent; `playing` holds the scripts that have not ended, by the
    order of their registration.
    """

    def __init__(self, env: simpy.Environment, loop: SimPyLoop, desks: Mapping[str, Endpoint]) -> None:
        self.labour: list[Labour] = []
        self.playing: dict[int, Playing] = {}
        self._gone = False
        self._registered = 0
        self._env = env
        self._loop = loop
        self._desks = desks
        self._context = copy_context()
        self._asking: dict[int, tuple[str, str, asyncio.Task[Reply]]] = {}
        self._asked = 0
        loop.witnesses.append(self._waiting)

    @property
    def unfinished(self) -> int:
        """How many scripts have not ended."""
        return len(self.playing)

    @property
    def asking(self) -> bool:
        """Whether somebody waits at a desk for an answer."""
        return bool(self._asking)

    def start(self, people: Iterable[Scripted]) -> None:
        """Register scripts; each begins at its `starts_s`, or now where that has passed."""
        for scripted in people:
            self._register(scripted)

    def leave(self) -> None:
        """Everyone stops where they are: others act from here on."""
        self._gone = True

    def _register(self, scripted: Scripted, root: int | None = None) -> None:
        self._registered = number = self._registered + 1
        due_s = max(tick_up(scripted.starts_s), self._env.now)
        playing = Playing(scripted, number, number if root is None else root, due_s)
        self.playing[number] = playing
        turn = self._env.timeout(due_s - self._env.now, playing)
        turn.callbacks.append(self._begin)

    def _begin(self, turn: simpy.Event) -> None:
        playing: Any = turn.value
        if not self._gone:
            self._env.process(self._play(playing))

    def _play(self, playing: Playing) -> Generator[simpy.Event, Any, None]:
        """One script as a SimPy process; an exception out of it is a bug and ends the run."""
        env, scripted = self._env, playing.scripted
        answer: object = None
        try:
            playing.script = script = scripted.script()
            while True:
                act = script.send(answer)
                if type(act) is Ask:
                    answer = yield from self._ask(scripted.name, act)
                elif type(act) is Until:
                    if act.at_s > env.now:
                        playing.due_s = due_s = tick_up(act.at_s)
                        yield env.timeout(due_s - env.now)
                        if self._gone:
                            return
                    else:
                        self._loop.count()
                    answer = env.now
                else:
                    self._note(act, playing.root)
                    answer = None
        except StopIteration:
            del self.playing[playing.number]
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

    def _note(self, act: object, root: int) -> None:
        self._loop.count()
        if isinstance(act, Begin):
            self._register(act.scripted, root)
        elif isinstance(act, Spent):
            self.labour.append(Labour(self._env.now, *act))
        else:
            raise TypeError(f"a script may not yield {act!r}")

    def _waiting(self) -> list[str]:
        return [f"{name} waits at the desk {desk}" for name, desk, _ in self._asking.values()]

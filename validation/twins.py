"""Twins of a live run: the same past, the same window, in virtual time, each call at its calibrated cost.

    a process of its own: replay the past once ──(fork)──> twin 1, twin 2, … ──> what is asked of each

A twin parts from the common past where a live run does: calls go through other transports from there on, and
who reads events has lost the connection once. Before that instant nothing costs anything, as in the live run,
whose past is replayed too.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from kernel.errors import InputError
from loadtests.past import PIPELINE, Past, replay
from measurements.observed import Observed
from pipeline.models import Model
from run.observing import Named, neutral, observed, wanted_by
from scenarios.play import Play
from scenarios.window import Window
from sim.collector import collector_off
from validation.calibration import Calibration
from validation.overhead import Costly, Overhead
from wire.inprocess import InProcess

T = TypeVar("T")

_FORK = get_context("fork")


@dataclass(frozen=True, slots=True)
class Stage:
    """What twins and live run have in common; `drain_s` is observed after the window."""

    play: Play
    model: Model
    window: Window
    drain_s: float

    @property
    def end_s(self) -> float:
        """The end of observation."""
        return min(self.window.until_s + self.drain_s, self.play.calendar.end_s)


def twins(
    stage: Stage,
    calibration: Calibration,
    numbers: Sequence[int],
    ask: Callable[[Observed], T],
    processes: int = 1,
) -> list[T]:
    """What is asked of each twin, in the order of their numbers. Raises InputError for no quiet beginning."""
    receiver, sender = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_family, args=(sender, stage, calibration, numbers, ask, processes))
    process.start()
    sender.close()
    try:
        found = [_received(receiver) for _ in numbers]
    except BaseException:
        process.terminate()
        raise
    finally:
        process.join()
        receiver.close()
    return found


def _received(receiver: Connection) -> Any:
    """Raises what the other side says went wrong."""
    try:
        answer = receiver.recv()
    except EOFError:
        raise RuntimeError("a twin ended without an answer; its error stands above") from None
    if isinstance(answer, InputError):
        raise answer
    return answer


def _family(
    sender: Connection,
    stage: Stage,
    calibration: Calibration,
    numbers: Sequence[int],
    ask: Callable[[Observed], Any],
    processes: int,
) -> None:
    """In a process of its own: the past, then the twins, at most so many at once, told in their order."""
    try:
        past = replay(stage.play, stage.model, stage.play.seed, stage.window.from_s)
    except InputError as error:
        sender.send(error)
        return
    gc.freeze()  # what all share is not touched by a child's collector, so that it stays shared
    waiting = list(numbers)
    running: list[tuple[Any, Connection]] = []
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                running.append(_fork(past, stage, calibration, waiting.pop(0), ask))
            child, receiver = running[0]
            sender.send(_received(receiver))
            child.join()
            running.pop(0)
    except InputError as error:
        sender.send(error)
    finally:
        for child, _ in running:
            child.terminate()


def _fork(
    past: Past, stage: Stage, calibration: Calibration, number: int, ask: Callable[[Observed], Any]
) -> tuple[Any, Connection]:
    receiver, sender = _FORK.Pipe(duplex=False)
    child = _FORK.Process(target=_twin, args=(sender, past, stage, calibration, number, ask))
    child.start()
    sender.close()
    return child, receiver


def _twin(
    sender: Connection,
    past: Past,
    stage: Stage,
    calibration: Calibration,
    number: int,
    ask: Callable[[Observed], Any],
) -> None:
    """In a child: go on from the past, and tell."""
    with collector_off():
        part(past, calibration, stage.play.seed, number)
        past.loop.advance(lambda: False, stage.end_s)
        try:
            answer = ask(left(past, stage))
        except InputError as error:
            answer = error
        sender.send(answer)


def part(past: Past, calibration: Calibration, seed: int, number: int) -> None:
    """From here on calls go through transports that take their time, and every message its own."""
    ways = {**past.made.transports, PIPELINE: past.made.intake}
    for name, way in ways.items():
        inner = InProcess(way.endpoint)
        if calibration.call_s > 0.0:
            way.hand_over(Costly(inner, Overhead(calibration, seed, number, name)))
        else:
            way.hand_over(inner)
    past.made.pipeline.processing.slow_down(calibration.message_s)


def left(past: Past, stage: Stage) -> Observed:
    """What the twin left behind, counted as a live run's books are."""
    end_s = stage.end_s
    counted = stage.play.within((past.at_s, stage.window.until_s), end_s)
    books = {name: system.books(end_s) for name, system in past.made.systems.items()}
    wanted = wanted_by(counted, books)
    trail = neutral(past.made.pipeline.trail)
    return observed(counted, books, wanted, past.labour, Named(stage.model.name), end_s, trail)

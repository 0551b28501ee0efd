"""The troupe: the processes of a live run, each with a log file, all gone at the end whatever happens.

    gather ──> forks a process a member over the common past ──> started ──> ... ──> dismissed

A member ends when it is told to, and when this process is gone: its end of a pipe closes then.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from loadtests.call_sheet import CallSheet
from loadtests.external import External
from loadtests.member import live
from loadtests.past import PIPELINE, Past
from loadtests.serve import listen

_GRACE_S = 5.0
"""Wall seconds in which a process must have ended after it was told to; then it is killed."""


class Loss(NamedTuple):
    """A process that ended before it was told to."""

    name: str
    why: str


class Troupe:
    """The members' processes, and those that were started beside them."""

    def __init__(self, sheet: CallSheet, logs: Path) -> None:
        self.sheet = sheet
        self.logs = logs
        self._forked: dict[str, Any] = {}
        self._started: dict[str, subprocess.Popen[bytes]] = {}

    def add(self, name: str, process: Any) -> None:
        """A forked member."""
        self._forked[name] = process

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start another program, whose output goes to its log; it ends when this process does."""
        with (self.logs / f"{name}.log").open("wb") as log:
            self._started[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 (no threads)
            )

    def ended(self, name: str) -> int | None:
        """The exit code of a program that was started; None while it runs."""
        return self._started[name].poll()

    @property
    def sentinels(self) -> list[int]:
        """What becomes ready when a member ends (for `multiprocessing.connection.wait`)."""
        return [process.sentinel for process in self._forked.values()]

    def losses(self) -> list[Loss]:
        """Members that ended before they were told to."""
        return [
            Loss(name, _how(process.exitcode))
            for name, process in self._forked.items()
            if process.exitcode is not None
        ]

    def dismiss(self) -> None:
        """End every process, by force where it takes too long."""
        for program in self._started.values():
            if program.poll() is None:
                program.terminate()
        for process in self._forked.values():
            process.terminate()
        for program in self._started.values():
            try:
                program.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                _kill_session(program.pid)
                program.wait()
        for process in self._forked.values():
            process.join(_GRACE_S)
            if process.exitcode is None:
                process.kill()
                process.join()


@contextmanager
def gathered(past: Past, sheet: CallSheet, logs: Path, external: External | None = None) -> Iterator[Troupe]:
    """While inside, every member of the past runs, the pipeline only where nothing external takes its place;
    `sheet` gets their addresses. Raises OSError, InputError where a port is taken.
    """
    names = [*past.made.systems, *(() if external else (PIPELINE,))]
    first = external.port_base if external else 0
    ports = {name: first + place if first else 0 for place, name in enumerate(names)}
    sockets = {name: listen("127.0.0.1", port) for name, port in ports.items()}
    addresses = {name: f"http://127.0.0.1:{one.getsockname()[1]}" for name, one in sockets.items()}
    troupe = Troupe(replace(sheet, addresses=addresses), logs)
    logs.mkdir(parents=True, exist_ok=True)
    lifeline, held = os.pipe()
    gc.freeze()  # what the children share is not touched by their collectors
    context = multiprocessing.get_context("fork")
    try:
        for name in names:
            given = (name, past, sockets, troupe.sheet, logs / f"{name}.log", (lifeline, held))
            process = context.Process(target=_member, args=given, name=name)
            process.start()
            troupe.add(name, process)
        for one in sockets.values():
            one.close()
        yield troupe
    finally:
        troupe.dismiss()
        os.close(lifeline)
        os.close(held)
        gc.unfreeze()


def _member(
    name: str,
    past: Past,
    sockets: Mapping[str, socket.socket],
    sheet: CallSheet,
    log: Path,
    pipe: tuple[int, int],
) -> None:
    """In the child: be that member, and tell its log how it ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lifeline, held = pipe
    os.close(held)
    for other, one in sockets.items():
        if other != name:
            one.close()
    with log.open("w", encoding="utf-8", buffering=1) as told:
        os.dup2(told.fileno(), 1)
        os.dup2(told.fileno(), 2)
        try:
            lag = live(name, past, sockets[name], sheet, lifeline)
        except BaseException:
            traceback.print_exc(file=told)
            raise
        print(f"{name} ended; late {lag.count} times, at worst {lag.worst_s:.1f} s of the play", file=told)


def _end_with_parent() -> None:
    """In a started program: SIGTERM when its parent dies (prctl PR_SET_PDEATHSIG)."""
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _kill_session(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"

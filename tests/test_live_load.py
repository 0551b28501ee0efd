"""`rehearse load`: a window rehearsed over HTTP, judged and reported; nobody is left, whoever dies."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from loadtests.messenger import ask

pytestmark = [pytest.mark.live, pytest.mark.slow]

COMMAND = [sys.executable, "-m", "rehearsal", "load", "month-end", "--consultants", "8", "--speed", "1200"]
WINDOW = ["--from", "BD-1 14:00", "--until", "BD-1 16:00"]


def begun(out: Path, *more: str) -> subprocess.Popen[str]:
    """The command, under way."""
    given = [*COMMAND, *WINDOW, "--out", str(out), *more]
    return subprocess.Popen(given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def ended(process: subprocess.Popen[str]) -> str:
    """What it printed."""
    told, _ = process.communicate(timeout=300)
    return told


def of(parent: int) -> list[tuple[int, str]]:
    """Process and command line of all that descend from a process."""
    listed = subprocess.run(["ps", "-ewwo", "pid,ppid,args"], capture_output=True, text=True, check=True)
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()[1:]]
    children: dict[int, list[tuple[int, str]]] = {}
    for pid, ppid, args in rows:
        children.setdefault(int(ppid), []).append((int(pid), args))
    found, left = [], [parent]
    while left:
        for pid, args in children.get(left.pop(), ()):
            found.append((pid, args))
            left.append(pid)
    return found


def process_of(name: str, processes: list[tuple[int, str]]) -> int:
    """The people's process by its command line; a member's as it says itself."""
    people, args = next((pid, args) for pid, args in processes if "locust" in args)
    if name == "people":
        return people
    host = args.split("--host ")[1].split()[0]
    address = ask(host, "/live/call-sheet")["addresses"][name]
    return int(ask(address, "/live/health")["process"])


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def acting(out: Path, process: subprocess.Popen[str]) -> list[tuple[int, str]]:
    """The processes, as soon as people have begun to act."""
    acts = out / "acts.jsonl"
    while not (acts.exists() and acts.stat().st_size):
        assert process.poll() is None, process.communicate()[0]
        signal.sigtimedwait([], 0.2)
    return of(process.pid)


def summary(out: Path) -> Any:
    return json.loads((out / "summary.json").read_text(encoding="utf-8"))


def test_a_window_is_rehearsed_judged_and_reported(tmp_path: Path) -> None:
    process = begun(tmp_path)
    told = ended(process)
    assert process.returncode == 0, told
    assert re.search(r"Audit.*clean", told)
    assert (tmp_path / "report.html").exists()
    last = json.loads((tmp_path / "acts.jsonl").read_bytes().splitlines()[-1])
    assert last["kind"] == "summary"
    assert last["due"] == last["done"] > 0
    assert last["players_lost"] == last["dropped"] == 0


@pytest.mark.large
@pytest.mark.parametrize("victim", ["people", "netsuite", "pipeline"])
def test_whoever_is_killed_is_named_and_nobody_is_left(tmp_path: Path, victim: str) -> None:
    process = begun(tmp_path)
    processes = acting(tmp_path, process)
    os.kill(process_of(victim, processes), signal.SIGKILL)
    told = ended(process)
    assert process.returncode == 3, told
    assert f"{victim} killed by SIGKILL" in told or f"{victim} ended with exit code -9" in told
    assert not [one for one, _ in processes if alive(one)]


@pytest.mark.large
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_rehearsal_leaves_no_process(tmp_path: Path, number: int) -> None:
    process = begun(tmp_path)
    processes = acting(tmp_path, process)
    process.send_signal(number)
    told = ended(process)
    assert process.returncode == 130, told
    assert "Interrupted" in told
    assert not [one for one, _ in processes if alive(one)]


@pytest.mark.large
def test_members_end_when_who_supervises_them_is_killed(tmp_path: Path) -> None:
    process = begun(tmp_path)
    processes = acting(tmp_path, process)
    process.kill()
    ended(process)
    for _ in range(150):
        if not [one for one, _ in processes if alive(one)]:
            return
        signal.sigtimedwait([], 0.2)
    raise AssertionError([args for one, args in processes if alive(one)])

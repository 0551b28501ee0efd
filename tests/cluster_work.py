"""What the tests of the cluster have its workers do, in processes that can import this file."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def process(job: int) -> tuple[int, int]:
    """Under which process it was performed."""
    return job, os.getpid()


def dying_once(marker: str) -> int:
    """The first process that performs it is killed."""
    return _dying(marker, os.getpid())


def taking_its_worker_once(marker: str) -> int:
    """The worker beside which it is first performed is killed; it must end too."""
    return _dying(marker, os.getppid())


def _dying(marker: str, victim: int) -> int:
    try:
        Path(marker).touch(exist_ok=False)
    except FileExistsError:
        return os.getpid()
    Path(marker).write_text(str(os.getpid()))
    os.kill(victim, signal.SIGKILL)
    signal.pause()
    return 0


def always_dying(_job: int) -> None:
    """No process survives it."""
    os.kill(os.getpid(), signal.SIGKILL)


def lasting(marker: str) -> str:
    """The first is done at once; the others say who they are and never end."""
    if marker:
        Path(marker).write_text(str(os.getpid()))
        signal.pause()
    return marker


def refusing(job: int) -> None:
    """An error of the work itself."""
    raise ValueError(f"not {job}")

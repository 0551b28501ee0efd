"""One run in a new process, for whoever cannot fork: the job comes by standard input, pickled.

    the code expected, work and job ──> `python -m sim.alone` ──> (how it ended, what came of it)

Standard output carries the answer alone; whatever else is printed goes to standard error.
"""

from __future__ import annotations

import fcntl
import gc
import os
import pickle
import sys
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO, Literal

from run.code import Code, code, difference

Ended = Literal["done", "raised", "refused"]
Answer = tuple[Ended, Any]
"""The result; or the error that `work` raised; or in which words this code is another than expected."""


def errand(expected: Code, work: Callable[[Any], Any], job: Any) -> bytes:
    """What such a process reads."""
    return pickle.dumps(dict(expected)) + pickle.dumps((work, job))


def main() -> None:
    """Answer one errand. It stops where its parent does, however that ends."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        answer = _answer(sys.stdin.buffer)
        answers.write(pickle.dumps(answer))


def _answer(errands: BinaryIO) -> Answer:
    differs = difference(pickle.load(errands), code())
    if differs:
        return "refused", differs  # the rest may name what this code has not
    work, job = pickle.load(errands)
    _end_with_parent()
    gc.disable()
    try:
        return "done", work(job)
    except Exception as error:
        error.add_note(traceback.format_exc())
        return "raised", error


def _end_with_parent() -> None:
    """The parent keeps our standard input open: once it closes we get SIGIO, which ends a process."""
    fcntl.fcntl(sys.stdin.fileno(), fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(sys.stdin.fileno(), fcntl.F_SETFL, os.O_ASYNC)


if __name__ == "__main__":
    main()

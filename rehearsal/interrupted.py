"""What an interrupted command says, and its exit code: the same for Ctrl-C and SIGTERM."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

CODE = 130


@contextmanager
def told_if_interrupted(what: str) -> Iterator[None]:
    """An interrupt in this block ends the command with these words."""
    try:
        yield
    except KeyboardInterrupt:
        print(f"Interrupted: {what}", file=sys.stderr)
        raise SystemExit(CODE) from None


@contextmanager
def termination_as_interrupt() -> Iterator[None]:
    """Inside, SIGTERM is KeyboardInterrupt: who stops us that way wants the complete runs, and no orphans."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

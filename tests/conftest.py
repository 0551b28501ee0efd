"""Shared fixtures: a fresh process of this Python, for what must not depend on one."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make golden` rewrites the golden files instead of comparing with them."""
    parser.addoption("--rewrite-golden", action="store_true", help="rewrite the golden files")


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def interrupts_raise() -> Iterator[None]:
    """SIGINT raises, also where the tests were started with it ignored, as in the background of a script."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def fresh_process() -> Callable[[str, int], str]:
    """Run a program text in a new interpreter under a hash seed, and give what it printed."""

    def run_in(program: str, hash_seed: int) -> str:
        root = Path(__file__).resolve().parent.parent
        environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": str(root)}
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=root)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run_in

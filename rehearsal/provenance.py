"""What a result says of the program that made it: its version and, in a checkout, the commit."""

from __future__ import annotations

import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple


class Provenance(NamedTuple):
    """Version of the package, and the checkout's commit (`unknown` outside one)."""

    version: str
    commit: str


def provenance() -> Provenance:
    """Who made this result."""
    root = Path(__file__).resolve().parent.parent
    command = ["git", "-C", str(root), "rev-parse", "--short=12", "HEAD"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return Provenance(version("rehearsal"), "unknown")
    return Provenance(version("rehearsal"), found.stdout.strip() or "unknown")

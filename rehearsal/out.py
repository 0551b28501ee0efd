"""The results folder: checked for writing before any work begins, filled only with what is whole."""

from __future__ import annotations

from pathlib import Path

from kernel.errors import InputError


def folder(out: Path | None, name: str) -> Path:
    """The folder to write into (not made yet). Raises InputError where it cannot be written."""
    target = out or Path("out") / name
    existing = target
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir():
        raise InputError(f"--out {target}", f"{existing} is not a folder", "name a folder that can be made")
    probe = existing / ".rehearsal-probe"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        reason = error.strerror or "cannot be written"
        raise InputError(f"--out {target}", reason.lower(), "name a folder that you may write to") from None
    return target

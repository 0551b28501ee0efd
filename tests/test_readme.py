"""The README's commands for each kind of user do what they say, as they are written."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def commands(heading: str) -> list[str]:
    """The indented lines of a section."""
    section = README[README.index(f"\n## {heading}\n") :].split("\n## ")[1]
    return [line.strip() for line in section.splitlines() if line.startswith("    rehearse ")]


@pytest.mark.parametrize("heading", ["Architects", "Testers", "Trainers"])
def test_every_kind_of_user_has_commands(heading: str) -> None:
    assert len(commands(heading)) >= 2


@pytest.mark.large
@pytest.mark.live
@pytest.mark.parametrize("heading", ["Architects", "Testers", "Trainers"])
def test_the_commands_of_a_kind_of_user_run_as_written(heading: str, tmp_path: Path) -> None:
    for command in commands(heading):
        words = [sys.executable, "-m", "rehearsal", *shlex.split(command)[1:]]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        # A service level may fail or be open on so small a firm: that is an answer, and a traceback is none.
        assert done.returncode in {0, 1, 3}, f"{command}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        assert done.stdout

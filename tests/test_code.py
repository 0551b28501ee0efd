"""The code that a run's bytes rest on is told whole: all rooms, all libraries that a run imports."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path

from run.code import LIBRARIES, ROOMS, code, difference

PROJECT = tomllib.loads(
    (Path(__file__).resolve().parent.parent / "pyproject.toml").read_text(encoding="utf-8")
)


def test_every_room_of_the_project_is_told() -> None:
    rooms = PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    assert sorted(ROOMS) == sorted(room.removesuffix("*") for room in rooms)


def test_every_library_that_a_run_imports_is_told(fresh_process: Callable[[str, int], str]) -> None:
    program = "import sim.work, sys; print(*{name.partition('.')[0] for name in sys.modules})"
    imported = set(fresh_process(program, 0).split())
    found = {
        name for module, names in packages_distributions().items() if module in imported for name in names
    }
    asked_for = {re.split(r"[<>=\[ ]", line)[0].lower() for line in PROJECT["project"]["dependencies"]}
    assert {name for name in found if name.lower() in asked_for} <= set(LIBRARIES)


def test_the_same_code_differs_in_nothing_and_other_code_by_its_name() -> None:
    here = code()
    assert difference(here, code()) == ""
    assert difference({**here, "simpy": "1"}, here).endswith(" there and 1 here")
    assert difference(here, {}).startswith("Python is unknown there and 3.")

"""What the bytes of a run rest on beside its job: the code that performs it.

Processes that share the runs of one comparison must agree on it, wherever they stand. The commit says too
little: a checkout may be changed, and an installed package has none.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeAlias

Code: TypeAlias = Mapping[str, str]
"""Versions by the name of what has them."""

ROOMS = (
    *("kernel", "wire", "measurements", "mocks", "scenarios", "pipeline"),
    *("reports", "run", "sim", "loadtests", "validation", "rehearsal"),
)
"""Packages of this project; what stands in them decides a run, their tables of figures too."""
LIBRARIES = ("simpy", "orjson", "Faker", "holidays", "pydantic", "tzdata")
"""Other packages that a run imports: their names, days off and roundings are in its bytes."""


def code() -> Code:
    """The code that this process would perform a run with."""
    return {
        "Python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "rehearsal": _version("rehearsal"),
        "rehearsal's files": _digest(Path(__file__).resolve().parent.parent),
        **{name: _version(name) for name in LIBRARIES},
    }


def difference(here: Code, there: Code) -> str:
    """What differs, in words; empty where nothing does."""
    names = [name for name in here if here[name] != there.get(name)]
    return ", ".join(f"{name} is {there.get(name, 'unknown')} there and {here[name]} here" for name in names)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def _digest(root: Path) -> str:
    whole = sha256()
    for path in sorted(path for room in ROOMS for path in (root / room).rglob("*") if _is_source(path)):
        content = path.read_bytes()
        whole.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        whole.update(content)
    return whole.hexdigest()[:12]


def _is_source(path: Path) -> bool:
    return path.suffix in {".py", ".toml"}

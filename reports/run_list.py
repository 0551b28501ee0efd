"""The run files of an experiment: each written whole, listed by name and digest, and only those read again.

A folder may hold copied run files, or those of an earlier comparison: what is not listed is no part of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from kernel.errors import InputError
from measurements import run_file
from measurements.run import Run

FOLDER = "runs"
_REMEDY = "put the file back as it was written, or run the comparison again"

Listed = Mapping[str, str]
"""A run file's name to the digest of its bytes."""


def put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a reader meets the old one or the new one. Raises OSError."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def write(folder: Path, files: Mapping[str, bytes]) -> Listed:
    """Write run files into the folder's own (made if absent) and list them. Raises OSError."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        put(folder / FOLDER / name, content)
    return {name: digest(content) for name, content in sorted(files.items())}


def clear(folder: Path, names: Iterable[str]) -> None:
    """Remove run files that an earlier experiment of this folder listed. Raises OSError."""
    for name in names:
        if _bare(name):
            (folder / FOLDER / name).unlink(missing_ok=True)


def read(folder: Path, listed: Listed) -> list[Run]:
    """Exactly the runs listed. Raises InputError for one that is missing, changed or unreadable."""
    return [_read(_path(folder, name), expected) for name, expected in listed.items()]


def digest(content: bytes) -> str:
    """The SHA-256 of some bytes, as `sha256sum` prints it."""
    return sha256(content).hexdigest()


def _read(path: Path, expected: str) -> Run:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError(str(path), "is missing, though experiment.json lists it", _REMEDY) from None
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", _REMEDY) from None
    if digest(content) != expected:
        raise InputError(str(path), "is not the run that experiment.json lists", _REMEDY)
    try:
        return run_file.read(path)[1]
    except run_file.RunFileError as error:
        raise InputError(str(path), str(error), "run the comparison again") from None


def _path(folder: Path, name: str) -> Path:
    """Where a listed run stands; a name that leads out of the folder is refused."""
    if not _bare(name):
        raise InputError(str(folder), f"its experiment.json lists {name!r}, no name of a run file", _REMEDY)
    return folder / FOLDER / name


def _bare(name: str) -> bool:
    return name not in {"", ".", ".."} and Path(name).name == name

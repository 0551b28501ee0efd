"""Every figure of a system's limits.toml with its unit and source, for lists and for the report."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_SECTIONS = ("limits", "latencies", "ambient", "policy", "background")
_UNITS = {
    "per_worker": "more a worker",
    "or_per_worker": "a worker where that is more",
    "window_s": "s window",
    "after_s": "s",
    "median_s": "s median",
    "p90_s": "s 90th percentile",
    "p95_s": "s 95th percentile",
    "rate": "of operations",
    "background_share": "of it used by other integrations",
    "background_slots": "slots used by other integrations",
    "background_slots_month_end": "slots used by others at month-end",
}


def sources(system: str) -> Iterator[tuple[str, str, str]]:
    """(name, value with its unit, source), in the file's order. Raises FileNotFoundError."""
    path = Path(__file__).parent / system / "limits.toml"
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    for section in _SECTIONS:
        held = told.get(section, {})
        if "source" in held:
            yield section, _said(held), str(held["source"])
            continue
        for name, figure in held.items():
            yield f"{section}.{name}", _said(figure), str(figure["source"])


def figure(system: str, section: str, name: str) -> Any:
    """The value of one figure as shipped. Raises FileNotFoundError, KeyError."""
    path = Path(__file__).parent / system / "limits.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))[section][name]["value"]


def _said(figure: Mapping[str, Any]) -> str:
    parts = []
    for name, value in figure.items():
        if name in {"source", "kind", "unit"}:
            continue
        unit = _UNITS.get(name, "" if name in {"size", "value"} else name.replace("_", " "))
        parts.append(
            f"{value:,} {unit}".strip() if isinstance(value, int | float) else f"{value} {unit}".strip()
        )
    kind = f"{figure['kind']}: " if "kind" in figure else ""
    return kind + ", ".join(parts)

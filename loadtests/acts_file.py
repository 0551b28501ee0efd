"""Reads the acts file of a live run: how long acts took, what people spent, whether the generator kept up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson

from measurements.facts import Labour
from measurements.live import PERCENTILES, ActLine


class Acts(NamedTuple):
    """`lines` by persona and verb, where at least one act was sent; `summary` is the file's last line, empty
    where it was not written.
    """

    lines: Sequence[ActLine]
    labour: Sequence[Labour]
    summary: Mapping[str, Any]


def read(path: Path) -> Acts:
    """The file; nothing at all where there is none. A last line that was cut off is left out."""
    response: dict[tuple[str, str], list[float]] = defaultdict(list)
    service: dict[tuple[str, str], list[float]] = defaultdict(list)
    labour: list[Labour] = []
    summary: Mapping[str, Any] = {}
    for row in _rows(path):
        kind = row.pop("kind")
        if kind == "act" and "response_s" in row:
            who = row["persona"], row["verb"]
            response[who].append(row["response_s"])
            if "service_s" in row:  # none of an act that the end of the window found unsent
                service[who].append(row["service_s"])
        elif kind == "labour":
            labour.append(Labour(**row))
        elif kind == "summary":
            summary = row
    lines = [
        ActLine(*who, len(response[who]), _at(response[who]), _at(service[who])) for who in sorted(service)
    ]
    return Acts(lines, labour, summary)


def _rows(path: Path) -> Iterable[dict[str, Any]]:
    if path.exists():
        with path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield orjson.loads(line)


def _at(values: Sequence[float]) -> list[float]:
    """Percentiles of raw values: nearest observed from above, so that none is below what somebody waited."""
    return [float(np.percentile(values, at, method="higher")) for at in PERCENTILES]

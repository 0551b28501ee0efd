"""What live runs tell as the part `live` of `summary.json`; seconds are of the play, unless `wall`."""

from __future__ import annotations

import math
from typing import Any

from measurements.live import PERCENTILES, TIMES, ActLine, Live
from reports.statistics import round9


def summary(live: Live) -> dict[str, Any]:
    """One live run as plain values."""
    return {
        "speed": _rounded(live.speed),
        "resolution_s": _rounded(live.speed / 1000.0),
        "indicative": live.indicative,
        "from_s": _rounded(live.from_s),
        "counted_until_s": _rounded(live.counted_until_s),
        "until_s": _rounded(live.until_s),
        "verdict": "INCONCLUSIVE" if live.doubt else None,
        "unfinished": live.unfinished or None,
        "saturated": live.saturated or None,
        "acts": dict(live.counts),
        "errors": dict(live.errors),
        "verbs": [_line(line) for line in live.acts],
        "lag_s": {name: _rounded(lag_s) for name, lag_s in live.lag_s.items()},
        "calls_per_wall_s": {name: _rounded(rate) for name, rate in live.calls_per_s.items()},
    }


def _line(line: ActLine) -> dict[str, Any]:
    return {
        "persona": line.persona,
        "verb": line.verb,
        "acts": line.acts,
        **{f"{time}_s": {f"p{at:g}": _rounded(line.at(time, at)) for at in PERCENTILES} for time in TIMES},
    }


def _rounded(value: float) -> float | None:
    return round9(value) if math.isfinite(value) else None

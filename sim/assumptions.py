"""Everything assumed in a comparison, with its source: the firm, the systems' figures, the pipeline."""

from __future__ import annotations

from collections.abc import Iterator

from mocks.assemble import ALL
from mocks.sources import sources
from pipeline.settings import SOURCES
from run.settings_of import settings_of
from scenarios.play import Play
from sim.clerks import clerks

Row = tuple[str, str, str]
"""Name, value with its unit, source."""


def assumptions(play: Play) -> Iterator[Row]:
    """The firm's parameters, what clerks need, then each system's figures, then the pipeline's settings."""
    yield from play.assumptions
    yield from clerks()
    for system in ALL:
        for name, value, source in sources(system):
            yield f"{system}.{name}", value, source
    settings = settings_of(play)
    for name, (unit, source) in SOURCES.items():
        yield f"pipeline.{name}", f"{_said(getattr(settings, name))} {unit}".strip(), source


def _said(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {one:g}" for name, one in value.items())
    if isinstance(value, tuple):
        return ", ".join(one if isinstance(one, str) else f"{one:g}" for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)

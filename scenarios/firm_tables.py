"""Tables of a firm file beside its parameters: own costs, own margins, own figures of the integration."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from scenarios.known import KPIS, one_of
from scenarios.validation import Given

_Cost = Annotated[float, Field(strict=True, ge=0, le=100_000_000)]
_Share = Annotated[float, Field(strict=True, ge=0, le=1)]
_Wait = Annotated[float, Field(strict=True, ge=0.01, le=86_400)]
_Count = Annotated[int, Field(strict=True, ge=1, le=1_000)]
_Pattern = Literal["batch", "api", "event", "point-to-point", "manual"]
_Platform = Literal["batch", "api", "event"]


def _ascending(figures: tuple[float, float, float]) -> tuple[float, float, float]:
    if list(figures) != sorted(figures):
        raise ValueError("low, default and high are not in order")
    return figures


def _named(margins: dict[str, Any]) -> dict[str, Any]:
    for name in margins:
        if name not in KPIS:
            raise ValueError(f"unknown KPI {name!r}: it is {one_of(KPIS, name)}")
    return margins


Range = Annotated[tuple[_Cost, _Cost, _Cost], AfterValidator(_ascending)]
"""Low, default and high."""


class Margin(Given):
    """A difference that is smaller decides nothing for this firm."""

    absolute: Annotated[float, Field(strict=True, ge=0, le=1_000_000_000)] = 0.0
    relative: _Share = 0.0


Margins = Annotated[dict[str, Margin], AfterValidator(_named)]


class Costs(Given):
    """What building and running integrations costs here; what is not named keeps the shipped estimate."""

    day_usd: Range | None = None
    years: Annotated[float, Field(strict=True, ge=0.5, le=50)] | None = None
    build_days: dict[_Pattern, Range] = Field(default_factory=dict)
    run_days: dict[_Pattern, Range] = Field(default_factory=dict)
    platform_usd: dict[_Platform, Range] = Field(default_factory=dict)


class Integration(Given):
    """Figures of the integration that any pattern has; what is not named keeps the shipped one."""

    attempts: _Count | None = None
    backoff_base_s: _Wait | None = None
    backoff_most_s: _Wait | None = None
    retry_share: _Share | None = None
    retry_floor: Annotated[int, Field(strict=True, ge=0, le=10_000)] | None = None
    redelivery_s: Annotated[tuple[_Wait, ...], Field(min_length=1, max_length=10)] | None = None
    breaker_failures: _Count | None = None
    breaker_open_s: _Wait | None = None


TABLES: dict[str, Any] = {"costs": Costs, "margins": Margins, "integration": Integration}
"""Parameter of the firm to its table."""


def plain(given: Any) -> dict[str, Any]:
    """A table as a value: only what was named."""
    if isinstance(given, dict):
        return {name: (margin.absolute, margin.relative) for name, margin in given.items()}
    told: dict[str, Any] = given.model_dump(exclude_unset=True)
    return told

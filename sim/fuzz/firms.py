"""Draws a firm: heads, entities in odd zones, shares and volumes, within what the firm reader takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import Field, fields
from typing import Any, NamedTuple

from kernel.errors import InputError
from pipeline.settings import Settings
from scenarios.firm import Firm
from scenarios.firm_file import firm_of
from scenarios.firm_tables import TABLES, Integration
from sim.fuzz.dice import Dice

HEADS = (8, 36)
"""Consultants: few, since a bug that needs many is rarer than a run of many is long."""


class _Site(NamedTuple):
    country: str
    zone: str
    currency: str
    to_usd: str
    region: str


_SITES = tuple(
    _Site(*row.split())
    for row in (
        "US America/New_York USD 1 Americas",
        "US America/Los_Angeles USD 1 Americas",
        "CA America/St_Johns CAD 0.73 Americas",
        "BR America/Sao_Paulo BRL 0.19 Americas",
        "GB Europe/London GBP 1.27 EMEA",
        "DE Europe/Berlin EUR 1.08 EMEA",
        "CH Europe/Zurich CHF 1.12 EMEA",
        "PL Europe/Warsaw PLN 0.25 EMEA",
        "ZA Africa/Johannesburg ZAR 0.055 EMEA",
        "AE Asia/Dubai AED 0.272 EMEA",
        "KW Asia/Kuwait USD 1 EMEA",
        "IN Asia/Kolkata INR 0.012 APAC",
        "JP Asia/Tokyo JPY 0.0067 APAC",
        "SG Asia/Singapore SGD 0.74 APAC",
        "AU Australia/Adelaide AUD 0.66 APAC",
        "NZ Pacific/Auckland NZD 0.61 APAC",
        "CL America/Santiago CLP 0.0011 Americas",
    )
)
"""Places with their holidays, summer times, half hours and units of money; rates are assumptions."""

_OFTEN = ("contractor_share", "rejected_share", "recalled_share", "corrected_share", "rate_changes", "hires")
"""What moves most between sources and targets, and so is drawn in every second world."""
_LEFT = (
    *("name", "consultants", "hq_zone", "hq_country", "entities", "practices", "project_exponent"),
    *("desk_people", "exception_again_h", "exception_looks", "owner_h", "owner_p90_h", "reaction_factor"),
)
"""Drawn apart, or not at all: without people at the desk, or with slow ones, exceptions stay open, and an
exponent makes a small firm as large as it likes."""
_VOLUMES = ("reports", "report_lines", "projects", "assignments_per_head", "opportunities")
"""What makes a run long is drawn within a factor of two."""


def firm(dice: Dice) -> dict[str, Any]:
    """The firm's table."""
    table: dict[str, Any] = {"consultants": dice.whole("heads", *HEADS), **_places(dice.of("places"))}
    for found in fields(Firm):
        often = found.name in _OFTEN
        if found.name not in {*_LEFT, *TABLES} and dice.chance(f"{found.name}?", 0.5 if often else 0.1):
            wider = {**table, found.name: _value(dice.of(found.name), found)}
            if _taken(wider):
                table = wider
    integration = dict(_integration(dice.of("integration")))
    return table | ({"integration": integration} if integration else {})


def _integration(dice: Dice) -> Iterator[tuple[str, Any]]:
    """Retries, redelivery and breakers, up to two and a half times less or more than shipped."""
    shipped: dict[str, Any] = {one.name: one.default for one in fields(Settings)}
    for name in Integration.model_fields:
        if dice.chance(f"{name}?", 0.08):
            default, factor = shipped[name], dice.spread(name, 0.4, 2.5)
            if isinstance(default, tuple):
                yield name, [round(wait * factor, 1) for wait in default]
            else:
                yield name, max(2, round(default * factor)) if isinstance(default, int) else default * factor


def _places(dice: Dice) -> dict[str, Any]:
    """Headquarters and entities, the first of which is usually headquarters' own."""
    if dice.chance("default?", 0.3):
        return {}
    count = dice.weighted("entities", ((1, 0.4), (2, 0.35), (3, 0.25)))
    sites = dice.some("sites", _SITES, count)
    shares = _shares(dice, count)
    home = sites[0] if dice.chance("home?", 0.8) else dice.one("hq", _SITES)
    return {
        "hq_zone": home.zone,
        "hq_country": home.country,
        "entities": [
            {
                "entity": f"{site.country}{number:02d}",
                "name": f"Company {number}",
                "region": site.region,
                "share": share,
                "currency": site.currency,
                "zone": site.zone,
                "country": site.country,
                "to_usd": site.to_usd,
                "bill_factor": dice.between(f"bill.{number}", 0.5, 1.2),
            }
            for number, (site, share) in enumerate(zip(sites, shares, strict=True), 1)
        ],
    }


def _shares(dice: Dice, count: int) -> list[float]:
    """None so small that an entity of the smallest firm would have nobody."""
    weights = [dice.between(f"share.{number}", 1.0, 3.0) for number in range(count)]
    shares = [round(weight / sum(weights), 3) for weight in weights[1:]]
    return [round(1.0 - sum(shares), 3), *shares]


def _value(dice: Dice, found: Field[Any]) -> Any:
    """Around the default: shares sometimes none or all, other figures up to four times less or more."""
    if isinstance(found.default, tuple):
        return [dice.between(f"weight.{number}", 0.0, 1.0) for number in range(len(found.default))]
    default, unit = float(str(found.default)), str(found.metadata["unit"])
    if unit.startswith("of ") and dice.chance("extreme?", 0.1):
        return dice.one("extreme", (0.0, 1.0))
    reach = 2.0 if found.name in _VOLUMES else 4.0
    return dice.spread("value", default / reach, default * reach)


def _taken(table: dict[str, Any]) -> bool:
    """Whether the reader takes it: bounds and sums are its own to know."""
    try:
        firm_of(Firm(), table, "drawn")
    except InputError:
        return False
    return True

"""Firm files: a user's TOML over the default firm, each parameter by the name that the report shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import Field, fields, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints, create_model
from pydantic import Field as Bound

from kernel.errors import InputError
from kernel.money import FINER
from scenarios.calendar import weekend
from scenarios.firm import Firm, LegalEntity
from scenarios.firm_tables import TABLES, plain
from scenarios.scenario_file import zone_checked
from scenarios.staff import split
from scenarios.validation import Given, checked, read_toml

_DEFAULT = Path(__file__).parent / "firms" / "default.toml"
_SHARES_OFF = 0.01
"""By how much shares of entities may miss 1, since people write 0.33 three times."""
_LEAST_RATE = 0.85
"""A project's rate is at least this much of the firm's; rates are whole units of a currency."""
_ANY_YEAR = 2026


def _number(least: float, most: float) -> Any:
    """A number from `least` to `most`."""
    return Annotated[float, Bound(strict=True, ge=least, le=most)]


def _positive(most: float) -> Any:
    """A number above 0 that divides, or is the median of a lognormal."""
    return Annotated[float, Bound(strict=True, gt=0, le=most)]


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
_Practice = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=83)]
"""A practice is a classification of NetSuite, whose names are no longer."""
_Country = Annotated[str, Bound(pattern=r"^[A-Z]{2}$")]
_Share = _number(0, 1)
_Amount = _number(0, 10_000)
_Weight = Annotated[float, Bound(strict=True, ge=0, le=1_000_000)]

_BY_UNIT: Mapping[str, Any] = {
    "of": _Share,
    "days": _positive(1_000),
    "hours": _positive(8_760),
    "minutes": _positive(100_000),
    "seconds": _number(0, 86_400),
    "times": _number(0, 100),
}
"""The first word of a parameter's unit to what it may be; other numbers are amounts."""

_BY_NAME: Mapping[str, Any] = {
    "consultants": Annotated[int, Bound(strict=True, ge=5, le=100_000)],
    "hq_country": _Country,
    "project_exponent": _number(0, 2),
    "projects_per_manager": _number(0.5, 1_000),
    "assignments_per_head": _positive(4),
    "weekly_hours": _positive(80),
    "duration_months": _positive(120),
    "customers_per_project": _number(0, 100),
    "bill_rate_usd": _positive(100_000),
    "contract_slack": _positive(100),
    "crm_updates": _number(0, 1_000),
    "holding_after_h": _number(0, 8_760),
    "report_lines": _number(1, 500),
    "report_usd": _positive(1_000_000),
    "milestones_per_project": _number(1, 100),
    "exception_looks": _number(1, 100),
    "reaction_factor": _positive(100),
}


class _Entity(Given):
    entity: Annotated[str, Bound(pattern=r"^[A-Z]{2}\d\d$")]
    name: _Text
    region: _Text
    share: Annotated[float, Bound(strict=True, gt=0, le=1)]
    currency: Annotated[str, Bound(pattern=r"^[A-Z]{3}$")]
    zone: str
    country: _Country
    to_usd: Annotated[str, Bound(pattern=r"^\d{1,9}(\.\d{1,9})?$")]
    bill_factor: Annotated[float, Bound(strict=True, gt=0, le=100)] = 1.0


_SUMS = (
    ("time_and_materials", "fixed_price"),
    ("future_share", "retro_share"),
    ("rejected_share", "recalled_share", "corrected_share", "self_approved_share"),
)
"""Shares of one whole: none of them may leave less than nothing for the rest."""

_PERCENTILES = (
    ("expense_approval_days", "expense_approval_days_p90"),
    ("fix_min", "fix_p90_min"),
    ("owner_h", "owner_p90_h"),
)
"""Medians with their 90th percentiles, which are no smaller."""


def load(path: str | Path | None, consultants: int | None = None) -> Firm:
    """The firm of a file (None = the default firm), at another size where one is given. Raises InputError."""
    where = str(path) if path is not None else _DEFAULT.name
    values = read_toml(Path(path) if path is not None else _DEFAULT)
    if consultants is None:
        return firm_of(Firm(), values, where)
    return firm_of(Firm(), {**values, "consultants": consultants}, f"{where}, --consultants {consultants}")


def firm_of(base: Firm, values: Mapping[str, Any], where: str) -> Firm:
    """The base firm with these parameters changed. Raises InputError for the first mistake."""
    given = checked(_model(), values, where)
    changes = {name: getattr(given, name) for name in given.model_fields_set}
    if "entities" in changes:
        changes["entities"] = tuple(LegalEntity(**entity.model_dump()) for entity in changes["entities"])
    changes.update({name: plain(changes[name]) for name in TABLES if name in changes})
    firm = replace(base, **changes)
    _check(firm, where)
    _check_entities(firm, where)
    return firm


@lru_cache(maxsize=1)
def _model() -> type[BaseModel]:
    """The file's shape: every parameter of Firm, optional, with bounds by its kind."""
    shape: dict[str, Any] = {found.name: (_kind(found), found.default) for found in fields(Firm)}
    shape |= {name: (kind, {}) for name, kind in TABLES.items()}
    return create_model("FirmFile", __base__=Given, **shape)


def _kind(found: Field[Any]) -> Any:
    given = found.default
    if found.name in TABLES:
        return TABLES[found.name]
    if found.name in _BY_NAME:
        return _BY_NAME[found.name]
    if found.name == "entities":
        return tuple[_Entity, ...]
    if isinstance(given, tuple):
        return tuple[_Practice, ...] if isinstance(given[0], str) else tuple[_Weight, ...]
    if isinstance(given, str):
        return _Text
    return _BY_UNIT.get(found.metadata["unit"].split(maxsplit=1)[0].rstrip(","), _Amount)


def _check(firm: Firm, where: str) -> None:
    """What parameters must be to each other."""
    zone_checked(f"{where}: hq_zone", firm.hq_zone)
    _check_country(f"{where}: hq_country", firm.hq_country)
    for names in _SUMS:
        if sum(getattr(firm, name) for name in names) > 1 + 1e-9:
            what = f"{', '.join(names)} sum to more than 1"
            raise InputError(f"{where}: {names[-1]}", what, "lower one of them")
    for median, p90 in _PERCENTILES:
        if getattr(firm, p90) < getattr(firm, median):
            what = f"less than the median of {getattr(firm, median):g} ({median})"
            raise InputError(f"{where}: {p90}", what, "give a larger value")
    for name, length in (("submit_shape", 8), ("expense_weekdays", 7)):
        given = getattr(firm, name)
        if len(given) != length or not sum(given):
            raise InputError(f"{where}: {name}", f"{len(given)} weights", f"give {length}, not all 0")
    own = {"backoff_base_s": 1.0, "backoff_most_s": 30.0, **firm.integration}
    if own["backoff_most_s"] < own["backoff_base_s"]:
        what = f"{own['backoff_most_s']:g} s is less than backoff_base_s, {own['backoff_base_s']:g} s"
        raise InputError(f"{where}: integration.backoff_most_s", what, "give a larger value")
    if not firm.practices:
        raise InputError(f"{where}: practices", "none", "name at least one")
    _unique(f"{where}: practices", firm.practices)


def _check_entities(firm: Firm, where: str) -> None:
    if not firm.entities:
        raise InputError(f"{where}: entities", "none", "name at least one legal entity")
    for number, entity in enumerate(firm.entities):
        place = f"{where}: entities.{number}"
        zone_checked(f"{place}.zone", entity.zone)
        _check_country(f"{place}.country", entity.country)
        _check_currency(place, entity, firm)
    _unique(f"{where}: entities", [entity.entity for entity in firm.entities])
    shares = [entity.share for entity in firm.entities]
    if abs(sum(shares) - 1) > _SHARES_OFF:
        raise InputError(f"{where}: entities", f"their shares sum to {sum(shares):g}", "make them sum to 1")
    for entity, heads in zip(firm.entities, split(firm.consultants, shares), strict=True):
        if not heads:
            what = f"{entity.entity} has none of the {firm.consultants}"
            raise InputError(f"{where}: consultants", what, "give more, or that entity a larger share")


def _check_currency(place: str, entity: LegalEntity, firm: Firm) -> None:
    """A currency is worth something, the same everywhere, and an hour is worth at least one of it."""
    worth = Decimal(entity.to_usd)
    if entity.currency in FINER:
        what = f"{entity.currency} is divided into more than hundredths, which no system here holds"
        raise InputError(f"{place}.currency", what, "give the books another currency, such as USD")
    known = {"USD": "1"} | {other.currency: other.to_usd for other in reversed(firm.entities)}
    if not worth:
        raise InputError(f"{place}.to_usd", "worth nothing", "give US dollars for one unit")
    if entity.currency == "USD" and worth != 1:
        raise InputError(f"{place}.to_usd", f"{entity.to_usd} US dollars for one", "give 1")
    if worth != Decimal(known[entity.currency]):
        what = f"another rate for {entity.currency} than {known[entity.currency]}"
        raise InputError(f"{place}.to_usd", what, "give one rate a currency")
    if firm.bill_rate_usd * _LEAST_RATE * entity.bill_factor < worth:
        what = f"an hour is billed at less than 1 {entity.currency}"
        raise InputError(f"{place}.bill_factor", what, "raise it or bill_rate_usd, or correct to_usd")


def _check_country(where: str, country: str) -> None:
    try:
        weekend(country, _ANY_YEAR)
    except NotImplementedError as error:
        remedy = "use the ISO code of a country that the package holidays knows"
        raise InputError(where, str(error), remedy) from error


def _unique(where: str, names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise InputError(where, f"{name!r} stands there twice", "give each its own name")

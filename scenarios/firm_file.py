"""Firm files: a user's TOML over the default firm, each parameter by the name that the report shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from kernel.errors import InputError
from scenarios.firm import Firm, LegalEntity
from scenarios.scenario_file import zone_checked
from scenarios.validation import Given, checked, read_toml

_DEFAULT = Path(__file__).parent / "firms" / "default.toml"
_Amount = Annotated[float, Field(ge=0)]
_Share = Annotated[float, Field(ge=0, le=1)]


class _Entity(Given):
    entity: Annotated[str, Field(pattern=r"^[A-Z]{2}\d\d$")]
    name: str
    region: str
    share: Annotated[float, Field(gt=0, le=1)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    zone: str
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    to_usd: Annotated[str, Field(pattern=r"^\d+(\.\d+)?$")]
    bill_factor: Annotated[float, Field(gt=0)] = 1.0


def load(path: str | Path | None, consultants: int | None = None) -> Firm:
    """The firm of a file (None = the default firm), at another size where one is given. Raises InputError."""
    where = str(path) if path is not None else _DEFAULT.name
    firm = firm_of(Firm(), read_toml(Path(path) if path is not None else _DEFAULT), where)
    if consultants is None:
        return firm
    return firm_of(firm, {"consultants": consultants}, "--consultants")


def firm_of(base: Firm, values: Mapping[str, Any], where: str) -> Firm:
    """The base firm with these parameters changed. Raises InputError for the first mistake."""
    given = checked(_model(), values, where)
    changes = {name: getattr(given, name) for name in given.model_fields_set}
    if "entities" in changes:
        changes["entities"] = tuple(LegalEntity(**entity.model_dump()) for entity in changes["entities"])
    firm = replace(base, **changes)
    _check(firm, where)
    return firm


def _model() -> type[BaseModel]:
    """The file's shape: every parameter of Firm, optional, with bounds by its kind."""
    hints, shape = get_type_hints(Firm), dict[str, Any]()
    for found in fields(Firm):
        kind: Any = hints[found.name]
        if found.name == "entities":
            kind = tuple[_Entity, ...]
        elif found.name == "consultants":
            kind = Annotated[int, Field(ge=5, le=100_000)]
        elif kind is float:
            kind = (
                _Share if found.metadata["unit"].startswith("of ") and found.name != "projects" else _Amount
            )
        elif kind == tuple[float, ...]:
            kind = tuple[_Amount, ...]
        shape[found.name] = (kind, found.default)
    return create_model("FirmFile", __config__=ConfigDict(extra="forbid", frozen=True), **shape)


def _check(firm: Firm, where: str) -> None:
    zone_checked(f"{where}: hq_zone", firm.hq_zone)
    if not firm.entities:
        raise InputError(f"{where}: entities", "none", "name at least one legal entity")
    for number, entity in enumerate(firm.entities):
        zone_checked(f"{where}: entities.{number}.zone", entity.zone)
    if firm.time_and_materials + firm.fixed_price > 1:
        raise InputError(f"{where}: fixed_price", "billing methods sum to more than 1", "lower one of them")
    for name, length in (("submit_shape", 8), ("expense_weekdays", 7)):
        given = getattr(firm, name)
        if len(given) != length or not sum(given):
            raise InputError(f"{where}: {name}", f"{len(given)} weights", f"give {length}, not all 0")
    if firm.practices == ():
        raise InputError(f"{where}: practices", "none", "name at least one")

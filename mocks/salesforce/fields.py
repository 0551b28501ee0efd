"""Short words for the fields of an org's objects, so that the lists of objects read like lists."""

from __future__ import annotations

from mocks.fields import Field


def text(*names: str, required: bool = False) -> tuple[Field, ...]:
    """Text(255)."""
    return tuple(Field(name, required=required) for name in names)


def long_text(*names: str) -> tuple[Field, ...]:
    """Long text."""
    return tuple(Field(name, "textarea", length=32768) for name in names)


def number(*names: str, required: bool = False) -> tuple[Field, ...]:
    """Number."""
    return tuple(Field(name, "number", required=required) for name in names)


def money(*names: str, required: bool = False) -> tuple[Field, ...]:
    """Currency, in major units."""
    return tuple(Field(name, "currency", required=required) for name in names)


def check(*names: str, default: bool = False) -> tuple[Field, ...]:
    """Checkbox; never null."""
    return tuple(Field(name, "checkbox", default=default) for name in names)


def day(*names: str, required: bool = False) -> tuple[Field, ...]:
    """Date."""
    return tuple(Field(name, "date", required=required) for name in names)


def instant(*names: str) -> tuple[Field, ...]:
    """Date and time."""
    return tuple(Field(name, "datetime") for name in names)


def choice(name: str, options: str, default: str | None = None, required: bool = False) -> Field:
    """Restricted picklist; `options` are parted by `|`."""
    return Field(name, "picklist", required=required, picklist=tuple(options.split("|")), default=default)


def external(*names: str) -> tuple[Field, ...]:
    """External id, unique."""
    return tuple(Field(name, external=True, unique=True) for name in names)


def lookup(name: str, target: str, required: bool = False) -> Field:
    """Reference by id; custom ones end in __c and their path in __r, standard ones in Id and in nothing."""
    relation = f"{name[:-3]}__r" if name.endswith("__c") else name.removesuffix("Id")
    return Field(name, "reference", length=18, required=required, reference=target, relation=relation)

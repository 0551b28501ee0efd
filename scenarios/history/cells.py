"""What stands in a cell or an attribute of a log: an amount, or an instant."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from kernel.errors import InputError
from scenarios.history.column_map import ColumnMap

_ABSENT = frozenset({"", "nan", "null", "none", "n/a", "na", "nil", "unknown", "missing", "-"})
"""How exports write that there is no value."""
_EPOCHS = {"epoch": 1, "epoch ms": 1_000}
_BLANKS = "\u00a0\u202f\u2009"
"""Blanks that do not break a line; they stand between thousands."""


def amount(text: str, columns: ColumnMap, where: str) -> Decimal | None:
    """The amount, None where there is none. Raises InputError."""
    plain = text.strip().strip(_BLANKS)
    if plain.lower() in _ABSENT:
        return None
    for blank in _BLANKS if columns.thousands == " " else "":
        plain = plain.replace(blank, " ")
    if _grouped(plain, columns):
        plain = plain.replace(columns.thousands, "")
    if columns.decimal == ",":
        plain = "," if "." in plain else plain.replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or "_" in plain:
        raise InputError(where, f"no amount: {text!r}", _amount_remedy(text, columns))
    return value


def _grouped(text: str, columns: ColumnMap) -> bool:
    """Whether thousands are set apart as people do: three digits at the end, two or three in those before."""
    between = re.escape(columns.thousands)
    whole = rf"[+-]?\d{{1,3}}(?:{between}\d{{2,3}})*{between}\d{{3}}"
    return bool(between and re.fullmatch(rf"{whole}(?:{re.escape(columns.decimal)}\d*)?", text))


def _amount_remedy(text: str, columns: ColumnMap) -> str:
    if "," in text and "." in text and columns.thousands == "":
        low, high = sorted(".,", key=text.rindex)
        return (
            f"write it without thousands, or say decimal = '{high}' and thousands = '{low}' in the column map"
        )
    if "," in text and columns.decimal == ".":
        return "write it with a point, or say decimal = ',' in the column map"
    if "." in text and columns.decimal == ",":
        return "write it with a comma, or say decimal = '.' in the column map"
    return "write a plain number such as 120.50"


def moment(text: str, columns: ColumnMap, where: str) -> datetime:
    """The instant as an aware datetime; without a zone it is in the map's, without a time it is 00:00. Raises
    InputError."""
    form, plain = columns.time_format, text.strip()
    try:
        if form in _EPOCHS:
            found = datetime.fromtimestamp(float(plain) / _EPOCHS[form], UTC)
        elif form:
            found = datetime.strptime(plain, form)
        elif plain.isdecimal() and len(plain) != len("20260303"):
            raise ValueError("digits")
        else:
            found = datetime.fromisoformat(plain)
    except (ValueError, OverflowError, OSError) as error:
        raise InputError(where, f"no instant: {text!r}", _moment_remedy(plain, form)) from error
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(columns.zone))


def _moment_remedy(text: str, form: str) -> str:
    if form:
        return f"write it as time_format {form!r} of the column map says, or correct that"
    if text.replace(".", "", 1).isdecimal():
        return "say time_format = 'epoch' or 'epoch ms' in the column map, if it is one"
    return "say time_format in the column map, such as '%d/%m/%Y %H:%M'"

"""Money is an integer count of minor units (cents) with its currency code; floats never hold it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache


@lru_cache(maxsize=32_768, typed=True)
def minor(amount: str | int | float | Decimal) -> int:
    """Major units (such as a vendor's `12.34`) to minor units, half up."""
    if type(amount) is str:
        if amount[-3:-2] == "." and amount[-2:].isdecimal() and amount[:-3].isdecimal():
            return int(amount[:-3] + amount[-2:])
    elif type(amount) is int:
        return amount * 100
    elif type(amount) is float and (cents := amount * 100.0).is_integer() and abs(cents) < 1e13:
        return int(cents)
    return int((Decimal(str(amount)) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@lru_cache(maxsize=32_768)
def major(amount_minor: int) -> str:
    """Minor units to the decimal text that vendors take, such as `12.34`."""
    sign = "-" if amount_minor < 0 else ""
    whole, cents = divmod(abs(amount_minor), 100)
    return f"{sign}{whole}.{cents:02d}"


def worth(rate_minor: int, hours_centi: int) -> int:
    """Hundredths of hours at a rate an hour, in minor units, half up."""
    amount = rate_minor * hours_centi
    return (amount + 50) // 100 if amount >= 0 else -((50 - amount) // 100)


def convert(amount_minor: int, rate: str | Decimal) -> int:
    """Minor units of one currency to another at `rate` (target per source), half up."""
    return int((Decimal(amount_minor) * Decimal(rate)).quantize(Decimal(1), rounding=ROUND_HALF_UP))

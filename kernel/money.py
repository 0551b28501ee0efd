"""Money is an integer count of minor units (hundredths) with its currency code; floats never hold it.

A currency without decimals (ISO 4217), such as the yen, is held in hundredths too, and only in whole hundreds
of them: whatever computes an amount says its currency, and rounds half up to the smallest that it has.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

UNDIVIDED = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF")
)
FINER = frozenset(["BHD", "CLF", "IQD", "JOD", "KWD", "LYD", "OMR", "TND", "UYW"])
"""Currencies without decimals, and with more than two (ISO 4217). The latter cannot be held in hundredths."""


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


def smallest(currency: str) -> int:
    """The smallest amount of a currency, in minor units: 100 where it has no decimals."""
    return 100 if currency in UNDIVIDED else 1


def worth(rate_minor: int, hours_centi: int, currency: str) -> int:
    """Hundredths of hours at a rate an hour, in minor units, half up to the smallest amount."""
    amount, step = rate_minor * hours_centi, 100 * smallest(currency)
    units = (amount + step // 2) // step if amount >= 0 else -((step // 2 - amount) // step)
    return units * (step // 100)


def times(amount_minor: int | Decimal, factor: str | float | Decimal, currency: str) -> int:
    """An amount some times, or at a `factor` of exchange, in minor units of `currency`, half up."""
    step = smallest(currency)
    product = Decimal(amount_minor) * Decimal(str(factor)) / step
    return int(product.quantize(Decimal(1), rounding=ROUND_HALF_UP)) * step


def part(total_minor: int, number: int, count: int, currency: str) -> int:
    """Part `number` of `count` equal parts that sum exactly to the total, each in whole smallest amounts."""
    step = smallest(currency)
    total = total_minor // step
    return (total * number // count - total * (number - 1) // count) * step

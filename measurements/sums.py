"""Whether an effect says the hours, the money and the rates that are due.

Time is posted as hours and a rate; both equal to the cent, so is its value.
"""

from __future__ import annotations

from measurements.facts import Commitment, Effect

UNSUMMED = frozenset({"worker", "reporting"})
"""Flows whose rows carry no sum of their own; a worker's rates stand in its terms."""


def unequal(effect: Effect, row: Commitment, summed: bool) -> str:
    """How hours, money or a term in minor units differ ("" = not); money only where a sum is due."""
    if summed and effect.hours_centi != row.hours_centi:
        return _sums(effect, row)
    if summed and row.currency:
        other = bool(effect.currency) and effect.currency != row.currency
        if other or effect.amount_minor != row.amount_minor:
            return _sums(effect, row)
    if effect.terms and row.terms:
        for name, wanted in row.terms.items():
            if name.endswith("_minor") and effect.terms.get(name, wanted) != wanted:
                return f"{effect.record} holds {name} {effect.terms[name]}; due {wanted}"
    return ""


def _sums(effect: Effect, row: Commitment) -> str:
    stands = f"{effect.hours_centi / 100:.2f} h, {effect.amount_minor} {effect.currency}"
    due = f"{row.hours_centi / 100:.2f} h, {row.amount_minor} {row.currency}"
    return f"{effect.record} holds {stands}; due {due}"

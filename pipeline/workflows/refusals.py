"""A refusal as the outcome of the item that was really read: its full key and version, not the trigger's."""

from __future__ import annotations

from pipeline.failures import RefusedError
from pipeline.item import Item, Outcome, Result


def refused_outcome(item: Item, refused: RefusedError) -> Outcome:
    """What a person must settle."""
    return Outcome(
        item,
        "refused",
        refused.cause,
        refused.detail,
        refused.audience,
        refused.amount_minor,
        refused.owner,
        system=refused.system,
    )


def bulk_outcome(item: Item, failed: Result | None, amount_minor: int = 0) -> Outcome:
    """Done, or what one record's result of a bulk write says."""
    if failed is None:
        return Outcome(item)
    state = "failed" if failed.transient else "refused"
    return Outcome(item, state, failed.cause, failed.detail, "desk", amount_minor, system=failed.system)

"""Items and outcomes: the values that every pattern moves and every workflow's stream acts upon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

FORCED = "forced"
"""The mark of an item to be compared with its target first: from the sweep, or an operator's replay."""


class Item(NamedTuple):
    """One thing to carry over. `key` is its business key, the same whoever names it and however little of it
    was read: a stream never answers under another one. `mark` tells its states apart (version and status):
    the inbox skips a repeat.

    `order` is the aggregate whose items are worked one after the other; `record` the source record where it
    was read already (None: `apply` reads it); `handed_s` when the source handed it over; `not_before_s` when
    it takes effect; `taken_s` when the pipeline accepted it, where that was before it is worked on.
    """

    stream: str
    key: str
    version: int = 0
    mark: str = ""
    order: str = ""
    record: Mapping[str, Any] | None = None
    handed_s: float = 0.0
    not_before_s: float = 0.0
    taken_s: float = 0.0

    @property
    def identity(self) -> str:
        """Its one name, in inbox, backlog and dead letters: known to whoever starts it, read or unread."""
        return f"{self.stream}|{self.key}"

    @property
    def aggregate(self) -> str:
        """What is worked one after the other."""
        return f"{self.stream}|{self.order or self.key}"


class Back(NamedTuple):
    """Values to write back into the source: one row of `object`, found by external id `field` = `key`."""

    object: str
    field: str
    key: str
    values: Mapping[str, Any]


class Outcome(NamedTuple):
    """What became of an item: done, skipped (nothing due), refused (a person must act), failed (try later).

    `cause` is one of exceptions.CAUSES where refused or failed; `advice` is shown to a person who waits;
    `status` is what a caller is answered where failed, `system` who refused ("" = the pipeline itself).
    """

    item: Item
    state: str = "done"
    cause: str = ""
    detail: str = ""
    audience: str = "desk"
    amount_minor: int = 0
    owner: str = ""
    backs: tuple[Back, ...] = ()
    advice: str = ""
    status: int = 0
    system: str = ""

    @property
    def curable(self) -> bool:
        """Refused for what who saved the record can cure there; what the ERP lacks only the desk can."""
        by_owner = self.audience != "desk" or self.cause in {"missing_attribute", "policy", "validation"}
        return self.state == "refused" and by_owner


class Result(NamedTuple):
    """One record's result of a bulk write: `record` the target's id; where not ok, `cause`, `detail` and who
    refused.
    """

    key: str
    ok: bool
    record: str = ""
    cause: str = ""
    detail: str = ""
    transient: bool = False
    system: str = ""

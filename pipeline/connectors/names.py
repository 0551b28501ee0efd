"""Names: a vendor renamed a field, an operator applied the mapping, the pipeline keeps the old name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_FROM = re.compile(r"\bFROM\s+(\w+)", re.IGNORECASE)


class Names:
    """Renames by object; with none applied, every method returns what it was given."""

    def __init__(self) -> None:
        self._outward: dict[str, dict[str, str]] = {}
        self._inward: dict[str, dict[str, str]] = {}

    def apply(self, object_: str, field: str, to: str) -> None:
        """From now on the vendor calls `field` of the object `to` (empty: gone, no longer sent)."""
        self._outward.setdefault(object_.lower(), {})[field] = to
        if to:
            self._inward.setdefault(object_.lower(), {})[to] = field

    def out(self, object_: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """A body as the vendor now wants it."""
        renames = self._outward.get(object_.lower()) if self._outward else None
        if not renames:
            return values
        return {renames.get(name, name): value for name, value in values.items() if renames.get(name, name)}

    def into(self, object_: str, values: dict[str, Any]) -> dict[str, Any]:
        """A record as the pipeline knows it."""
        renames = self._inward.get(object_.lower()) if self._inward else None
        if not renames:
            return values
        return {renames.get(name, name): value for name, value in values.items()}

    def text(self, object_: str, text: str) -> str:
        """Text that names fields of the object as the vendor now wants it."""
        for field, to in (self._outward.get(object_.lower()) or {}).items() if self._outward else ():
            if to:
                text = re.sub(rf"\b{re.escape(field)}\b", to, text)
        return text

    def query(self, query: str) -> str:
        """A query as the vendor now wants it."""
        return self.text(_table(query), query) if self._outward else query

    def rows(self, query: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What a query answered, as the pipeline knows it."""
        if not self._inward:
            return rows
        object_ = _table(query)
        return [self.into(object_, row) for row in rows]


def _table(query: str) -> str:
    """The object, record type or table that a query reads."""
    found = _FROM.search(query)
    return found.group(1) if found else ""

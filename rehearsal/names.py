"""Comma-separated names of an option: left out, they are the default; empty, they are a mistake."""

from __future__ import annotations

from collections.abc import Sequence

from kernel.errors import InputError


def names_in(option: str, text: str | None, default: Sequence[str]) -> list[str]:
    """The names in their order. Raises InputError where none is named."""
    if text is None:
        return list(default)
    found = [name.strip() for name in text.split(",") if name.strip()]
    if not found:
        raise InputError(option, "none named", f"name at least one, such as {option} {','.join(default[:2])}")
    return found

"""A query as it stands in a URL, to its shape and its literals; what stands around the literals is read once.

SELECT%20Id%20FROM%20X%20WHERE%20K%20%3D%20%27a-1%27%20AND%20LastModifiedDate%20%3E%202026-04-01T00%3A00Z
  around:   "K%20%3D%20", "%27%20AND%20LastModifiedDate%20%3E", ""     (with the head before WHERE)
  literals: text "a-1" after a quote, instant "2026-04-01T00:00Z" after a space
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from mocks.salesforce.soql_text import shape_of

_LITERAL = re.compile(r"%2(7[\w.|:@#-]+(?=%27)|0\d{4}-\d\d-\d\dT[\d.]+(?:(?:%3A|:)[\d.]+)*Z)")
"""A text after its quote, an instant after a space: plain signs first, since those are found fastest."""
_TEXT = "7"
_WHERE = "%20WHERE%20"
_SIGNS = (
    ("+", " "),
    ("%20", " "),
    ("%2C", ","),
    ("%3D", "="),
    ("%27", "'"),
    ("%3E", ">"),
    ("%3C", "<"),
    ("%3A", ":"),
    ("%28", "("),
    ("%29", ")"),
    ("%2B", "+"),
)


def asked(text: str) -> tuple[str, list[Any]]:
    """The text with a `?` for each literal, and the literals."""
    head, where, rest = text.partition(_WHERE)
    if not where:
        return shape_of(_decoded(text))
    parts = _LITERAL.split(rest)
    literals = parts[1::2]
    shape, numbers = _around(head, tuple(parts[::2]), "".join([literal[0] for literal in literals]))
    if not shape:
        return shape_of(f"{_kept(head)} WHERE {_decoded(rest)}")
    values: list[Any] = [literal[1:].replace("%3A", ":") for literal in literals]
    for place, value in numbers:
        values.insert(place, value)
    return shape, values


@lru_cache(512)
def _around(head: str, pieces: tuple[str, ...], kinds: str) -> tuple[str, tuple[tuple[int, Any], ...]]:
    """The shape where literals of such kinds stand between the pieces, and the numbers among its literals
    with their places; learnt by putting other literals in. An empty shape where there is more to it (lists,
    say).
    """
    literals = [
        f"x{place}" if kind == _TEXT else f"2026-01-01T00:00:{place:02d}Z" for place, kind in enumerate(kinds)
    ]
    coded = [f"%2{kind}{literal}" for kind, literal in zip(kinds, literals, strict=True)]
    text = "".join(part for pair in zip(pieces, (*coded, ""), strict=True) for part in pair)
    shape, values = shape_of(_decoded(head + _WHERE + text))
    numbers = tuple((place, value) for place, value in enumerate(values) if type(value) in {int, float})
    if len(numbers) + len(literals) != len(values) or any(literal not in values for literal in literals):
        return "", ()
    return shape, numbers


def _decoded(text: str) -> str:
    """The signs that queries are made of first, then the rest."""
    if "%25" not in text:
        for code, sign in _SIGNS:
            text = text.replace(code, sign)
        if "%" not in text:
            return text
        return unquote(text)
    return unquote(text.replace("+", " "))


_kept = lru_cache(512)(_decoded)

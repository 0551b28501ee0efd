"""Quoting: how text goes into a path. A query head (all before WHERE) comes again and again, and is kept."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

_WHERE = " WHERE "
_PLAIN = re.compile(r"[\w.~:@|#-]+", re.ASCII)
_DONE = re.compile(r"[\w.~/%-]*", re.ASCII)
_CODES = tuple((sign, quote(sign)) for sign in "% '=,:<>()")
"""The signs that conditions are made of, and the percent sign before all: it begins each code."""
_kept = lru_cache(512)(quote)


def query(text: str) -> str:
    """A query's text for `?q=`."""
    head, where, rest = text.partition(_WHERE)
    return _kept(head + where) + _conditions(rest)


def _conditions(text: str) -> str:
    """As `quote`, which looks at each sign apart, where the text holds no others than the usual ones."""
    coded = text
    for sign, code in _CODES:
        coded = coded.replace(sign, code)
    return coded if _DONE.fullmatch(coded) else quote(text)


def external_id(text: str) -> str:
    """An external id as a part of a path; its usual signs stay as they are."""
    return text if _PLAIN.fullmatch(text) else quote(text, safe=":@|-_.#")

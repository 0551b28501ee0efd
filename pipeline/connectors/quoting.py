"""Quoting: how text goes into a path. A query head (all before WHERE) comes again and again, and is kept."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

_WHERE = " WHERE "
_PLAIN = re.compile(r"[\w.~:@|#-]+", re.ASCII)
_kept = lru_cache(512)(quote)


def query(text: str) -> str:
    """A query's text for `?q=`."""
    head, where, rest = text.partition(_WHERE)
    return _kept(head + where) + quote(rest)


def external_id(text: str) -> str:
    """An external id as a part of a path; its usual signs stay as they are."""
    return text if _PLAIN.fullmatch(text) else quote(text, safe=":@|-_.#")

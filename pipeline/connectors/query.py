"""Queries as values: what a query's text asks of which object, apart from the literals that are put into it.

    SELECT Id, pse__Project__r.Entity__c FROM pse__Timecard_Header__c WHERE Name = 'Entity__c'
           path  path of a parent's field     object                        path    literal

A literal is data: nobody looks into it, and it comes back into the text as it was. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

_WORD = re.compile(r"([A-Za-z_][\w.]*)", re.ASCII)
_WHERE = " WHERE "
_KEYWORDS = frozenset(
    (
        *(
            "select",
            "from",
            "where",
            "and",
            "or",
            "not",
            "in",
            "like",
            "is",
            "null",
            "true",
            "false",
            "nulls",
        ),
        *("order", "by", "group", "having", "asc", "desc", "first", "last", "limit", "offset", "as"),
        *("sum", "count", "min", "max", "builtin.df"),
    )
)


class Dialect(NamedTuple):
    """A vendor's: how its literals look, to which object a relation leads, of which objects a table is a
    union, whether case says nothing.
    """

    literal: re.Pattern[str]
    relations: Mapping[str, str]
    unions: Mapping[str, Sequence[str]]
    folds: bool = False


def dialect(
    quoted: str,
    relations: Mapping[str, str] | None = None,
    unions: Mapping[str, Sequence[str]] | None = None,
    folds: bool = False,
) -> Dialect:
    """Of a pattern of quoted text. Literals are lists of such, such alone, and numbers and instants."""
    pattern = rf"(\({quoted}(?:, *{quoted})*\)|{quoted}|(?<![\w.])\d[\w:.+-]*)"
    return Dialect(re.compile(pattern, re.ASCII), relations or {}, unions or {}, folds)


class Part(NamedTuple):
    """A stretch of text: a column's path, a literal's place, or (neither) anything else."""

    text: str
    is_path: bool = False
    is_literal: bool = False


class Query(NamedTuple):
    """What is asked of `object`; `columns` are the paths whose values come back under their own names."""

    object: str
    columns: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that it names: selected, compared, grouped or ordered by."""
        return tuple(part.text for part in self.parts if part.is_path)

    def shape(self, name_of: Callable[[str], str]) -> tuple[str, ...]:
        """The texts before, between and after the literals, each path as it is called now."""
        stretches = [""]
        for part in self.parts:
            if part.is_literal:
                stretches.append("")
            else:
                stretches[-1] += name_of(part.text) if part.is_path else part.text
        return tuple(stretches)


def split(text: str, dialect: Dialect) -> tuple[tuple[str, ...], list[str]]:
    """A text's shape, and the literals that go between. What is selected holds none, and is not searched."""
    head, where, rest = text.partition(_WHERE)
    first, *stretches = dialect.literal.split(rest)
    return (head + where + first, *stretches[1::2]), stretches[::2]


def join(shape: Sequence[str], literals: Sequence[str]) -> str:
    """The text again."""
    return "".join([one for pair in zip_longest(shape, literals, fillvalue="") for one in pair])


def read(shape: Sequence[str]) -> Query:
    """The query of a shape."""
    reading = _Reading()
    for place, stretch in enumerate(shape):
        if place:
            reading.parts.append(Part("", is_literal=True))
        for number, text in enumerate(_WORD.split(stretch)):
            if number % 2:
                reading.word(text)
            else:
                reading.signs(text)
    return Query(reading.object, tuple(reading.columns), tuple(reading.parts))


class _Reading:
    """Goes through words and signs in order."""

    def __init__(self) -> None:
        self.object = ""
        self.columns: list[str] = []
        self.parts: list[Part] = []
        self._before = ""
        self._depth = 0

    def signs(self, text: str) -> None:
        self._depth += text.count("(") - text.count(")")
        self.parts.append(Part(text))

    def word(self, text: str) -> None:
        before, self._before = self._before, text.lower()
        if self._before in _KEYWORDS:
            self.parts.append(Part(text))
        elif before == "from":
            self.object = text
            self.parts.append(Part(text))
        elif before == "as":
            self.parts.append(Part(text))
        else:
            if not self.object and not self._depth:
                self.columns.append(text)
            self.parts.append(Part(text, is_path=True))

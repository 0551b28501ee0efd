"""SOQL text to a shape and its literals, and the shape to a statement: a poll's text differs only in
literals.

SELECT a, r.b FROM X WHERE f = 'v' AND (g IN ('a', 'b') OR NOT h >= 2026-..Z) ORDER BY f DESC LIMIT 5
  shape:   the text with ?0, ?1, ... for literals and whole IN lists          (parsed once, kept)
  values:  ['v', ['a', 'b'], '2026-..Z']
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from mocks.salesforce.errors import RefusedError

_LITERAL = r"'(?:[^'\\]|\\.)*'|\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d))?|-?\b\d+(?:\.\d+)?\b"
_LITERALS = re.compile(rf"\(\s*(?:{_LITERAL})(?:\s*,\s*(?:{_LITERAL}))*\s*\)|(?<![\w.?])(?:{_LITERAL})")
_ONE = re.compile(_LITERAL)
_TOKEN = re.compile(r"\?|[A-Za-z_][\w.]*|[(),]|!=|<>|<=|>=|=|<|>")
_ESCAPE = re.compile(r"\\(.)")
_OPERATORS = {"=", "!=", "<>", "<", ">", "<=", ">=", "LIKE", "IN"}
_CONSTANTS = {"NULL": None, "TRUE": True, "FALSE": False}
_DATES = {"TODAY", "YESTERDAY", "TOMORROW"}


class Literal(NamedTuple):
    """The n-th value of the text; a constant where `place` is -1; a relative date where `word` is set."""

    place: int
    constant: Any = None
    word: str = ""


class Test(NamedTuple):
    """field operator literal."""

    field: str
    operator: str
    literal: Literal


class Both(NamedTuple):
    """All (or, where `either`, any) of the conditions."""

    conditions: tuple[Any, ...]
    either: bool


class Negation(NamedTuple):
    """The condition does not hold."""

    condition: Any


class Statement(NamedTuple):
    """A parsed query. `counts` = SELECT COUNT(). LIMIT and OFFSET are literals."""

    fields: tuple[str, ...]
    counts: bool
    table: str
    where: Any
    order: tuple[tuple[str, bool], ...]
    limit: Literal | None
    offset: Literal | None


def shape_of(text: str) -> tuple[str, list[Any]]:
    """The text with a `?` for each literal, and the literals."""
    head, where, rest = text.partition(" WHERE ")
    if where:
        shape, values = _shape_of(rest)
        head, given = _head(head)
        if not given:
            return f"{head} WHERE {shape}", values
    return _shape_of(text)


def _shape_of(text: str) -> tuple[str, list[Any]]:
    values: list[Any] = []

    def place(match: re.Match[str]) -> str:
        found = match.group()
        if found[0] == "(":
            values.append([_value(one) for one in _ONE.findall(found)])
        else:
            values.append(_value(found))
        return "?"

    return _LITERALS.sub(place, text), values


_head = lru_cache(512)(_shape_of)
"""What stands before WHERE comes again and again; it holds no literals."""


def _value(text: str) -> Any:
    if text[0] == "'":
        inner = text[1:-1]
        return _ESCAPE.sub(r"\1", inner) if "\\" in inner else inner
    if len(text) >= 10 and text[4:5] == "-":
        return text
    return float(text) if "." in text else int(text)


def parse(shape: str) -> Statement:
    """The statement of a shape. Raises RefusedError MALFORMED_QUERY."""
    return _Parser(shape).statement()


class _Parser:
    def __init__(self, shape: str) -> None:
        left = _TOKEN.sub("", shape).strip()
        if left:
            raise _malformed(f"unexpected token: '{left[:20]}'")
        self._tokens = _TOKEN.findall(shape)
        self._at = 0
        self._places = 0

    def statement(self) -> Statement:
        self._expect("SELECT")
        fields, count = self._fields()
        self._expect("FROM")
        table = self._name()
        where = self._either() if self._take("WHERE") else None
        order = self._order() if self._take("ORDER") else ()
        limit = self._literal() if self._take("LIMIT") else None
        offset = self._literal() if self._take("OFFSET") else None
        if self._take("FOR"):
            self._name()
        if self._at < len(self._tokens):
            raise _malformed(f"unexpected token: '{self._tokens[self._at]}'")
        return Statement(fields, count, table, where, order, limit, offset)

    def _fields(self) -> tuple[tuple[str, ...], bool]:
        first = self._name()
        if first.upper() == "COUNT" and self._peek() == "(":
            self._expect("(")
            self._expect(")")
            return (), True
        fields = [first]
        while self._take(","):
            fields.append(self._name())
        return tuple(fields), False

    def _either(self) -> Any:
        conditions = [self._all()]
        while self._take("OR"):
            conditions.append(self._all())
        return conditions[0] if len(conditions) == 1 else Both(tuple(conditions), True)

    def _all(self) -> Any:
        conditions = [self._condition()]
        while self._take("AND"):
            conditions.append(self._condition())
        return conditions[0] if len(conditions) == 1 else Both(tuple(conditions), False)

    def _condition(self) -> Any:
        if self._take("NOT"):
            return Negation(self._condition())
        if self._take("("):
            inner = self._either()
            self._expect(")")
            return inner
        field = self._name()
        if self._take("NOT"):
            self._expect("IN")
            return Negation(Test(field, "IN", self._literal()))
        operator = self._next().upper()
        if operator not in _OPERATORS:
            raise _malformed(f"unexpected token: '{operator}'")
        return Test(field, "!=" if operator == "<>" else operator, self._literal())

    def _order(self) -> tuple[tuple[str, bool], ...]:
        self._expect("BY")
        order = []
        while True:
            field, descending = self._name(), False
            if self._take("DESC"):
                descending = True
            else:
                self._take("ASC")
            if self._take("NULLS"):
                self._name()
            order.append((field, descending))
            if not self._take(","):
                return tuple(order)

    def _literal(self) -> Literal:
        token = self._next()
        if token == "?":
            self._places += 1
            return Literal(self._places - 1)
        word = token.upper()
        if word in _CONSTANTS:
            return Literal(-1, _CONSTANTS[word])
        if word in _DATES:
            return Literal(-1, None, word)
        raise _malformed(f"unexpected token: '{token}'")

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise _malformed("unexpected token: '<EOF>'")
        self._at += 1
        return token

    def _name(self) -> str:
        token = self._next()
        if not (token[0].isalpha() or token[0] == "_"):
            raise _malformed(f"unexpected token: '{token}'")
        return token

    def _take(self, word: str) -> bool:
        if self._peek().upper() == word:
            self._at += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise _malformed(f"expecting '{word}', found '{self._peek() or '<EOF>'}'")


def _malformed(message: str) -> RefusedError:
    return RefusedError("MALFORMED_QUERY", message)

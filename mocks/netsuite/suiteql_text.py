"""SuiteQL text to a query value: the subset that integrations poll with.

    SELECT col | BUILTIN.DF(col) | TO_CHAR(col, f) | COUNT(*) | SUM|MIN|MAX(col) [AS alias], ...
    FROM table [WHERE conditions with AND OR NOT ( ) = != <> < <= > >= [NOT] IN, [NOT] LIKE, IS [NOT] NULL]
    [GROUP BY col, ...] [ORDER BY col [ASC|DESC], ...]

Literals are lifted out first: what is left is the text's shape, and a poll whose watermark moves keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

_LITERAL = re.compile(r"'((?:[^']|'')*)'|(?<![\w.])(-?\d+(?:\.\d+)?)(?![\w.])|(\?)")
_TOKEN = re.compile(r"\s*(?:([A-Za-z_][\w.]*)|(<=|>=|!=|<>|[=<>(),?*]))")
_SHAPES_KEPT = 512
_AGGREGATES = {"count", "sum", "min", "max"}


class QueryError(Exception):
    """The text is not in the subset; carries what the vendor would say."""


class Output(NamedTuple):
    """One column of the answer: `function` is empty, df, count, sum, min or max."""

    alias: str
    function: str
    column: str


class Condition(NamedTuple):
    """`operator` is and, or, not (over `children`), a comparison, in, like or null (over `column`)."""

    operator: str
    column: str = ""
    slots: tuple[int, ...] = ()
    children: tuple[Condition, ...] = ()


class Query(NamedTuple):
    """A parsed query; `slots` of its conditions index the list of parameters that came with the text."""

    table: str
    outputs: tuple[Output, ...]
    where: Condition | None
    group: tuple[str, ...]
    order: tuple[tuple[str, bool], ...]


def lift(text: str, bound: Sequence[object] = ()) -> tuple[str, list[str]]:
    """The text's shape, `?` for each literal, and the literals and bound parameters as text, in order.

    Raises QueryError.
    """
    quoted_apart = text.split("'")
    shape = _shape_between(tuple(quoted_apart[::2])) if len(quoted_apart) % 2 else None
    if shape is not None:
        return shape, quoted_apart[1::2]
    pieces = _LITERAL.split(text)
    given = iter(bound)
    parameters: list[str] = []
    for quoted, number in zip(pieces[1::4], pieces[2::4], strict=True):
        if quoted is not None:
            parameters.append(quoted.replace("''", "'"))
        else:
            parameters.append(_next_bound(given) if number is None else number)
    return "?".join(pieces[::4]), parameters


@lru_cache(_SHAPES_KEPT)
def _shape_between(parts: tuple[str, ...]) -> str | None:
    """The shape of a text whose literals are all plainly quoted, from what stands between the quotes.

    None where a quote is doubled or another literal stands there.
    """
    if not all(parts[1:-1]) or any(map(_LITERAL.search, parts)):
        return None
    return "?".join(parts)


def parsed(shape: str) -> Query:
    """The query that a shape says. Raises QueryError."""
    return _Reader(shape).query()


def _next_bound(given: Iterator[object]) -> str:
    try:
        return str(next(given))
    except StopIteration:
        raise QueryError("Missing value for a bound parameter.") from None


class _Reader:
    """A recursive-descent reader over the tokens of one shape."""

    def __init__(self, shape: str) -> None:
        self._tokens = _tokens(shape)
        self._at = 0
        self._slot = 0

    def query(self) -> Query:
        self._expect("select")
        outputs = [self._output()]
        while self._take(","):
            outputs.append(self._output())
        self._expect("from")
        table = self._name().lower()
        where = self._any() if self._take("where") else None
        group = self._group() if self._take("group") else ()
        order = self._order() if self._take("order") else ()
        if self._at < len(self._tokens):
            raise QueryError(f"Unexpected text near '{self._tokens[self._at]}'.")
        return Query(table, tuple(outputs), where, group, order)

    def _output(self) -> Output:
        if self._take("*"):
            return Output("*", "", "*")
        function, column = self._expression()
        alias = self._name() if self._take("as") else column
        if function in _AGGREGATES and alias == column:
            alias = function if column == "*" else f"{function}_{column}"
        return Output(alias.lower(), function, column)

    def _expression(self) -> tuple[str, str]:
        name = self._name().lower()
        if not self._take("("):
            return "", name.rsplit(".", 1)[-1]
        column = "*" if self._take("*") else self._name().lower().rsplit(".", 1)[-1]
        while not self._take(")"):
            self._slot += self._next() == "?"
        if name in {"builtin.df", "to_char", *_AGGREGATES}:
            return {"builtin.df": "df", "to_char": ""}.get(name, name), column
        raise QueryError(f"Unknown function '{name}'.")

    def _any(self) -> Condition:
        return self._joined("or", lambda: self._joined("and", self._one))

    def _joined(self, word: str, part: object) -> Condition:
        children = [part()]  # type: ignore[operator]
        while self._take(word):
            children.append(part())  # type: ignore[operator]
        return children[0] if len(children) == 1 else Condition(word, children=tuple(children))

    def _one(self) -> Condition:
        if self._take("not"):
            return Condition("not", children=(self._one(),))
        if self._take("("):
            inside = self._any()
            self._expect(")")
            return inside
        _, column = self._expression()
        return self._comparison(column)

    def _comparison(self, column: str) -> Condition:
        if self._take("is"):
            negated = self._take("not")
            self._expect("null")
            return _negate(Condition("null", column), negated)
        negated = self._take("not")
        operator = self._next().lower()
        if operator == "in":
            self._expect("(")
            slots = [self._value()]
            while self._take(","):
                slots.append(self._value())
            self._expect(")")
            return _negate(Condition("in", column, tuple(slots)), negated)
        if operator not in {"=", "!=", "<>", "<", "<=", ">", ">=", "like"}:
            raise QueryError(f"Unexpected text near '{operator}'.")
        return _negate(Condition("!=" if operator == "<>" else operator, column, (self._value(),)), negated)

    def _value(self) -> int:
        """A literal, or TO_DATE / TO_TIMESTAMP around one; its slot."""
        if self._take("?"):
            self._slot += 1
            return self._slot - 1
        if self._name().lower() not in {"to_date", "to_timestamp"}:
            raise QueryError(
                "Only literals, bound parameters, TO_DATE and TO_TIMESTAMP can be compared with."
            )
        self._expect("(")
        slot = self._value()
        while not self._take(")"):
            self._slot += self._next() == "?"
        return slot

    def _group(self) -> tuple[str, ...]:
        self._expect("by")
        names = [self._expression()[1]]
        while self._take(","):
            names.append(self._expression()[1])
        return tuple(names)

    def _order(self) -> tuple[tuple[str, bool], ...]:
        self._expect("by")
        order = [self._direction()]
        while self._take(","):
            order.append(self._direction())
        return tuple(order)

    def _direction(self) -> tuple[str, bool]:
        _, column = self._expression()
        descending = self._take("desc")
        if not descending:
            self._take("asc")
        return column, descending

    def _take(self, word: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at].lower() == word:
            self._at += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise QueryError(f"Expected '{word.upper()}'.")

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            raise QueryError("Unexpected end of the query.")
        self._at += 1
        return self._tokens[self._at - 1]

    def _name(self) -> str:
        token = self._next()
        if not (token[0].isalpha() or token[0] == "_"):
            raise QueryError(f"Unexpected text near '{token}'.")
        return token


def _negate(condition: Condition, negated: bool) -> Condition:
    return Condition("not", children=(condition,)) if negated else condition


def _tokens(shape: str) -> list[str]:
    tokens, at = [], 0
    shape = shape.rstrip().rstrip(";")
    while at < len(shape):
        match = _TOKEN.match(shape, at)
        if match is None:
            raise QueryError(f"Unexpected character '{shape[at:].strip()[:1]}'.")
        tokens.append(match.group(1) or match.group(2))
        at = match.end()
    return tokens

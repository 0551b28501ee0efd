"""Parameters of faults and releases: what each may be, and what is wrong with a value that it may not be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Mistake(NamedTuple):
    """`name` is the parameter's; the rest says what is wrong with it and how to put it right."""

    name: str
    what: str
    remedy: str


class Parameter(NamedTuple):
    """`of` is number or whole (`least` to `most`), text (of `choices`, where there are some) or values."""

    name: str
    of: str = "number"
    required: bool = False
    least: float = 0.0
    most: float = 1e9
    choices: tuple[str, ...] = ()

    def mistake(self, value: object) -> Mistake | None:
        """None where it may have that value."""
        if self._allows(value):
            return None
        return Mistake(self.name, f"{value!r:.60} is no {self._noun}", f"give {self.domain}")

    @property
    def domain(self) -> str:
        """What it may be, in words."""
        if self.of == "text":
            return f"one of {', '.join(self.choices)}" if self.choices else "a text that is not empty"
        if self.of == "values":
            return "a list of texts, numbers or booleans that is not empty"
        noun = "a whole number" if self.of == "whole" else "a number"
        return f"{noun} from {self.least:g} to {self.most:,.0f}"

    @property
    def _noun(self) -> str:
        return "share" if self.most == 1.0 else self.name.replace("_", " ")

    def _allows(self, value: object) -> bool:
        if self.of == "text":
            return isinstance(value, str) and (value in self.choices if self.choices else bool(value.strip()))
        if self.of == "values":
            plain = isinstance(value, list | tuple) and all(isinstance(v, str | int | float) for v in value)
            return plain and bool(value)
        kind = int if self.of == "whole" else int | float
        if isinstance(value, bool) or not isinstance(value, kind):
            return False
        return self.least <= value <= self.most


def share(name: str, required: bool = True) -> Parameter:
    """A probability."""
    return Parameter(name, required=required, most=1.0)


def mistake(kind: str, known: Sequence[Parameter], given: Mapping[str, Any]) -> Mistake | None:
    """The first mistake in what was given to that kind of fault or release."""
    names = [parameter.name for parameter in known]
    for name in given:
        if name not in names:
            remedy = f"remove it or use one of {', '.join(names)}" if names else "remove it"
            return Mistake(name, f"{kind} has no such parameter", remedy)
    for parameter in known:
        if parameter.name in given:
            found = parameter.mistake(given[parameter.name])
            if found is not None:
                return found
        elif parameter.required:
            return Mistake(parameter.name, f"missing for {kind}", f"add it: {parameter.domain}")
    return None

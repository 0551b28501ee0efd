"""A person is a script: a plain generator that yields these values and receives answers.

A script knows no clock, loop, transport or model, so the same one runs as a SimPy process in virtual time
(`sim/people.py`) and as a user over HTTP. A refusal is a Reply like any other, to which the script reacts.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from wire.call import Call, json_call

OPERATIONS = "operations"
"""The desk of those who watch the integration. The other desks are roles of `mocks/roles.py`."""


def administration(system: str) -> str:
    """The desk of a system's administrators: its control plane."""
    return f"administration of {system}"


class Until(NamedTuple):
    """Wait; the answer is the current instant, never earlier than `at_s` (0.0 asks what time it is)."""

    at_s: float


class Ask(NamedTuple):
    """Act at a desk by its role, such as `psa`; the answer is its Reply. The player knows whose it is."""

    desk: str
    call: Call


class Spent(NamedTuple):
    """Note work that an integration caused, as `measurements.facts.Labour`. No time passes; answers None."""

    role: str
    cause: str
    minutes: float
    flow: str
    key: str


Persona = Literal[
    "account executive",
    "HR partner",
    "project manager",
    "consultant",
    "approver",
    "billing manager",
    "finance controller",
    "exception desk",
    "operator",
    "administrator",
    "clerk",
    "reconciler",
]
"""Which kind of person acts; each is a class of users in the Locust files."""

PERSONAS: tuple[Persona, ...] = get_args(Persona)


class Scripted(NamedTuple):
    """A script that can be started: who it is, when it begins, and the function that makes its generator."""

    persona: Persona
    name: str
    starts_s: float
    script: Callable[[], Script]


class Begin(NamedTuple):
    """Start another script at its `starts_s`, or now where that has passed. The answer is None."""

    scripted: Scripted


Act: TypeAlias = Until | Ask | Spent | Begin
Script: TypeAlias = Generator[Act, Any, None]


def desk_call(role: str, verb: str, user: str, /, **parameters: object) -> Ask:
    """A business verb at a role's desk: `desk_call("psa", "timecard.submit", "W00001", timecard=...)`."""
    return Ask(role, json_call("POST", f"/desk/{verb}", parameters, {"x-user": user}))

"""`rehearse load --external`: an integration of one's own in the middle: its options, and what it is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from kernel.errors import InputError
from loadtests.external import NAME, Connection, External
from loadtests.load import Inherited
from measurements.facts import WORKFLOWS
from mocks.assemble import ALL
from scenarios.correlation_file import Correlations, places_of

TABLE = dict.fromkeys(WORKFLOWS, NAME)
"""How the report has it: a model of its own, of whose costs, schedules and interfaces nothing is known."""

CARRIED_BY = "api"
"""What carries the past unless told otherwise: it queues nothing inside, so it leaves least undone."""

REAL_TIME = 1.0
"""An integration of one's own has a real clock."""


class ExternalRequest(NamedTuple):
    """What was typed; None = not."""

    external: bool = False
    correlation: Path | None = None
    hooks_url: str | None = None
    port_base: int | None = None
    wait_min: float | None = None
    lost_after_min: float | None = None

    def words(self) -> Iterator[str]:
        """As it was typed."""
        if self.external:
            yield "--external"
        for option, value in self._options():
            yield from (option, f"{value:g}" if isinstance(value, float) else str(value))

    def checked(self) -> External | None:
        """None where the built-in pipeline stays. Raises InputError."""
        if not self.external:
            for option, _ in self._options():
                raise InputError(option, "stands without --external", f"remove {option}, or add --external")
            return None
        return External(
            callouts=_url(self.hooks_url),
            port_base=_port(8400 if self.port_base is None else self.port_base),
            patience_wall_s=60.0 * _minutes("--wait", self.wait_min, 10.0),
            grace_s=60.0 * _minutes("--lost-after", self.lost_after_min, 26 * 60.0),
        )

    def _options(self) -> Iterator[tuple[str, object]]:
        named = {
            "--correlation": self.correlation,
            "--hooks-url": self.hooks_url,
            "--port-base": self.port_base,
            "--wait": self.wait_min,
            "--lost-after": self.lost_after_min,
        }
        return ((option, value) for option, value in named.items() if value is not None)


def connection_lines(stands: Connection, correlations: Correlations) -> Iterator[str]:
    """What to configure on the other side, line by line."""
    for name, address in stands.addresses.items():
        yield f"{name:<11} {address}  (every route at /docs)"
        yield from (f"            {line}" for line in stands.access[name])
    yield f"call-outs   to {stands.callouts or 'nobody, since no --hooks-url is given'}"
    if stands.callouts:
        yield from (f"            {hook}" for hook in stands.hooks)
    yield from _channels(stands.channels)
    yield "keys        where they are looked for, first place first (scenarios/README.md, Correlation):"
    for system, name, places in _places(correlations):
        yield f"            {system}.{name}: {', '.join(places)}"
    yield from _clock(stands)


def inheritance(inherited: Inherited) -> str:
    """What the integration found undone."""
    return (
        f"Not done at the hand-over: {inherited.then} items, of which {inherited.left} still are not;"
        " nothing is said of these."
    )


def _channels(channels: Iterable[str]) -> Iterator[str]:
    for channel in channels:
        yield f"channel     {channel}"


def _places(correlations: Correlations) -> Iterator[tuple[str, str, list[str]]]:
    """System, object, and its places: a name is all of a field, or what a pattern finds in one."""
    found: dict[tuple[str, str], list[str]] = {}
    for system, name, place in places_of(correlations):
        whole = next((group for group in place.groups if place.is_whole(group)), None)
        said = f"{place.field} =~ {place.pattern.pattern}" if whole is None else f"{whole} = {place.field}"
        found.setdefault((system, name), []).append(said)
    return ((*place, told) for place, told in found.items())


def _clock(stands: Connection) -> Iterator[str]:
    """Stamps are the play's: whoever asks by a clock of its own asks for a time that has not been."""
    yield f"time        it will be {stands.begins} when your first call comes, and ends at {stands.ends}."
    yield "            Stamps and the date header of every answer tell the play's time: take watermarks from"
    yield "            them. What must have a clock of its own can run under faketime (libfaketime):"
    at = datetime.fromisoformat(stands.begins)
    yield f"            TZ=UTC faketime -f '@{at:%Y-%m-%d %H:%M:%S} x{stands.speed:g}' YOUR-COMMAND"


def _url(text: str | None) -> str:
    if text is None:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise InputError("--hooks-url", repr(text), "give a base URL, such as http://127.0.0.1:9000")
    return text


def _port(port: int) -> int:
    last = 65535 - len(ALL)
    if port and not 1024 <= port <= last:
        raise InputError("--port-base", str(port), f"choose 1024 to {last}, or 0 for any free ports")
    return port


def _minutes(option: str, given: float | None, default: float) -> float:
    minutes = default if given is None else given
    if not 0.0 < minutes <= 7 * 24 * 60:
        raise InputError(option, f"{minutes:g} minutes", "give above 0, at most 10080")
    return minutes

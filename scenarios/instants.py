"""Instants in a user's words: `BD-1 14:00` (in a zone's or entity's time) or ISO 8601 with a zone."""

from __future__ import annotations

import re

from scenarios.calendar import Calendar

_NUMBERED = re.compile(r"BD([+-]\d{1,2}) (\d\d:\d\d)(?: ([A-Z]{2}\d\d))?")


def seconds_of(text: str, calendar: Calendar) -> float:
    """Seconds since the start; `BD-1 14:00 DE01` is in that entity's business days and zone. Raises
    ValueError."""
    found = _NUMBERED.fullmatch(text.strip())
    if found is None:
        try:
            return calendar.time.seconds(text)
        except ValueError:
            raise ValueError(f"no instant: {text!r}") from None
    if not calendar.numbered:
        raise ValueError("this scenario has no numbered business days")
    number, clock, entity = int(found[1]), found[2], found[3] or ""
    if entity and entity not in calendar.places:
        known = ", ".join(sorted(calendar.places))
        raise ValueError(f"the firm has no entity {entity}, but {known}")
    if number == 0:
        raise ValueError("there is no BD0")
    hour, minute = clock.split(":")
    if int(hour) > 23 or int(minute) > 59:
        raise ValueError(f"no time of day: {clock}")
    return calendar.bd_at(number, clock, entity)

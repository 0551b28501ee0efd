"""Friday afternoon: timesheets are due at 19:00, and everybody is late.

locust -f loadtests/friday_afternoon.py --host http://127.0.0.1:PORT [--headless] [--acts acts.jsonl]
"""

from __future__ import annotations

from loadtests import shapes
from loadtests.firm import *  # noqa: F403 (Locust looks for users by the names of this module)
from loadtests.firm import CalendarShape


class FridayAfternoon(CalendarShape):
    """What is handed in on a Friday afternoon comes within the last half hour."""

    abstract = False
    shape = shapes.FRIDAY_AFTERNOON

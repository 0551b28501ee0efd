"""Quarter-end: the month-end spike, and billing and finance all at once before the close (BD+5 18:00).

locust -f loadtests/quarter_end.py --host http://127.0.0.1:PORT [--headless] [--acts acts.jsonl]
"""

from __future__ import annotations

from loadtests import shapes
from loadtests.firm import *  # noqa: F403 (Locust looks for users by the names of this module)
from loadtests.firm import CalendarShape


class QuarterEnd(CalendarShape):
    """Two rushes: to the approval cut-off, and to the close."""

    abstract = False
    shape = shapes.QUARTER_END

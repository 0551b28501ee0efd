"""Month-end spike: who hands in and approves does it just before the approval cut-off (BD+1 12:00).

locust -f loadtests/month_end_spike.py --host http://127.0.0.1:PORT [--headless] [--acts acts.jsonl]
"""

from __future__ import annotations

from loadtests import shapes
from loadtests.firm import *  # noqa: F403 (Locust looks for users by the names of this module)
from loadtests.firm import CalendarShape


class MonthEndSpike(CalendarShape):
    """What comes in a day before the cut-off comes in its last hour."""

    abstract = False
    shape = shapes.MONTH_END_SPIKE

"""The calendar's own load: what falls into the call sheet's window, when the firm's people do it.

locust -f loadtests/month_end.py --host http://127.0.0.1:PORT [--headless] [--acts acts.jsonl]
"""

from __future__ import annotations

from loadtests import shapes
from loadtests.firm import *  # noqa: F403 (Locust looks for users by the names of this module)
from loadtests.firm import CalendarShape


class MonthEnd(CalendarShape):
    """Everybody, over the whole window."""

    abstract = False
    shape = shapes.MONTH_END

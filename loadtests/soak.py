"""Soak: half of the people over the whole window, so that only what grows with time can fail.

locust -f loadtests/soak.py --host http://127.0.0.1:PORT [--headless] [--acts acts.jsonl]
"""

from __future__ import annotations

from loadtests import shapes
from loadtests.firm import *  # noqa: F403 (Locust looks for users by the names of this module)
from loadtests.firm import CalendarShape


class Soak(CalendarShape):
    """The same half of the people from the first hour to the last."""

    abstract = False
    shape = shapes.SOAK

"""Step to the breaking point: a tenth more of the people in each tenth of the window.

locust -f loadtests/step.py --host http://127.0.0.1:PORT [--headless] [--acts acts.jsonl]
"""

from __future__ import annotations

from loadtests import shapes
from loadtests.firm import *  # noqa: F403 (Locust looks for users by the names of this module)
from loadtests.firm import CalendarShape


class Step(CalendarShape):
    """The summary tells, step by step, how many acts were due and how many failed or were late."""

    abstract = False
    shape = shapes.STEP

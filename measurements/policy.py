"""The firm's expense policy as an auditor applies it: a line of 75.00 or more needs a receipt.

One such line holds its whole report, whoever approved it; what is posted all the same is not authorised.
"""

from __future__ import annotations

from math import inf

from measurements.facts import Commitment

RECEIPT_FROM_MINOR = 75_00
"""In the report's own currency (assumption)."""


def against_policy(row: Commitment, at_s: float) -> str:
    """Why the firm's policy holds the row at an instant; "" where it does not. Papers may come later."""
    late = at_s >= float(row.terms.get("papers_at_s", inf))
    unreceipted = int(row.terms.get("unreceipted_then_minor" if late else "unreceipted_minor", 0))
    if row.flow != "expense" or unreceipted < RECEIPT_FROM_MINOR:
        return ""
    return f"against policy: a line of {unreceipted / 100:.2f} has no receipt"

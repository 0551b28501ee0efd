"""The names of the activities that matter in a log: a name each, or several of which any one counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Activities:
    """As the log has them. `rejected` are words: every activity that holds one of them counts."""

    submitted: tuple[str, ...] = ("Declaration SUBMITTED by EMPLOYEE",)
    approved: tuple[str, ...] = ("Declaration FINAL_APPROVED by SUPERVISOR",)
    handed_over: tuple[str, ...] = ("Request Payment",)
    paid: tuple[str, ...] = ("Payment Handled",)
    rejected: tuple[str, ...] = ("REJECTED",)

    def concern(self, activity: str) -> bool:
        """Whether it is one of the four named ones: only their instants are read, and count."""
        return activity in (*self.submitted, *self.approved, *self.handed_over, *self.paid)

    def rejection(self, activity: str) -> bool:
        """Whether something was sent back."""
        return any(word in activity for word in self.rejected)

"""Delivery: project managers complete milestones, approve changes, staff projects, order subcontractors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from scenarios.acts import ChangeOrder, MilestoneDone, PurchaseRequest, ScheduleChange, Staffing, Workload
from scenarios.people.asking import Part, ask, told
from scenarios.people.company import Company
from scenarios.script import Script, Scripted, Until
from wire.call import Reply

MORNINGS = 15
"""How many working mornings a person tries what the system refuses (assumption)."""

SCREENS = 2
"""How often a person puts right what the screen says before leaving it for the next morning (assumption)."""


def delivery(workload: Workload, company: Company) -> Iterator[Scripted]:
    """One script per milestone, change order, schedule change, purchase request and assignment."""
    for done in workload.milestones:
        name = f"milestone {done.milestone}"
        yield Scripted("project manager", name, done.complete_at_s, partial(completing, done, company))
    for order in workload.change_orders:
        yield Scripted(
            "project manager", f"change {order.change_order}", order.at_s, partial(changing, order, company)
        )
    for number, moved in enumerate(workload.schedule_changes):
        yield Scripted(
            "project manager",
            f"schedule {moved.instalment} {number}",
            moved.at_s,
            partial(moving, moved, company),
        )
    for request in workload.purchase_requests:
        yield Scripted(
            "project manager",
            f"purchase {request.request}",
            request.at_s,
            partial(ordering, request, company),
        )
    for staffing in workload.staffing:
        name = f"staffing {staffing.assignment}"
        yield Scripted("project manager", name, staffing.at_s, partial(assigning, staffing, company))


def completing(done: MilestoneDone, company: Company) -> Script:
    """A milestone is complete; its approver approves it, not before the system took the first."""
    words = {"milestone": done.milestone, "date": done.date}
    if (yield from _mornings("milestone.complete", done.by, words, company)):
        yield Until(done.approve_at_s)
        yield from _mornings("milestone.approve", done.approver, approval(done), company)


def changing(order: ChangeOrder, company: Company) -> Script:
    """A change order is approved."""
    yield from _mornings("change_order.approve", order.approver, order_words(order), company)


def moving(moved: ScheduleChange, company: Company) -> Script:
    """An instalment changes its date or amount."""
    words: dict[str, str | int] = {
        "instalment": moved.instalment,
        "project": moved.project,
        "amount_minor": moved.amount_minor,
        "date": moved.date,
    }
    yield from _mornings("schedule.change", moved.by, words, company)


def ordering(request: PurchaseRequest, company: Company) -> Script:
    """A subcontractor's purchase request is approved."""
    yield from _mornings("purchase_request.approve", request.approver, request_words(request), company)


def assigning(staffing: Staffing, company: Company) -> Script:
    """Saves an assignment once its project exists; what the screen then says is put right and saved again."""
    if staffing.opportunity and not (yield from _made(staffing, company)):
        return
    words = staffing._asdict()
    for name in ("opportunity", "at_s", "by"):
        del words[name]
    for morning in range(MORNINGS):
        for screen in range(SCREENS):
            reply: Reply = yield from ask("psa", "assignment.save", staffing.by, words)
            if reply.ok and not told(reply).get("advice"):
                return
            now_s: float = yield Until(0.0)
            yield Until(now_s + company.fix_s(f"{staffing.assignment}|{morning}|{screen}"))
        if reply.ok or not (yield from _tomorrow(staffing.by, company)):
            return


def _made(staffing: Staffing, company: Company) -> Part[bool]:
    """Waits, working morning by working morning, until a project that was won is there."""
    for _ in range(MORNINGS):
        words = {"opportunity": staffing.opportunity}
        found = told((yield from ask("psa", "project.find", staffing.by, words)))
        if found.get("project"):
            return True
        if not (yield from _tomorrow(staffing.by, company)):
            return False
    return False


def approval(done: MilestoneDone) -> dict[str, str]:
    """The words of `milestone.approve`."""
    return {"milestone": done.milestone, "approver": done.approver}


def order_words(order: ChangeOrder) -> dict[str, str | int]:
    """The words of `change_order.approve`."""
    return {
        "change_order": order.change_order,
        "project": order.project,
        "amount_minor": order.amount_minor,
        "hours": order.hours,
        "approver": order.approver,
        "date": order.date,
    }


def request_words(request: PurchaseRequest) -> dict[str, str | int]:
    """The words of `purchase_request.approve`."""
    return {
        "request": request.request,
        "project": request.project,
        "vendor": request.vendor,
        "amount_minor": request.amount_minor,
        "currency": request.currency,
        "hours": request.hours,
        "approver": request.approver,
    }


def _mornings(verb: str, user: str, words: Mapping[str, str | int], company: Company) -> Part[bool]:
    """Asks now, and on the next working mornings where it is refused; whether it was taken."""
    for _ in range(MORNINGS):
        reply = yield from ask("psa", verb, user, words)
        if reply.ok:
            return True
        if not (yield from _tomorrow(user, company)):
            return False
    return False


def _tomorrow(user: str, company: Company) -> Part[bool]:
    """Waits for the next working morning; whether the run still has one."""
    now_s: float = yield Until(0.0)
    morning_s = company.next_morning(now_s, "", user)
    if morning_s > company.calendar.end_s:
        return False
    yield Until(morning_s)
    return True

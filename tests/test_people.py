"""Scripts of people against a table of answers: what they do next, and at which instant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from people_stage import OK, REFUSED, Stage, company

from kernel.luck import lognormal, luck
from scenarios.acts import (
    BillingRun,
    Card,
    Deal,
    FinanceSitting,
    Line,
    Operation,
    Report,
    Shift,
    Sitting,
    Staffing,
    Week,
    Workload,
)
from scenarios.firm import Firm
from scenarios.people.cast import people
from scenarios.people.timekeepers import REBOOKING_MIN
from scenarios.script import OPERATIONS
from wire.call import Reply, json_reply

HOURS = (800, 800, 800, 800, 800, 0, 0)
MORE = (900, 800, 800, 800, 800, 0, 0)
HOUR = 3600.0
COMPANY = company()
MORNING_S = COMPANY.calendar.bd_at(-5, "10:00")


def deal(missing: tuple[str, ...] = ("po_number",)) -> Deal:
    return Deal(
        opportunity="O00001",
        customer="C0001",
        customer_record=None,
        owner="W9",
        given={"name": "x"},
        missing=missing,
        complete={"po_number": "PO-1", "end": "2026-12-31"},
        milestones=(),
        instalments=(),
        created_at_s=0.0,
        touches=(),
        decided_at_s=MORNING_S,
        won=True,
        project="P-O00001",
        repair_min=20.0,
    )


def card(key: str = "T1", worker: str = "W1", **more: Any) -> Card:
    project = more.pop("project", "P1")
    filled = {
        "rejected": "",
        "resubmit_h": 2.0,
        "recall_h": None,
        "correct_at_s": None,
        "corrected": MORE,
        **more,
    }
    return Card(key, worker, project, "", "US01", "2026-04-20", HOURS, "W9", **filled)


def week(*cards: Card, holding_after_h: float = 24.0) -> Week:
    return Week("W1", "2026-04-20", 1, MORNING_S, cards, "HOLD-US01", holding_after_h, "America/New_York")


def report(worker: str = "W1", **more: Any) -> Report:
    bad = (Line(1, "Hotel", "2026-04-20", 9000, False, "", True, "receipt"),)
    good = (Line(1, "Hotel", "2026-04-20", 9000, True, "", True, ""),)
    filled = {"rejected": "", "resubmit_h": 2.0, "recall_h": None, **more}
    return Report("E1", worker, "P1", "", "US01", "USD", bad, good, "W9", MORNING_S, **filled)


def waiting(timecards: list[dict[str, Any]], expenses: list[dict[str, Any]], errors: list[Any]) -> Reply:
    return json_reply(200, {"timecards": timecards, "expenses": expenses, "errors": errors})


def play(workload: Workload, answers: Any = None) -> Stage:
    return Stage(answers).play(people(workload, COMPANY))


def test_a_refusal_seen_within_a_minute_is_repaired_by_the_owner_after_the_repair_time() -> None:
    read = json_reply(
        200, {"stage": "Closed Won", "integration_error": "PO missing", "missing": ["po_number"]}
    )
    stage = play(Workload(deals=(deal(),)), {"opportunity.read": read})
    assert stage.verbs() == [
        "opportunity.create",
        "opportunity.win",
        "opportunity.read",
        "opportunity.complete",
    ]
    assert stage.of("opportunity.read")[0][0] == MORNING_S + 60.0
    at_s, words = stage.of("opportunity.complete")[0]
    assert at_s == MORNING_S + 60.0 + 20 * 60.0
    assert words == {"opportunity": "O00001", "fields": {"po_number": "PO-1"}}


def test_without_an_error_on_the_record_the_seller_does_nothing_more() -> None:
    stage = play(Workload(deals=(deal(),)))
    assert stage.verbs() == ["opportunity.create", "opportunity.win", "opportunity.read"]


def test_a_complete_win_is_not_read_again() -> None:
    assert play(Workload(deals=(deal(()),))).verbs() == ["opportunity.create", "opportunity.win"]


def test_the_same_incomplete_win_goes_over_the_desk_to_its_owner() -> None:
    opened = COMPANY.calendar.bd_at(-4, "08:00")
    exception = {
        "exception": "project|O00001|1", "flow": "project", "key": "O00001", "version": 1,
        "cause": "missing_attribute", "detail": "", "amount_minor": 5,
    }  # fmt: skip

    def still(words: dict[str, Any], now_s: float) -> Reply:
        done = bool(stage.of("opportunity.complete"))
        return json_reply(200, {"exceptions": [] if done or now_s < opened else [exception]})

    stage = Stage({"exceptions.open": still})
    shift = Shift("D1", opened, opened + 10 * HOUR)
    stage.play(people(Workload(deals=(deal(),), shifts=(shift,)), COMPANY))
    u = luck(COMPANY.seed, "people.owner", "project|O00001|1")
    settled_s = COMPANY.after_working_hours(opened + 1800.0, lognormal(u, 6.0, 18.0))
    assert stage.of("opportunity.complete")[0][0] == pytest.approx(settled_s, abs=1e-6)
    assert [spent.minutes for _, spent in stage.spent] == [30.0]
    assert "replay" not in stage.verbs()


def test_a_project_that_is_not_open_is_tried_next_morning_then_held_then_rebooked() -> None:
    opens_s = COMPANY.calendar.bd_at(-2, "00:00")
    state = {"open": False}

    def save(words: dict[str, Any], now_s: float) -> Reply:
        state["open"] = now_s >= opens_s
        return OK if words["project"] == "HOLD-US01" or state["open"] else REFUSED

    def find(words: dict[str, Any], now_s: float) -> Reply:
        return json_reply(200, {"project": "P1", "open_for_time": now_s >= opens_s, "open_for_expense": True})

    workload = Workload(weeks=(week(card(), holding_after_h=72.0),))
    stage = play(workload, {"timecard.save": save, "project.find": find})
    saves = stage.of("timecard.save")
    assert [words["project"] for _, words in saves] == ["P1", "P1", "P1", "HOLD-US01", "P1"]
    calendar = COMPANY.calendar
    mornings = [calendar.bd_at(number, "09:00") for number in (-4, -3)]
    assert mornings[0] <= saves[1][0] <= mornings[0] + HOUR
    assert mornings[1] <= saves[2][0] <= mornings[1] + HOUR
    assert saves[3][1]["timecard"] == "T-W1-HOLD-US01-2026-04-20"
    assert saves[3][1]["hours_centi"] == list(HOURS)
    assert stage.of("timecard.recall")[0][1] == {"timecard": "T-W1-HOLD-US01-2026-04-20"}
    assert [(spent.cause, spent.minutes) for _, spent in stage.spent] == [("rebooking", REBOOKING_MIN)]


def test_a_recalled_card_comes_back_with_other_hours_as_long_after_submission_as_planned() -> None:
    stage = play(Workload(weeks=(week(card(recall_h=3.0)),)))
    at_s, words = stage.of("timecard.save")[1]
    assert at_s == MORNING_S + 3 * HOUR
    assert words["hours_centi"] == list(MORE)


def test_an_approver_clears_all_in_one_bulk_save_but_never_the_own_cards() -> None:
    items = [
        {"timecard": key, "worker": worker} for key, worker in (("T1", "W1"), ("T2", "W9"), ("T3", "W2"))
    ]
    mine = [{"report": "E1", "worker": "W1"}, {"report": "E2", "worker": "W9"}]
    stage = play(
        Workload(sittings=(Sitting("W9", MORNING_S),)), {"approvals.waiting": waiting(items, mine, [])}
    )
    assert stage.verbs() == ["approvals.waiting", "approvals.decide", "approvals.waiting"]
    words = stage.of("approvals.decide")[0][1]
    assert (words["timecards"], words["expenses"]) == (["T1", "T3"], ["E1"])
    assert stage.of("approvals.waiting")[1][0] == MORNING_S + 60.0


def test_a_rejected_card_is_rejected_once_and_resubmitted_after_its_time() -> None:
    items = waiting([{"timecard": "T1", "worker": "W1"}], [], [])
    sittings = (Sitting("W9", MORNING_S + HOUR), Sitting("W9", MORNING_S + 9 * HOUR))
    workload = Workload(weeks=(week(card(rejected="Too many hours")),), sittings=sittings)
    stage = play(workload, {"approvals.waiting": items})
    first, second = (words for _, words in stage.of("approvals.decide"))
    assert (first["timecards"], [line["key"] for line in first["rejected"]]) == ([], ["T1"])
    assert (second["timecards"], second["rejected"]) == (["T1"], [])
    assert stage.of("timecard.save")[1][0] == MORNING_S + HOUR + 2 * HOUR
    assert stage.of("timecard.save")[1][1]["hours_centi"] == list(MORE)


def test_a_policy_error_on_the_screen_leads_to_reject_recall_and_corrected_lines_after_the_fix_time() -> None:
    def look(words: dict[str, Any], now_s: float) -> Reply:
        error = {"kind": "expense", "key": "E1", "error": "receipt missing"}
        approved = bool(stage.of("approvals.decide"))
        return waiting(
            [], [] if approved else [{"report": "E1", "worker": "W1"}], [error] if approved else []
        )

    stage = Stage({"approvals.waiting": look})
    workload = Workload(reports=(report(),), sittings=(Sitting("W9", MORNING_S + HOUR),))
    stage.play(people(workload, COMPANY))
    saves = stage.of("expense.save")
    assert [line["receipt"] for line in saves[1][1]["lines"]] == [True]
    assert saves[1][0] == MORNING_S + HOUR + 60.0 + COMPANY.fix_s("E1")
    assert [line["key"] for line in stage.of("approvals.decide")[1][1]["rejected"]] == ["E1"]
    assert "defect" not in saves[0][1]["lines"][0]


def test_a_recorded_report_is_decided_at_its_own_instant_and_by_no_sitting() -> None:
    logged = report(approve_at_s=MORNING_S + 5 * HOUR)
    items = waiting([], [{"report": "E1", "worker": "W1"}], [])
    workload = Workload(reports=(logged,), sittings=(Sitting("W9", MORNING_S + HOUR),))
    stage = play(workload, {"approvals.waiting": items})
    assert [(at_s, words["expenses"]) for at_s, words in stage.of("approvals.decide")] == [
        (MORNING_S + 5 * HOUR, ["E1"])
    ]


def test_one_factor_of_the_firm_slows_down_whoever_settles_a_refusal() -> None:
    slow = COMPANY._replace(firm=replace(Firm(), reaction_factor=2.0))
    assert slow.fix_s("k") == 2 * COMPANY.fix_s("k")
    assert slow.owner_s(MORNING_S, "k") > COMPANY.owner_s(MORNING_S, "k")
    assert (slow.exception_min, slow.exception_again_s) == (60.0, 96 * HOUR)


def test_a_seller_looks_as_long_as_the_firm_says() -> None:
    brief = COMPANY._replace(firm=replace(Firm(), seen_s=20))
    stage = Stage().play(people(Workload(deals=(deal(),)), brief))
    assert stage.of("opportunity.read")[0][0] == MORNING_S + 20.0


def test_a_refused_release_is_pressed_again_after_the_fix_time_and_three_times_at_most() -> None:
    events = json_reply(
        200, {"events": [{"event": "B1", "project": "P1", "amount_minor": 5, "problem": None}]}
    )
    answers = {"billing.waiting": events, "billing.release": json_reply(200, {"refusal": "no PO"})}
    run = BillingRun(MORNING_S, "2026-04-30", False, "M1", MORNING_S + 600.0)
    stage = play(Workload(billing_runs=(run,)), answers)
    instants = [at_s for at_s, _ in stage.of("billing.release")]
    expected = [MORNING_S + 620.0]
    for attempt in (1, 2, 3):
        expected.append(expected[-1] + COMPANY.fix_s(f"B1|{attempt}"))
    assert instants == expected


def test_an_error_on_a_released_event_is_seen_after_a_minute_and_the_event_released_again() -> None:
    def events(words: dict[str, Any], now_s: float) -> Reply:
        problem = "no PO" if len(stage.of("billing.release")) == 1 else None
        return json_reply(200, {"events": [{"event": "B1", "project": "P1", "problem": problem}]})

    run = BillingRun(MORNING_S, "2026-04-30", False, "M1", MORNING_S + 600.0)
    stage = Stage({"billing.waiting": events})
    stage.play(people(Workload(billing_runs=(run,)), COMPANY))
    first, second = [at_s for at_s, _ in stage.of("billing.release")]
    assert second == first + 60.0 + COMPANY.fix_s("B1|1")


def test_finance_lets_a_first_hold_wait_and_reworks_a_second_one_for_thirty_minutes() -> None:
    def listed(words: dict[str, Any], now_s: float) -> Reply:
        invoice = {"invoice": "1", "event": "B1", "project": "P1", "held": now_s > MORNING_S + HOUR}
        return json_reply(200, {"invoices": [invoice]})

    held = json_reply(200, {"held": True, "reasons": ["lacked:po_number"]})
    sittings = (FinanceSitting(MORNING_S, "F1"), FinanceSitting(MORNING_S + 5 * HOUR, "F1"))
    stage = play(Workload(finance_sittings=sittings), {"invoices.waiting": listed, "invoice.review": held})
    assert len(stage.of("invoice.rework")) == 1
    reworked_s = stage.of("invoice.rework")[0][0]
    assert reworked_s == MORNING_S + 5 * HOUR + 30.0 + 1800.0
    assert [(at_s, spent.cause, spent.minutes) for at_s, spent in stage.spent] == [(reworked_s, "hold", 30.0)]
    assert len(stage.of("project.terms")) == 2
    assert len(stage.of("invoice.review")) == 3


def test_a_hold_that_no_integration_caused_costs_no_integration_hours() -> None:
    waits = json_reply(200, {"invoices": [{"invoice": "1", "event": "B1", "project": "P1", "held": True}]})
    held = json_reply(200, {"held": True, "reasons": ["inherent:contract_cap"]})
    workload = Workload(finance_sittings=(FinanceSitting(MORNING_S, "F1"),))
    stage = play(workload, {"invoices.waiting": waits, "invoice.review": held})
    assert stage.of("invoice.rework")
    assert stage.spent == []


def test_missing_reference_data_is_added_as_the_vendor_names_it_and_then_replayed() -> None:
    problem = {
        "exception": "time|T1|1", "flow": "time", "key": "T1", "version": 1, "cause": "missing_reference",
        "detail": "Invalid unit reference key T1. reference unit:T1", "amount_minor": 5,
    }  # fmt: skip
    shown = json_reply(200, {"exceptions": [problem]})
    shift = Shift("D1", MORNING_S, MORNING_S + HOUR)
    stage = play(Workload(shifts=(shift,)), {"exceptions.open": shown})
    assert stage.of("reference.add")[0][1] == {"kind": "unit", "key": "T1"}
    replay = next(asked for asked in stage.asked if asked[2] == "replay")
    assert replay[1] == OPERATIONS
    assert replay[4] == {"flow": "time", "key": "T1"}
    assert "exceptions.close" not in stage.verbs()


def test_two_people_at_the_desk_never_take_the_same_exception() -> None:
    problems = [
        {"exception": f"time|T{n}|1", "flow": "time", "key": f"T{n}", "version": 1, "cause": "timeout"}
        for n in range(3)
    ]
    shifts = (Shift("D1", MORNING_S, MORNING_S + 4 * HOUR), Shift("D2", MORNING_S, MORNING_S + 4 * HOUR))
    stage = play(Workload(shifts=shifts), {"exceptions.open": json_reply(200, {"exceptions": problems})})
    taken = [words["exception"] for _, words in stage.of("exceptions.touch")]
    assert sorted(taken) == ["time|T0|1", "time|T1|1", "time|T2|1"]
    assert [at_s for at_s, _ in stage.of("exceptions.touch")] == [
        MORNING_S + 1800.0, MORNING_S + 1800.0, MORNING_S + 3600.0,
    ]  # fmt: skip


def test_advice_of_the_read_through_is_put_right_and_saved_again() -> None:
    def save(words: dict[str, Any], now_s: float) -> Reply:
        return json_reply(200, {"advice": "rate is stale" if len(stage.of("assignment.save")) == 1 else None})

    stage = Stage({"assignment.save": save})
    staffing = Staffing(
        "A-1", "P1", "", "W1", "Dev", 10000, "USD", 20, "2026-04-20", "2026-06-30", MORNING_S, "R1"
    )
    stage.play(people(Workload(staffing=(staffing,)), COMPANY))
    assert [at_s for at_s, _ in stage.of("assignment.save")] == [
        MORNING_S, MORNING_S + COMPANY.fix_s("A-1|0|0"),
    ]  # fmt: skip


def test_an_operator_posts_the_operation_and_a_closed_system_is_tried_again_after_half_an_hour() -> None:
    def credential(words: dict[str, Any], now_s: float) -> Reply:
        return Reply(503) if now_s < MORNING_S + 1.0 else OK

    operation = Operation(MORNING_S, "credential", {"system": "salesforce", "secret": "new"}, "OP1")
    stage = play(Workload(operations=(operation,)), {"credential": credential})
    assert [at_s for at_s, _ in stage.of("credential")] == [MORNING_S, MORNING_S + 1800.0]
    assert [spent.minutes for _, spent in stage.spent] == [60.0]


def test_the_same_people_can_be_acted_twice_with_the_same_steps() -> None:
    items = waiting([{"timecard": "T1", "worker": "W1"}], [], [])
    workload = Workload(weeks=(week(card(rejected="No")),), sittings=(Sitting("W9", MORNING_S + HOUR),))
    cast = people(workload, COMPANY)
    first, second = (Stage({"approvals.waiting": items}).play(cast) for _ in range(2))
    assert first.asked == second.asked
    assert first.begun == second.begun

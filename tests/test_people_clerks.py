"""Clerks, keying errors and reconciliation, against a table of answers."""

from __future__ import annotations

from typing import Any

from people_stage import Stage, company

from scenarios.acts import Workload
from scenarios.people.cast import clerks, watchers
from scenarios.people.keying import BUSY, CAUGHT, TRAINED, Typist, mistyped
from scenarios.people.office import MEAN_LOAD, PRODUCTIVE_MIN, Pile, head_count, staff
from scenarios.people.reconcilers import FOUND
from wire.call import Reply, json_reply

COMPANY = company()
TIME = frozenset({"time_and_expense"})
PROJECTS = ("P1", "P2", "P3")


def time_rows(count: int) -> list[dict[str, Any]]:
    return [
        {
            "timecard": f"T{n}", "part": "1:2026-04-20", "date": "2026-04-20", "worker": f"W{n}",
            "project": "P1", "hours_centi": 800, "rate_minor": 12_345, "version": 1,
        }
        for n in range(count)
    ]  # fmt: skip


class Ledger:
    """Remembers uploads as a ledger would, and gives ids."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows
        self.posted: dict[str, dict[str, Any]] = {}
        self.reversed: list[str] = []

    def answers(self) -> dict[str, Any]:
        return {
            "export.time": lambda words, now_s: json_reply(
                200, {"rows": self.rows if words["since_s"] == 0.0 else []}
            ),
            "time.upload": self.upload,
            "posting.reverse": self.reverse,
        }

    def upload(self, words: dict[str, Any], now_s: float) -> Reply:
        ids = []
        for row in words["rows"]:
            ids.append(f"R{len(self.posted)}")
            self.posted[ids[-1]] = row
        return json_reply(200, {"posted": len(ids), "ids": ids, "refused": []})

    def reverse(self, words: dict[str, Any], now_s: float) -> Reply:
        self.reversed += words["ids"]
        return json_reply(200, {"reversed": words["ids"], "refused": []})

    def wrong(self) -> set[str]:
        """Timecards that do not stand exactly once and as the source has them."""
        live = [row for record, row in self.posted.items() if record not in self.reversed]
        standing: dict[str, list[dict[str, Any]]] = {row["timecard"]: [] for row in self.rows}
        for row in live:
            standing[row["timecard"]].append(row)
        return {row["timecard"] for row in self.rows if standing[row["timecard"]] != [row]}


def test_a_field_is_mistyped_at_the_rate_of_trained_and_of_busy_people_less_what_is_caught() -> None:
    typist, row = Typist(7, PROJECTS), {"hours_centi": 800}
    for busy, rate in ((False, TRAINED), (True, BUSY)):
        slips = sum(
            typist.record(f"K{n}", row, ("hours_centi",), busy)["hours_centi"] != 800 for n in range(40_000)
        )
        wanted = 40_000 * rate * (1 - CAUGHT)
        assert abs(slips - wanted) < 4 * wanted**0.5


def test_rows_are_missed_and_doubled_each_at_half_a_field_s_rate() -> None:
    typist = Typist(7, PROJECTS)
    counts = [len(typist.row(f"K{n}", {"hours_centi": 800}, (), True)) for n in range(40_000)]
    wanted = 40_000 * BUSY * (1 - CAUGHT) / 2
    assert abs(counts.count(0) - wanted) < 4 * wanted**0.5
    assert abs(counts.count(2) - wanted) < 4 * wanted**0.5


def test_a_slip_changes_exactly_one_digit_and_never_nothing() -> None:
    for n in range(1000):
        typed = str(mistyped(12_345, n / 1000, n * 7 % 1000 / 1000)).zfill(5)
        assert sum(a != b for a, b in zip(typed, "12345", strict=True)) == 1


def test_the_office_is_staffed_for_its_mean_load() -> None:
    days = len(COMPANY.calendar.business_days(COMPANY.calendar.first_day, COMPANY.calendar.last_day))
    minutes = 10 * days * PRODUCTIVE_MIN * MEAN_LOAD
    assert head_count(minutes, COMPANY) == 10
    assert head_count(minutes + 1.0, COMPANY) == 11


def test_jobs_are_done_in_turn_after_their_minutes_and_only_in_shifts() -> None:
    calendar, pile = COMPANY.calendar, Pile()
    done: list[tuple[str, str]] = []

    def act(key: str) -> Any:
        def keyed(clerk: str, busy: bool) -> Any:
            done.append((clerk, key))
            yield from ()

        return keyed

    eve_s = calendar.bd_at(-9, "06:00")
    for key in ("a", "b"):
        pile.put(eve_s, 210.0, "time", key, act(key))
    stage = Stage().play(begin.scripted for begin in staff(1, pile, COMPANY))
    assert done == [("clerk-1", "a"), ("clerk-1", "b")]
    # 210 minutes of work take four hours of a shift with seven productive ones
    assert [at_s for at_s, _ in stage.spent] == [calendar.bd_at(-9, "11:00"), calendar.bd_at(-9, "15:00")]


def test_time_is_keyed_from_the_weekly_list_with_errors_and_the_reconciliation_mends_the_part_it_finds() -> (
    None
):
    ledger = Ledger(time_rows(600))
    stage = Stage(ledger.answers())
    before: dict[str, set[str]] = {}
    cast = clerks(Workload(), COMPANY, TIME)
    stage.play(cast, until_s=COMPANY.calendar.bd_at(2, "10:00"))
    before["wrong"] = ledger.wrong()
    stage.play(())
    left = ledger.wrong()
    assert 4 < len(before["wrong"]) < 32  # 600 rows x (3 fields + missed or doubled) x 0.65 % = 15.6
    assert left < before["wrong"]
    found = {
        key for key in before["wrong"] if COMPANY.draw("reconciliation.time", f"{key}|1:2026-04-20") < FOUND
    }
    assert before["wrong"] - left == found
    causes = {spent.cause for _, spent in stage.spent}
    assert causes == {"rekey", "reconciliation"}


def test_what_cannot_be_taken_back_is_not_posted_a_second_time() -> None:
    ledger = Ledger(time_rows(600))
    stage = Stage({**ledger.answers(), "posting.reverse": Reply(404)})
    stage.play(clerks(Workload(), COMPANY, TIME))
    keyed: dict[bool, set[str]] = {True: set(), False: set()}
    for _, _, verb, user, words in stage.asked:
        if verb == "time.upload":
            keyed[user == "controller"].update(row["timecard"] for row in words["rows"])
    assert stage.of("posting.reverse")
    assert keyed[True].isdisjoint(keyed[False])


def test_without_errors_nothing_differs_and_each_row_stands_once() -> None:
    ledger = Ledger(time_rows(3))
    Stage(ledger.answers()).play(clerks(Workload(), COMPANY, TIME))
    assert ledger.wrong() == set()
    assert ledger.reversed == []


def test_a_new_version_reverses_the_old_one_first() -> None:
    ledger = Ledger(time_rows(1))
    newer = {**ledger.rows[0], "version": 2, "hours_centi": 700}

    def export(words: dict[str, Any], now_s: float) -> Reply:
        return json_reply(
            200, {"rows": ledger.rows if words["since_s"] == 0.0 else second.pop() if second else []}
        )

    second = [[newer]]
    stage = Stage({**ledger.answers(), "export.time": export})
    stage.play(clerks(Workload(), COMPANY, TIME))
    assert ledger.reversed == ["R0"]
    assert [row["version"] for row in ledger.posted.values()] == [1, 2]


def test_nobody_keys_where_no_workflow_is_done_by_hand() -> None:
    assert clerks(Workload(), COMPANY, ()) == ()
    assert watchers(Workload(), COMPANY, ()) == ()


def test_a_future_dated_worker_change_is_keyed_on_its_day_in_both_systems() -> None:
    due_s = COMPANY.calendar.bd_at(-3, "00:00")
    change = {
        "sequence": 5, "change": "W1-C2", "key": "W1@2026-04-28#W1-C2", "worker": "W1", "kind": "rate",
        "effective": "2026-04-28", "due_s": due_s, "fields": {"cost_rate_minor": 5000},
        "data": {"name": "Ada", "cost_rate_minor": 5000, "currency": "USD"},
    }  # fmt: skip

    def changes(words: dict[str, Any], now_s: float) -> Reply:
        return json_reply(200, {"changes": [change] if words["since_change"] < 5 else []})

    stage = Stage({"worker.list": changes}).play(clerks(Workload(), COMPANY, {"worker_alignment"}))
    keyed = [
        (verb, at_s) for at_s, _, verb, _, _ in stage.asked if verb in {"resource.enter", "worker.enter"}
    ]
    assert [verb for verb, _ in keyed] == ["resource.enter", "worker.enter"]
    assert due_s <= keyed[0][1] < due_s + 12 * 3600.0


def test_where_nothing_monitors_what_the_ledger_lacks_is_keyed_and_what_it_has_twice_is_undone() -> None:
    ledger = Ledger(time_rows(200))
    keys = [f"{row['timecard']}|{row['part']}" for row in ledger.rows]
    standing = {key: ["a", f"b-{key}"] if n % 2 else [] for n, key in enumerate(keys)}
    answers = {**ledger.answers(), "ledger.lookup": json_reply(200, {"standing": standing})}
    stage = Stage(answers).play(watchers(Workload(), COMPANY, TIME))
    found = [key for key in keys if COMPANY.draw("reconciliation.time", key) < FOUND]
    assert sorted(ledger.reversed) == sorted(f"b-{key}" for key in found if standing[key])
    missing = {key.partition("|")[0] for key in found if not standing[key]}
    keyed = {row["timecard"] for row in ledger.posted.values()}
    assert keyed <= missing
    assert len(missing - keyed) < 8
    assert min(at_s for at_s, _ in stage.of("time.upload")) > COMPANY.calendar.bd_at(2, "16:00")

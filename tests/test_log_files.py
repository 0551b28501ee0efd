"""Logs as people have them: each is read as meant, or told in one line that says where and what to do."""

from __future__ import annotations

import gzip
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from kernel.errors import InputError
from scenarios.history import cases
from scenarios.history.cases import History
from scenarios.history.load import load
from scenarios.history.runs import SameRun

HEAD = "case,activity,time,amount"
REQUESTED = "A1,Request Payment,2026-03-03T10:00:00+01:00,120.50"
PAID = "A1,Payment Handled,2026-03-05T17:31:00+01:00,120.50"
MAP = 'case = "case"\nactivity = "activity"\ntime = "time"\namount = "amount"\nzone = "Europe/Amsterdam"\n'


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def read(folder: Path, *lines: str, more: str = "", encoding: str = "utf-8") -> History:
    (folder / "log.csv").write_bytes("\n".join(lines).encode(encoding))
    (folder / "log.toml").write_text(MAP + more)
    return load(folder / "log.csv")


def refusal(folder: Path, *lines: str, more: str = "", encoding: str = "utf-8") -> str:
    with pytest.raises(InputError) as caught:
        read(folder, *lines, more=more, encoding=encoding)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def requested(amount: str, time: str = "2026-03-03T10:00:00+01:00", case: str = "A1") -> str:
    return f"{case};Request Payment;{time};{amount}"


SEMICOLONS = 'delimiter = ";"\n'


@pytest.mark.parametrize(
    ("text", "more", "amount"),
    [
        ("120,50", "decimal = ','", "120.50"),
        ("1.234,5", "decimal = ','\nthousands = '.'", "1234.5"),
        ("1,20,000.75", "thousands = ','", "120000.75"),
        ("1\u00a0234,5", "decimal = ','\nthousands = ' '", "1234.5"),
        ("1'234.50", 'thousands = "\'"', "1234.50"),
        (" 120.50 ", "", "120.50"),
        ("1.205E2", "", "120.5"),
        ("26.85120450862128", "", "26.85120450862128"),
    ],
)
def test_an_amount_is_read_as_the_map_says_that_it_is_written(
    tmp_path: Path, text: str, more: str, amount: str
) -> None:
    log = read(tmp_path, HEAD.replace(",", ";"), requested(text), more=SEMICOLONS + more)
    assert log.cases[0].amount == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "more", "told"),
    [
        ("120,50", "", "no amount: '120,50'; write it with a point, or say decimal = ','"),
        ("120.50", "decimal = ','", "no amount: '120.50'; write it with a comma, or say decimal = '.'"),
        ("1.234,50", "", "or say decimal = ',' and thousands = '.' in the column map"),
        ("1,234.50", "", "or say decimal = '.' and thousands = ',' in the column map"),
        ("120,50", "thousands = ','", "no amount: '120,50'; write it with a point, or say decimal = ','"),
        ("EUR 120", "", "no amount: 'EUR 120'; write a plain number"),
        ("Infinity", "", "no amount: 'Infinity'"),
        ("1_000", "", "no amount: '1_000'"),
    ],
)
def test_an_amount_written_otherwise_is_told_with_line_and_column(
    tmp_path: Path, text: str, more: str, told: str
) -> None:
    line = refusal(tmp_path, HEAD.replace(",", ";"), requested(text), more=SEMICOLONS + more)
    assert "log.csv: line 2, amount: " in line
    assert told in line


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_says_the_encoding(tmp_path: Path, encoding: str) -> None:
    assert read(tmp_path, HEAD, REQUESTED, encoding=encoding).cases == read(tmp_path, HEAD, REQUESTED).cases


def test_a_map_with_a_byte_order_mark_is_read_as_without_it(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD, REQUESTED, more="\n").cases
    (tmp_path / "log.toml").write_text(MAP, encoding="utf-8-sig")
    assert load(tmp_path / "log.csv").cases


def test_another_encoding_is_read_where_the_map_names_it_and_told_where_not(tmp_path: Path) -> None:
    lines = (HEAD, REQUESTED, "A1,Payé,2026-03-05T17:31:00+01:00,")
    assert read(tmp_path, *lines, more="encoding = 'cp1252'", encoding="cp1252").cases
    assert "or say its encoding in the column map" in refusal(tmp_path, *lines, encoding="cp1252")
    assert "UTF-16 without its mark" in refusal(tmp_path, *lines, encoding="utf-16-le")
    assert "encoding: unknown encoding 'klingon'" in refusal(tmp_path, *lines, more="encoding = 'klingon'")


def test_only_the_days_of_the_named_activities_count(tmp_path: Path) -> None:
    log = read(tmp_path, HEAD, "A1,Vendor note,1948-01-26T23:59:00+01:00,", REQUESTED, PAID, "A1,Note,never,")
    assert (log.first_at, log.last_at) == (at("2026-03-03T10:00:00+01:00"), at("2026-03-05T17:31:00+01:00"))


def test_a_placeholder_date_on_a_named_activity_skips_its_case(tmp_path: Path) -> None:
    others = [f"B{n},Request Payment,2026-03-0{n}T10:00:00+01:00,9" for n in (1, 2)]
    odd = ["A1,Payment Handled,9999-12-31,", "A2,Request Payment,1900-01-01,5"]
    log = read(tmp_path, HEAD, REQUESTED, *odd, *others)
    assert log.skipped == {cases.IMPLAUSIBLE: 2}
    assert log.last_at < at("2026-04-01T00:00:00+01:00")


def test_a_case_paid_only_before_its_hand_over_is_counted_and_never_a_negative_time(tmp_path: Path) -> None:
    early = "B1,Payment Handled,2026-03-01T10:00:00+01:00,9"
    log = read(tmp_path, HEAD, early, "B1,Request Payment,2026-03-02T10:00:00+01:00,9", REQUESTED)
    assert log.skipped == {cases.PAID_BEFORE: 1}


def test_the_first_hand_over_and_the_first_payment_after_it_count(tmp_path: Path) -> None:
    early, again = PAID.replace("-05T", "-01T"), PAID.replace("-05T", "-09T")
    later = REQUESTED.replace("-03T", "-08T").replace("120.50", "7")
    log = read(tmp_path, HEAD, again, later, PAID, PAID, early, REQUESTED)
    (found,) = log.cases
    assert (found.handed_over_at, found.paid_at) == (
        at("2026-03-03T10:00:00+01:00"),
        at("2026-03-05T17:31:00+01:00"),
    )
    assert found.amount == Decimal("120.50")
    assert log.remarks == {cases.HANDED_OVER_AGAIN: 1, cases.PAID_AGAIN: 1, cases.PAID_TOO_EARLY: 1}


def test_payment_in_the_second_of_the_hand_over_is_payment(tmp_path: Path) -> None:
    day = [f"A1,{name},2026-03-03,9" for name in ("Payment Handled", "Request Payment")]
    (found,) = read(tmp_path, HEAD, *day).cases
    assert found.paid_at == found.handed_over_at == at("2026-03-03T00:00:00+01:00")


@pytest.mark.parametrize(
    ("amount", "reason"),
    [("0", cases.NOTHING_TO_PAY), ("-3.5", cases.NOTHING_TO_PAY), ("1e12", cases.TOO_MUCH),
     ("", cases.NO_AMOUNT), ("NaN", cases.NO_AMOUNT), ("UNKNOWN", cases.NO_AMOUNT)],
)  # fmt: skip
def test_an_amount_that_nobody_pays_skips_its_case(tmp_path: Path, amount: str, reason: str) -> None:
    log = read(tmp_path, HEAD, REQUESTED, f"B1,Request Payment,2026-03-03T10:00:00+01:00,{amount}")
    assert log.skipped == {reason: 1}


def test_an_error_says_why_all_cases_were_skipped(tmp_path: Path) -> None:
    told = refusal(tmp_path, HEAD, "A1,Request Payment,2026-03-03,", "A2,Note,2026-03-03,5", "A3,Note,x,5")
    assert "none of its 3 cases can be played (2 never handed over for payment; 1 no amount)" in told


def test_a_line_number_is_that_of_the_line_on_which_the_row_begins(tmp_path: Path) -> None:
    head, two = f"{HEAD},note", f'{REQUESTED},"two\nlines"'
    told = refusal(tmp_path, head, two, "", "A1,Payment Handled,03/05/2026,9.00,x")
    assert "line 5, time: no instant: '03/05/2026'; say time_format in the column map" in told


@pytest.mark.parametrize(
    ("text", "form", "instant"),
    [
        ("03/05/2026 17:31", "%d/%m/%Y %H:%M", "2026-05-03T17:31+02:00"),
        ("1772528400", "epoch", "2026-03-03T10:00+01:00"),
        ("1772528400000", "epoch ms", "2026-03-03T10:00+01:00"),
        ("2026-03-03 10:00:00", "", "2026-03-03T10:00+01:00"),
        ("20260303", "", "2026-03-03T00:00+01:00"),
        ("2026-03-03T09:00:00.000+0000", "", "2026-03-03T10:00+01:00"),
        ("2026-10-25T02:30", "", "2026-10-25T02:30+02:00"),
        ("2026-03-29T02:30", "", "2026-03-29T02:30+01:00"),
    ],
)
def test_an_instant_is_read_in_the_maps_form_and_zone(
    tmp_path: Path, text: str, form: str, instant: str
) -> None:
    more = f"time_format = '{form}'" if form else ""
    log = read(tmp_path, HEAD, f"A1,Request Payment,{text},9", more=more)
    assert log.cases[0].handed_over_at == at(instant)
    doubtful = "02:30" in text
    assert log.remarks == ({cases.CLOCKS_CHANGED: 1} if doubtful else {})


@pytest.mark.parametrize("text", ["1772528400", "1612101200000"])
def test_a_count_of_seconds_is_never_taken_for_a_date(tmp_path: Path, text: str) -> None:
    assert "say time_format = 'epoch'" in refusal(tmp_path, HEAD, f"A1,Request Payment,{text},9")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "log.csv: empty; give a CSV file with a row of column names"),
        ([HEAD], "none of its 0 cases can be played (there are none); correct the log"),
        (["case,activity,time,amount,amount"], "2 columns 'amount'; give each its own name"),
        ([HEAD, "A1,Request Payment,2026-03-03,120,50"], "line 2: 5 cells, and 4 columns; check delimiter"),
        ([HEAD, "A1,Request Payment"], "line 2: 2 cells, and 4 columns"),
        ([HEAD, ",Request Payment,2026-03-03,9"], "line 2, case: no case; give each row its case"),
        ([HEAD, REQUESTED, 'A2,"Request Payment,2026-03-03,9'], "line 3: no row: unexpected end of data"),
        (["case;activity;time;amount"], "no column 'case'; correct the column map; it has case;activity"),
    ],
)
def test_a_broken_csv_is_told_in_one_line(tmp_path: Path, lines: list[str], told: str) -> None:
    assert told in refusal(tmp_path, *lines)


def test_column_names_may_differ_in_case_and_blanks(tmp_path: Path) -> None:
    assert read(tmp_path, " Case,ACTIVITY,Time ,amount", REQUESTED).cases


@pytest.mark.parametrize("delimiter", ["\t", "|", "^"])
def test_any_character_may_delimit(tmp_path: Path, delimiter: str) -> None:
    lines = [line.replace(",", delimiter) for line in (HEAD, REQUESTED)]
    assert read(tmp_path, *lines, more=f'delimiter = "{delimiter}"').cases


def test_what_a_log_is_is_told_by_its_content(tmp_path: Path) -> None:
    read(tmp_path, HEAD, REQUESTED)
    (tmp_path / "log.csv").write_bytes(gzip.compress((tmp_path / "log.csv").read_bytes()))
    assert load(tmp_path / "log.csv").cases
    (tmp_path / "log.csv").write_bytes(b"PK\x03\x04...")
    with pytest.raises(InputError, match=r"a workbook or an archive, no log; save it as CSV"):
        load(tmp_path / "log.csv")


def test_a_csv_needs_a_map_and_the_map_all_four_names(tmp_path: Path) -> None:
    read(tmp_path, HEAD, REQUESTED)
    (tmp_path / "log.toml").write_text('case = "case"\n')
    with pytest.raises(InputError, match=r"log.toml: activity: missing; name the column"):
        load(tmp_path / "log.csv")
    (tmp_path / "log.toml").unlink()
    with pytest.raises(InputError, match=r"log.toml: no column map beside the log; write one"):
        load(tmp_path / "log.csv")


def test_what_became_of_a_log_is_said_in_words(tmp_path: Path) -> None:
    log = read(tmp_path, HEAD, REQUESTED, PAID, PAID.replace("-05T", "-09T"), "B1,Note,2026-03-03,5")
    assert cases.summary_of(log) == [
        "log.csv: 2 cases read, 1 played; skipped: 1 never handed over for payment",
        f"log.csv, read with care: 1 {cases.PAID_AGAIN}",
    ]


def test_what_explains_the_rest_is_said_in_words() -> None:
    assert str(SameRun(4, same=2, outside=1, unapproved=1)) == (
        "paid hand-overs 4; posted in exactly the run in which they were really paid 2 (50.0%);"
        " really paid outside every run of the schedule 1 (25.0%);"
        " never posted, since the log knows no final approval 1 (25.0%)"
    )

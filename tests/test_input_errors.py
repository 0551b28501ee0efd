"""Bad input gets one clear line that names file, field and remedy."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from kernel.errors import InputError
from scenarios import catalogue, firm_file
from scenarios.history.load import load as load_history
from scenarios.play import stage

HEAD = 'title = "Mine"\nquestion = "What if?"\n'


def fault(**words: str) -> str:
    given = {"at": '"BD-1 10:00"', "target": '"netsuite"', "kind": '"outage"', **words}
    return "[[faults]]\n" + "".join(f"{name} = {value}\n" for name, value in given.items())


def release(**words: str) -> str:
    given = {"at": '"BD-1 10:00"', "system": '"netsuite"', "cause": '"tenant change"', **words}
    return "[[releases]]\n" + "".join(f"{name} = {value}\n" for name, value in given.items())


RENAME = 'kind = "rename_field"\nparameters = {{ object = "{0}", field = "{1}", to = "x" }}\n'
SIX = "[decisions]\n" + "".join(
    f"{kpi} = {{ absolute = 1 }}\n"
    for kpi in ("api_calls", "drain_h", "manual_hours", "invoice_holds", "quota_peak_pct", "throttled_calls")
)

SCENARIOS = {
    "an unknown field": (HEAD + "perod = '2026-04'\n", "perod: unknown field"),
    "an unknown field of a table": (HEAD + fault(sinc="1"), "sinc: unknown field"),
    "a missing field": ('title = "Mine"\n', "question: Field required"),
    "a wrong period": (HEAD + 'period = "2026-13"\n', "period: "),
    "a wrong type": (HEAD + 'month_end = "perhaps"\n', "month_end: "),
    "no TOML": ("title = \n", "not TOML"),
    "a fault before the horizon": (HEAD + fault(at='"2026-01-01T00:00:00Z"'), "faults.0.at: "),
    "a fault after the horizon": (HEAD + fault(at='"BD+20 10:00"'), "is outside the horizon"),
    "a fault that outlasts the horizon": (
        HEAD + fault(at='"BD+15 10:00"', for_h="48"),
        "ends after the horizon",
    ),
    "a fault of negative length": (HEAD + fault(for_h="-1"), "faults.0.for_h: "),
    "a negative rate": (HEAD + "[systems.netsuite.ambient]\nlost_reply = -0.1\n", "ambient.lost_reply: "),
    "a negative limit": (
        HEAD + "[systems.netsuite.limits]\naccount_concurrency = -1\n",
        "account_concurrency: ",
    ),
    "a share above one": (HEAD + fault(parameters="{ share = 1.5 }"), "parameters.share: 1.5 is no share"),
    "an unknown system": (HEAD + fault(target='"sap"'), "unknown system 'sap'"),
    "an unknown system's settings": (HEAD + "[systems.sap]\nbackground = 0\n", "systems.sap: unknown system"),
    "an unknown fault": (HEAD + fault(kind='"meteor"'), "unknown fault 'meteor'"),
    "an instant that is none": (HEAD + fault(at='"tomorrow"'), "no instant: 'tomorrow'"),
    "a business day zero": (HEAD + fault(at='"BD+0 10:00"'), "there is no BD0"),
    "an unknown release": (HEAD + release(kind='"repaint"'), "unknown release 'repaint'"),
    "a release that lacks a parameter": (
        HEAD + release(kind='"limit_cut"', parameters="{ size = 1 }"),
        "parameters.limit: missing for limit_cut",
    ),
    "a release of an unknown limit": (
        HEAD + release(kind='"limit_cut"', parameters='{ limit = "calls", size = 1 }'),
        "has no limit 'calls'",
    ),
    "a rename of a missing field": (
        HEAD + release() + RENAME.format("job", "colour"),
        "job has no field 'colour'",
    ),
    "a rename in a missing object": (
        HEAD + release() + RENAME.format("boat", "name"),
        "has no object 'boat'",
    ),
    "a rename of a field that Workday lacks": (
        HEAD + release(system='"workday"') + RENAME.format("worker", "Shoe_Size"),
        "worker has no field 'Shoe_Size'",
    ),
    "a rename of a field that Salesforce lacks": (
        HEAD + release(system='"salesforce"') + RENAME.format("pse__Proj__c", "Colour__c"),
        "pse__Proj__c has no field 'Colour__c'",
    ),
    "a bad zone": (
        HEAD + '[schedules.time_and_expense]\ntimes = ["17:31"]\nzone = "Mars/Base"\n',
        "unknown zone",
    ),
    "a bad clock": (HEAD + '[schedules.time_and_expense]\ntimes = ["25:00"]\n', "time_and_expense.times.0: "),
    "a bad weekday": (
        HEAD + '[schedules.time_and_expense]\ntimes = ["17:31"]\nweekdays = ["Lundi"]\n',
        "unknown weekday 'Lundi'",
    ),
    "a schedule without a time": (
        HEAD + "[schedules.time_and_expense]\ncut_off_h = 2\n",
        "neither times nor",
    ),
    "a schedule for an unknown workflow": (HEAD + '[schedules.lunch]\ntimes = ["12:00"]\n', "lunch: unknown"),
    "an unknown workflow": (HEAD + 'workflows = ["lunch"]\n', "lunch: unknown workflow"),
    "an unknown KPI": (HEAD + "[decisions]\nhappiness = { absolute = 1 }\n", "happiness: unknown decision"),
    "six decisions": (HEAD + SIX, "decisions: 6 KPIs"),
    "an unknown ambient fault": (
        HEAD + "[systems.netsuite.ambient]\nmeteor = 0.1\n",
        "ambient.meteor: unknown",
    ),
    "an unknown policy": (
        HEAD + "[systems.netsuite.policy]\nkindness = 1\n",
        "policy.kindness: netsuite has no",
    ),
    "an unknown limit": (HEAD + "[systems.netsuite]\noff = ['calls']\n", "netsuite has no limit 'calls'"),
    "days in the wrong order": (HEAD + "first_day = 2018-01-01\nlast_day = 2017-01-01\n", "last_day: before"),
    "a model": (HEAD + 'model = "hybrid"\n', "model: unknown field"),
    "an unknown parameter of the firm": (HEAD + "[firm]\nshoe_size = 3\n", "firm: shoe_size: unknown field"),
}

FIRMS = {
    "a negative volume": ("projects = -1\n", "projects: "),
    "a share above one": ("contractor_share = 1.5\n", "contractor_share: "),
    "no consultants": ("consultants = 0\n", "consultants: "),
    "an unknown parameter": ("consultant = 10\n", "consultant: unknown field"),
    "a bad zone": ('hq_zone = "Mars/Base"\n', "hq_zone: unknown zone"),
    "methods above one": ("fixed_price = 0.9\n", "sum to more than 1"),
    "a shape of another length": ("submit_shape = [1, 2]\n", "submit_shape: 2 weights"),
    "no practices": ("practices = []\n", "practices: none"),
    "a shape of nothing": ("expense_weekdays = [0, 0, 0, 0, 0, 0, 0]\n", "expense_weekdays: "),
    "no entities": ("entities = []\n", "entities: none"),
}


def one_line(error: InputError, *parts: str) -> None:
    text = str(error)
    assert "\n" not in text
    assert ": " in text
    assert "; " in text
    for part in parts:
        assert part in text


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_a_scenario_with(name: str, tmp_path: Path) -> None:
    text, expected = SCENARIOS[name]
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        catalogue.load(str(path))
    one_line(caught.value, str(path), expected)


def test_the_scenario_around_these_mistakes_is_itself_accepted(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + fault(for_h="1") + release() + RENAME.format("job", "custentity_po_number"))
    assert catalogue.load(str(path)).faults[0].for_h == 1.0


@pytest.mark.parametrize("name", list(FIRMS))
def test_a_firm_with(name: str, tmp_path: Path) -> None:
    text, expected = FIRMS[name]
    path = tmp_path / "firm.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        firm_file.load(path)
    one_line(caught.value, str(path), expected)


def test_a_scenario_that_nobody_knows_names_those_that_exist() -> None:
    with pytest.raises(InputError) as caught:
        catalogue.load("month-ned")
    one_line(caught.value, "month-ned", "month-end")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        catalogue.load(str(tmp_path / "none.toml"))
    one_line(caught.value, "none.toml", "cannot be read")


def test_too_few_consultants_name_the_option() -> None:
    with pytest.raises(InputError) as caught:
        firm_file.load(None, -3)
    one_line(caught.value, "--consultants", "consultants")


def test_a_scenario_of_a_log_without_a_log() -> None:
    with pytest.raises(InputError) as caught:
        stage(catalogue.load("twice-weekly-payments"), firm_file.load(None), 1)
    one_line(caught.value, "twice-weekly-payments", "--workload")


LOGS = {
    "broken.xes": (b"<log><trace></log>", "broken log"),
    "cut.xes.gz": (gzip.compress(b"<log></log>" * 50)[:-12], "broken log"),
    "plain.xes.gz": (b"<log/>", "broken log"),
    "empty.xes": (b"<log/>", "none of its 0 cases"),
    "timeless.xes": (
        b'<log><trace><event><string key="concept:name" value="x"/></event></trace></log>',
        "without a readable",
    ),
    "nonsense.xes": (
        b'<log><trace><string key="concept:name" value="d"/><event><string key="concept:name" value="x"/>'
        b'<date key="time:timestamp" value="noon"/></event></trace></log>',
        "without a readable",
    ),
    "log.pdf": (b"", "unknown kind of log"),
}


@pytest.mark.parametrize("name", list(LOGS))
def test_a_log_such_as(name: str, tmp_path: Path) -> None:
    content, expected = LOGS[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_history(tmp_path / name)
    one_line(caught.value, name, expected)


def test_a_csv_without_the_column_that_its_map_names(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("Id,What,When\n")
    (tmp_path / "log.toml").write_text('case = "Id"\nactivity = "What"\ntime = "When"\namount = "Sum"\n')
    with pytest.raises(InputError) as caught:
        load_history(tmp_path / "log.csv")
    one_line(caught.value, "log.csv", "no column 'Sum'")


def test_a_csv_with_an_unreadable_instant_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("Id,What,When,Sum\nd1,paid,noon,3\n")
    (tmp_path / "log.toml").write_text('case = "Id"\nactivity = "What"\ntime = "When"\namount = "Sum"\n')
    with pytest.raises(InputError) as caught:
        load_history(tmp_path / "log.csv")
    one_line(caught.value, "line 2", "no instant: 'noon'")


def test_a_log_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_history(tmp_path / "none.xes")
    one_line(caught.value, "none.xes", "no such log")

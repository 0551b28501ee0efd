"""Bad input gets one clear line that names file, field and remedy."""

from __future__ import annotations

import gzip
from dataclasses import fields
from pathlib import Path

import pytest

from kernel.errors import InputError
from measurements.latencies import LATENCIES
from scenarios import catalogue, firm_file
from scenarios.firm import Firm
from scenarios.history.load import load as load_history
from scenarios.play import stage

HEAD = 'title = "Mine"\nquestion = "What if?"\n'


def fault(**words: str) -> str:
    given = {"at": '"BD-1 10:00"', "for_h": "1", "target": '"netsuite"', "kind": '"outage"', **words}
    return "[[faults]]\n" + "".join(f"{name} = {value}\n" for name, value in given.items())


def release(**words: str) -> str:
    given = {"at": '"BD-1 10:00"', "system": '"netsuite"', "cause": '"tenant change"', **words}
    return "[[releases]]\n" + "".join(f"{name} = {value}\n" for name, value in given.items())


RENAME = 'kind = "rename_field"\nparameters = {{ object = "{0}", field = "{1}", to = "x" }}\n'
MEMO = '{ object = "timebill", field = "memo" }'
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
    "no list": (HEAD + "faults = 3\n", "faults: no list; write a list in [ ]"),
    "no table": (HEAD + "faults = [3]\n", "faults.0: no table; write a table, with a name for each value"),
    "no text": (HEAD + fault(at="3"), "faults.0.at: no text; write it in quotes"),
    "no number": (HEAD + fault(for_h="'3'"), "faults.0.for_h: no number; write a number, without quotes"),
    "a number beyond all": (
        HEAD + fault(kind='"reset"', parameters=f"{{ share = 1{'0' * 400} }}"),
        "0000 is no share; give a number from 0 to 1",
    ),
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
    "a share above one": (
        HEAD + fault(kind='"lost_reply"', parameters="{ share = 1.5 }"),
        "faults.0.parameters.share: 1.5 is no share; give a number from 0 to 1",
    ),
    "a fault that needs a share": (
        HEAD + fault(kind='"reset"'),
        "parameters.share: missing for reset; add it: a number from 0 to 1",
    ),
    "a fault that is over at once": (HEAD + fault(for_h="0"), "for_h: a fault that is over at once"),
    "a fault without end": (HEAD + fault(for_h="inf"), "faults.0.for_h: "),
    "an unknown parameter of a fault": (
        HEAD + fault(parameters="{ foo = 1 }"),
        "parameters.foo: outage has no such parameter; remove it or use one of mode",
    ),
    "an unknown mode": (
        HEAD + fault(parameters='{ mode = "zzz" }'),
        "parameters.mode: 'zzz' is no mode; give one of refuse, reset, hang",
    ),
    "a brownout of nothing": (HEAD + fault(kind='"brownout"'), "parameters: none; give latency_factor"),
    "a throttle without a limit": (
        HEAD + fault(kind='"throttle"', parameters="{ size = 1 }"),
        "parameters.limit: missing for throttle; add it: one of account_concurrency",
    ),
    "a throttle of an unknown limit": (
        HEAD + fault(kind='"throttle"', parameters='{ limit = "zzz", size = 1 }'),
        "parameters.limit: 'zzz' is no limit; give one of account_concurrency",
    ),
    "a throttle where nothing is limited": (
        HEAD + fault(target='"warehouse"', kind='"throttle"', parameters='{ limit = "zzz", size = 1 }'),
        "warehouse never feels throttle; aim it at salesforce or workday or netsuite",
    ),
    "a size in words": (
        HEAD + fault(kind='"throttle"', parameters='{ limit = "account_concurrency", size = "x" }'),
        "parameters.size: 'x' is no size; give a number from 0.1",
    ),
    "an unknown operation": (
        HEAD + fault(target='"netsuite:zzz"'),
        "faults.0.target: netsuite has no operation 'zzz'; write netsuite, or after the colon one of token,",
    ),
    "an operation that a fault cannot be aimed at": (
        HEAD + fault(target='"salesforce:write"', kind='"row_lock"', parameters="{ share = 0.1 }"),
        "target: row_lock strikes a system as a whole; write salesforce",
    ),
    "a lost event of a system without events": (
        HEAD + fault(kind='"lost_event"', parameters="{ share = 0.1 }"),
        "faults.0.kind: netsuite never feels lost_event; aim it at salesforce",
    ),
    "an outage that is renewed": (HEAD + fault(renewed_after_h="1"), "renewed_after_h: nothing is renewed"),
    "expired credentials for some hours": (
        HEAD + fault(kind='"expired_credentials"'),
        "for_h: expired credentials last until they are renewed",
    ),
    "a renewal after the horizon": (
        HEAD + fault(kind='"expired_credentials"', for_h="0", renewed_after_h="8000"),
        "faults.0.renewed_after_h: after the horizon",
    ),
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
        "'calls' is no limit",
    ),
    "a rename of a missing field": (
        HEAD + release() + RENAME.format("job", "colour"),
        "job has no field 'colour'",
    ),
    "a rename in a missing object": (
        HEAD + release() + RENAME.format("boat", "name"),
        "has no object 'boat'",
    ),
    "a release of a version that is none": (
        HEAD + release(system='"workday"', kind='"retire_version"', parameters='{ version = "abc" }'),
        "releases.0.parameters.version: 'abc' is no version; give a number from 0.1",
    ),
    "a retired version where callers name none": (
        HEAD + release(kind='"retire_version"', parameters="{ version = 1 }"),
        "kind: netsuite never feels retire_version; aim it at salesforce or workday",
    ),
    "a validation rule on a single word": (
        HEAD
        + release(
            kind='"validation_rule"',
            parameters='{ object = "job", field = "custentity_po_number", when = "x", message = "No." }',
        ),
        "parameters.when: 'x' is no when; give a list of texts",
    ),
    "a rename to a field that is there": (
        HEAD + release() + RENAME.format("job", "custentity_po_number").replace('"x"', '"entityId"'),
        "parameters.to: job has a field 'entityId' already",
    ),
    "a rename to no name": (
        HEAD + release() + RENAME.format("job", "custentity_po_number").replace('"x"', '"a b"'),
        "parameters.to: 'a b' is no field name",
    ),
    "an object in another spelling": (
        HEAD + release(system='"salesforce"') + RENAME.format("pse__proj__c", "Project_Key__c"),
        "has no object 'pse__proj__c'; use one of Account,",
    ),
    "a pinned release where callers name no version": (
        HEAD + release(from_version="1") + RENAME.format("job", "custentity_po_number"),
        "from_version: netsuite is called without a version",
    ),
    "a mapping of what spares the integration": (
        HEAD
        + release(system='"workday"', from_version="46", mapped_after_days="1")
        + RENAME.format("worker", "Practice"),
        "mapped_after_days: the integration is pinned to v45.2, which this release spares; remove it, or",
    ),
    "a mapping of what needs none": (
        HEAD
        + release(
            kind='"limit_cut"',
            parameters='{ limit = "account_concurrency", size = 4 }',
            mapped_after_days="1",
        ),
        "mapped_after_days: it means nothing for limit_cut",
    ),
    "a repair of what a mapping answers": (
        HEAD + release(repaired_after_days="1") + RENAME.format("job", "custentity_po_number"),
        "repaired_after_days: it means nothing for rename_field",
    ),
    "a repair after the horizon": (
        HEAD + release(kind='"require_field"', repaired_after_days="300", parameters=MEMO),
        "releases.0.repaired_after_days: after the horizon",
    ),
    "a rename to a name that differs in case alone": (
        HEAD + release() + RENAME.format("job", "custentity_po_number").replace('"x"', '"entityid"'),
        "parameters.to: job has a field 'entityid' already",
    ),
    "two renames to one name": (
        HEAD
        + release()
        + RENAME.format("job", "custentity_po_number")
        + release()
        + RENAME.format("job", "companyName"),
        "releases.1.parameters.to: releases.0 gives job a field 'x' already; choose another name",
    ),
    "a rename of what addresses a record": (
        HEAD + release() + RENAME.format("job", "externalId"),
        "job has no field 'externalId'",
    ),
    "a release at the very start": (
        HEAD + release(at='"BD-10 00:00"') + RENAME.format("job", "custentity_po_number"),
        "releases.0.at: the start, at which hooks and channels are set up",
    ),
    "a mapping after the horizon": (
        HEAD + release(mapped_after_days="300") + RENAME.format("job", "custentity_po_number"),
        "releases.0.mapped_after_days: after the horizon",
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
    "a schedule with two times": (
        HEAD + '[schedules.time_and_expense]\ntimes = ["12:00"]\nevery_min = 60\n',
        "both times and every_min; give one of them",
    ),
    "polls of a system that is never polled": (
        HEAD + "[polls]\nwarehouse = 5\n",
        "polls.warehouse: unknown poll; use one of workday, netsuite",
    ),
    "a schedule on weekdays that it does not keep": (
        HEAD + '[schedules.time_and_expense]\nweekdays = ["Mon"]\nevery_min = 60\n',
        "weekdays: every_min runs on all days",
    ),
    "a schedule without a step": (
        HEAD + "[schedules.time_and_expense]\nevery_min = 1e-6\n",
        "every_min: Input should be greater than or equal to 1; give a larger value",
    ),
    "a schedule that never runs": (
        HEAD + "[schedules.time_and_expense]\nevery_min = inf\n",
        "every_min: Input should be a finite number",
    ),
    "a cut-off of ages": (
        HEAD + '[schedules.time_and_expense]\ntimes = ["12:00"]\ncut_off_h = 1e9\n',
        "cut_off_h: Input should be less than or equal to 8760; give a smaller value",
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
    "a page of nothing": (
        HEAD + "[systems.netsuite.policy]\npage_size = 0\n",
        "systems.netsuite.policy.page_size: 0 is no page size; give a whole number from 1",
    ),
    "a negative page": (
        HEAD + "[systems.netsuite.policy]\npage_size = -5\n",
        "page_size: -5 is no page size",
    ),
    "a page in words": (
        HEAD + "[systems.netsuite.policy]\npage_size = 'x'\n",
        "page_size: 'x' is no page size",
    ),
    "composites of one": (
        HEAD + "[systems.salesforce.policy]\ncomposite_subrequests = 1\n",
        "composite_subrequests: 1 is no composite subrequests; give a whole number from 2",
    ),
    "half a page": (HEAD + "[systems.netsuite.policy]\npage_size = 1.5\n", "page_size: 1.5 is no page size"),
    "a switch that is only told": (HEAD + "[systems.netsuite.policy]\nreleases = 'x'\n", "no such switch"),
    "a percentile below its median": (
        HEAD + "[systems.salesforce.policy]\nhook_median_s = 30\n",
        "policy.hook_median_s: hook_median_s 30 is above hook_p95_s 20",
    ),
    "a system without any time": (HEAD + "[systems.netsuite]\nlatency_factor = 0\n", "latency_factor: "),
    "an ambient fault that its system never feels": (
        HEAD + "[systems.netsuite.ambient]\nlate_event = 0.1\n",
        "ambient.late_event: unknown kind of fault in netsuite; use one of brownout,",
    ),
    "an unknown limit": (HEAD + "[systems.netsuite]\noff = ['calls']\n", "netsuite has no limit 'calls'"),
    "days in the wrong order": (
        HEAD + "from_log = true\nfirst_day = 2018-01-01\nlast_day = 2017-01-01\n",
        "last_day: before",
    ),
    "the days of a log without one": (
        HEAD + "first_day = 2018-01-01\n",
        "first_day: for a scenario that plays",
    ),
    "no workflow": (
        HEAD + "workflows = []\n",
        "workflows: none, or one twice; name some of quote_to_project",
    ),
    "no question": ('title = "Mine"\nquestion = " "\n', "question: String should have at least 1 character"),
    "a model": (HEAD + 'model = "hybrid"\n', "model: unknown field"),
    "an unknown parameter of the firm": (HEAD + "[firm]\nshoe_size = 3\n", "firm: shoe_size: unknown field"),
}

FIRMS = {
    "a negative volume": ("projects = -1\n", "projects: "),
    "a share above one": ("contractor_share = 1.5\n", "contractor_share: "),
    "no consultants": ("consultants = 0\n", "consultants: "),
    "half a consultant": ("consultants = 20.5\n", "consultants: "),
    "an unknown parameter": ("consultant = 10\n", "consultant: unknown field"),
    "a bad zone": ('hq_zone = "Mars/Base"\n', "hq_zone: unknown zone"),
    "a bad country": ('hq_country = "XX"\n', "hq_country: Country XX not available; use the ISO code"),
    "methods above one": (
        "fixed_price = 0.9\n",
        "fixed_price: time_and_materials, fixed_price sum to more than 1",
    ),
    "fates above one": ("rejected_share = 0.99\n", "sum to more than 1; lower one"),
    "a shape of another length": ("submit_shape = [1, 2]\n", "submit_shape: 2 weights"),
    "no practices": ("practices = []\n", "practices: none"),
    "a nameless practice": ('practices = [" "]\n', "practices.0: "),
    "a practice of too many words": (f'practices = ["{"x" * 84}"]\n', "practices.0: "),
    "a practice twice": ('practices = ["Data", "Data"]\n', "practices: 'Data' stands there twice"),
    "a shape of nothing": ("expense_weekdays = [0, 0, 0, 0, 0, 0, 0]\n", "expense_weekdays: "),
    "no entities": ("entities = []\n", "entities: none"),
    "an endless volume": (
        "hires = inf\n",
        "hires: Input should be a finite number; give a finite number",
    ),
    "a volume that is none": ("hires = nan\n", "hires: "),
    "a volume in words": ('hires = "3"\n', "hires: "),
    "a volume that is true": ("hires = true\n", "hires: "),
    "a week of 500 hours": ("weekly_hours = 500\n", "weekly_hours: Input should be less than or equal to 80"),
    "a percentile below the median": ("expense_approval_days_p90 = 1\n", "less than the median of 2.5"),
    "an owner's percentile below the median": ("owner_p90_h = 1\n", "owner_p90_h: less than the median of 6"),
    "a rate that rounds to nothing": ("bill_rate_usd = 0.01\n", "billed at less than 1 USD"),
}
ZEROS = (
    *("projects_per_manager", "assignments_per_head", "weekly_hours", "duration_months", "bill_rate_usd"),
    *("contract_slack", "sales_cycle_days", "project_start_days", "staffing_days", "future_days"),
    *("resubmit_h", "correction_days", "report_lines", "report_usd", "expense_approval_days"),
    *("expense_approval_days_p90", "milestones_per_project", "milestone_approval_h"),
    *("fix_min", "fix_p90_min", "exception_min", "exception_again_h", "exception_looks"),
    *("owner_h", "owner_p90_h", "reaction_factor"),
    *(f"target_{stem}" for stem in LATENCIES),
)


def entity(**words: str) -> str:
    given = {
        **{"entity": '"NL01"', "name": '"University"', "region": '"EMEA"', "share": "1.0"},
        **{"currency": '"EUR"', "zone": '"Europe/Amsterdam"', "country": '"NL"', "to_usd": '"1.08"'},
        **words,
    }
    return "[[entities]]\n" + "".join(f"{name} = {value}\n" for name, value in given.items())


SMALL, OTHER = entity(share="0.5"), entity(entity='"DE01"', share="0.5")
ENTITIES = {
    "a currency worth nothing": (entity(to_usd='"0"'), "entities.0.to_usd: worth nothing; give US dollars"),
    "a dollar worth two": (entity(currency='"USD"', to_usd='"2"'), "entities.0.to_usd: 2 US dollars for one"),
    "two rates of a currency": (SMALL + entity(entity='"DE01"', share="0.5", to_usd='"1.1"'), "another rate"),
    "a rate beyond its currency": (entity(to_usd='"900"'), "entities.0.bill_factor: an hour is billed at"),
    "shares of a fifth": (entity(share="0.2"), "entities: their shares sum to 0.2; make them sum to 1"),
    "an entity twice": (SMALL + SMALL, "entities: 'NL01' stands there twice"),
    "an unknown country": (SMALL + OTHER.replace('"NL"', '"XX"'), "entities.1.country: Country XX"),
    "an unknown zone": (SMALL + OTHER.replace("Amsterdam", "Atlantis"), "entities.1.zone: unknown zone"),
    "a nameless entity": (entity(name='""'), "entities.0.name: "),
    "nobody in an entity": (
        "consultants = 20\n" + entity(share="0.99") + entity(entity='"DE01"', share="0.01"),
        "consultants: DE01 has none of the 20",
    ),
}
FIRMS |= ENTITIES


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
        stage(catalogue.load(str(path)), firm_file.load(None), 1)
    one_line(caught.value, str(path), expected)


def test_an_instant_may_name_an_entity_of_the_firm_that_plays_it(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(HEAD + fault(at='"BD-5 01:07 BR01"'))
    (tmp_path / "firm.toml").write_text("consultants = 20\n" + SMALL.replace("NL01", "BR01") + OTHER)
    scenario = catalogue.load(str(tmp_path / "mine.toml"))
    assert stage(scenario, firm_file.load(tmp_path / "firm.toml"), 1).fault_spans[0].end_s > 0
    with pytest.raises(InputError) as caught:
        stage(scenario, firm_file.load(None), 1)
    one_line(caught.value, "faults.0.at", "the firm has no entity BR01, but DE01, IN01, US01")


def test_a_scenarios_firm_is_judged_together_with_the_firm_that_is_given(tmp_path: Path) -> None:
    """Five people are too few for the default firm's entities, and enough for one entity."""
    (tmp_path / "mine.toml").write_text(HEAD + "[firm]\nconsultants = 5\n")
    (tmp_path / "firm.toml").write_text(entity(share="1"))
    scenario = catalogue.load(str(tmp_path / "mine.toml"))
    assert stage(scenario, firm_file.load(tmp_path / "firm.toml"), 1).firm.consultants == 5


def test_a_firm_is_judged_at_the_head_count_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "firm.toml").write_text(
        "consultants = 5\n" + entity(share="0.9") + entity(entity='"DE01"', share="0.1")
    )
    with pytest.raises(InputError):
        firm_file.load(tmp_path / "firm.toml")
    assert firm_file.load(tmp_path / "firm.toml", 20).consultants == 20


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


@pytest.mark.parametrize("name", ZEROS)
def test_a_firm_that_divides_by_its(name: str, tmp_path: Path) -> None:
    path = tmp_path / "firm.toml"
    path.write_text(f"{name} = 0\n")
    with pytest.raises(InputError) as caught:
        firm_file.load(path)
    one_line(caught.value, str(path), f"{name}: ", "give a larger value")


def test_a_firm_without_any_of_what_it_may_lack_can_be_staged() -> None:
    """Every parameter that may be 0 is 0."""
    zeros = {
        found.name: 0.0
        for found in fields(Firm)
        if isinstance(found.default, float | int) and found.name not in {*ZEROS, "consultants"}
    }
    firm = firm_file.firm_of(Firm(), {"consultants": 20, **zeros}, "firm.toml")
    assert not stage(catalogue.load("month-end"), firm, 1).workload.deals


def test_the_entities_around_these_mistakes_are_themselves_accepted(tmp_path: Path) -> None:
    path = tmp_path / "firm.toml"
    path.write_text("consultants = 20\n" + SMALL + OTHER)
    assert [found.entity for found in firm_file.load(path).entities] == ["NL01", "DE01"]


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
    "plain.xes.gz": (b"<log/>", "none of its 0 cases"),
    "empty.xes": (b"<log/>", "none of its 0 cases"),
    "timeless.xes": (
        b'<log><trace><string key="concept:name" value="d"/><event>'
        b'<string key="concept:name" value="Request Payment"/></event></trace></log>',
        "trace 1, event 1: event without a readable 'time:timestamp'",
    ),
    "nonsense.xes": (
        b'<log><trace><string key="concept:name" value="d"/><event>'
        b'<string key="concept:name" value="Request Payment"/>'
        b'<date key="time:timestamp" value="noon"/></event></trace></log>',
        "trace 1, event 1, time:timestamp: no instant: 'noon'",
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
    (tmp_path / "log.csv").write_text("Id,What,When,Sum\nd1,Payment Handled,noon,3\n")
    (tmp_path / "log.toml").write_text('case = "Id"\nactivity = "What"\ntime = "When"\namount = "Sum"\n')
    with pytest.raises(InputError) as caught:
        load_history(tmp_path / "log.csv")
    one_line(caught.value, "line 2", "no instant: 'noon'")


def test_a_log_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_history(tmp_path / "none.xes")
    one_line(caught.value, "none.xes", "no such log")

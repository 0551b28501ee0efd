"""Verified fakes: each contract holds in process in virtual time and over HTTP, by one fixture.

A vendor joins by its name in CONTRACTS: a table from system to contracts.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import pytest
from vendor_world import Client, Contract, live, simulated, systems

_TIME_BILL = {
    "custbody_source_key": "T-W00001-P00001-2026-04-13",
    "custbody_source_part": "1:2026-04-13",
    "custbody_source_version": "1",
    "employee": {"externalId": "W00001"},
    "customer": {"externalId": "P00001"},
    "hours": "8.00",
    "tranDate": "2026-04-13",
}
_RECORD = "/services/rest/record/v1"
_QUERY = "/services/rest/query/v1/suiteql"
_ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><o:Username>integration@rehearsal'
    "</o:Username><o:Password>{secret}</o:Password></s:Header><s:Body><bsvc:Get_Workers_Request>"
    "{criteria}</bsvc:Get_Workers_Request></s:Body></s:Envelope>"
)
_DATA = "/services/data/v67.0"
_WORKERS = "/ccx/service/rehearsal/Human_Resources/v45.2"


def _envelope(criteria: str = "", secret: str = "secret") -> bytes:
    return _ENVELOPE.format(criteria=criteria, secret=secret).encode()


async def netsuite_upserts_by_external_id(clients: Mapping[str, Client]) -> None:
    netsuite = clients["netsuite"]
    first = await netsuite.send("PUT", f"{_RECORD}/timeBill/eid:one", _TIME_BILL)
    again = await netsuite.send("PUT", f"{_RECORD}/timeBill/eid:one", _TIME_BILL)
    assert (first.status, again.status) == (204, 204)
    assert first.headers["location"] == again.headers["location"]
    read = await netsuite.send("GET", f"{_RECORD}/timeBill/eid:one")
    assert read.json()["hours"] == "8.00"


async def netsuite_words_a_refusal(clients: Mapping[str, Client]) -> None:
    body = {**_TIME_BILL, "customer": {"externalId": "P99999"}}
    reply = await clients["netsuite"].send("PUT", f"{_RECORD}/timeBill/eid:two", body)
    assert reply.status == 400
    detail = reply.json()["o:errorDetails"][0]
    assert detail["o:errorCode"] == "INVALID_KEY_OR_REF"
    assert detail["detail"] == "Invalid job reference key P99999."


async def netsuite_works_a_batch_off(clients: Mapping[str, Client]) -> None:
    netsuite = clients["netsuite"]
    items = [{**_TIME_BILL, "externalId": f"b{n}", "custbody_source_part": f"1:{n}"} for n in range(3)]
    items[1]["employee"] = {"externalId": "nobody"}
    accepted = await netsuite.send(
        "PUT",
        f"{_RECORD}/timeBill",
        {"items": items},
        prefer="respond-async",
        content_type="application/vnd.oracle.resource+json; type=collection",
    )
    assert accepted.status == 202
    job = accepted.headers["location"].partition(".com")[2]
    for _ in range(1000):
        told = (await netsuite.send("GET", job)).json()
        if told["completed"]:
            break
    assert told["progress"] == "failed"
    tasks = (await netsuite.send("GET", f"{job}/task")).json()["items"]
    assert [task["progress"] for task in tasks] == ["succeeded", "failed", "succeeded"]
    result = await netsuite.send("GET", f"{job}/task/2/result")
    assert result.status == 400


async def netsuite_tells_which_periods_are_open(clients: Mapping[str, Client]) -> None:
    netsuite = clients["netsuite"]
    await netsuite.act("period.lock", entity="US01", period="2026-04", ledger="time")
    text = "SELECT periodname, timelocked, closed FROM accountingperiod WHERE subsidiary = 'US01'"
    reply = await netsuite.send("POST", _QUERY, {"q": text}, prefer="transient")
    rows = [(row["periodname"], row["timelocked"], row["closed"]) for row in reply.json()["items"]]
    assert rows == [("2026-03", "T", "T"), ("2026-04", "T", "F"), ("2026-05", "F", "F")]


async def netsuite_turns_a_stranger_away(clients: Mapping[str, Client]) -> None:
    reply = await clients["netsuite"].send("GET", f"{_RECORD}/job", authorization="Bearer nobody")
    assert reply.status == 401
    assert reply.json()["o:errorDetails"][0]["o:errorCode"] == "INVALID_LOGIN"


async def workday_answers_by_id(clients: Mapping[str, Client]) -> None:
    criteria = (
        "<bsvc:Request_References><bsvc:Worker_Reference>"
        '<bsvc:ID bsvc:type="Employee_ID">W00002</bsvc:ID>'
        "</bsvc:Worker_Reference></bsvc:Request_References>"
    )
    reply = await clients["workday"].send("POST", _WORKERS, _envelope(criteria), content_type="text/xml")
    assert reply.status == 200
    assert b"<wd:Cost_Rate>90.00</wd:Cost_Rate>" in reply.body
    assert b'Descriptor="Bo &amp; Co"' in reply.body


async def workday_faults_on_a_wrong_password(clients: Mapping[str, Client]) -> None:
    reply = await clients["workday"].send("POST", _WORKERS, _envelope(secret="old"), content_type="text/xml")
    assert reply.status == 500
    assert b"invalid username or password" in reply.body


async def warehouse_keeps_the_higher_version(clients: Mapping[str, Client]) -> None:
    fact = {"source": "salesforce", "key": "P1", "kind": "project", "committed_at": 5.0, "values": {"a": 1}}
    for version, accepted in ((2, 1), (1, 0)):
        reply = await clients["warehouse"].send(
            "POST", "/v1/facts", {"facts": [{**fact, "version": version}]}
        )
        assert reply.json() == {"accepted": accepted, "stale": 1 - accepted}
    asked = {"source": "salesforce", "keys": ["P1"]}
    found = (await clients["warehouse"].send("POST", "/v1/query", asked)).json()["facts"]
    assert [told["version"] for told in found] == [2]


async def control_names_every_limit(clients: Mapping[str, Client]) -> None:
    for name, client in clients.items():
        limits = (await client.control("GET", "budget")).json()["limits"]
        assert all(limit["size"] > 0 for limit in limits), name
    unknown = await clients["netsuite"].control("POST", "limits", {"limit": "none"})
    assert unknown.status == 400


async def salesforce_reads_the_opening_by_soql(clients: Mapping[str, Client]) -> None:
    query = "SELECT Name, Customer_Key__c FROM Account WHERE Customer_Key__c = 'C0001'"
    reply = await clients["salesforce"].send("GET", f"{_DATA}/query?q={quote(query)}")
    assert reply.status == 200, reply.body
    assert [row["Name"] for row in reply.json()["records"]] == ["Acme"]


async def salesforce_upserts_by_external_id(clients: Mapping[str, Client]) -> None:
    path = f"{_DATA}/sobjects/Account/Customer_Key__c/C0001"
    reply = await clients["salesforce"].send("PATCH", path, {"Bill_To__c": "2 Main St"})
    assert reply.status in {200, 204}, reply.body
    query = "SELECT Bill_To__c FROM Account WHERE Customer_Key__c = 'C0001'"
    found = (await clients["salesforce"].send("GET", f"{_DATA}/query?q={quote(query)}")).json()
    assert [row["Bill_To__c"] for row in found["records"]] == ["2 Main St"]


async def salesforce_turns_a_stranger_away(clients: Mapping[str, Client]) -> None:
    reply = await clients["salesforce"].send("GET", f"{_DATA}/limits", authorization="Bearer nobody")
    assert reply.status == 401
    assert reply.json()[0]["errorCode"] == "INVALID_SESSION_ID"


CONTRACTS: Mapping[str, tuple[Contract, ...]] = {
    "netsuite": (
        netsuite_upserts_by_external_id,
        netsuite_words_a_refusal,
        netsuite_works_a_batch_off,
        netsuite_tells_which_periods_are_open,
        netsuite_turns_a_stranger_away,
        control_names_every_limit,
    ),
    "workday": (workday_answers_by_id, workday_faults_on_a_wrong_password),
    "warehouse": (warehouse_keeps_the_higher_version,),
    "salesforce": (
        salesforce_reads_the_opening_by_soql,
        salesforce_upserts_by_external_id,
        salesforce_turns_a_stranger_away,
    ),
}
"""System to what it promises in both worlds."""


@pytest.fixture(params=["simulated", pytest.param("live", marks=pytest.mark.live)])
def world(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize(
    ("name", "contract"),
    [(name, contract) for name, contracts in CONTRACTS.items() for contract in contracts],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_the_contract_holds(world: str, name: str, contract: Contract) -> None:
    {"simulated": simulated, "live": live}[world](contract, systems((name,)))

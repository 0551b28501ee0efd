"""A small integration as one meets them: a script that polls approved time and posts it to the ERP.

    python examples/external/time_to_erp.py out/month-end-live/connection.json --every 60 --timeout 30

It stands for the reader's own: plain Python, nothing of Rehearsal. It works, on a good day. Its weaknesses
are real ones, and the rehearsal is meant to find them:

1. The watermark is written before the time is posted, so what is given up is never seen again.
2. A post without an answer is sent again, as a new record: the ERP may hold the first one already.
3. A refusal is a line in a log. Nobody is told, and nobody comes back to it.
4. What is recalled after it was posted stays posted.
"""

from __future__ import annotations

import argparse
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

SOQL = (
    "SELECT Id, Timecard_Key__c, Version__c, ERP_Posted_Version__c, Worker_Key__c, Project_Key__c,"
    " LastModifiedDate, pse__Project__r.Entity__c FROM pse__Timecard_Header__c"
    " WHERE pse__Status__c = 'Approved' AND LastModifiedDate > {since} ORDER BY LastModifiedDate"
)
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SPLITS = (
    "SELECT Split_No__c, pse__Start_Date__c, pse__Bill_Rate__c, "
    + ", ".join(f"pse__{day}_Hours__c" for day in WEEK)
    + " FROM pse__Timecard__c WHERE pse__Timecard_Header__r.Timecard_Key__c = '{card}'"
)
TRIES = 3
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class GivenUpError(Exception):
    """The call was refused, or nobody answered it."""


class System:
    """One of the two: logs in when it must, and repeats what had no answer."""

    def __init__(self, address, token_path, form, timeout):
        self.address, self.token_path, self.form, self.timeout = address, token_path, form, timeout
        self.token = ""

    def login(self):
        """A bearer token; returns the system's clock, since ours may tell another time."""
        data = urllib.parse.urlencode(self.form).encode()
        with opener.open(self.address + self.token_path, data, timeout=60.0) as answer:
            self.token = json.load(answer)["access_token"]
            return parsedate_to_datetime(answer.headers["date"])

    def call(self, method, path, body=None):
        """The answer's JSON. Weakness 2: a write that had no answer may have been done all the same."""
        for attempt in range(1, TRIES + 1):
            data = None if body is None else json.dumps(body).encode()
            headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
            request = urllib.request.Request(self.address + path, data, headers, method=method)
            try:
                with opener.open(request, timeout=self.timeout) as answer:
                    return json.loads(answer.read() or b"null")
            except urllib.error.HTTPError as error:
                if error.code == 401:
                    self.login()
                elif error.code < 500 and error.code != 429:
                    raise GivenUpError(f"{error.code} {error.read().decode()[:200]}") from None
                reason = str(error.code)
            except OSError as error:
                reason = str(error)
            log("again", path=path, attempt=attempt, reason=reason, about=(body or {}).get("memo", ""))
            time.sleep(self.timeout / 10)
        raise GivenUpError(f"no answer after {TRIES} attempts")


def log(what, **more):
    """The only place where anything is told."""
    print(json.dumps({"what": what, **more}), flush=True)


def rows(psa, soql):
    """All rows of a query."""
    found, path = [], "/services/data/v67.0/query?q=" + urllib.parse.quote(soql)
    while path:
        page = psa.call("GET", path)
        found += page["records"]
        path = page.get("nextRecordsUrl")
    return found


def days(split):
    """(date, hours) of the days that were worked."""
    first = date.fromisoformat(split["pse__Start_Date__c"])
    for shift in range(7):
        day = first + timedelta(days=shift)
        hours = split[f"pse__{WEEK[day.weekday()]}_Hours__c"]
        if hours:
            yield day, hours


def post(psa, erp, card):
    """One time bill a day; what is refused is logged (weakness 3)."""
    key, version = card["Timecard_Key__c"], int(card["Version__c"])
    whole = True
    for split in rows(psa, SPLITS.format(card=key)):
        for day, hours in days(split):
            memo = f"{key} v{version} {int(split['Split_No__c'])}:{day}"
            bill = {
                "memo": memo,
                "employee": {"externalId": card["Worker_Key__c"]},
                "customer": {"externalId": card["Project_Key__c"]},
                "subsidiary": card["pse__Project__r"]["Entity__c"],
                "tranDate": str(day),
                "hours": f"{hours:.2f}",
                "rate": f"{split['pse__Bill_Rate__c'] or 0:.2f}",
            }
            try:
                erp.call("POST", "/services/rest/record/v1/timeBill", bill)
                log("posted", memo=memo)
            except GivenUpError as error:
                whole = False
                log("given up", memo=memo, reason=str(error))
    if whole:
        told = {"ERP_Posted_Version__c": version}
        psa.call("PATCH", f"/services/data/v67.0/sobjects/pse__Timecard_Header__c/{card['Id']}", told)


def carry(psa, erp, card):
    """A card that cannot even be read is a line in the log, too."""
    try:
        post(psa, erp, card)
    except GivenUpError as error:
        log("given up", memo=card["Timecard_Key__c"], reason=str(error))


def main():
    """Poll for ever."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("connection", type=Path, help="what `rehearse load --external` wrote")
    parser.add_argument("--secret", default="secret")
    parser.add_argument("--every", type=float, default=60.0, help="real seconds between two polls")
    parser.add_argument("--timeout", type=float, default=30.0, help="real seconds to wait for an answer")
    given = parser.parse_args()
    addresses = json.loads(given.connection.read_text())["addresses"]
    machine = {"grant_type": "client_credentials", "client_id": "integration"}
    psa_form = {**machine, "client_secret": given.secret}
    erp_form = {**machine, "client_assertion": f"head.payload.{given.secret}"}
    psa = System(addresses["salesforce"], "/services/oauth2/token", psa_form, given.timeout)
    erp = System(addresses["netsuite"], "/services/rest/auth/oauth2/v1/token", erp_form, given.timeout)
    since = f"{psa.login():%Y-%m-%dT%H:%M:%S.000Z}"
    erp.login()
    while True:
        try:
            for card in rows(psa, SOQL.format(since=since)):
                since = card["LastModifiedDate"].replace("+0000", "Z")  # weakness 1
                if card["Version__c"] > (card["ERP_Posted_Version__c"] or 0):  # our own note is news, too
                    carry(psa, erp, card)
        except GivenUpError as error:
            log("given up", memo="", reason=str(error))
        time.sleep(given.every)


if __name__ == "__main__":
    main()

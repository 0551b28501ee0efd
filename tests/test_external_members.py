"""Where an external integration takes over, no pipeline is served, and call-outs go where it says."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from loadtests.call_sheet import CallSheet
from loadtests.external import External, connection
from loadtests.messenger import UnansweredError, ask
from loadtests.pace import MONOTONIC
from loadtests.past import PIPELINE, Past, replay
from loadtests.troupe import Troupe, gathered
from measurements import books_json
from pipeline import models
from scenarios import catalogue, firm_file
from scenarios.instants import seconds_of
from scenarios.play import stage

pytestmark = pytest.mark.live

LISTENER = """
import http.server
class Heard(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        print(self.path, flush=True)
        self.send_response(204)
        self.end_headers()
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Heard)
print(server.server_port, flush=True)
server.serve_forever()
"""
_RECORDS = "/services/rest/record/v1"


@pytest.fixture(scope="module")
def past() -> Past:
    play = stage(catalogue.load("month-end"), firm_file.load(None, 6), 1)
    return replay(play, models.load("api"), 1, seconds_of("BD-8 13:00", play.calendar))


@pytest.fixture
def listener() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-c", LISTENER], stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.fixture
def troupe(past: Past, listener: subprocess.Popen[str], tmp_path: Path) -> Iterator[Troupe]:
    assert listener.stdout is not None
    url = f"http://127.0.0.1:{int(listener.stdout.readline())}"
    desks = {**past.desks, "operations": "netsuite"}
    sheet = CallSheet(
        *("month-end", "", 6, "api", 1, past.at_s, past.at_s + 3600.0, 600.0),
        *({}, desks, past.digest, url),
    )
    with gathered(past, sheet, tmp_path, External(url, 0, 60.0, 3600.0)) as made:
        yield made


def go(troupe: Troupe) -> None:
    for address in troupe.sheet.addresses.values():
        ask(address, "/live/pace", {"epoch_s": MONOTONIC()})


def posted(address: str, path: str, body: bytes, token: str = "") -> urllib.request.Request:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"} if token else {}
    return urllib.request.Request(address + path, body, headers, method="POST")


def test_call_outs_go_to_the_users_url_and_the_first_call_is_noticed(
    troupe: Troupe, past: Past, listener: subprocess.Popen[str]
) -> None:
    address = troupe.sheet.addresses["netsuite"]
    ask(address, "/control/hooks", {"hook": "customers", "object": "customer", "path": "/mine"})
    assert not ask(address, "/live/health")["called"]
    go(troupe)
    form = b"grant_type=client_credentials&client_assertion=head.payload.secret"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    login = opener.open(posted(address, "/services/rest/auth/oauth2/v1/token", form), timeout=60.0)
    token = json.load(login)["access_token"]
    assert ask(address, "/live/health")["called"]
    customer = b'{"entityId": "C9999", "subsidiary": {"refName": "US01"}}'
    answer = opener.open(posted(address, f"{_RECORDS}/customer", customer, token), timeout=60.0)
    assert answer.status == 204
    now = parsedate_to_datetime(answer.headers["date"])
    assert 0.0 <= (now - past.play.time.moment(past.at_s)).total_seconds() < 3 * 86400.0
    assert listener.stdout is not None
    assert listener.stdout.readline().strip() == "/mine"
    traffic = books_json.read(ask(address, "/live/books")["books"]).traffic
    assert sum(row.calls for row in traffic if row.who == "integration") == 2  # the past's are not its own


def test_nobody_operates_it_from_here_and_no_pipeline_is_served(troupe: Troupe, past: Past) -> None:
    addresses = troupe.sheet.addresses
    assert PIPELINE not in addresses
    with pytest.raises(UnansweredError, match=r"404.*nobody operates"):
        ask(troupe.sheet.desk_address("operations"), "/operations/replay", {})
    told = connection(past, addresses, External("", 0, 60.0, 3600.0), 1.0, past.at_s + 3600.0)
    assert told.begins == past.play.time.stamp(past.at_s)
    assert any("pse__Timecard_Header__c" in hook for hook in told.hooks)
    assert all("secret" in " ".join(told.access[name]) for name in addresses)

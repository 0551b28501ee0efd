"""A query read from its URL is the query read from its text, whatever stands in it."""

from __future__ import annotations

from urllib.parse import quote, quote_plus

import pytest

from mocks.salesforce.soql_text import shape_of
from mocks.salesforce.soql_url import asked

SINCE = "SELECT Id FROM Account WHERE LastModifiedDate >= 2026-04-01T00:00:00.000Z"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT Id FROM Account",
        "SELECT Id FROM Account WHERE Name = 'a-1'",
        "SELECT Id FROM Account WHERE Name = ''",
        "SELECT Id FROM Account WHERE Name = 'two words, 100% + one'",
        r"SELECT Id FROM Account WHERE Name = 'it\'s' AND Entity__c = 'US01'",
        r"SELECT Id FROM Account WHERE Name = 'back\\'",
        "SELECT Id FROM Account WHERE Name = '2026-04-01T00:00:00Z'",
        "SELECT Id FROM Account WHERE Name = 'at 2026-04-01T00:00:00Z sharp'",
        "SELECT Id FROM Account WHERE Name = 'due 2026-04-01T00:00:00Z'",
        "SELECT Id FROM Account WHERE Name = 'due 2026-04-01T00:00:00Z' AND Entity__c = 'US01'",
        "SELECT Id FROM Account WHERE LastModifiedDate>2026-04-01T00:00:00Z AND Name = 'a'",
        "SELECT Id FROM Account WHERE Name IN ('a')",
        "SELECT Id FROM Account WHERE Name IN ('a', 'b c','d') AND Entity__c = 'US01' LIMIT 5",
        "SELECT Id FROM Account WHERE Name = 'a' AND Version__c = 3 AND Start_Date__c > 2026-04-01",
        "SELECT Id FROM Account WHERE Version__c > 0.5 AND Name = 'two words' AND Entity__c = 'x0'",
        "SELECT Id FROM Account WHERE (Name = 'a' OR Name = 'b') AND Services__c = TRUE",
        SINCE,
        f"{SINCE} AND LastModifiedDate < 2026-04-01T02:00:00.250Z AND (Name = 'a' OR Version__c > 0)",
        f"{SINCE} AND LastModifiedDate < 2026-04-01T02:00:00+02:00 ORDER BY Name DESC LIMIT 5 OFFSET 2",
        "SELECT Id FROM Account WHERE Name='a'AND Entity__c='b'",
    ],
)
def test_a_query_reads_the_same_from_its_url_and_from_its_text(text: str) -> None:
    for encoded in (quote(text), quote(text, safe=""), quote_plus(text)):
        assert asked(encoded) == shape_of(text)
        assert asked(encoded) == shape_of(text)

"""Tables: what a delta poll finds by the log of writes is what looking at every record would find."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mocks.store import Table

ACTS = st.lists(
    st.tuples(st.sampled_from(["insert", "update", "update", "delete"]), st.integers(0, 5), st.booleans()),
    max_size=60,
)
"""What is done, to which of the records, and whether the clock goes on before."""


@given(ACTS, st.booleans())
def test_records_modified_since_an_instant_come_in_order_of_their_last_write(
    acts: list[tuple[str, int, bool]], compacted: bool
) -> None:
    table, now_s = Table("card", str), 0.0
    for act, place, goes_on in acts:
        now_s += goes_on
        ids = list(table.records)
        if act == "insert" or not ids:
            table.insert({"hours": 1}, now_s)
        elif act == "update":
            table.update(ids[place % len(ids)], {"hours": now_s}, now_s)
        else:
            table.delete(ids[place % len(ids)])
    if compacted:
        table.compact()
    by_write = sorted(table.records.values(), key=lambda record: record["_write"])
    for since_s in (0.0, now_s / 2, now_s, now_s + 1):
        found = [record for record in by_write if record["_modified_s"] >= since_s]
        assert table.modified_since(since_s) == found


def test_a_log_of_many_writes_to_few_records_is_compacted() -> None:
    table = Table("card", str)
    card = table.insert({"hours": 0}, 0.0).id
    for hours in range(10_000):
        table.update(card, {"hours": hours}, float(hours))
    assert len(table.modified_since(0.0)) == 1
    assert table.writes_logged < 2_000

"""What the org tells of its commits: change events on filtered, enriched channels, and call-outs.

A channel or hook fires where the record, as it now stands, matches its `when`. Hooks stay silent about
writes of the org itself, and about the integration's unless they are set up for its `own`; channels do not
(their consumers look at changeOrigin).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from mocks.feeds import Feeds
from mocks.hooks import Hook, Hooks, Target, told
from mocks.salesforce.errors import RefusedError
from mocks.salesforce.org import AUTOMATION, Org, Saved, Transaction
from mocks.salesforce.schema import Schema
from mocks.tokens import INTEGRATION
from wire.call import Reply, json_bytes

_SILENT = frozenset({AUTOMATION, "opening"})
_TYPES = {"insert": "CREATE", "update": "UPDATE", "delete": "DELETE"}
_ON = {"create": "insert", "update": "update"}


class Channel(NamedTuple):
    """`fields` are added to every event (enriched)."""

    channel: str
    object: str
    when: Mapping[str, Sequence[Any]]
    fields: tuple[str, ...]


class Publisher:
    """Channels and hooks by object; hears of every saved record."""

    def __init__(self, org: Org, feeds: Feeds, hooks: Hooks) -> None:
        self._org = org
        self._feeds = feeds
        self._hooks = hooks
        objects = org.schema.types
        self._channels: dict[str, dict[str, Channel]] = {name: {} for name in objects}
        self._async: dict[str, dict[str, Hook]] = {name: {} for name in objects}
        self._sync: dict[str, dict[str, Hook]] = {name: {} for name in objects}
        hooks.refused = self._refused
        hooks.given_up = self._given_up

    def add_channel(self, given: Mapping[str, Any], now_s: float) -> dict[str, Any]:
        """POST /control/channels {channel, object, when, fields}."""
        object_ = _known(self._org.schema, given["object"])
        channel = Channel(
            given["channel"], object_, given.get("when") or {}, tuple(given.get("fields") or ())
        )
        _check_fields(self._org.schema, object_, (*channel.when, *channel.fields))
        self._feeds.open(channel.channel)
        self._channels[object_][channel.channel] = channel
        self._listen(object_)
        return {"channel": channel.channel}

    def add_hook(self, given: Mapping[str, Any], now_s: float) -> dict[str, Any]:
        """POST /control/hooks {hook, object, when, on, mode, path, own, fields}."""
        object_ = _known(self._org.schema, given["object"])
        hook = Hook(
            given["hook"],
            object_,
            given.get("when") or {},
            given.get("on", "any"),
            given.get("mode", "async"),
            given.get("path", ""),
            bool(given.get("own", False)),
            tuple(given.get("fields") or ()),
        )
        if hook.on not in {"create", "update", "any"} or hook.mode not in {"async", "sync"}:
            raise ValueError("on is create, update or any; mode is async or sync")
        _check_fields(self._org.schema, object_, (*hook.when, *hook.fields))
        hooks = self._sync if hook.mode == "sync" else self._async
        hooks[object_][hook.hook] = hook
        self._listen(object_)
        return {"hook": hook.hook}

    def sync_hooks(self, saved: Saved) -> list[Hook]:
        """The hooks that a person must wait for."""
        return [hook for hook in self._sync[saved.object].values() if _fires(hook, saved)]

    async def ask(self, hook: Hook, saved: Saved) -> Reply:
        """Send a synchronous hook and await its answer."""
        return await self._hooks.now(hook, self._target(hook, saved))

    def _listen(self, object_: str) -> None:
        listeners = self._org.listeners[object_]
        if self._heard not in listeners:
            listeners.append(self._heard)

    def _target(self, hook: Hook, saved: Saved) -> Target:
        """The record as a call-out tells of it: its changed fields, and those that the hook always tells."""
        record = self._seen(saved.object, {n: value for n, value in saved.changes.items() if n[0] != "_"})
        saved_at = self._org.time.stamp(saved.at_s)
        fields = self._seen(saved.object, {name: saved.record.get(name) for name in hook.fields})
        return Target(saved.object, saved.id, saved.key, record, saved.user, saved_at, fields)

    def _heard(self, saved: Saved) -> None:
        object_, record = saved.object, saved.record
        if saved.changes:
            for channel in self._channels[object_].values():
                if matches(channel.when, record):
                    gap = self._feeds.gap(channel.channel, saved.key, saved.at_s)
                    event = self._event(channel, saved, gap)
                    self._feeds.publish(channel.channel, saved.key, event, saved.at_s)
        if saved.user in _SILENT or saved.op == "delete":
            return
        own = saved.user == INTEGRATION
        for hook in self._async[object_].values():
            if (hook.own or not own) and _fires(hook, saved):
                self._hooks.later(hook, self._target(hook, saved), saved.at_s, saved.transaction)

    def _event(self, channel: Channel, saved: Saved, gap: bool) -> bytes:
        """The change with the channel's fields; a gap event has its header alone, with no field in it."""
        record = saved.record
        values = {name: value for name, value in saved.changes.items() if name[0] != "_"}
        changed = list(self._seen(saved.object, values)) if saved.op == "update" else []
        values.update(zip(channel.fields, map(record.get, channel.fields), strict=True))
        payload: dict[str, Any] = {
            "ChangeEventHeader": {
                "entityName": saved.object,
                "recordIds": [saved.id],
                "changeType": f"GAP_{_TYPES[saved.op]}" if gap else _TYPES[saved.op],
                "changeOrigin": saved.origin,
                "commitTimestamp": self._org.time.start_unix_s * 1000 + int(saved.at_s * 1000),
                "commitUser": saved.user,
                "changedFields": [] if gap else changed,
                "transactionKey": f"{saved.transaction:016x}",
                "sequenceNumber": 1,
            }
        }
        if not gap:
            payload.update(self._seen(saved.object, values))
        return json_bytes(payload)

    def _seen(self, object_: str, values: dict[str, Any]) -> dict[str, Any]:
        """Values under the names that they have since the last release; what that removed is not told."""
        view = self._org.schema.view(object_)
        if view.plain:
            return values
        return {name: values[stored] for name, stored in view.stored.items() if stored in values}

    def _refused(self, target: Target, text: str) -> None:
        """The integration's refusal stands on the record that was saved."""
        record = self._org.tables[target.object].get(target.id)
        if record is not None:
            self._write(target.object, record, text)

    def _write(self, object_: str, record: dict[str, Any], text: str) -> None:
        if "Integration_Error__c" not in self._org.schema.types[object_].fields:
            return
        with self._automation() as work:
            work.update(object_, record, {"Integration_Error__c": text[:1000]})

    @contextmanager
    def _automation(self) -> Iterator[Transaction]:
        """A write of the org itself: what its own rules refuse is left unwritten, and nobody hears so."""
        with suppress(RefusedError), self._org.begin(AUTOMATION, asyncio.get_running_loop().time()) as work:
            yield work

    def _given_up(self, hook: Hook, target: Target, text: str) -> None:
        """Nobody answered: the org opens an exception record of its own."""
        now_s = asyncio.get_running_loop().time()
        record = self._org.tables[target.object].get(target.id) or {}
        flow, key = flow_of(self._org, target.object, record, target.key)
        version = int(record.get("Version__c") or 1)
        values = {
            "Flow__c": flow,
            "Business_Key__c": key,
            "Version__c": version,
            "Cause__c": "integration",
            "Detail__c": text,
            "Audience__c": "desk",
            "Amount_Minor__c": 0,
            "Status__c": "Open",
            "Opened_At__c": self._org.time.stamp(now_s),
            "Closed_At__c": None,
        }
        with self._automation() as work:
            work.upsert("Integration_Exception__c", f"{flow}|{key}|{version}", values)

    def answer_text(self, reply: Reply) -> str:
        """What a person reads where a synchronous hook did not say yes; empty where it did."""
        if reply.ok:
            body = reply.json() or {}
            return str(body.get("refusal") or "")
        if reply.status >= 500:
            return f"The integration did not answer ({reply.status})."
        return told(reply)


FLOWS = {
    "Opportunity": "project",
    "pse__Timecard_Header__c": "time",
    "pse__Expense_Report__c": "expense",
    "pse__Billing_Event__c": "invoice",
    "Contact": "worker",
}


def flow_of(org: Org, object_: str, record: Mapping[str, Any], key: str) -> tuple[str, str]:
    """The flow and business key that a record's due thing has."""
    if object_ in FLOWS:
        return FLOWS[object_], key
    project = org.key("pse__Proj__c", record.get("pse__Project__c"))
    return "control", f"{project}:{key}" if project else key


def matches(when: Mapping[str, Sequence[Any]], record: Mapping[str, Any]) -> bool:
    """Whether the record holds one of the values in each field."""
    for field in when:  # noqa: SIM110 (a generator a record would cost more than the tests)
        if record.get(field) not in when[field]:
            return False
    return True


def _fires(hook: Hook, saved: Saved) -> bool:
    """The record is made or saved to match: a field of `when`, or its version, is new."""
    changes, when = saved.changes, hook.when
    if _ON.get(hook.on, saved.op) != saved.op or not matches(when, saved.record):
        return False
    return not when or "Version__c" in changes or not changes.keys().isdisjoint(when)


def _known(schema: Schema, name: str) -> str:
    if name not in schema.types:
        raise ValueError(f"there is no object {name}")
    return name


def _check_fields(schema: Schema, object_: str, names: tuple[str, ...]) -> None:
    missing = [name for name in names if name not in schema.view(object_).stored]
    if missing:
        raise ValueError(f"{object_} has no field {', '.join(missing)}")

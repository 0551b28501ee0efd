"""Clients of the four systems, made from the settings; the same for every model but the plain baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.breaker import Breaker
from pipeline.client import Client, Reading
from pipeline.connectors import netsuite, salesforce, warehouse, workday
from pipeline.free_slots import FreeSlots
from pipeline.metrics import Metrics
from pipeline.quota import Quota
from pipeline.retry import Backoff, RetryBudget
from pipeline.sessions import Credentials, KeySession, Session, TokenSession
from pipeline.settings import Settings
from wire.call import NO_HEADERS, Transport

SYSTEMS: Mapping[str, Reading] = {
    "salesforce": salesforce.read,
    "netsuite": netsuite.read,
    "workday": workday.read,
    "warehouse": warehouse.read,
}
_OAUTH: Mapping[str, tuple[str, str]] = {
    "salesforce": (
        "/services/oauth2/token",
        "grant_type=client_credentials&client_id=integration&client_secret={secret}",
    ),
    "netsuite": (
        "/services/rest/auth/oauth2/v1/token",
        "grant_type=client_credentials&client_id=integration&client_assertion=head.payload.{secret}",
    ),
}
_ORIGIN = {"sforce-call-options": "client=rehearsal"}
_NEVER = 10**9


@dataclass(slots=True)
class Clients:
    """One client and one session per system."""

    settings: Settings
    seed: int
    metrics: Metrics
    credentials: Credentials
    plain: bool
    sessions: dict[str, Session] = field(default_factory=dict)
    slots: dict[str, FreeSlots] = field(default_factory=dict)

    def make(self, system: str, transport: Transport) -> Client:
        """The client of a system. `plain`: one attempt, no breaker, no cap of its own, no wait for a slot."""
        settings, plain = self.settings, self.plain
        attempts = 1 if plain else settings.attempts
        session = self.sessions[system] = self._session(system, transport)
        if system == "netsuite" and not plain:
            self.slots[system] = FreeSlots(settings.netsuite_slots - 1, "NetSuite slot")
        return Client(
            system,
            transport,
            session,
            SYSTEMS[system],
            Backoff(self.seed, system, attempts, settings.backoff_base_s, settings.backoff_most_s),
            RetryBudget(settings.retry_share, settings.retry_floor),
            Breaker(_NEVER if plain else settings.breaker_failures, settings.breaker_open_s),
            Quota(),
            self.slots.get(system),
            self.metrics,
            settings.time,
            settings.call_timeout_s,
            _ORIGIN if system == "salesforce" else NO_HEADERS,
            patient=not plain,
        )

    def _session(self, system: str, transport: Transport) -> Session:
        if system not in _OAUTH:
            return KeySession(system, self.credentials, header=system == "warehouse")
        path, body = _OAUTH[system]
        return TokenSession(system, transport, self.credentials, path, body, self.settings.call_timeout_s)

"""The control plane of a system: what administrators and scenarios do to it, and what it says of itself.

POST /control/faults    {kind, at_s?, for_s?, target?, parameters?}
POST /control/releases  {kind, cause?, at_s?, parameters, from_version?}
POST /control/withdraw  {kind, parameters}        a release in force is taken back
POST /control/secret    {secret}                  tokens end, only the new secret gets another
POST /control/limits    {limit, on?, size?}
GET  /control/budget    every limit: size, used, on, peak and own share, refusals, minutes full
GET  /control/journal   ?key=&since_s=&most=      the latest writes
GET  /control/books     ?at_s=                       what it holds, as facts (measurements/books_json.py)
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson

from measurements.books_json import plain
from measurements.facts import Books
from mocks.body import Body, MissingError, UnsoundError, body, number
from mocks.faults import PARAMETERS as FAULTS
from mocks.faults import Fault, Faults
from mocks.journal import Journal
from mocks.limits import Limits
from mocks.parameters import Parameter, mistake
from mocks.releases import PARAMETERS as RELEASES
from mocks.releases import Release, Releases
from mocks.tokens import Tokens
from wire.call import Call, Reply, json_reply

Act = Callable[[Mapping[str, Any], float], Any]
"""(parameters of body and query, now in seconds) to the answer; KeyError or ValueError: they are wrong."""


_NO_DAYS = frozenset({"target"})
"""A fault's target is a system, a milestone's a day."""


class Control:
    """The endpoint."""

    def __init__(
        self,
        limits: Limits,
        faults: Faults,
        releases: Releases,
        tokens: Tokens,
        journal: Journal,
        state: Callable[[float], bool],
        books: Callable[[float], Books],
        more: Mapping[tuple[str, str], Act],
    ) -> None:
        self._limits, self._faults, self._releases = limits, faults, releases
        self._tokens, self._journal, self._state = tokens, journal, state
        self._held = books
        self.acts: Mapping[tuple[str, str], Act] = {
            ("POST", "/control/faults"): self._fault,
            ("POST", "/control/releases"): self._release,
            ("POST", "/control/withdraw"): self._withdraw,
            ("POST", "/control/secret"): self._secret,
            ("POST", "/control/limits"): self._limit,
            ("GET", "/control/budget"): self._budget,
            ("GET", "/control/journal"): self._entries,
            ("GET", "/control/books"): self._books,
            **more,
        }

    async def serve(self, call: Call) -> Reply:
        """Answer one act; 400 says what is missing or wrong."""
        path, _, query = call.path.partition("?")
        act = self.acts.get((call.method, path))
        if act is None:
            return json_reply(404, {"error": f"no such control: {call.method} {path}"})
        now_s = asyncio.get_running_loop().time()
        self._state(now_s)
        try:
            asked = {name: values[-1] for name, values in parse_qs(query).items()}
            given = Body(asked | body(call.json(), _NO_DAYS))
            return json_reply(200, act(given, now_s))
        except (KeyError, MissingError) as missing:
            return json_reply(400, {"error": f"missing or unknown: {missing}"})
        except orjson.JSONDecodeError:
            return json_reply(400, {"error": "the body is not JSON"})
        except (TypeError, ValueError) as error:
            return json_reply(400, {"error": str(error)})

    def _fault(self, given: Mapping[str, Any], now_s: float) -> Any:
        kind = _known(given["kind"], tuple(FAULTS))
        parameters = _sound(kind, FAULTS[kind], given.get("parameters") or {})
        if kind == "throttle":
            self._limit({"limit": parameters["limit"]}, now_s)
        at_s, for_s = number(given, "at_s", now_s), number(given, "for_s", 0.0)
        self._faults.add(Fault(at_s, for_s, str(given.get("target", "")), kind, parameters))
        self._state(now_s)
        return {"planned": kind, "at_s": at_s}

    def _release(self, given: Mapping[str, Any], now_s: float) -> Any:
        kind = _known(given["kind"], tuple(RELEASES))
        parameters = _sound(kind, RELEASES[kind], given["parameters"])
        if kind == "limit_cut":
            self._limit({"limit": parameters["limit"]}, now_s)
        at_s = number(given, "at_s", now_s)
        pinned = None if given.get("from_version") is None else number(given, "from_version", None)
        cause = str(given.get("cause", "tenant change"))
        self._releases.add(Release(at_s, cause, kind, parameters, pinned))
        self._state(now_s)
        return {"planned": kind, "at_s": at_s}

    def _withdraw(self, given: Mapping[str, Any], now_s: float) -> Any:
        self._releases.withdraw(str(given["kind"]), dict(given["parameters"]), now_s)
        return {"withdrawn": given["kind"]}

    def _secret(self, given: Mapping[str, Any], now_s: float) -> Any:
        self._tokens.expire(str(given["secret"]))
        return {"expired": True}

    def _limit(self, given: Mapping[str, Any], now_s: float) -> Any:
        limit = self._limits[given["limit"]]
        on = given.get("on", limit.on)
        if not isinstance(on, bool):
            raise UnsoundError(f"on: {on!r:.60} is neither true nor false")
        limit.size = number(given, "size", limit.size, 0.0)
        limit.on = on
        return {"limit": limit.name, "on": limit.on, "size": limit.size}

    def _budget(self, given: Mapping[str, Any], now_s: float) -> Any:
        return {
            "limits": [
                {
                    "limit": limit.name,
                    "on": limit.on,
                    "size": limit.size,
                    "used": limit.used(now_s),
                    "peak_share": limit.peak.share,
                    "own_share": limit.peak.own_share,
                    "refusals": limit.peak.refusals,
                    "saturated_min": limit.peak.saturated_min(now_s),
                }
                for limit in self._limits.by_name.values()
            ]
        }

    def _books(self, given: Mapping[str, Any], now_s: float) -> Any:
        at_s = number(given, "at_s", now_s)
        return {"at_s": at_s, "books": plain(self._held(at_s))}

    def _entries(self, given: Mapping[str, Any], now_s: float) -> Any:
        since_s, key = number(given, "since_s", -1e12, -1e12), given.get("key")
        fitting = [
            entry for entry in self._journal.entries if entry.at_s >= since_s and key in {None, entry.key}
        ]
        return {
            "entries": [
                {"at_s": e.at_s, "object": e.object, "id": e.id, "key": e.key, "op": e.op, "who": e.who}
                for e in fitting[-int(number(given, "most", 100, 1)) :]
            ],
            "total": len(fitting),
        }


def _sound(kind: str, known: tuple[Parameter, ...], given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters, where that kind takes them."""
    if not isinstance(given, Mapping):
        raise UnsoundError(f"parameters: {given!r:.60} is no JSON object")
    found = mistake(kind, known, given)
    if found is not None:
        raise ValueError(f"parameters.{found.name}: {found.what}; {found.remedy}")
    return given


def _known(kind: str, kinds: tuple[str, ...]) -> str:
    if kind not in kinds:
        raise ValueError(f"kind {kind!r} is not one of {', '.join(kinds)}")
    return kind

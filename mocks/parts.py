"""The parts that every system has, made from its setting and figures: a vendor takes them and adds its own.

limits.toml + Setting ──> Parts: limits, latencies, faults, releases, tokens, journal, background, tasks
                            └──> api(dialect, handler)    desk(verbs, refusal)    control(...)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from measurements.facts import Books, LimitUse, Traffic
from mocks.background import Background
from mocks.control import Act, Control
from mocks.desk import Desk, Verb
from mocks.faults import Fault, Faults
from mocks.figures import Figures, Latencies, figures, make_limits
from mocks.gates import (
    Api,
    Authenticate,
    Dialect,
    FaultsAfter,
    FaultsBefore,
    Gate,
    Handler,
    Limited,
    Service,
    Version,
)
from mocks.journal import Journal
from mocks.limits import Limits
from mocks.releases import Release, Releases
from mocks.system import Setting
from mocks.tasks import Tasks
from mocks.tokens import Tokens
from wire.call import Reply


@dataclass(frozen=True, slots=True)
class Parts:
    """One system's; `setting` is what they were made from."""

    setting: Setting
    figures: Figures
    background: Background
    limits: Limits
    latencies: Latencies
    faults: Faults
    releases: Releases
    tokens: Tokens
    journal: Journal
    tasks: Tasks

    def api(self, dialect: Dialect, handler: Handler, authenticate: Gate | None = None) -> Api:
        """The door for machines; `authenticate` where the vendor's way is not a bearer token."""
        gates = (
            authenticate or Authenticate(self.tokens, self.faults, dialect),
            Version(self.releases, dialect),
            Limited(self.limits, dialect),
            FaultsBefore(self.faults, dialect),
        )
        slowness = self.background.slowness(self.figures.slowness)
        service = Service(self.latencies, self.faults, slowness)
        return Api(dialect, gates, service, FaultsAfter(self.faults).wrap(handler), self.journal)

    def desk(self, verbs: Mapping[str, Verb], refusal: Callable[[Exception], Reply | None]) -> Desk:
        """The door for people; `refusal` words the vendor's own errors (None = not one: a bug)."""
        return Desk(verbs, self.journal, refusal, self._state)

    def control(
        self, books: Callable[[float], Books], more: Mapping[tuple[str, str], Act] | None = None
    ) -> Control:
        """The door for administrators and scenarios; `more` are the vendor's own acts by (method, path)."""
        return Control(
            self.limits,
            self.faults,
            self.releases,
            self.tokens,
            self.journal,
            self._state,
            books,
            more or {},
        )

    def access(self, lines: Sequence[str]) -> Callable[[], Sequence[str]]:
        """Those lines with the secret that now is the right one."""
        return lambda: [line.replace("{secret}", self.tokens.secret) for line in lines]

    def recount(self, now_s: float) -> None:
        """Calls, and how far limits are used, are counted from now on."""
        self.journal.restart()
        self.limits.restart(now_s)

    def traffic(self) -> tuple[Traffic, ...]:
        """Calls as facts."""
        return tuple(self.journal.traffic(self.setting.name))

    def limit_use(self, until_s: float) -> tuple[LimitUse, ...]:
        """How far the limits were used, as facts."""
        return tuple(self.limits.use(self.setting.name, until_s))

    def _state(self, now_s: float) -> bool:
        """Let planned faults and releases take effect; whether the system is up."""
        self.releases.at(now_s)
        return not self.faults.active(now_s) or self.faults.outage(now_s) is None


def make_parts(setting: Setting, folder: str, sliding_tokens: bool = False) -> Parts:
    """The parts of a system whose limits.toml lies in `folder`; limit faults, cuts and secrets are wired."""
    settings, seed = setting.settings, setting.seed
    found = figures(folder, settings)
    background = Background(
        setting.time,
        setting.hq_zone,
        setting.month_end_s,
        settings.background,
        settings.background_phase_h,
        setting.weekend,
    )
    life_s = float(found.policy.get("token_life_s", found.policy.get("credential_life_s", 3600.0)))
    parts = Parts(
        setting,
        found,
        background,
        make_limits(found, settings, background, len(setting.opening.workers)),
        Latencies(setting.name, seed, found.latencies),
        Faults(setting.name, seed, found.ambient),
        Releases(settings.releases),
        Tokens(setting.name, life_s, sliding_tokens),
        Journal(setting.keeps_entries),
        Tasks(),
    )
    _wire(parts)
    for fault in settings.faults:
        parts.faults.add(fault)
    return parts


def _wire(parts: Parts) -> None:
    """What faults and releases change of limits and credentials, at once and when they end."""
    whole = {name: limit.size for name, limit in parts.limits.by_name.items()}
    first = dict(whole)
    cuts: list[Fault] = []

    def resize(name: str) -> None:
        """A limit is as small as the tightest cut that is on."""
        sizes = [float(fault.parameters["size"]) for fault in cuts if fault.parameters["limit"] == name]
        parts.limits[name].size = min([whole[name], *sizes])

    def started(fault: Fault) -> None:
        if fault.kind == "expired_credentials":
            parts.tokens.expire(str(fault.parameters.get("secret", "renewed")))
        elif fault.kind == "throttle":
            cuts.append(fault)
            resize(str(fault.parameters["limit"]))

    def ended(fault: Fault) -> None:
        if fault in cuts:
            cuts.remove(fault)
            resize(str(fault.parameters["limit"]))

    def applied(release: Release) -> None:
        if release.kind == "limit_cut":
            name = str(release.parameters["limit"])
            whole[name] = float(release.parameters["size"])
            resize(name)

    def withdrawn(release: Release) -> None:
        """A limit is as its last cut left it, or as it was at first."""
        if release.kind == "limit_cut":
            name = str(release.parameters["limit"])
            rest = [one.parameters for one in parts.releases.current if one.kind == "limit_cut"]
            sizes = [float(given["size"]) for given in rest if given["limit"] == name]
            whole[name] = sizes[-1] if sizes else first[name]
            resize(name)

    parts.faults.started, parts.faults.ended = started, ended
    parts.releases.applied, parts.releases.withdrawn = applied, withdrawn

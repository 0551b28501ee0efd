"""Get_Workers: by id, by delta windows, or all, page by page.

    Updated_From/Through    what was entered in the window, whenever it takes effect
    Effective_From/Through  what takes effect in the window, whenever it was entered
    both                    what matches both
    As_Of_*                 the data as of a day of effect and a moment of entry (default: now)

A change that was entered today for next month is in today's Updated window, but the worker's data do not show
it before its day; Include_Transaction_Log_Data lists the matched changes themselves with both moments.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from kernel.money import major
from kernel.time import BusinessTime
from mocks.releases import Releases, reaches
from mocks.workday.history import Change, History, State
from mocks.workday.soap import Request, envelope, validation_fault
from wire.call import Reply

_PATH = "/bsvc:Get_Workers_Request[1]"
_TRUE = {"1", "true"}
_FOREVER_S = math.inf

Names = tuple[tuple[str, str], ...]
"""Element to the name that it has for a client."""


class Pages(NamedTuple):
    """The vendor's page sizes."""

    default: int
    most: int


class _View(NamedTuple):
    """What a request wants to see, in seconds and flags; effective by an instant (now) or a date."""

    effective_by: float | str
    entered_by_s: float
    page: int
    size: int
    log: bool
    only_active: bool
    version: float
    names: Names


class _InvalidError(Exception):
    """The request's fault: (message, xpath)."""


class GetWorkers:
    """Answers the operation over one tenant's history."""

    def __init__(
        self, history: History, time: BusinessTime, zone: str, pages: Pages, releases: Releases
    ) -> None:
        self._history = history
        self._time = time
        self._zone = zone
        self._pages = pages
        self._releases = releases
        self._written: dict[tuple[str, tuple[int, ...], Names], str] = {}

    def answer(self, request: Request, version: float, now_s: float) -> Reply:
        """The response in the client's web service version, or a validation fault."""
        try:
            view = self._view(request, version, now_s)
            matched = self._matched(request)
        except _InvalidError as invalid:
            return validation_fault(*invalid.args)
        states = self._states(matched, view) if matched else []
        return envelope(self._response(states, matched, view, now_s))

    def _view(self, request: Request, version: float, now_s: float) -> _View:
        leaves = request.leaves
        page = self._whole(leaves, "Page", 1)
        count = self._whole(leaves, "Count", self._pages.default)
        if page < 1:
            raise _InvalidError(
                "Page Number cannot be zero.", f"{_PATH}/bsvc:Response_Filter[1]/bsvc:Page[1]"
            )
        if not 1 <= count <= self._pages.most:
            message = f"Count must be between 1 and {self._pages.most}."
            raise _InvalidError(message, f"{_PATH}/bsvc:Response_Filter[1]/bsvc:Count[1]")
        return _View(
            self._day(leaves, "As_Of_Effective_Date") or now_s,
            self._moment(leaves, "As_Of_Entry_DateTime", now_s),
            page,
            count,
            leaves.get("Include_Transaction_Log_Data") in _TRUE,
            leaves.get("Exclude_Inactive_Workers") in _TRUE,
            version,
            self._names(version),
        )

    def _names(self, version: float) -> Names:
        """Elements that a release renamed ("" = removed) for clients of this version."""
        return tuple(
            (str(release.parameters["field"]), str(release.parameters.get("to", "")))
            for release in self._releases.current
            if release.kind in {"rename_field", "remove_field"} and reaches(release, version)
        )

    def _whole(self, leaves: dict[str, str], name: str, otherwise: int) -> int:
        text = leaves.get(name)
        if not text:
            return otherwise
        try:
            return int(text)
        except ValueError:
            raise _InvalidError(f"'{text}' is not a valid value for {name}.", _PATH) from None

    def _moment(self, leaves: dict[str, str], name: str, otherwise: float) -> float:
        """An instant; of a day alone its beginning in the tenant's zone."""
        text = leaves.get(name)
        if not text:
            return otherwise
        try:
            return self._time.seconds(text) if len(text) > 10 else self._midnight(text)
        except ValueError:
            raise _InvalidError(f"'{text}' is not a valid value for {name}.", _PATH) from None

    def _day(self, leaves: dict[str, str], name: str) -> str:
        """A date, which is the same day at every entity, or nothing."""
        text = leaves.get(name, "")[:10]
        try:
            return str(date.fromisoformat(text)) if text else ""
        except ValueError:
            raise _InvalidError(f"'{text}' is not a valid value for {name}.", _PATH) from None

    def _midnight(self, day: str) -> float:
        return self._time.at(date.fromisoformat(day), "00:00", self._zone)

    def _matched(self, request: Request) -> dict[str, list[Change]]:
        """Workers asked for, each with the changes that the windows matched."""
        if request.ids:
            return {worker: [] for worker in self._named(request.ids)}
        leaves = request.leaves
        updated = self._window(leaves, "Updated", self._history.entered_between)
        effective = self._window(leaves, "Effective", self._history.effective_between)
        if updated is None and effective is None:
            return {worker: [] for worker in sorted(self._history.workers())}
        found = effective if updated is None else updated
        if updated is not None and effective is not None:
            found = [change for change in updated if change in effective]
        matched: dict[str, list[Change]] = {}
        for change in sorted(found or (), key=lambda change: (change.worker, change.number)):
            matched.setdefault(change.worker, []).append(change)
        return matched

    def _named(self, ids: list[tuple[str, str]]) -> Iterable[str]:
        for kind, value in ids:
            if not self._history.knows(value):
                message = f"Invalid ID value.  '{value}' is not a valid ID value for type = '{kind}'"
                raise _InvalidError(
                    message, f"{_PATH}/bsvc:Request_References[1]/bsvc:Worker_Reference[1]/bsvc:ID[1]"
                )
        return [value for _, value in ids]

    def _window(
        self, leaves: dict[str, str], name: str, between: Callable[[float, float], Iterable[Change]]
    ) -> list[Change] | None:
        if f"{name}_From" not in leaves and f"{name}_Through" not in leaves:
            return None
        low = self._moment(leaves, f"{name}_From", -_FOREVER_S)
        return list(between(low, self._moment(leaves, f"{name}_Through", _FOREVER_S)))

    def _states(self, matched: dict[str, list[Change]], view: _View) -> list[tuple[str, State | None]]:
        states = []
        for worker in matched:
            state = self._history.state(worker, view.effective_by, view.entered_by_s)
            if state is None and not view.log:
                continue
            if view.only_active and state is not None and not state.attributes["active"]:
                continue
            states.append((worker, state))
        return states

    def _response(
        self,
        states: list[tuple[str, State | None]],
        matched: dict[str, list[Change]],
        view: _View,
        now_s: float,
    ) -> str:
        start = (view.page - 1) * view.size
        shown = states[start : start + view.size]
        workers = "".join(
            self._worker(w, s, matched[w] if view.log else [], view.names, now_s) for w, s in shown
        )
        pages = -(-len(states) // view.size)
        return (
            '<wd:Get_Workers_Response xmlns:wd="urn:com.workday/bsvc" '
            f'wd:version="v{view.version}">'
            "<wd:Response_Results>"
            f"<wd:Total_Results>{len(states)}</wd:Total_Results><wd:Total_Pages>{pages}</wd:Total_Pages>"
            f"<wd:Page_Results>{len(shown)}</wd:Page_Results><wd:Page>{view.page}</wd:Page>"
            "</wd:Response_Results>"
            f"<wd:Response_Data>{workers}</wd:Response_Data></wd:Get_Workers_Response>"
        )

    def _worker(self, worker: str, state: State | None, log: list[Change], names: Names, now_s: float) -> str:
        data = self._data(state, names) if state else _written({"Worker_ID": worker}, dict(names))
        name = str(state.attributes["name"]) if state else worker
        entries = "".join(self._entry(change) for change in log if change.entered_s <= now_s)
        journal = (
            f"<wd:Transaction_Log_Entry_Data>{entries}</wd:Transaction_Log_Entry_Data>" if entries else ""
        )
        return (
            f"<wd:Worker><wd:Worker_Reference wd:Descriptor={quoteattr(name)}>"
            f'<wd:ID wd:type="WID">{wid(worker)}</wd:ID><wd:ID wd:type="Employee_ID">{worker}</wd:ID>'
            f"</wd:Worker_Reference><wd:Worker_Data>{data}{journal}</wd:Worker_Data></wd:Worker>"
        )

    def _entry(self, change: Change) -> str:
        return (
            f"<wd:Transaction_Log_Entry><wd:Change_ID>{change.change}</wd:Change_ID>"
            f"<wd:Transaction_Effective_Moment>{change.effective}</wd:Transaction_Effective_Moment>"
            f"<wd:Transaction_Entry_Moment>{self._time.stamp(change.entered_s)}</wd:Transaction_Entry_Moment>"
            "</wd:Transaction_Log_Entry>"
        )

    def _data(self, state: State, names: Names) -> str:
        """The worker's elements; written once a state, since a full extract repeats nearly all of them."""
        key = (state.worker, state.applied, names)
        text = self._written.get(key)
        if text is None:
            text = self._written[key] = self._elements(state, dict(names))
        return text

    def _elements(self, state: State, names: dict[str, str]) -> str:
        has = state.attributes
        elements = {
            "Worker_ID": state.worker,
            "Name": has["name"],
            "Email": has["email"],
            "Kind": has["kind"],
            "Vendor": has["vendor"],
            "Entity": has["entity"],
            "Region": has["region"],
            "Practice": has["practice"],
            "Manager": has["manager"],
            "Cost_Rate": major(int(has["cost_rate_minor"])),
            "Currency": has["currency"],
            "Active": "1" if has["active"] else "0",
            "Effective_Date": state.last.effective,
            "Change_ID": state.last.change,
            "Entry_Moment": self._time.stamp(state.last.entered_s),
            "Version": state.version,
        }
        return _written(elements, names)


def _written(elements: Mapping[str, object], names: Mapping[str, str]) -> str:
    """Elements under the names that they have for a client; what a release removed is not there."""
    shown = {names.get(name, name): value for name, value in elements.items()}
    shown.pop("", None)
    return "".join(f"<wd:{name}>{escape(str(value))}</wd:{name}>" for name, value in shown.items())


def wid(worker: str) -> str:
    """The Workday id: 32 hexadecimal digits, made from the worker id."""
    return worker.encode().hex().ljust(32, "0")[:32]

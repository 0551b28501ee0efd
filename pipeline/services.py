"""Services: what every stream gets, the same whichever pattern carries it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.connectors.netsuite import NetSuite
from pipeline.connectors.salesforce import Salesforce
from pipeline.connectors.warehouse import Warehouse
from pipeline.connectors.workday import Workday
from pipeline.exceptions import Exceptions
from pipeline.metrics import Metrics
from pipeline.periods import Periods
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.trail import Trail
from pipeline.write_back import WriteBack


@dataclass(frozen=True, slots=True)
class Services:
    """`plain` is the point-to-point baseline: creates without external ids, and no reversal."""

    settings: Settings
    salesforce: Salesforce
    netsuite: NetSuite
    workday: Workday
    warehouse: Warehouse
    periods: Periods
    store: Store
    exceptions: Exceptions
    write_back: WriteBack
    trail: Trail
    metrics: Metrics
    plain: bool = False

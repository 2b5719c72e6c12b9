"""A gateway's wire that does as it is told."""

import asyncio
from collections.abc import Mapping

from floorbroker.brokers.shared.gateway_wire import Pace, Reports
from floorbroker.domain.errors import BrokerError

BRISK = Pace(connect=0.2, pauses=(0.0, 0.0, 0.0), slow=0.0, probe=0.01, answer=0.2, least=0.0)
"""No test waits for real pauses; the order of things is the same."""


class ScriptedWire:
    """Opens unless `refusals` holds a failure; counts what was asked of it."""

    def __init__(self, *refusals: BrokerError) -> None:
        """`refusals` are used up one an attempt."""
        self.refusals = list(refusals)
        self.silent: BrokerError | None = None
        self.cut_off_at_start = ""
        self.hangs = False
        self.opened = self.probed = self.closed = 0
        self.probes = asyncio.Event()
        self.reports: Reports | None = None

    def reports_to(self, gateway: Reports) -> None:
        """See `Wire`."""
        self.reports = gateway

    @property
    def told(self) -> Reports:
        """Where it reports to."""
        assert self.reports is not None
        return self.reports

    async def open(self) -> Mapping[str, str]:
        """See `Wire`."""
        self.opened += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.refusals:
            raise self.refusals.pop(0)
        if self.cut_off_at_start:
            self.told.cut_off(self.cut_off_at_start)
        return {"version": "176"}

    async def probe(self) -> None:
        """See `Wire`."""
        self.probed += 1
        self.probes.set()
        if self.silent is not None:
            raise self.silent

    async def close(self) -> None:
        """See `Wire`."""
        self.closed += 1

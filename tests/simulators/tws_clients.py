"""ib_insync's own client at the simulator, and orders as its classes build them.

ib_insync is imported on the running loop only: its eventkit takes the loop of its first import.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.simulators.tws import SimOrder, TwsSimulator

ACCOUNT: Final = "DU1234567"
PATIENCE_SECONDS: Final = 5.0


class Watch:
    """A clock that stands on a Wednesday noon in New York until it is moved."""

    def __init__(self) -> None:
        """2026-11-18 17:00 UTC."""
        self.at = datetime(2026, 11, 18, 17, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **delta: float) -> None:
        """By a timedelta's arguments."""
        self.at += timedelta(**delta)


class World:
    """A simulator and its first client.

    Attributes:
        ib: `ib_insync.IB`, connected as client 1.
        errors: What it was told: request or order, code and words.
    """

    def __init__(self, sim: TwsSimulator, watch: Watch) -> None:
        """Not connected yet."""
        self.sim = sim
        self.watch = watch
        self.ib: Any = None
        self.errors: list[tuple[int, int, str]] = []
        self.clients: list[Any] = []

    async def connect(self, client_id: int = 1, **options: Any) -> Any:
        """Another client."""
        import ib_insync

        ib = ib_insync.IB()
        self.clients.append(ib)
        ib.errorEvent += lambda about, code, words, _: self.errors.append((about, code, words))
        given = {"timeout": PATIENCE_SECONDS, **options}
        await ib.connectAsync(self.sim.host, self.sim.port, clientId=client_id, **given)
        return ib

    async def settled(self, ib: Any = None) -> None:
        """Whatever was sent before has been answered: TWS answers in order."""
        await asyncio.wait_for((ib or self.ib).reqCurrentTimeAsync(), PATIENCE_SECONDS)

    async def place(self, contract: Any, order: Any, ib: Any = None) -> Any:
        """The trade, once TWS has said something about it."""
        trade = (ib or self.ib).placeOrder(contract, order)
        await self.settled(ib)
        return trade

    async def cancel(self, trade: Any) -> None:
        """Likewise."""
        self.ib.cancelOrder(trade.order)
        await self.settled()

    @property
    def codes(self) -> list[int]:
        """Of errors, without those about data farms."""
        return [code for _, code, _ in self.errors if not 2100 <= code < 2200]

    @property
    def last(self) -> SimOrder:
        """The newest order that TWS took."""
        return self.sim.orders[-1]

    async def close(self) -> None:
        """Ends all clients, and waits until their connections have."""
        for ib in self.clients:
            ib.disconnect()
        for ib in self.clients:
            await until(lambda ib=ib: not ib.client.conn.isConnected())


async def until(there: Any) -> None:
    """Lets the loop run until something is so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not there():  # noqa: ASYNC110 # what ib_insync knows sets no event
            await asyncio.sleep(0.001)


def stock(symbol: str = "AAPL", **fields: Any) -> Any:
    """One that is traded in US dollars."""
    import ib_insync

    return ib_insync.Stock(symbol, "SMART", fields.pop("currency", "USD"), **fields)


def market(action: str = "BUY", quantity: float = 5, **fields: Any) -> Any:
    """A market order."""
    import ib_insync

    return ib_insync.MarketOrder(action, quantity, **fields)


def limit(action: str = "BUY", quantity: float = 5, price: float = 180.0, **fields: Any) -> Any:
    """A limit order, by default far below the market."""
    import ib_insync

    return ib_insync.LimitOrder(action, quantity, price, **fields)


def statuses(trade: Any) -> list[str]:
    """All that ib_insync noted, each once in a row; its own PendingSubmit is the first."""
    shown: list[str] = []
    for entry in trade.log:
        if not shown or shown[-1] != entry.status:
            shown.append(entry.status)
    return shown


@asynccontextmanager
async def opened(*, connects: bool = True, **options: Any) -> AsyncIterator[World]:
    """A simulator on a standing clock with prices for AAPL, and a client."""
    watch = Watch()
    async with TwsSimulator(now=watch, **options) as sim:
        sim.set_price("AAPL", bid="189.90", ask="190.00", last="189.95", close="188.00")
        world = World(sim, watch)
        try:
            if connects:
                world.ib = await world.connect()
            yield world
        finally:
            with suppress(TimeoutError):
                await world.close()

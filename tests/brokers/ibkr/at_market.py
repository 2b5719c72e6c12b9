"""Instruments and market data on a line to the simulator, with the SDK between them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from floorbroker.brokers.ibkr.contracts import BROKER
from floorbroker.brokers.ibkr.instruments import Instruments
from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.ibkr.market_data import MarketData
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.gateway import Gateway
from floorbroker.brokers.shared.gateway_wire import Pace
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass, Instrument
from tests.fakes.clock import ManualClock
from tests.simulators.tws import TwsSimulator
from tests.simulators.tws_clients import until

WEDNESDAY: Final = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)
"""Noon in New York."""

APPLE: Final = Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)
CALL: Final = "AAPL261218C00200000"

DETAILS: Final = "9"
QUOTES: Final = "1"
QUOTES_CANCELED: Final = "2"
BOOKS: Final = "10"
BOOKS_CANCELED: Final = "11"
BARS: Final = "20"
BARS_CANCELED: Final = "25"
CHAINS: Final = "78"
SEARCHES: Final = "81"
RULES: Final = "91"
"""Numbers of messages: ib_insync's client.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All of it, connected."""

    simulator: TwsSimulator
    clock: ManualClock
    line: IbkrLine
    gateway: Gateway[IbkrLine]
    instruments: Instruments
    market: MarketData

    def asked(self, message: str) -> int:
        """How many messages of that number came."""
        return len(self.messages(message))

    def messages(self, message: str) -> list[list[str]]:
        """Their fields, oldest first."""
        return [fields for fields in self.simulator.received if fields[0] == message]

    async def until_asked(self, message: str, times: int = 1) -> None:
        """Waits until so many came."""
        await until(lambda: self.asked(message) >= times)

    def tell(self, *fields: Any) -> None:
        """A message that nobody asked for."""
        for client in self.simulator._clients:
            client.send(*fields)

    async def again(self) -> None:
        """Cuts the connection, and waits until the next one stands."""
        lost = self.line.lost
        self.simulator.drop()
        await lost
        await self.gateway.up()


@asynccontextmanager
async def market_at(
    *, data_type: int = 3, patience: float = 0.5, **options: Any
) -> AsyncIterator[Desk]:
    """With prices of AAPL."""
    clock = ManualClock(WEDNESDAY)
    async with TwsSimulator(now=clock.now, **options) as simulator:
        simulator.set_price("AAPL", bid="189.90", ask="190.00", last="189.95")
        settings = {
            "ib_host": simulator.host,
            "ib_port": simulator.port,
            "ib_market_data_type": data_type,
        }
        line = IbkrLine(settings, clock)
        pace = Pace(pauses=(0.01,), slow=0.01, least=0.0)
        gateway = Gateway(BrokerId(BROKER), line, clock, pace)
        instruments = Instruments(line, SharedCache(clock), clock)
        market = MarketData(line, instruments, clock, patience=patience, rest=0.05)
        try:
            await gateway.up()
            yield Desk(
                simulator=simulator,
                clock=clock,
                line=line,
                gateway=gateway,
                instruments=instruments,
                market=market,
            )
        finally:
            await gateway.close()

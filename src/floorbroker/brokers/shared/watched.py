"""Every read of a broker with a deadline and a measurement.

Order requests pass through untouched: their one deadline and their outcome are the business of
whoever sends them, since a timeout there does not mean that nothing happened.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import date, datetime
from typing import Final

from floorbroker.brokers.port import (
    BrokerAdapter,
    BrokerOrder,
    ConnectionStatus,
    KeyRights,
    OrderNews,
)
from floorbroker.domain.errors import BrokerError, BrokerTimeout
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import Instrument, InstrumentRules
from floorbroker.domain.market import Bar, Market, MarketHours, Quote, Timeframe
from floorbroker.domain.order import Order
from floorbroker.domain.orders import LookUp, OrderChanges, Preview, Receipt
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position
from floorbroker.observability.metrics import Metrics

CONNECT_SECONDS: Final = 10.0
ACCOUNT_SECONDS: Final = 10.0
MARKET_SECONDS: Final = 5.0


class WatchedAdapter(BrokerAdapter):
    """Another adapter, watched. A read that takes too long raises `BrokerTimeout`."""

    def __init__(
        self,
        adapter: BrokerAdapter,
        broker: BrokerId,
        metrics: Metrics,
        *,
        refused: Callable[[BrokerError], None] = lambda _: None,
        patience: float = 1.0,
    ) -> None:
        """`refused` hears of every failure; `patience` stretches or shortens every deadline."""
        self._refused = refused
        self._adapter = adapter
        self._broker = broker
        self._metrics = metrics
        self._patience = patience

    async def connect(self) -> None:
        """See the port."""
        async with self._within(CONNECT_SECONDS, "connect"):
            await self._adapter.connect()

    async def close(self) -> None:
        """See the port."""
        await self._adapter.close()

    def status(self) -> ConnectionStatus:
        """See the port."""
        return self._adapter.status()

    async def accounts(self) -> Sequence[BrokerAccount]:
        """See the port."""
        async with self._within(ACCOUNT_SECONDS, "accounts"):
            return await self._adapter.accounts()

    async def balances(self, account: BrokerAccount) -> Balances:
        """See the port."""
        async with self._within(ACCOUNT_SECONDS, "balances"):
            return await self._adapter.balances(account)

    async def positions(self, account: BrokerAccount) -> Sequence[Position]:
        """See the port."""
        async with self._within(ACCOUNT_SECONDS, "positions"):
            return await self._adapter.positions(account)

    async def search_instruments(self, text: str) -> Sequence[Instrument]:
        """See the port."""
        async with self._within(MARKET_SECONDS, "search_instruments"):
            return await self._adapter.search_instruments(text)

    async def instrument(self, symbol: str) -> Instrument:
        """See the port."""
        async with self._within(MARKET_SECONDS, "instrument"):
            return await self._adapter.instrument(symbol)

    async def instrument_rules(self, instrument: Instrument) -> InstrumentRules:
        """See the port."""
        async with self._within(MARKET_SECONDS, "instrument_rules"):
            return await self._adapter.instrument_rules(instrument)

    async def key_rights(self) -> KeyRights:
        """See the port."""
        async with self._within(ACCOUNT_SECONDS, "key_rights"):
            return await self._adapter.key_rights()

    async def revoke(self) -> None:
        """See the port."""
        async with self._within(ACCOUNT_SECONDS, "revoke"):
            await self._adapter.revoke()

    async def place_order(self, order: Order) -> Receipt:
        """See the port."""
        with self._heard():
            return await self._adapter.place_order(order)

    async def cancel_order(self, order: Order) -> Receipt | None:
        """See the port."""
        with self._heard():
            return await self._adapter.cancel_order(order)

    async def modify_order(self, order: Order, changes: OrderChanges) -> Receipt:
        """See the port."""
        with self._heard():
            return await self._adapter.modify_order(order, changes)

    async def find_order(self, order: Order) -> LookUp:
        """See the port."""
        async with self._within(ACCOUNT_SECONDS, "find_order"):
            return await self._adapter.find_order(order)

    async def open_orders(self, account: BrokerAccount) -> Sequence[BrokerOrder]:
        """See the port."""
        async with self._within(ACCOUNT_SECONDS, "open_orders"):
            return await self._adapter.open_orders(account)

    async def order_history(
        self, account: BrokerAccount, since: datetime, until: datetime
    ) -> Sequence[BrokerOrder]:
        """See the port."""
        async with self._within(ACCOUNT_SECONDS, "order_history"):
            return await self._adapter.order_history(account, since, until)

    def order_events(self) -> AsyncIterator[OrderNews]:
        """See the port."""
        return self._adapter.order_events()

    async def preview_order(self, order: Order) -> Preview:
        """See the port."""
        async with self._within(MARKET_SECONDS, "preview_order"):
            return await self._adapter.preview_order(order)

    async def quote(self, instrument: Instrument) -> Quote:
        """See the port."""
        async with self._within(MARKET_SECONDS, "quote"):
            return await self._adapter.quote(instrument)

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """See the port."""
        async with self._within(MARKET_SECONDS, "bars"):
            return await self._adapter.bars(instrument, timeframe, start, end)

    async def market_hours(self, market: Market) -> MarketHours:
        """See the port."""
        async with self._within(MARKET_SECONDS, "market_hours"):
            return await self._adapter.market_hours(market)

    async def option_chain(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """See the port."""
        async with self._within(MARKET_SECONDS, "option_chain"):
            return await self._adapter.option_chain(underlying, expiry)

    def stream_quotes(self, instruments: Sequence[Instrument]) -> AsyncIterator[Quote]:
        """See the port."""
        return self._adapter.stream_quotes(instruments)

    @asynccontextmanager
    async def _within(self, seconds: float, operation: str) -> AsyncIterator[None]:
        try:
            with self._metrics.broker_call(self._broker, operation), self._heard():
                async with asyncio.timeout(seconds * self._patience):
                    yield
        except TimeoutError as error:
            raise BrokerTimeout(broker=self._broker, detail=operation) from error

    @contextmanager
    def _heard(self) -> Iterator[None]:
        try:
            yield
        except BrokerError as error:
            self._refused(error)
            raise

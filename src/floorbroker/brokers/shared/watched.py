"""Every read of a broker with a deadline, a few tries and a measurement; a broken broker rests.

Order requests are never repeated, and their one deadline and their outcome are the business of
whoever sends them, since a timeout there does not mean that nothing happened. A broker that fails
again and again gets no new orders and no reads for a while; cancels, closing orders and reading
back always pass.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from datetime import date, datetime
from typing import Final, TypeVar, cast

from floorbroker.brokers.port import BrokerAdapter, BrokerOrder, KeyRights, OrderNews
from floorbroker.brokers.shared.again import TRIES, asked
from floorbroker.brokers.shared.breaker import Breaker
from floorbroker.brokers.shared.hiding import Hiding
from floorbroker.domain.connections import ConnectionStatus
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    BrokerTimeout,
    NotSent,
    OutcomeUnknown,
    RateLimited,
)
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import Instrument, InstrumentRules
from floorbroker.domain.market import Bar, Depth, Greeks, Market, MarketHours, Quote, Timeframe
from floorbroker.domain.option_chain import OptionQuote
from floorbroker.domain.order import Order
from floorbroker.domain.orders import LookUp, OrderChanges, PositionEffect, Preview, Receipt
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position
from floorbroker.observability.metrics import Metrics

CONNECT_SECONDS: Final = 10.0
ACCOUNT_SECONDS: Final = 10.0
MARKET_SECONDS: Final = 5.0
_BROKEN: Final = (ApiError, BrokerConnectionError, BrokerTimeout, OutcomeUnknown)
"""What says something about the broker, and not about what one person asked of it."""

_T = TypeVar("_T")


class WatchedAdapter(BrokerAdapter):
    """Another adapter, watched. A read that takes too long raises `BrokerTimeout`."""

    def __init__(
        self,
        adapter: BrokerAdapter,
        broker: BrokerId,
        metrics: Metrics,
        *,
        breaker: Breaker,
        hiding: Hiding | None = None,
        refused: Callable[[BrokerError], None] = lambda _: None,
        patience: float = 1.0,
    ) -> None:
        """`breaker` is the broker's own, shared by all.

        Args:
            hiding: The values of the credential; they go out of every failure.
            refused: Hears of every failure.
            patience: Stretches or shortens every deadline.
        """
        self._adapter = adapter
        self._broker = broker
        self._metrics = metrics
        self._breaker = breaker
        self._hiding = hiding or Hiding(())
        self._refused = refused
        self._patience = patience

    async def connect(self) -> None:
        """See the port."""
        await self._read(CONNECT_SECONDS, "connect", self._adapter.connect, always=True)

    async def close(self) -> None:
        """See the port."""
        self._hiding.forget()
        await self._adapter.close()

    def status(self) -> ConnectionStatus:
        """See the port."""
        return self._adapter.status()

    async def accounts(self) -> Sequence[BrokerAccount]:
        """See the port."""
        return await self._read(ACCOUNT_SECONDS, "accounts", self._adapter.accounts)

    async def balances(self, account: BrokerAccount) -> Balances:
        """See the port."""
        return await self._read(
            ACCOUNT_SECONDS, "balances", lambda: self._adapter.balances(account)
        )

    async def positions(self, account: BrokerAccount) -> Sequence[Position]:
        """See the port."""
        return await self._read(
            ACCOUNT_SECONDS,
            "positions",
            lambda: self._adapter.positions(account),
            always=True,
        )

    async def search_instruments(self, text: str) -> Sequence[Instrument]:
        """See the port."""
        return await self._read(
            MARKET_SECONDS, "search_instruments", lambda: self._adapter.search_instruments(text)
        )

    async def instrument(self, symbol: str) -> Instrument:
        """See the port."""
        return await self._read(
            MARKET_SECONDS, "instrument", lambda: self._adapter.instrument(symbol)
        )

    async def instrument_rules(self, instrument: Instrument) -> InstrumentRules:
        """See the port."""
        return await self._read(
            MARKET_SECONDS, "instrument_rules", lambda: self._adapter.instrument_rules(instrument)
        )

    async def key_rights(self) -> KeyRights:
        """See the port."""
        return await self._read(ACCOUNT_SECONDS, "key_rights", self._adapter.key_rights)

    async def revoke(self) -> None:
        """See the port; asked once, like everything that changes something."""
        await self._read(ACCOUNT_SECONDS, "revoke", self._adapter.revoke, tries=1)

    async def place_order(self, order: Order) -> Receipt:
        """See the port; a resting broker gets no order that opens a position."""
        closing = order.request.effect is PositionEffect.CLOSE
        wait = None if closing else self._breaker.wait()
        if wait is not None:
            raise NotSent(_RESTING, broker=self._broker, retry_after=wait)
        with self._heard(counts=not closing):
            return await self._adapter.place_order(order)

    async def cancel_order(self, order: Order) -> Receipt | None:
        """See the port."""
        with self._heard(counts=False):
            return await self._adapter.cancel_order(order)

    async def modify_order(self, order: Order, changes: OrderChanges) -> Receipt:
        """See the port."""
        with self._heard(counts=False):
            return await self._adapter.modify_order(order, changes)

    async def find_order(self, order: Order) -> LookUp:
        """See the port; always has a way through."""
        return await self._read(
            ACCOUNT_SECONDS, "find_order", lambda: self._adapter.find_order(order), always=True
        )

    async def open_orders(self, account: BrokerAccount) -> Sequence[BrokerOrder]:
        """See the port."""
        return await self._read(
            ACCOUNT_SECONDS, "open_orders", lambda: self._adapter.open_orders(account)
        )

    async def order_history(
        self, account: BrokerAccount, since: datetime, until: datetime
    ) -> Sequence[BrokerOrder]:
        """See the port."""
        return await self._read(
            ACCOUNT_SECONDS,
            "order_history",
            lambda: self._adapter.order_history(account, since, until),
        )

    def order_events(self) -> AsyncIterator[OrderNews]:
        """See the port."""
        return self._adapter.order_events()

    async def preview_order(self, order: Order) -> Preview:
        """See the port; asked once, since some brokers take it as an order that is not meant."""
        return await self._read(
            MARKET_SECONDS, "preview_order", lambda: self._adapter.preview_order(order), tries=1
        )

    async def quote(self, instrument: Instrument) -> Quote:
        """See the port."""
        return await self._read(MARKET_SECONDS, "quote", lambda: self._adapter.quote(instrument))

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """See the port."""
        return await self._read(
            MARKET_SECONDS, "bars", lambda: self._adapter.bars(instrument, timeframe, start, end)
        )

    async def market_hours(self, market: Market) -> MarketHours:
        """See the port."""
        return await self._read(
            MARKET_SECONDS, "market_hours", lambda: self._adapter.market_hours(market)
        )

    async def option_expiries(self, underlying: Instrument) -> Sequence[date]:
        """See the port."""
        return await self._read(
            MARKET_SECONDS, "option_expiries", lambda: self._adapter.option_expiries(underlying)
        )

    async def option_quotes(self, contracts: Sequence[Instrument]) -> Sequence[OptionQuote]:
        """See the port."""
        return await self._read(
            MARKET_SECONDS, "option_quotes", lambda: self._adapter.option_quotes(contracts)
        )

    async def option_chain(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """See the port."""
        return await self._read(
            MARKET_SECONDS, "option_chain", lambda: self._adapter.option_chain(underlying, expiry)
        )

    async def greeks(self, option: Instrument) -> Greeks:
        """See the port."""
        return await self._read(MARKET_SECONDS, "greeks", lambda: self._adapter.greeks(option))

    async def depth(self, instrument: Instrument) -> Depth:
        """See the port."""
        return await self._read(MARKET_SECONDS, "depth", lambda: self._adapter.depth(instrument))

    async def stream_quotes(self, instruments: Sequence[Instrument]) -> AsyncIterator[Quote]:
        """See the port."""
        stream = cast("AsyncGenerator[Quote, None]", self._adapter.stream_quotes(instruments))
        with self._heard(counts=False):
            async with aclosing(stream) as quotes:
                async for quote in quotes:
                    yield quote

    async def _read(
        self,
        seconds: float,
        operation: str,
        call: Callable[[], Awaitable[_T]],
        *,
        tries: int = TRIES,
        always: bool = False,
    ) -> _T:
        """What `call` returns, at most `tries` times tried within `seconds` altogether."""
        wait = None if always else self._breaker.wait()
        if wait is not None:
            raise BrokerConnectionError(_RESTING, broker=self._broker, retry_after=wait)
        with self._heard(counts=True), self._metrics.broker_call(self._broker, operation):
            try:
                async with asyncio.timeout(seconds * self._patience):
                    return await asked(call, tries)
            except TimeoutError as error:
                raise BrokerTimeout(broker=self._broker, detail=operation) from error

    @contextmanager
    def _heard(self, *, counts: bool) -> Iterator[None]:
        try:
            yield
        except BrokerError as error:
            self._hiding.in_error(error)
            if counts:
                self._judge(error)
            self._refused(error)
            raise
        if counts:
            self._breaker.worked()

    def _judge(self, error: BrokerError) -> None:
        """An answer is an answer, also one that refuses what this person asked for."""
        if isinstance(error, _BROKEN):
            self._breaker.failed()
        elif not isinstance(error, NotSent | RateLimited):
            self._breaker.worked()


_RESTING: Final = "The broker has failed several times in a row and is left alone for a moment."

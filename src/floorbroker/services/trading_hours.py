"""Whether a market trades now: the account's broker says so, else the calendar of the exchange."""

import asyncio
from typing import Final

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.spec import BrokerSpec, Capability
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError, BrokerTimeout
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.market import Market, MarketHours
from floorbroker.domain.orders import OrderRequest, OrderType, PositionEffect, Side
from floorbroker.domain.risk import Limits
from floorbroker.domain.trading_calendar import TradingCalendar
from floorbroker.services.market_calendar import Calendar, NoCalendar

MARKETS: Final = {
    AssetClass.EQUITY: Market.US_EQUITIES,
    AssetClass.OPTION: Market.US_EQUITIES,
    AssetClass.CRYPTO: Market.CRYPTO,
}
"""Futures and currencies trade at hours of their own, and the broker says so if it is closed."""

ALWAYS: Final = MarketHours(market=Market.CRYPTO, open_now=True, next_open=None, next_close=None)
"""Coins trade at all hours."""

WITHIN_SECONDS: Final = 5.0
"""An order that waits longer than that for the hours would meet another price."""

CLOSING_SECONDS: Final = 1.0
"""So long the review of what closes a position waits for hours, which it is never refused for."""


class TradingHours:
    """Asks the broker where it tells hours. Nothing is guessed: None means that nobody tells."""

    def __init__(
        self,
        calendar: Calendar,
        clock: Clock,
        *,
        within_seconds: float = WITHIN_SECONDS,
        closing_seconds: float = CLOSING_SECONDS,
    ) -> None:
        """`calendar` speaks for US shares; an order waits `within_seconds` for the hours."""
        self._within_seconds = within_seconds
        self._closing_seconds = closing_seconds
        self._calendar = calendar
        self._clock = clock

    async def now(
        self, adapter: BrokerAdapter, spec: BrokerSpec, kind: AssetClass, *, patient: bool
    ) -> MarketHours | None:
        """The hours of the market on which such an instrument trades.

        Args:
            patient: Wait some seconds for a calendar that is not computed yet.

        Raises:
            BrokerError: The broker tells hours, and did not now.
        """
        market = MARKETS.get(kind)
        if market is None:
            return None
        if Capability.MARKET_HOURS in spec.capabilities:
            return await adapter.market_hours(market)
        return ALWAYS if market is Market.CRYPTO else await self._by_calendar(patient)

    async def for_review(
        self, adapter: BrokerAdapter, spec: BrokerSpec, request: OrderRequest
    ) -> MarketHours | None:
        """As `now`, of the order's market; what closes a position does not wait for a slow broker.

        Raises:
            BrokerError: The broker tells hours, and did not now, or not in time.
        """
        try:
            async with asyncio.timeout(self._closing_seconds if _closes(request) else None):
                return await self.now(adapter, spec, request.instrument.asset_class, patient=False)
        except TimeoutError as error:
            raise BrokerTimeout(broker=spec.id) from error

    async def open_now(
        self, adapter: BrokerAdapter, spec: BrokerSpec, request: OrderRequest
    ) -> bool | None:
        """Whether the order's market trades now; None where nobody tells, or not in time."""
        try:
            async with asyncio.timeout(self._within_seconds):
                told = await self.now(adapter, spec, request.instrument.asset_class, patient=True)
        except (BrokerError, TimeoutError):
            return None
        return None if told is None else told.open_now

    async def calendar(self) -> TradingCalendar | None:
        """The calendar of US shares; None where it cannot be had."""
        try:
            return await self._calendar.calendar()
        except NoCalendar:
            return None

    async def _by_calendar(self, patient: bool) -> MarketHours | None:
        calendar = self._calendar.at_hand()
        if calendar is None and patient:
            calendar = await self.calendar()
        return None if calendar is None else calendar.hours(self._clock.now())


def _closes(request: OrderRequest) -> bool:
    """Also a sell before anybody looked at the holding: it closes, or is refused."""
    if request.effect is PositionEffect.SHORT:
        return False
    return request.effect is PositionEffect.CLOSE or request.side is Side.SELL


def must_be_open(request: OrderRequest, limits: Limits) -> bool:
    """Whether a limit asks for the market's hours: never of an order that closes a position."""
    if request.effect is PositionEffect.CLOSE or request.type is not OrderType.MARKET:
        return False
    return limits.only_in_market_hours

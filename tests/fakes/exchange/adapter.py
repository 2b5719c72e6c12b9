"""The adapter that the factory makes for the scripted broker."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.port import BrokerAdapter, BrokerOrder
from floorbroker.domain.connections import ConnectionState, ConnectionStatus
from floorbroker.domain.errors import ApiError, SymbolNotFound
from floorbroker.domain.instruments import Instrument, InstrumentRules
from floorbroker.domain.market import Bar, Market, MarketHours, Quote, Timeframe
from floorbroker.domain.money import Money
from floorbroker.domain.option_chain import OptionQuote
from floorbroker.domain.order import Order
from floorbroker.domain.orders import LookUp, OrderChanges, Receipt
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position
from tests.fakes.exchange.credentials import ExchangeCredentials
from tests.fakes.exchange.venue import Venue


class ExchangeAdapter(BrokerAdapter):
    """Option `venue`: what it asks."""

    def __init__(self, context: BrokerContext, credentials: ExchangeCredentials) -> None:
        """`credentials` hold nothing."""
        del credentials
        self._context = context
        self._venue: Venue = context.options["venue"]

    async def connect(self) -> None:
        """See the port."""
        await self._venue.called("connect")
        self._venue.opened.append((self._context.user_id, self._context.link_id))

    async def close(self) -> None:
        """See the port."""
        await asyncio.sleep(0)
        self._venue.closed += 1

    def status(self) -> ConnectionStatus:
        """See the port."""
        now = self._context.clock.now()
        return ConnectionStatus(state=ConnectionState.CONNECTED, healthy=True, since=now)

    async def accounts(self) -> Sequence[BrokerAccount]:
        """See the port."""
        await self._venue.called("accounts")
        return self._venue.accounts

    async def balances(self, account: BrokerAccount) -> Balances:
        """See the port."""
        await self._venue.asked_of("balances", account.account_id)
        money = Money(amount=self._venue.buying_power, currency=self._venue.currency)
        venue, now = self._venue, self._context.clock.now()
        worth, day = venue.equity, venue.day_profit
        return Balances(
            cash=money,
            equity=money if worth is None else Money(amount=worth, currency=venue.currency),
            buying_power=money,
            as_of=now,
            day_profit=None if day is None else Money(amount=day, currency=venue.currency),
        )

    async def positions(self, account: BrokerAccount) -> Sequence[Position]:
        """See the port."""
        await self._venue.called("positions")
        return self._venue.positions

    async def search_instruments(self, text: str) -> Sequence[Instrument]:
        """See the port."""
        await self._venue.called("search_instruments")
        return [one for one in self._venue.instruments if one.symbol.startswith(text.upper())]

    async def instrument(self, symbol: str) -> Instrument:
        """See the port."""
        await self._venue.called("instrument")
        for one in self._venue.instruments:
            if one.symbol == symbol:
                return one
        raise SymbolNotFound(broker="alpaca")

    async def instrument_rules(self, instrument: Instrument) -> InstrumentRules:
        """See the port."""
        await self._venue.called("instrument_rules")
        return self._venue.rules

    async def place_order(self, order: Order) -> Receipt:
        """See the port."""
        await self._venue.called("place_order")
        receipt = self._venue.place(order)
        self._venue.answered("place_order")
        return receipt

    async def cancel_order(self, order: Order) -> Receipt | None:
        """See the port."""
        await self._venue.called("cancel_order")
        receipt = self._venue.cancel(order)
        self._venue.answered("cancel_order")
        return receipt

    async def modify_order(self, order: Order, changes: OrderChanges) -> Receipt:
        """See the port."""
        await self._venue.called("modify_order")
        receipt = self._venue.modify(order, changes)
        self._venue.answered("modify_order")
        return receipt

    async def find_order(self, order: Order) -> LookUp:
        """See the port."""
        with self._venue.looking(order.order_id):
            await self._venue.called("find_order")
            return self._venue.find(order)

    async def open_orders(self, account: BrokerAccount) -> Sequence[BrokerOrder]:
        """See the port."""
        await self._venue.asked_of("open_orders", account.account_id)
        return [
            *self._venue.others,
            *(
                BrokerOrder(
                    order_id=order_id,
                    instrument=self._venue.instruments[0],
                    description="An order",
                    at=self._context.clock.now(),
                    receipt=receipt,
                )
                for order_id, receipt in self._venue.book.items()
                if receipt.state.working
            ),
        ]

    async def order_history(
        self, account: BrokerAccount, since: datetime, until: datetime
    ) -> Sequence[BrokerOrder]:
        """See the port."""
        await self._venue.called("order_history")
        return list(self._venue.ended)

    async def quote(self, instrument: Instrument) -> Quote:
        """See the port."""
        await self._venue.asked_of("quote", instrument.symbol)
        venue = self._venue
        if venue.bid is venue.ask is venue.last is None:
            raise ApiError(broker="alpaca")
        return Quote(
            instrument=instrument,
            bid=venue.bid,
            ask=venue.ask,
            last=venue.last,
            at=venue.quoted_at or self._context.clock.now(),
            source="Scripted exchange",
            delayed=venue.delayed,
        )

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """See the port; a day's, the last of them before `end`."""
        await self._venue.called("bars")
        closes = self._venue.closes.get(instrument.symbol, [])
        return [
            Bar(
                at=end - timedelta(days=len(closes) - number),
                open=close,
                high=close,
                low=close,
                close=close,
                volume=Decimal(1),
            )
            for number, close in enumerate(closes)
        ]

    async def option_expiries(self, underlying: Instrument) -> Sequence[date]:
        """See the port."""
        await self._venue.called("option_expiries")
        days = {one.expiry for one in self._chain(underlying) if one.expiry is not None}
        return sorted(days)

    async def option_chain(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """See the port."""
        await self._venue.called("option_chain")
        return [one for one in self._chain(underlying) if one.expiry == expiry]

    async def option_quotes(self, contracts: Sequence[Instrument]) -> Sequence[OptionQuote]:
        """See the port."""
        await self._venue.called("option_quotes")
        self._venue.priced.append(len(contracts))
        now, premiums = self._context.clock.now(), self._venue.premiums
        return [
            OptionQuote(
                contract=one,
                quote=Quote(
                    instrument=one,
                    bid=premiums[one.symbol] - Decimal("0.05"),
                    ask=premiums[one.symbol] + Decimal("0.05"),
                    last=None,
                    at=self._venue.quoted_at or now,
                    source="Scripted exchange",
                    delayed=self._venue.delayed,
                ),
            )
            for one in contracts
            if one.symbol in premiums
        ]

    def _chain(self, underlying: Instrument) -> list[Instrument]:
        return [one for one in self._venue.instruments if one.underlying == underlying.symbol]

    async def market_hours(self, market: Market) -> MarketHours:
        """See the port."""
        await self._venue.asked_of("market_hours", market)
        soon = self._context.clock.now() + timedelta(hours=1)
        return MarketHours(
            market=market, open_now=self._venue.market_open, next_open=soon, next_close=soon
        )

"""Interactive Brokers behind the port."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.ibkr import errors, mapping
from floorbroker.brokers.ibkr.accounts import another_account, check_agreement, warning
from floorbroker.brokers.ibkr.credentials import IbkrCredentials
from floorbroker.brokers.ibkr.instruments import Instruments
from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.ibkr.market_data import MarketData
from floorbroker.brokers.ibkr.orders import Orders
from floorbroker.brokers.ibkr.spec import SPEC
from floorbroker.brokers.port import BrokerAdapter, BrokerOrder, OrderNews
from floorbroker.brokers.shared.gateway import Gateway
from floorbroker.domain.connections import ConnectionState, ConnectionStatus
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import Instrument, InstrumentRules
from floorbroker.domain.market import Bar, Depth, Greeks, Market, MarketHours, Quote, Timeframe
from floorbroker.domain.option_chain import OptionQuote
from floorbroker.domain.order import Order
from floorbroker.domain.orders import LookUp, OrderChanges, Preview, Receipt
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position


class IbkrAdapter(BrokerAdapter):
    """A person's accounts, as far as the login at the gateway reaches them.

    All adapters of a process share one connection; closing one of them leaves it standing.
    """

    def __init__(self, context: BrokerContext, credentials: IbkrCredentials) -> None:
        """Asks nobody yet."""
        del credentials
        self._clock = context.clock
        self._environment = context.environment
        self._gateway: Gateway[IbkrLine] = context.gateways.of(
            SPEC.id, lambda: IbkrLine(context.options, context.clock)
        )
        line = self._line = self._gateway.wire
        line.pacing.meter(partial(context.allowances.meter, SPEC.id))
        self._instruments = line.once(
            "instruments", lambda: Instruments(line, context.cache, context.clock)
        )
        self._market = line.once(
            "market", lambda: MarketData(line, self._instruments, context.clock)
        )
        self._orders = line.once(
            "orders", lambda: Orders(line, self._instruments.contract, context.clock)
        )
        self._begun_at = context.clock.now()
        self._open = False
        self._closed = False
        self._refused: BrokerError | None = None

    # Connection

    async def connect(self) -> None:
        """See the port; opens the process's connection where it does not stand.

        Raises:
            NotSupported: Port, login and link do not mean the same kind of money.
        """
        self._open = True
        await self._up()

    async def close(self) -> None:
        """See the port; the connection stands for others."""
        self._closed = True

    def status(self) -> ConnectionStatus:
        """See the port: the connection's, where this link uses it."""
        now = self._gateway.status()
        if self._closed or not self._open:
            return ConnectionStatus(
                state=ConnectionState.DISCONNECTED, healthy=False, since=self._begun_at
            )
        if self._refused is not None and now.healthy:
            return replace(
                now,
                state=ConnectionState.FAILED,
                healthy=False,
                detail=self._refused.message,
            )
        words = warning(self._environment, self._line.port)
        return replace(now, detail=f"{words} {now.detail}".strip())

    # Accounts

    async def accounts(self) -> Sequence[BrokerAccount]:
        """See the port."""
        async with self._reading():
            found = []
            for name in self._line.accounts:
                values, _ = await self._line.account(name)
                found.append(mapping.account(name, values))
            return found

    async def balances(self, account: BrokerAccount) -> Balances:
        """See the port."""
        async with self._reading(account.account_id):
            values, _ = await self._line.account(account.account_id)
            day_profit = await self._line.day_profit(account.account_id)
            return mapping.balances(values, day_profit, self._clock.now())

    async def positions(self, account: BrokerAccount) -> Sequence[Position]:
        """See the port; TWS has its own prices for what an account holds."""
        async with self._reading(account.account_id):
            held = await self._line.positions()
            _, priced = await self._line.account(account.account_id)
        own = [one for one in held if one.account == account.account_id]
        return mapping.positions(own, priced, self._clock.now())

    async def search_instruments(self, text: str) -> Sequence[Instrument]:
        """See the port."""
        async with self._reading():
            return await self._instruments.search(text)

    async def instrument(self, symbol: str) -> Instrument:
        """See the port."""
        async with self._reading():
            return await self._instruments.named(symbol)

    async def instrument_rules(self, instrument: Instrument) -> InstrumentRules:
        """See the port."""
        async with self._reading():
            return await self._instruments.rules(instrument)

    # Orders

    async def place_order(self, order: Order) -> Receipt:
        """See the port."""
        await self._up_to_send(order)
        return await self._orders.place(order)

    async def cancel_order(self, order: Order) -> Receipt | None:
        """See the port."""
        await self._up_to_send(order)
        return await self._orders.cancel(order)

    async def modify_order(self, order: Order, changes: OrderChanges) -> Receipt:
        """See the port; the order keeps its number."""
        await self._up_to_send(order)
        return await self._orders.modify(order, changes)

    async def find_order(self, order: Order) -> LookUp:
        """See the port; by our mark on it, also after a restart of this process."""
        async with self._reading(order.account_id):
            return await self._orders.find(order)

    async def open_orders(self, account: BrokerAccount) -> Sequence[BrokerOrder]:
        """See the port; those of other programs and of TWS itself too."""
        async with self._reading(account.account_id):
            return await self._orders.working(account.account_id)

    async def order_history(
        self, account: BrokerAccount, since: datetime, until: datetime
    ) -> Sequence[BrokerOrder]:
        """See the port; TWS lists those of the present day."""
        async with self._reading(account.account_id):
            return await self._orders.ended(account.account_id, since, until)

    def order_events(self) -> AsyncIterator[OrderNews]:
        """See the port; ends with the connection."""
        return self._events()

    async def preview_order(self, order: Order) -> Preview:
        """See the port."""
        async with self._reading(order.account_id):
            return await self._orders.preview(order, self._market.quote)

    # Market

    async def quote(self, instrument: Instrument) -> Quote:
        """See the port."""
        async with self._reading():
            return await self._market.quote(instrument)

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """See the port."""
        async with self._reading():
            return await self._market.bars(instrument, timeframe, start, end)

    async def market_hours(self, market: Market) -> MarketHours:
        """See the port."""
        async with self._reading():
            return await self._market.hours(market)

    async def option_expiries(self, underlying: Instrument) -> Sequence[date]:
        """See the port."""
        async with self._reading():
            return await self._market.expiries(underlying)

    async def option_quotes(self, contracts: Sequence[Instrument]) -> Sequence[OptionQuote]:
        """See the port."""
        async with self._reading():
            return await self._market.option_quotes(contracts)

    async def option_chain(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """See the port."""
        async with self._reading():
            return await self._market.chain(underlying, expiry)

    async def greeks(self, option: Instrument) -> Greeks:
        """See the port."""
        async with self._reading():
            return await self._market.greeks(option)

    async def depth(self, instrument: Instrument) -> Depth:
        """See the port."""
        async with self._reading():
            return await self._market.depth(instrument)

    def stream_quotes(self, instruments: Sequence[Instrument]) -> AsyncIterator[Quote]:
        """See the port."""
        return self._quotes(instruments)

    # What all of them share

    async def _events(self) -> AsyncIterator[OrderNews]:
        async with self._reading(), aclosing(self._orders.events()) as told:
            async for news in told:
                yield news

    async def _quotes(self, instruments: Sequence[Instrument]) -> AsyncIterator[Quote]:
        async with self._reading(), aclosing(self._market.stream(instruments)) as quotes:
            async for quote in quotes:
                yield quote

    @asynccontextmanager
    async def _reading(self, account: AccountId | None = None) -> AsyncIterator[None]:
        """One read, its failures as errors of ours; `account` is whose it is."""
        with errors.reading():
            await self._up()
            self._check(account)
            yield

    async def _up(self) -> None:
        """Returns while the connection stands and means the money that this link is for."""
        if self._closed:
            raise errors.closed_for_reads()
        await self._gateway.up()
        try:
            check_agreement(self._environment, self._line.port, self._line.accounts)
        except BrokerError as error:
            self._refused = error
            raise
        self._refused = None

    async def _up_to_send(self, order: Order) -> None:
        """As `_up`, before a request about an order.

        Raises:
            NotSent: Something is in its way; nothing has left.
        """
        with errors.before_sending():
            await self._up()
            self._check(order.account_id)

    def _check(self, account: AccountId | None) -> None:
        if account is not None and account not in self._line.accounts:
            raise another_account()

"""Charles Schwab behind the port."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.port import BrokerAdapter, BrokerOrder
from floorbroker.brokers.schwab import errors, instruments, mapping
from floorbroker.brokers.schwab.accounts import Named, by_id
from floorbroker.brokers.schwab.calls import SchwabCalls
from floorbroker.brokers.schwab.chains import Chains
from floorbroker.brokers.schwab.credentials import SchwabTokens
from floorbroker.brokers.schwab.instruments import Instruments
from floorbroker.brokers.schwab.looks import Pause
from floorbroker.brokers.schwab.market_data import MarketData
from floorbroker.brokers.schwab.order_fields import order_fields
from floorbroker.brokers.schwab.orders import Orders
from floorbroker.brokers.schwab.streams import Streams
from floorbroker.brokers.shared.connection import Connection
from floorbroker.domain.connections import ConnectionStatus
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules
from floorbroker.domain.market import Bar, Market, MarketHours, Quote, Timeframe
from floorbroker.domain.option_chain import OptionQuote
from floorbroker.domain.order import Order
from floorbroker.domain.orders import LookUp, OrderChanges, Preview, Receipt
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position


class SchwabAdapter(BrokerAdapter):
    """One person's accounts, as many as they opened to the bot when they signed in."""

    def __init__(
        self,
        context: BrokerContext,
        credentials: SchwabTokens,
        pause: Pause = asyncio.sleep,
        *,
        patience: float = 1.0,
    ) -> None:
        """Asks nobody yet. `credentials` are the first ones only; `context.tokens` has them all.

        Args:
            patience: Stretches or shortens the deadlines of streams.
        """
        del credentials
        host = context.endpoints["api"]
        self._calls = SchwabCalls(context)
        self._clock = context.clock
        self._instruments = Instruments(self._calls, context.cache, host)
        self._market = MarketData(self._calls, context.cache, context.clock, host)
        self._streams = Streams(context, self._calls, patience=patience)
        self._chains = Chains(self._calls, context.clock)
        self._orders = Orders(self._calls, context.clock, pause)
        self._accounts: dict[AccountId, Named] = {}
        self._connection = Connection(context.clock)

    # Connection

    async def connect(self) -> None:
        """See the port; learns what the accounts are called."""
        with self._connection.opening(), self._reading():
            self._accounts = by_id(await self._calls.get_account_numbers())
        self._connection.opened()

    async def close(self) -> None:
        """See the port; the access goes, and nothing can be asked any more."""
        self._connection.close()
        self._calls.forget()
        await self._streams.close()

    def status(self) -> ConnectionStatus:
        """See the port."""
        return self._connection.status

    # Accounts

    async def accounts(self) -> Sequence[BrokerAccount]:
        """See the port: in the order in which Schwab lists them."""
        with self._reading():
            told = await self._calls.get_accounts()
            by_number = {one.account.number: one.account for one in told}
            if by_number.keys() != {named.number for named in self._accounts.values()}:
                self._accounts = by_id(await self._calls.get_account_numbers())
        return tuple(
            mapping.account(named, by_number.get(named.number)) for named in self._accounts.values()
        )

    async def balances(self, account: BrokerAccount) -> Balances:
        """See the port."""
        with self._reading():
            told = await self._calls.get_account(self._read_of(account.account_id), positions=False)
            return mapping.balances(told, self._clock.now())

    async def positions(self, account: BrokerAccount) -> Sequence[Position]:
        """See the port."""
        with self._reading():
            told = await self._calls.get_account(self._read_of(account.account_id), positions=True)
        return tuple(mapping.positions(told, self._clock.now()))

    async def search_instruments(self, text: str) -> Sequence[Instrument]:
        """See the port; by symbol only. Options are found through the chain of their underlying."""
        with self._reading():
            return await self._instruments.search(text)

    async def instrument(self, symbol: str) -> Instrument:
        """See the port."""
        with self._reading():
            return await self._instruments.named(symbol)

    async def instrument_rules(self, instrument: Instrument) -> InstrumentRules:
        """See the port; the tick of a share depends on its price."""
        if instrument.asset_class is AssetClass.OPTION:
            return instruments.OPTION_RULES
        with self._reading():
            return instruments.share_rules(await self._market.rough_price(instrument))

    # Orders

    async def place_order(self, order: Order) -> Receipt:
        """See the port."""
        return await self._orders.place(self._asked_of(order), order)

    async def cancel_order(self, order: Order) -> None:
        """See the port; Schwab's answer says that the cancel was taken, not what became of it."""
        await self._orders.cancel(self._asked_of(order), order)

    async def modify_order(self, order: Order, changes: OrderChanges) -> Receipt:
        """See the port; Schwab puts a new order in the place of the old one."""
        return await self._orders.modify(self._asked_of(order), order, changes)

    async def find_order(self, order: Order) -> LookUp:
        """See the port; without Schwab's id by what was asked for, and never by guessing."""
        with self._reading():
            return await self._orders.find(self._read_of(order.account_id), order)

    async def open_orders(self, account: BrokerAccount) -> Sequence[BrokerOrder]:
        """See the port; ours are known as long as the connection lasts that sent or found them."""
        with self._reading():
            return await self._orders.working(self._read_of(account.account_id))

    async def order_history(
        self, account: BrokerAccount, since: datetime, until: datetime
    ) -> Sequence[BrokerOrder]:
        """See the port; ours are known as in `open_orders`."""
        with self._reading():
            return await self._orders.ended(self._read_of(account.account_id), since, until)

    async def preview_order(self, order: Order) -> Preview:
        """See the port.

        Raises:
            OrderRejected: Schwab would reject it now.
        """
        account, fields = self._asked_of(order), order_fields(order.request)
        with errors.previewing():
            told = await self._calls.preview_order(account, fields)
            why = mapping.refusal(told)
            if why:
                raise errors.would_reject(why)
            return mapping.preview(told)

    # Market

    async def quote(self, instrument: Instrument) -> Quote:
        """See the port."""
        with self._reading():
            return await self._market.quote(instrument)

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """See the port."""
        with self._reading():
            return await self._market.bars(instrument, timeframe, start, end)

    async def market_hours(self, market: Market) -> MarketHours:
        """See the port."""
        with self._reading():
            return await self._market.hours(market)

    async def option_expiries(self, underlying: Instrument) -> Sequence[date]:
        """See the port."""
        with self._reading():
            return await self._chains.expiries(underlying)

    async def option_quotes(self, contracts: Sequence[Instrument]) -> Sequence[OptionQuote]:
        """See the port."""
        with self._reading():
            return await self._chains.quotes(contracts)

    async def option_chain(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """See the port."""
        with self._reading():
            return await self._instruments.chain(underlying, expiry)

    def stream_quotes(self, instruments: Sequence[Instrument]) -> AsyncIterator[Quote]:
        """See the port."""
        with self._reading():
            return self._streams.quotes(instruments)

    # What all of them share

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """One read, its failures as errors of ours."""
        if self._connection.closed:
            raise errors.closed_for_reads()
        with errors.reading():
            yield

    def _read_of(self, account_id: AccountId) -> Named:
        named = self._accounts.get(account_id)
        if named is None:
            raise errors.another_account()
        return named

    def _asked_of(self, order: Order) -> Named:
        """The account of the order, as this access names it.

        Raises:
            NotSent: This access does not open it, or the connection is closed.
        """
        if self._connection.closed:
            raise errors.not_sent("The connection to Schwab is closed; nothing was sent.")
        named = self._accounts.get(order.account_id)
        if named is None:
            words = "This access does not open that account at Schwab; nothing was sent."
            raise errors.not_sent(words)
        return named

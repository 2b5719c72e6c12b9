"""Moomoo behind the port, through the one OpenD of the bot's own machine."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.moomoo import catalogue, errors, mapping
from floorbroker.brokers.moomoo.calls import MoomooCalls
from floorbroker.brokers.moomoo.credentials import MoomooCredentials
from floorbroker.brokers.moomoo.hours import Hours
from floorbroker.brokers.moomoo.instruments import Instruments
from floorbroker.brokers.moomoo.line import OpenDLine
from floorbroker.brokers.moomoo.market_data import MarketData
from floorbroker.brokers.moomoo.news import News
from floorbroker.brokers.moomoo.orders import Orders
from floorbroker.brokers.moomoo.spec import SPEC
from floorbroker.brokers.port import BrokerAdapter, BrokerOrder, OrderNews
from floorbroker.brokers.shared.gateway import Gateway
from floorbroker.domain.connections import ConnectionState, ConnectionStatus
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules
from floorbroker.domain.market import Bar, Depth, Greeks, Market, MarketHours, Quote, Timeframe
from floorbroker.domain.option_chain import OptionQuote
from floorbroker.domain.order import Order
from floorbroker.domain.orders import LookUp, OrderChanges, Receipt
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position


class MoomooAdapter(BrokerAdapter):
    """The accounts of one environment; the connection is everybody's and outlives it."""

    def __init__(self, context: BrokerContext, credentials: MoomooCredentials) -> None:
        """Asks nobody yet."""
        del credentials  # empty: OpenD is logged in by hand
        blocking = context.transport.blocking
        self._gateway: Gateway[OpenDLine] = context.gateways.of(
            SPEC.id, lambda: OpenDLine(context.options, blocking)
        )
        line = self._gateway.wire
        place = (line.host, line.port)
        calls = self._calls = MoomooCalls(context, self._gateway)
        self._clock = context.clock
        self._environment = context.environment
        self._instruments = Instruments(calls, context, place)
        self._market = MarketData(calls, line, context.clock)
        self._hours = Hours(calls, context.cache, context.clock, place)
        self._orders = Orders(calls, context.clock, context.environment)
        self._news = News(line, self._orders, context.environment)
        self._accounts: frozenset[AccountId] = frozenset()
        self._connected = self._closed = False
        self._status = self._now_in(ConnectionState.DISCONNECTED)

    # Connection

    async def connect(self) -> None:
        """See the port; the accounts found now are those that may be asked about."""
        self._connected = True
        try:
            await self._known_accounts()
        except BrokerError as error:
            self._status = self._now_in(ConnectionState.FAILED, error.message)
            raise
        except BaseException:
            self._status = self._now_in(ConnectionState.FAILED)
            raise
        self._status = self._now_in(ConnectionState.CONNECTED)

    async def close(self) -> None:
        """See the port; the connection to OpenD stays for others."""
        self._closed = True
        self._status = self._now_in(ConnectionState.DISCONNECTED)

    def status(self) -> ConnectionStatus:
        """See the port: OpenD's own, unless this link has another reason not to be healthy."""
        if self._closed or self._status.state is not ConnectionState.CONNECTED:
            return self._status
        return self._gateway.status()

    # Accounts

    async def accounts(self) -> Sequence[BrokerAccount]:
        """See the port; those of this link's environment."""
        return await self._known_accounts()

    async def balances(self, account: BrokerAccount) -> Balances:
        """See the port; in US dollars."""
        with self._reading(account.account_id):
            told = await self._calls.get_funds(account.account_id)
            return mapping.balances(told, self._clock.now())

    async def positions(self, account: BrokerAccount) -> Sequence[Position]:
        """See the port."""
        with self._reading(account.account_id):
            told = await self._calls.get_positions(account.account_id)
            return tuple(mapping.positions(told, self._clock.now()))

    async def search_instruments(self, text: str) -> Sequence[Instrument]:
        """See the port; shares and funds."""
        with self._reading():
            return await self._instruments.search(text)

    async def instrument(self, symbol: str) -> Instrument:
        """See the port."""
        with self._reading():
            return await self._instruments.named(symbol)

    async def instrument_rules(self, instrument: Instrument) -> InstrumentRules:
        """See the port; the tick of a share depends on its price."""
        if instrument.asset_class is AssetClass.OPTION:
            return catalogue.CONTRACT_RULES
        with self._reading():
            return catalogue.share_rules(await self._market.rough_price(instrument))

    # Orders

    async def place_order(self, order: Order) -> Receipt:
        """See the port."""
        self._may_ask(order)
        return await self._orders.place(order)

    async def cancel_order(self, order: Order) -> None:
        """See the port; OpenD's answer says that the cancel was taken, not what became of it."""
        self._may_ask(order)
        await self._orders.cancel(order)

    async def modify_order(self, order: Order, changes: OrderChanges) -> Receipt:
        """See the port; the order keeps its id."""
        self._may_ask(order)
        return await self._orders.modify(order, changes)

    async def find_order(self, order: Order) -> LookUp:
        """See the port; by the remark."""
        with self._reading(order.account_id):
            return await self._orders.find(order)

    async def open_orders(self, account: BrokerAccount) -> Sequence[BrokerOrder]:
        """See the port."""
        with self._reading(account.account_id):
            return await self._orders.working(account.account_id)

    async def order_history(
        self, account: BrokerAccount, since: datetime, until: datetime
    ) -> Sequence[BrokerOrder]:
        """See the port; the range is that of the placing."""
        with self._reading(account.account_id):
            return await self._orders.ended(account.account_id, since, until)

    def order_events(self) -> AsyncIterator[OrderNews]:
        """See the port; ends with an error when the connection does."""
        return self._news.told()

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
            return await self._hours.of(market)

    async def option_expiries(self, underlying: Instrument) -> Sequence[date]:
        """See the port."""
        with self._reading():
            return await self._instruments.expiries(underlying)

    async def option_quotes(self, contracts: Sequence[Instrument]) -> Sequence[OptionQuote]:
        """See the port."""
        with self._reading():
            return await self._market.option_quotes(contracts)

    async def option_chain(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """See the port."""
        with self._reading():
            return await self._instruments.chain(underlying, expiry)

    async def greeks(self, option: Instrument) -> Greeks:
        """See the port."""
        with self._reading():
            return await self._market.greeks(option)

    async def depth(self, instrument: Instrument) -> Depth:
        """See the port."""
        with self._reading():
            return await self._market.depth(instrument)

    def stream_quotes(self, instruments: Sequence[Instrument]) -> AsyncIterator[Quote]:
        """See the port; last prices."""
        with self._reading():
            return self._market.stream(instruments)

    # What all of them share

    async def _known_accounts(self) -> tuple[BrokerAccount, ...]:
        with self._reading():
            told = await self._calls.get_accounts()
        line = self._gateway.wire
        found = tuple(mapping.accounts(told, self._environment, line.firm))
        if not found:
            raise mapping.no_account(told, self._environment, line.firm_name)
        self._accounts = frozenset(one.account_id for one in found)
        return found

    @contextmanager
    def _reading(self, account_id: AccountId | None = None) -> Iterator[None]:
        """One read: of these accounts, and its failures as errors of ours."""
        if self._closed:
            raise errors.closed_for_reads()
        if account_id is not None and account_id not in self._accounts:
            raise errors.another_account()
        with errors.reading():
            try:
                yield
            except catalogue.NoCode as error:
                raise errors.not_found() from error

    def _may_ask(self, order: Order) -> None:
        """Another person may have logged in to OpenD since the order was reviewed.

        Raises:
            NotSent: So it is, or the connection is closed.
        """
        if self._closed:
            raise errors.not_sent("The connection to OpenD is closed; nothing was sent.")
        if order.account_id not in self._accounts:
            raise errors.not_sent("OpenD is logged in to other accounts now; nothing was sent.")

    def _now_in(self, state: ConnectionState, detail: str = "") -> ConnectionStatus:
        healthy = state is ConnectionState.CONNECTED
        return ConnectionStatus(
            state=state, healthy=healthy, since=self._clock.now(), detail=detail
        )

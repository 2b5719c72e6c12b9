"""Binance's spot exchange behind the port."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from datetime import datetime
from functools import partial

from floorbroker.brokers.binance import answers, errors, mapping
from floorbroker.brokers.binance.calls import BinanceCalls
from floorbroker.brokers.binance.credentials import BinanceCredentials
from floorbroker.brokers.binance.instruments import Instruments
from floorbroker.brokers.binance.market_data import MarketData
from floorbroker.brokers.binance.orders import Orders
from floorbroker.brokers.binance.talk import BinanceTalk
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.port import BrokerAdapter, BrokerOrder, KeyRights
from floorbroker.brokers.shared.connection import Connection
from floorbroker.brokers.shared.price_line import PriceLine
from floorbroker.brokers.shared.wire import Unreadable
from floorbroker.domain.connections import ConnectionStatus
from floorbroker.domain.errors import AuthenticationFailed
from floorbroker.domain.instruments import Instrument, InstrumentRules
from floorbroker.domain.market import Bar, Quote, Timeframe
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.orders import LookUp, Receipt
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position


class BinanceAdapter(BrokerAdapter):
    """One person's account: a key of Binance's opens exactly one."""

    def __init__(self, context: BrokerContext, credentials: BinanceCredentials) -> None:
        """Asks nobody yet."""
        host = context.endpoints[context.environment]
        key = credentials.api_key.get_secret_value()
        self._client = BinanceCalls(
            context, key=key, secret=credentials.api_secret.get_secret_value()
        )
        self._clock = context.clock
        self._environment = context.environment
        self._instruments = Instruments(self._client, context.cache, context.clock, host)
        talk = partial(
            BinanceTalk, context.endpoints, context.environment, context.clock, context.allowances
        )
        self._line = PriceLine(context.transport, talk, errors.for_read)
        self._market = MarketData(
            self._client, self._instruments, context.cache, context.clock, host, self._line
        )
        self._orders = Orders(self._client, self._instruments, context.clock)
        self._unnumbered = mapping.made_of(key)
        self._account_id: str | None = None
        self._connection = Connection(context.clock)

    # Connection

    async def connect(self) -> None:
        """See the port; the status tells what Binance keeps the account from."""
        with self._connection.opening():
            try:
                told = await self._account()
            except AuthenticationFailed as error:
                raise errors.keys_refused(self._environment) from error
        self._account_id = mapping.account(told, self._unnumbered).account_id
        self._connection.opened(mapping.restrictions(told))

    async def close(self) -> None:
        """See the port; the keys go, and nothing can be asked any more."""
        self._connection.close()
        self._client.forget()
        await self._line.close()

    def status(self) -> ConnectionStatus:
        """See the port."""
        return self._connection.status

    # Accounts

    async def accounts(self) -> Sequence[BrokerAccount]:
        """See the port: always one, the spot account."""
        return (mapping.account(await self._account(), self._unnumbered),)

    async def balances(self, account: BrokerAccount) -> Balances:
        """See the port."""
        with self._reading(account.account_id):
            prices, _ = await self._instruments.prices()
            return mapping.balances(await self._client.get_account(), prices, self._clock.now())

    async def positions(self, account: BrokerAccount) -> Sequence[Position]:
        """See the port."""
        with self._reading(account.account_id):
            catalogue = await self._instruments.catalogue()
            prices, _ = await self._instruments.prices()
            told = await self._client.get_account()
        return tuple(mapping.positions(told, catalogue, prices, self._clock.now()))

    async def search_instruments(self, text: str) -> Sequence[Instrument]:
        """See the port."""
        with self._reading():
            return await self._instruments.search(text)

    async def instrument(self, symbol: str) -> Instrument:
        """See the port."""
        with self._reading():
            return await self._instruments.named(symbol)

    async def instrument_rules(self, instrument: Instrument) -> InstrumentRules:
        """See the port."""
        with self._reading():
            return (await self._instruments.pair(instrument.symbol)).rules

    async def key_rights(self) -> KeyRights:
        """See the port; the testnet, and whoever else has no such call, tells nothing."""
        with self._reading():
            if self._environment is Environment.PAPER:
                return mapping.UNTOLD_RIGHTS
            try:
                return mapping.key_rights(await self._client.get_key_permissions())
            except Unreadable as error:
                if error.status != 404:
                    raise
                return mapping.UNTOLD_RIGHTS

    # Orders

    async def place_order(self, order: Order) -> Receipt:
        """See the port."""
        self._may_ask(order)
        return await self._orders.place(order)

    async def cancel_order(self, order: Order) -> Receipt:
        """See the port; Binance's answer is the order as it ended."""
        self._may_ask(order)
        return await self._orders.cancel(order)

    async def find_order(self, order: Order) -> LookUp:
        """See the port."""
        with self._reading(order.account_id):
            return await self._orders.find(order)

    async def open_orders(self, account: BrokerAccount) -> Sequence[BrokerOrder]:
        """See the port."""
        with self._reading(account.account_id):
            return await self._orders.working()

    async def order_history(
        self, account: BrokerAccount, since: datetime, until: datetime
    ) -> Sequence[BrokerOrder]:
        """See the port; of the pairs that are known here, since Binance tells them one by one."""
        with self._reading(account.account_id):
            return await self._orders.ended(since, until)

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

    async def stream_quotes(self, instruments: Sequence[Instrument]) -> AsyncIterator[Quote]:
        """See the port; over one connection for all instruments of these keys."""
        with self._reading():
            async with aclosing(self._market.stream(instruments)) as quotes:
                async for quote in quotes:
                    yield quote

    # What all of them share

    async def _account(self) -> answers.Account:
        with self._reading():
            return await self._client.get_account()

    @contextmanager
    def _reading(self, account_id: str | None = None) -> Iterator[None]:
        """One read: of this account, and its failures as errors of ours."""
        if self._connection.closed:
            raise errors.closed_for_reads()
        if account_id is not None and account_id != self._account_id:
            raise errors.another_account()
        with errors.reading():
            yield

    def _may_ask(self, order: Order) -> None:
        """Keys that were replaced may open another account than the one that was reviewed.

        Raises:
            NotSent: They do, or the connection is closed.
        """
        if self._connection.closed:
            raise errors.not_sent("The connection to Binance is closed; nothing was sent.")
        if order.account_id != self._account_id:
            raise errors.not_sent("These keys open another account now; nothing was sent.")

"""Coinbase behind the port."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from floorbroker.brokers.coinbase import answers, catalogue, errors, mapping
from floorbroker.brokers.coinbase.client import CoinbaseClient
from floorbroker.brokers.coinbase.credentials import CoinbaseCredentials
from floorbroker.brokers.coinbase.instruments import Instruments
from floorbroker.brokers.coinbase.market_data import MarketData
from floorbroker.brokers.coinbase.orders import Orders
from floorbroker.brokers.coinbase.talk import CoinbaseTalk
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.port import BrokerAdapter, BrokerOrder, KeyRights
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.connection import Connection
from floorbroker.brokers.shared.price_line import PriceLine
from floorbroker.brokers.shared.wire import Failure, Unreadable
from floorbroker.domain.connections import ConnectionStatus
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import Instrument, InstrumentRules
from floorbroker.domain.market import Bar, Quote, Timeframe
from floorbroker.domain.order import Order
from floorbroker.domain.orders import LookUp, OrderChanges, Preview, Receipt
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position

KEY_KEPT: Final = timedelta(seconds=5)
ACCOUNTS_KEPT: Final = timedelta(seconds=1)
"""Balances and positions are asked for together: one question for both."""

_ACCOUNT_PAGES_AT_MOST: Final = 20


class CoinbaseAdapter(BrokerAdapter):
    """One portfolio of one person: a key of Coinbase's is bound to one when it is made."""

    def __init__(self, context: BrokerContext, credentials: CoinbaseCredentials) -> None:
        """Asks nobody yet."""
        host = context.endpoints[context.environment]
        self._client = CoinbaseClient(
            context,
            key=credentials.key_name.get_secret_value(),
            secret=credentials.private_key.get_secret_value(),
        )
        self._clock = context.clock
        self._instruments = Instruments(self._client, context.cache, context.clock, host)
        talk = partial(CoinbaseTalk, context.endpoints, context.environment, context.allowances)
        self._line = PriceLine(context.transport, talk, errors.for_read)
        self._market = MarketData(self._client, self._instruments, context.cache, host, self._line)
        self._orders = Orders(self._client, self._instruments, context.clock)
        # A cache of this adapter's own: what is in it belongs to one person.
        self._seen = SharedCache(context.clock)
        self._account_id: AccountId | None = None
        self._connection = Connection(context.clock)

    # Connection

    async def connect(self) -> None:
        """See the port; a key that could not read its own orders back is refused."""
        with self._connection.opening():
            told = await self._permissions()
            missing = mapping.missing_rights(told)
            if missing:
                raise errors.lacks_rights(missing)
        self._account_id = AccountId(told.portfolio_uuid)
        self._connection.opened()

    async def close(self) -> None:
        """See the port; the key goes, and nothing can be asked any more."""
        self._connection.close()
        self._client.forget()
        await self._line.close()

    def status(self) -> ConnectionStatus:
        """See the port."""
        return self._connection.status

    # Accounts

    async def accounts(self) -> Sequence[BrokerAccount]:
        """See the port: always one, the portfolio of the key, by the name that it has there."""
        told = await self._permissions()
        named: tuple[answers.Portfolio, ...] = ()
        with suppress(Failure):  # for the sake of a name nobody is kept waiting
            named = (await self._client.get_portfolios()).portfolios
        return (mapping.account(told, named),)

    async def balances(self, account: BrokerAccount) -> Balances:
        """See the port; money in other currencies and coins count with their worth in dollars."""
        with self._reading(account.account_id):
            prices, at = await self._instruments.prices()
            return mapping.balances(await self._held(account.account_id), prices, at)

    async def positions(self, account: BrokerAccount) -> Sequence[Position]:
        """See the port: everything that is held but dollars."""
        with self._reading(account.account_id):
            known = await self._instruments.catalogue()
            prices, at = await self._instruments.prices()
            held = await self._held(account.account_id)
        return tuple(mapping.positions(held, known, prices, at))

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
            return catalogue.rules(await self._instruments.pair(instrument.symbol))

    async def key_rights(self) -> KeyRights:
        """See the port."""
        return mapping.key_rights(await self._permissions())

    # Orders

    async def place_order(self, order: Order) -> Receipt:
        """See the port."""
        with self._asking(order):
            return await self._orders.place(order)

    async def cancel_order(self, order: Order) -> None:
        """See the port; Coinbase's answer says that the cancel was taken, not what became of it."""
        with self._asking(order):
            await self._orders.cancel(order)

    async def modify_order(self, order: Order, changes: OrderChanges) -> Receipt:
        """See the port; Coinbase changes the order in place."""
        with self._asking(order):
            return await self._orders.modify(order, changes)

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
        """See the port; Coinbase's range is that of the time when an order was placed."""
        with self._reading(account.account_id):
            return await self._orders.ended(since, until)

    async def preview_order(self, order: Order) -> Preview:
        """See the port.

        Raises:
            OrderRejected: Coinbase would refuse it now.
        """
        self._may_ask(order)
        return await self._orders.preview(order)

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
        """See the port; over one connection for all instruments of this key."""
        with self._reading():
            async with aclosing(self._market.stream(instruments)) as quotes:
                async for quote in quotes:
                    yield quote

    # What all of them share

    async def _permissions(self) -> answers.KeyPermissions:
        """Asked for once where connecting, listing accounts and judging the key come together."""
        with self._reading():
            return await self._seen.get("key", self._client.get_permissions, KEY_KEPT)

    async def _held(self, portfolio_id: AccountId) -> list[answers.Account]:
        """What the portfolio has of every currency."""
        listed = await self._seen.get("accounts", self._all_accounts, ACCOUNTS_KEPT)
        return mapping.of_portfolio(listed, portfolio_id)

    async def _all_accounts(self) -> tuple[answers.Account, ...]:
        """All pages: a list that is cut off would be told as an empty pocket."""
        found: tuple[answers.Account, ...] = ()
        cursor = ""
        for _ in range(_ACCOUNT_PAGES_AT_MOST):
            page = await self._client.get_accounts(cursor)
            found += page.accounts
            if not page.has_next:
                return found
            if not page.cursor or page.cursor == cursor:
                break
            cursor = page.cursor
        raise Unreadable(200)

    @contextmanager
    def _reading(self, account_id: str | None = None) -> Iterator[None]:
        """One read: of this account, and its failures as errors of ours."""
        if self._connection.closed:
            raise errors.closed_for_reads()
        if account_id is not None and account_id != self._account_id:
            raise errors.another_account()
        with errors.reading():
            yield

    @contextmanager
    def _asking(self, order: Order) -> Iterator[None]:
        """One request that may change what the portfolio holds."""
        self._may_ask(order)
        try:
            yield
        finally:
            self._seen = SharedCache(self._clock)

    def _may_ask(self, order: Order) -> None:
        """A key that was replaced may open another portfolio than the one that was reviewed.

        Raises:
            NotSent: It does, or the connection is closed.
        """
        if self._connection.closed:
            raise errors.not_sent("The connection to Coinbase is closed; nothing was sent.")
        if order.account_id != self._account_id:
            raise errors.not_sent("This key opens another portfolio now; nothing was sent.")

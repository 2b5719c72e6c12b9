"""Webull behind the port, for keys of one's own and for whoever signed in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.port import BrokerAdapter, BrokerOrder
from floorbroker.brokers.shared.connection import Connection
from floorbroker.brokers.shared.option_symbols import exchange_day
from floorbroker.brokers.webull import catalogue, errors, mapping
from floorbroker.brokers.webull.access import access_with
from floorbroker.brokers.webull.changes import Changes
from floorbroker.brokers.webull.client import WebullClient
from floorbroker.brokers.webull.credentials import WebullCredentials, WebullTokens
from floorbroker.brokers.webull.instruments import Instruments
from floorbroker.brokers.webull.market_data import MarketData
from floorbroker.brokers.webull.orders import Orders
from floorbroker.brokers.webull.refusals import Refusal
from floorbroker.domain.connections import ConnectionStatus
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules
from floorbroker.domain.market import Bar, Quote, Timeframe
from floorbroker.domain.option_chain import OptionQuote
from floorbroker.domain.order import Order
from floorbroker.domain.orders import LookUp, OrderChanges, Preview, Receipt
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position


class WebullAdapter(BrokerAdapter):
    """One person's accounts."""

    def __init__(
        self, context: BrokerContext, credentials: WebullCredentials | WebullTokens
    ) -> None:
        """Asks nobody yet."""
        self._client = WebullClient(context, access_with(context, credentials))
        self._clock = context.clock
        self._environment = context.environment
        self._instruments = Instruments(self._client, context.cache)
        self._market = MarketData(self._client, context.clock)
        self._orders = Orders(self._client, context.clock)
        self._changes = Changes(self._client, self._orders)
        self._accounts: frozenset[AccountId] = frozenset()
        self._connection = Connection(context.clock)

    # Connection

    async def connect(self) -> None:
        """See the port; the accounts found now are those that may be asked about."""
        with self._connection.opening():
            await self._known_accounts()
        self._connection.opened()

    async def close(self) -> None:
        """See the port; the access goes, and nothing can be asked any more."""
        self._connection.close()
        self._client.forget()

    def status(self) -> ConnectionStatus:
        """See the port."""
        return self._connection.status

    # Accounts

    async def accounts(self) -> Sequence[BrokerAccount]:
        """See the port; those for futures and for event contracts are left out."""
        return await self._known_accounts()

    async def balances(self, account: BrokerAccount) -> Balances:
        """See the port."""
        with self._reading(account.account_id):
            told = await self._client.get_balance(account.account_id)
            return mapping.balances(told, self._clock.now())

    async def positions(self, account: BrokerAccount) -> Sequence[Position]:
        """See the port."""
        with self._reading(account.account_id):
            told = await self._client.get_positions(account.account_id)
        return tuple(mapping.positions(told, self._clock.now()))

    async def search_instruments(self, text: str) -> Sequence[Instrument]:
        """See the port; by symbol, since Webull finds nothing by name."""
        with self._reading():
            return await self._instruments.search(text)

    async def instrument(self, symbol: str) -> Instrument:
        """See the port."""
        with self._reading():
            return await self._instruments.named(symbol)

    async def instrument_rules(self, instrument: Instrument) -> InstrumentRules:
        """See the port; the tick of a share depends on its price."""
        with self._reading():
            match instrument.asset_class:
                case AssetClass.OPTION:
                    return catalogue.OPTION_RULES
                case AssetClass.CRYPTO:
                    return catalogue.coin_rules(await self._instruments.coin(instrument.symbol))
            share = await self._instruments.share(instrument.symbol)
            return catalogue.share_rules(share, await self._market.rough_price(instrument))

    # Orders

    async def place_order(self, order: Order) -> Receipt:
        """See the port."""
        self._may_ask(order)
        return await self._orders.place(order)

    async def cancel_order(self, order: Order) -> None:
        """See the port; Webull's answer says that the cancel was taken, not what became of it."""
        self._may_ask(order)
        await self._changes.cancel(order)

    async def modify_order(self, order: Order, changes: OrderChanges) -> Receipt:
        """See the port; the order keeps its id."""
        self._may_ask(order)
        return await self._changes.modify(order, changes)

    async def preview_order(self, order: Order) -> Preview:
        """See the port."""
        with self._reading(order.account_id):
            return await self._changes.preview(order)

    async def find_order(self, order: Order) -> LookUp:
        """See the port."""
        with self._reading(order.account_id):
            return await self._orders.find(order)

    async def open_orders(self, account: BrokerAccount) -> Sequence[BrokerOrder]:
        """See the port; Webull's list may lag behind."""
        with self._reading(account.account_id):
            return await self._orders.working(account.account_id)

    async def order_history(
        self, account: BrokerAccount, since: datetime, until: datetime
    ) -> Sequence[BrokerOrder]:
        """See the port; Webull's range is that of the placing."""
        with self._reading(account.account_id):
            return await self._orders.ended(account.account_id, since, until)

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

    async def option_expiries(self, underlying: Instrument) -> Sequence[date]:
        """See the port."""
        with self._reading():
            return await self._expiries(underlying)

    async def option_quotes(self, contracts: Sequence[Instrument]) -> Sequence[OptionQuote]:
        """See the port."""
        with self._reading():
            return await self._market.option_quotes(contracts)

    async def option_chain(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """See the port."""
        with self._reading():
            return await self._instruments.chain(underlying, expiry)

    async def _expiries(self, underlying: Instrument) -> Sequence[date]:
        today = exchange_day(self._clock.now())
        price = await self._market.rough_price(underlying)
        return await self._instruments.expiries(underlying, today, price)

    # What all of them share

    async def _known_accounts(self) -> tuple[BrokerAccount, ...]:
        """A key that Webull does not know finds no route at all."""
        with self._reading():
            try:
                told = await self._client.get_accounts()
            except Refusal as refusal:
                if not refusal.of_the_route:
                    raise
                raise errors.unknown_key(refusal, self._environment) from refusal
        found = mapping.accounts(told)
        if not found:
            raise errors.no_account()
        self._accounts = frozenset(one.account_id for one in found)
        return found

    @contextmanager
    def _reading(self, account_id: AccountId | None = None) -> Iterator[None]:
        """One read: of these accounts, and its failures as errors of ours."""
        if self._connection.closed:
            raise errors.closed_for_reads()
        if account_id is not None and account_id not in self._accounts:
            raise errors.another_account()
        with errors.reading():
            yield

    def _may_ask(self, order: Order) -> None:
        """Other access may open other accounts than the one that was reviewed.

        Raises:
            NotSent: It does, or the connection is closed.
        """
        if self._connection.closed:
            raise errors.not_sent("The connection to Webull is closed; nothing was sent.")
        if order.account_id not in self._accounts:
            raise errors.not_sent("This access opens other accounts now; nothing was sent.")

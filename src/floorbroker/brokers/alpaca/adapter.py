"""Alpaca behind the port."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from floorbroker.brokers.alpaca import answers, catalogue, errors, mapping
from floorbroker.brokers.alpaca.client import AlpacaClient
from floorbroker.brokers.alpaca.credentials import AlpacaCredentials, AlpacaTokens
from floorbroker.brokers.alpaca.instruments import Instruments
from floorbroker.brokers.alpaca.market_data import MarketData
from floorbroker.brokers.alpaca.order_news import News
from floorbroker.brokers.alpaca.orders import Orders
from floorbroker.brokers.alpaca.streams import Streams
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.port import BrokerAdapter, BrokerOrder, OrderNews
from floorbroker.brokers.shared.connection import Connection
from floorbroker.brokers.shared.option_symbols import exchange_day, same_chain
from floorbroker.domain.connections import ConnectionStatus
from floorbroker.domain.errors import AuthenticationFailed
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules
from floorbroker.domain.market import Bar, Market, MarketHours, Quote, Timeframe
from floorbroker.domain.option_chain import OptionQuote
from floorbroker.domain.order import Order
from floorbroker.domain.orders import LookUp, OrderChanges, Receipt
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position


class AlpacaAdapter(BrokerAdapter):
    """One person's account: a key of Alpaca's, or a token, opens exactly one of an environment."""

    def __init__(
        self,
        context: BrokerContext,
        credentials: AlpacaCredentials | AlpacaTokens,
        *,
        patience: float = 1.0,
    ) -> None:
        """Asks nobody yet. `patience` stretches or shortens the deadlines of streams."""
        trading, data = context.endpoints[context.environment], context.endpoints["data"]
        self._client = AlpacaClient(context, credentials.opens)
        self._clock = context.clock
        self._environment = context.environment
        self._keys_seem_for = credentials.seems_to_be_for
        self._instruments = Instruments(self._client, context.cache, context.clock, trading)
        self._market = MarketData(self._client, context.cache, data)
        self._streams = Streams(
            context, self._client, self._market, credentials.opens, patience=patience
        )
        self._news = News(context, credentials.opens, patience=patience)
        self._orders = Orders(self._client, self._instruments, context.clock)
        self._account_id: str | None = None
        self._connection = Connection(context.clock)

    # Connection

    async def connect(self) -> None:
        """See the port; the status tells what Alpaca keeps the account from."""
        with self._connection.opening():
            try:
                told, configured = await self._account()
            except AuthenticationFailed as error:
                raise errors.keys_refused(self._keys_seem_for, self._environment) from error
        self._account_id = told.id
        self._connection.opened(mapping.restrictions(told, configured))

    async def close(self) -> None:
        """See the port; the keys go, and nothing can be asked any more."""
        self._connection.close()
        self._client.forget()
        self._news.close()
        await self._streams.close()

    def status(self) -> ConnectionStatus:
        """See the port."""
        return self._connection.status

    # Accounts

    async def accounts(self) -> Sequence[BrokerAccount]:
        """See the port: always one."""
        return (mapping.account(*await self._account()),)

    async def balances(self, account: BrokerAccount) -> Balances:
        """See the port."""
        with self._reading(account.account_id):
            return mapping.balances(await self._client.get_account(), self._clock.now())

    async def positions(self, account: BrokerAccount) -> Sequence[Position]:
        """See the port."""
        with self._reading(account.account_id):
            held = await self._client.get_positions()
            any_coins = any(one.asset_class.startswith("crypto") for one in held)
            coins = await self._instruments.coins() if any_coins else {}
        now = self._clock.now()
        return tuple(mapping.position(one, coins, now) for one in held)

    async def search_instruments(self, text: str) -> Sequence[Instrument]:
        """See the port; options are found through the chain of their underlying."""
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
                    return catalogue.coin_rules(await self._instruments.pair(instrument.symbol))
            asset = await self._instruments.share(instrument.symbol)
            return catalogue.share_rules(asset, await self._market.rough_price(instrument))

    # Orders

    async def place_order(self, order: Order) -> Receipt:
        """See the port."""
        self._may_ask(order)
        return await self._orders.place(order)

    async def cancel_order(self, order: Order) -> None:
        """See the port; Alpaca's answer says that the cancel was taken, not what became of it."""
        self._may_ask(order)
        await self._orders.cancel(order)

    async def modify_order(self, order: Order, changes: OrderChanges) -> Receipt:
        """See the port; Alpaca puts a new order in the place of the old one."""
        self._may_ask(order)
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
        """See the port; Alpaca's range is that of the submission."""
        with self._reading(account.account_id):
            return await self._orders.ended(since, until)

    def order_events(self) -> AsyncIterator[OrderNews]:
        """See the port; ends with an error when the connection does."""
        with self._reading():
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
            return await self._market.hours(market)

    async def option_expiries(self, underlying: Instrument) -> Sequence[date]:
        """See the port."""
        with self._reading():
            return await self._expiries(underlying)

    async def option_quotes(self, contracts: Sequence[Instrument]) -> Sequence[OptionQuote]:
        """See the port."""
        with self._reading():
            return await self._option_quotes(contracts)

    async def option_chain(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """See the port."""
        with self._reading():
            return await self._instruments.chain(underlying, expiry)

    def stream_quotes(self, instruments: Sequence[Instrument]) -> AsyncIterator[Quote]:
        """See the port; shares and coins. Each with the last price that was told of it."""
        with self._reading():
            return self._streams.quotes(instruments)

    async def _expiries(self, underlying: Instrument) -> Sequence[date]:
        today = exchange_day(self._clock.now())
        price = await self._market.rough_price(underlying)
        return await self._instruments.expiries(underlying, today, price)

    async def _option_quotes(self, contracts: Sequence[Instrument]) -> Sequence[OptionQuote]:
        chain = same_chain(contracts)
        if chain is None:
            return ()
        interest = await self._instruments.open_interest(*chain)
        return await self._market.option_quotes(contracts, interest)

    # What all of them share

    async def _account(self) -> tuple[answers.Account, answers.Configuration]:
        with self._reading():
            return await asyncio.gather(
                self._client.get_account(), self._client.get_configuration()
            )

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
            raise errors.not_sent("The connection to Alpaca is closed; nothing was sent.")
        if order.account_id != self._account_id:
            raise errors.not_sent("These keys open another account now; nothing was sent.")

"""The paper broker behind the port: every order type, on a simulated market."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.paper import bars, chains, desk, errors, instruments, mapping, margin
from floorbroker.brokers.paper.book import Book
from floorbroker.brokers.paper.credentials import PaperCredentials
from floorbroker.brokers.paper.hours import TradingHours
from floorbroker.brokers.paper.ledger import Ledger
from floorbroker.brokers.paper.market import PaperMarket
from floorbroker.brokers.paper.options import paper_options
from floorbroker.brokers.paper.preview import preview
from floorbroker.brokers.port import BrokerAdapter, BrokerOrder
from floorbroker.brokers.shared.connection import Connection
from floorbroker.domain.connections import ConnectionStatus
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import Instrument, InstrumentRules
from floorbroker.domain.market import Bar, Greeks, Market, MarketHours, Quote, Timeframe
from floorbroker.domain.money import usd
from floorbroker.domain.option_chain import OptionQuote
from floorbroker.domain.order import Order
from floorbroker.domain.orders import Absent, Found, LookUp, OrderChanges, Preview, Receipt
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position

ACCOUNT: Final = BrokerAccount(
    account_id=AccountId("PAPER-1"), number="PAPER123456", name="Paper account", may_short=True
)
_HISTORY_AT_MOST: Final = 500
_BARS_AT_ONCE: Final = 25
_ORDERS: Final = frozenset({"place_order", "cancel_order", "modify_order"})


class PaperAdapter(BrokerAdapter):
    """One person's paper account. All of it is in the store, nothing in here."""

    def __init__(self, context: BrokerContext, credentials: PaperCredentials) -> None:
        """`credentials` hold nothing; every adapter is made in this form."""
        del credentials
        self._options = paper_options(context.options)
        self._clock = context.clock
        self._market = PaperMarket(self._options.seed, TradingHours(self._options.market_hours))
        self._ledger = Ledger(context, self._market)
        self._connection = Connection(context.clock)

    # Connection

    async def connect(self) -> None:
        """See the port; reads the book once, which is all that a connection can prove here."""
        self._connection.closed = False  # all of it is in the store: it may begin again
        with self._connection.opening():
            async with self._answering("connect"):
                await self._ledger.read()
        self._connection.opened()

    async def close(self) -> None:
        """See the port."""
        self._connection.close()

    def status(self) -> ConnectionStatus:
        """See the port."""
        return self._connection.status

    # Accounts

    async def accounts(self) -> Sequence[BrokerAccount]:
        """See the port: always one."""
        async with self._answering("accounts"):
            return (ACCOUNT,)

    async def balances(self, account: BrokerAccount) -> Balances:
        """See the port."""
        async with self._answering("balances"):
            _known(account)
            book = await self._ledger.read()
        worth = margin.worth(book, self._market, book.looked_at)
        return Balances(
            cash=usd(book.cash),
            equity=usd(worth.equity),
            buying_power=usd(worth.buying_power),
            as_of=book.looked_at,
            day_profit=usd(worth.equity - book.opening_equity),
            realised_profit=usd(book.realised),
            margin_used=usd(worth.equity - worth.free),
        )

    async def positions(self, account: BrokerAccount) -> Sequence[Position]:
        """See the port; by symbol."""
        async with self._answering("positions"):
            _known(account)
            book = await self._ledger.read()
        return tuple(self._position(book, symbol) for symbol in sorted(book.holdings))

    async def search_instruments(self, text: str) -> Sequence[Instrument]:
        """See the port."""
        async with self._answering("search_instruments"):
            return instruments.search(text)

    async def instrument(self, symbol: str) -> Instrument:
        """See the port."""
        async with self._answering("instrument"):
            return chains.trading(symbol, self._clock.now()).instrument

    async def instrument_rules(self, instrument: Instrument) -> InstrumentRules:
        """See the port."""
        async with self._answering("instrument_rules"):
            return instruments.listing(instrument.symbol).rules

    async def revoke(self) -> None:
        """See the port; cash, holdings and orders are gone, and the next book begins anew."""
        async with self._answering("revoke"):
            await self._ledger.erase()

    # Orders

    async def place_order(self, order: Order) -> Receipt:
        """See the port; an id that was used before is answered with the order that is there."""

        def step(book: Book, now: datetime) -> Book:
            return desk.placed(book, order.order_id, order.request, self._market, now)

        async with self._answering("place_order"):
            _own(order)
            book = await self._ledger.change(step, unless_known=order.order_id)
            return await self._receipt(book, order)

    async def cancel_order(self, order: Order) -> Receipt:
        """See the port; of a bracket that has filled, the legs are canceled."""

        def step(book: Book, now: datetime) -> Book:
            return desk.withdrawn(book, order.order_id, now)

        async with self._answering("cancel_order"):
            _own(order)
            book = await self._ledger.change(step)
            return await self._receipt(book, order)

    async def modify_order(self, order: Order, changes: OrderChanges) -> Receipt:
        """See the port; the broker id stays."""

        def step(book: Book, now: datetime) -> Book:
            return desk.changed(book, order.order_id, changes, self._market, now)

        async with self._answering("modify_order"):
            _own(order)
            book = await self._ledger.change(step)
            return await self._receipt(book, order)

    async def find_order(self, order: Order) -> LookUp:
        """See the port."""
        async with self._answering("find_order"):
            book = await self._ledger.read()
            found = await self._ledger.order(book, order.order_id)
        return Absent() if found is None else Found(receipt=mapping.receipt(found))

    async def open_orders(self, account: BrokerAccount) -> Sequence[BrokerOrder]:
        """See the port; a bracket's working legs are listed too, without an id of ours."""
        async with self._answering("open_orders"):
            _known(account)
            book = await self._ledger.read()
        return tuple(mapping.broker_order(order) for order in book.working)

    async def order_history(
        self, account: BrokerAccount, since: datetime, until: datetime
    ) -> Sequence[BrokerOrder]:
        """See the port; both ends are included."""
        async with self._answering("order_history"):
            _known(account)
            book = await self._ledger.read()
            ended = await self._ledger.ended(book, since, until, _HISTORY_AT_MOST)
        return tuple(mapping.broker_order(order) for order in ended)

    async def preview_order(self, order: Order) -> Preview:
        """See the port.

        Raises:
            OrderRejected: The market would refuse the order.
        """
        async with self._answering("preview_order"):
            _own(order)
            book = await self._ledger.read()
            return preview(book, order.request, self._market, book.looked_at)

    # Market

    async def quote(self, instrument: Instrument) -> Quote:
        """See the port."""
        async with self._answering("quote"):
            now = self._clock.now()
            return self._market.quote(chains.trading(instrument.symbol, now), now)

    async def stream_quotes(self, instruments: Sequence[Instrument]) -> AsyncIterator[Quote]:
        """See the port; whatever has moved since the last look, every `push_seconds`."""
        known: dict[str, Quote] = {}
        while True:
            for instrument in instruments:
                quote = await self.quote(instrument)
                before = known.get(instrument.symbol)
                if before is None or replace(quote, at=before.at) != before:
                    known[instrument.symbol] = quote
                    yield quote
            await asyncio.sleep(self._options.push_seconds)

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """See the port; the running bar is included and closes now."""
        async with self._answering("bars"):
            line, now = instruments.listing(instrument.symbol), self._clock.now()
            found: list[Bar] = []
            for at in bars.bar_starts(self._market, line, timeframe, start=start, end=end, now=now):
                found.append(bars.bar(self._market, line, timeframe, at, now))
                if len(found) % _BARS_AT_ONCE == 0:
                    # A thousand bars take a tenth of a second: others get their turn.
                    await asyncio.sleep(0)
        return found

    async def market_hours(self, market: Market) -> MarketHours:
        """See the port; holidays are not modelled."""
        async with self._answering("market_hours"):
            return self._market.hours.of(market, self._clock.now())

    async def option_expiries(self, underlying: Instrument) -> Sequence[date]:
        """See the port."""
        async with self._answering("option_expiries"):
            return chains.expiries(underlying, self._clock.now())

    async def option_chain(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """See the port."""
        async with self._answering("option_chain"):
            return chains.chain(underlying, expiry, self._clock.now())

    async def option_quotes(self, contracts: Sequence[Instrument]) -> Sequence[OptionQuote]:
        """See the port."""
        async with self._answering("option_quotes"):
            return chains.quotes(contracts, self._market, self._clock.now())

    async def greeks(self, option: Instrument) -> Greeks:
        """See the port."""
        async with self._answering("greeks"):
            return chains.greeks(option, self._market, self._clock.now())

    # What all of them share

    @asynccontextmanager
    async def _answering(self, operation: str) -> AsyncIterator[None]:
        """The way to the broker and back, with its latency and the faults that are set."""
        if self._connection.closed:
            raise errors.closed_for_orders() if operation in _ORDERS else errors.closed_for_reads()
        await self._options.faults.before(operation)
        if self._options.latency_seconds:
            await asyncio.sleep(self._options.latency_seconds)
        yield
        await self._options.faults.after(operation)

    async def _receipt(self, book: Book, order: Order) -> Receipt:
        found = await self._ledger.order(book, order.order_id)
        if found is None:
            raise errors.no_such_order()
        return mapping.receipt(found)

    def _position(self, book: Book, symbol: str) -> Position:
        line, holding = instruments.listing(symbol), book.holdings[symbol]
        return Position(
            instrument=line.instrument,
            quantity=holding.quantity,
            average_price=holding.average_price / line.size,
            market_price=self._market.value(line, book.looked_at),
            as_of=book.looked_at,
        )


def _known(account: BrokerAccount) -> None:
    if account.account_id != ACCOUNT.account_id:
        raise errors.no_such_account()


def _own(order: Order) -> None:
    if order.account_id != ACCOUNT.account_id:
        raise errors.wrong_account()

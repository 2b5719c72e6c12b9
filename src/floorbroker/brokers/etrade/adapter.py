"""E*TRADE behind the port."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Final

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.etrade import errors, mapping
from floorbroker.brokers.etrade.calls import EtradeCalls
from floorbroker.brokers.etrade.credentials import EtradeTokens
from floorbroker.brokers.etrade.instruments import Instruments
from floorbroker.brokers.etrade.orders import Orders
from floorbroker.brokers.port import BrokerAdapter, BrokerOrder
from floorbroker.brokers.shared.connection import Connection
from floorbroker.domain.connections import ConnectionStatus
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import Instrument, InstrumentRules
from floorbroker.domain.market import Quote
from floorbroker.domain.option_chain import OptionQuote
from floorbroker.domain.order import Order
from floorbroker.domain.orders import LookUp, OrderChanges, Preview, Receipt
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position

_PAGES_AT_MOST: Final = 50


class EtradeAdapter(BrokerAdapter):
    """Everything that one person's sign-in reaches: all their brokerage accounts."""

    def __init__(self, context: BrokerContext, credentials: EtradeTokens) -> None:
        """Asks nobody yet; the access of each request is that of `context.tokens`."""
        del credentials
        self._calls = EtradeCalls(context)
        self._clock = context.clock
        self._instruments = Instruments(
            self._calls, context.cache, context.clock, context.endpoints["live"]
        )
        self._orders = Orders(self._calls, context.clock)
        self._keys: dict[AccountId, str] = {}
        self._connection = Connection(context.clock)

    # Connection

    async def connect(self) -> None:
        """See the port."""
        with self._connection.opening():
            await self.accounts()
        self._connection.opened()

    async def close(self) -> None:
        """See the port; the access goes, and nothing can be asked any more."""
        self._connection.close()
        self._keys.clear()
        self._calls.forget()

    def status(self) -> ConnectionStatus:
        """See the port."""
        return self._connection.status

    async def revoke(self) -> None:
        """See the port."""
        with self._reading():
            await self._calls.revoke()

    # Accounts

    async def accounts(self) -> Sequence[BrokerAccount]:
        """See the port; closed ones and those at the bank are left out."""
        with self._reading():
            found = mapping.open_ones(await self._calls.get_accounts())
        self._keys = {AccountId(one.account_id): one.account_id_key for one in found}
        return tuple(mapping.account(one) for one in found)

    async def balances(self, account: BrokerAccount) -> Balances:
        """See the port."""
        with self._reading():
            told = await self._calls.get_balance(self._key(account.account_id))
        return mapping.balances(told, self._clock.now())

    async def positions(self, account: BrokerAccount) -> Sequence[Position]:
        """See the port."""
        key, found = self._key(account.account_id), []
        with self._reading():
            page = await self._calls.get_positions(key, 1)
            found += page.positions
            for number in range(2, min(page.total_pages, _PAGES_AT_MOST) + 1):
                found += (await self._calls.get_positions(key, number)).positions
        now = self._clock.now()
        return [mapping.position(one, now) for one in found if one.quantity]

    async def search_instruments(self, text: str) -> Sequence[Instrument]:
        """See the port; a company's name is found by any part of it."""
        with self._reading():
            return await self._instruments.search(text)

    async def instrument(self, symbol: str) -> Instrument:
        """See the port."""
        with self._reading():
            return await self._instruments.named(symbol)

    async def instrument_rules(self, instrument: Instrument) -> InstrumentRules:
        """See the port."""
        with self._reading():
            return await self._instruments.rules(instrument)

    # Orders

    async def place_order(self, order: Order) -> Receipt:
        """See the port."""
        return await self._orders.place(self._key_to_ask(order), order)

    async def cancel_order(self, order: Order) -> None:
        """See the port; E*TRADE's answer says that the cancel was taken, not what comes of it."""
        await self._orders.cancel(self._key_to_ask(order), order)

    async def modify_order(self, order: Order, changes: OrderChanges) -> Receipt:
        """See the port; another order with an id of its own takes the place of this one."""
        return await self._orders.modify(self._key_to_ask(order), order, changes)

    async def find_order(self, order: Order) -> LookUp:
        """See the port."""
        return await self._orders.find(self._key(order.account_id), order)

    async def open_orders(self, account: BrokerAccount) -> Sequence[BrokerOrder]:
        """See the port; E*TRADE does not tell which of them are ours."""
        return await self._orders.working(self._key(account.account_id))

    async def order_history(
        self, account: BrokerAccount, since: datetime, until: datetime
    ) -> Sequence[BrokerOrder]:
        """See the port; E*TRADE does not tell which of them are ours."""
        return await self._orders.ended(self._key(account.account_id), since, until)

    async def preview_order(self, order: Order) -> Preview:
        """See the port.

        Raises:
            OrderRejected: E*TRADE would refuse it now.
        """
        return await self._orders.estimate(self._key_to_ask(order), order)

    # Market

    async def quote(self, instrument: Instrument) -> Quote:
        """See the port."""
        with self._reading():
            return await self._instruments.quote(instrument)

    async def option_expiries(self, underlying: Instrument) -> Sequence[date]:
        """See the port."""
        with self._reading():
            return await self._instruments.expiries(underlying)

    async def option_quotes(self, contracts: Sequence[Instrument]) -> Sequence[OptionQuote]:
        """See the port."""
        with self._reading():
            return await self._instruments.option_quotes(contracts)

    async def option_chain(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """See the port."""
        with self._reading():
            return await self._instruments.chain(underlying, expiry)

    # What all of them share

    @contextmanager
    def _reading(self) -> Iterator[None]:
        if self._connection.closed:
            raise errors.closed_for_reads()
        with errors.reading():
            yield

    def _key(self, account_id: AccountId) -> str:
        """What requests about the account take in its place.

        Raises:
            BrokerError: The sign-in does not reach it.
        """
        if self._connection.closed:
            raise errors.closed_for_reads()
        key = self._keys.get(account_id)
        if key is None:
            raise errors.another_account()
        return key

    def _key_to_ask(self, order: Order) -> str:
        """Likewise, before anything is sent.

        Raises:
            NotSent: It does not reach it, or the connection is closed.
        """
        if self._connection.closed:
            raise errors.not_sent("The connection to E*TRADE is closed; nothing was sent.")
        key = self._keys.get(order.account_id)
        if key is None:
            raise errors.not_sent("This sign-in reaches other accounts now; nothing was sent.")
        return key

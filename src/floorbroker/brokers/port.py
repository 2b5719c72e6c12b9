"""The contract that every broker implements.

Every amount is a Decimal beside its currency or unit, every time is aware and in UTC, every
instrument is an `Instrument`. What a broker lacks is declared in its manifest; calling it all
the same raises `NotSupported`.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from floorbroker.brokers.spec import Capability
from floorbroker.domain.connections import ConnectionStatus
from floorbroker.domain.errors import NotSupported
from floorbroker.domain.ids import OrderId
from floorbroker.domain.instruments import Instrument, InstrumentRules
from floorbroker.domain.market import Bar, Depth, Greeks, Market, MarketHours, Quote, Timeframe
from floorbroker.domain.option_chain import OptionQuote
from floorbroker.domain.order import Order
from floorbroker.domain.orders import LookUp, OrderChanges, Preview, Receipt
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position

MOST_CONTRACTS: Final = 25
"""Of a chain that are looked at together: as many as a card and its menu show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerOrder:
    """An order as the broker lists it; `order_id` is ours if it came from here."""

    order_id: OrderId | None
    instrument: Instrument
    description: str
    at: datetime
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNews:
    """The broker tells that one of our orders changed."""

    order_id: OrderId
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRights:
    """What a key may do, where the broker tells; None where it does not."""

    trade: bool | None
    withdraw: bool | None
    ip_restricted: bool | None
    expires_at: datetime | None


class BrokerAdapter(ABC):
    """One person's link at one broker. Leased, never shared between people."""

    # Connection

    @abstractmethod
    async def connect(self) -> None:
        """Proves that the broker answers this credential.

        Raises:
            BrokerError: It does not, and why.
        """

    @abstractmethod
    async def close(self) -> None:
        """Lets go of everything; never fails."""

    @abstractmethod
    def status(self) -> ConnectionStatus:
        """The present state, without asking the broker."""

    # Accounts

    @abstractmethod
    async def accounts(self) -> Sequence[BrokerAccount]:
        """The accounts reached through this link."""

    @abstractmethod
    async def balances(self, account: BrokerAccount) -> Balances:
        """What the account is worth and can buy."""

    @abstractmethod
    async def positions(self, account: BrokerAccount) -> Sequence[Position]:
        """All holdings; the full replacement of any earlier answer."""

    @abstractmethod
    async def search_instruments(self, text: str) -> Sequence[Instrument]:
        """Instruments whose symbol or name begins like `text`, best first, at most 25."""

    @abstractmethod
    async def instrument(self, symbol: str) -> Instrument:
        """The one instrument of that symbol.

        Raises:
            SymbolNotFound: There is none.
            AmbiguousSymbol: There are several.
        """

    @abstractmethod
    async def instrument_rules(self, instrument: Instrument) -> InstrumentRules:
        """Steps, ticks and minima."""

    async def key_rights(self) -> KeyRights:
        """What the credential may do."""
        raise _lacks(Capability.KEY_RIGHTS)

    async def revoke(self) -> None:
        """Withdraws the credential at the broker."""
        raise _lacks(Capability.REVOKE)

    # Orders

    @abstractmethod
    async def place_order(self, order: Order) -> Receipt:
        """Sends `order` once.

        Raises:
            OrderRejected: The broker refused it, in its own words.
            NotSent: Nothing left this process.
            OutcomeUnknown: No readable answer came back; the order may exist.
        """

    @abstractmethod
    async def cancel_order(self, order: Order) -> Receipt | None:
        """Asks once for a cancel; None where the answer does not tell the order's state.

        Raises:
            OrderRejected: It can no longer be canceled.
            NotSent: Nothing left this process.
            OutcomeUnknown: No readable answer came back.
        """

    async def modify_order(self, order: Order, changes: OrderChanges) -> Receipt:
        """Asks once for other terms; the receipt may carry a new broker id.

        Raises:
            OrderRejected: The broker refused the change; the order stands as it was.
            NotSent: Nothing left this process.
            OutcomeUnknown: No readable answer came back.
        """
        raise _lacks(Capability.MODIFY)

    @abstractmethod
    async def find_order(self, order: Order) -> LookUp:
        """Reads `order` back, ended ones included, by whatever identifies it at this broker."""

    @abstractmethod
    async def open_orders(self, account: BrokerAccount) -> Sequence[BrokerOrder]:
        """Every working order of the account, ours and others."""

    @abstractmethod
    async def order_history(
        self, account: BrokerAccount, since: datetime, until: datetime
    ) -> Sequence[BrokerOrder]:
        """Ended orders, newest first, at most 500."""

    def order_events(self) -> AsyncIterator[OrderNews]:
        """News of orders as the broker pushes them; may break, polling stands behind it."""
        raise _lacks(Capability.ORDER_EVENTS)

    async def preview_order(self, order: Order) -> Preview:
        """The broker's own estimate; nothing is sent that could become an order."""
        raise _lacks(Capability.PREVIEW)

    # Market

    async def quote(self, instrument: Instrument) -> Quote:
        """The present price, with its own time and source."""
        raise _lacks(Capability.QUOTES)

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """Bars that start within [start, end), oldest first, at most 1,000.

        A broker that has them from more than one feed tells in each which it is of.
        """
        raise _lacks(Capability.BARS)

    async def market_hours(self, market: Market) -> MarketHours:
        """Whether the market trades now, and when that changes."""
        raise _lacks(Capability.MARKET_HOURS)

    async def option_expiries(self, underlying: Instrument) -> Sequence[date]:
        """The days on which options on it expire, earliest first, none that has passed."""
        raise _lacks(Capability.OPTION_CHAIN)

    async def option_chain(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """Every contract of one expiry."""
        raise _lacks(Capability.OPTION_CHAIN)

    async def option_quotes(self, contracts: Sequence[Instrument]) -> Sequence[OptionQuote]:
        """What is told of contracts of one chain, in as few requests as the broker allows.

        At most `MOST_CONTRACTS` are asked for. One of which nothing is told is left out; the order
        is that of `contracts`.
        """
        raise _lacks(Capability.OPTION_CHAIN)

    async def greeks(self, option: Instrument) -> Greeks:
        """How the price of an option moves, by the broker's own model."""
        raise _lacks(Capability.GREEKS)

    async def depth(self, instrument: Instrument) -> Depth:
        """The orders that stand on both sides of the book, as far as the broker shows them."""
        raise _lacks(Capability.DEPTH)

    def stream_quotes(self, instruments: Sequence[Instrument]) -> AsyncIterator[Quote]:
        """Quotes as the broker pushes them."""
        raise _lacks(Capability.STREAM_QUOTES)


def _lacks(capability: Capability) -> NotSupported:
    return NotSupported(f"This broker does not offer {capability.value.replace('_', ' ')}.")

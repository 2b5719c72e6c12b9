"""What an order comes to, and what an account has for it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from tests.simulators.etrade.instruments import Instrument
from tests.simulators.etrade.market import Market, Quote
from tests.simulators.etrade.orders import Order
from tests.simulators.etrade.people import ZERO, Account
from tests.simulators.etrade.ticket import Ticket, is_share

A_CONTRACT: Final = Decimal("0.65")
"""US dollars; shares cost nothing (E*TRADE's public price list, unverified here)."""


def commission(ticket: Ticket, quantity: Decimal) -> Decimal:
    """Of so many shares or contracts."""
    return ZERO if is_share(ticket) else quantity * A_CONTRACT


def unit_price(ticket: Ticket, quote: Quote) -> Decimal:
    """What one share or contract is counted at before it is traded."""
    return ticket.limit or ticket.stop or quote.touch(ticket.action) or quote.last


def estimated_total(ticket: Ticket, quote: Quote) -> Decimal:
    """As previews show it: below zero where the account receives money."""
    value = unit_price(ticket, quote) * ticket.quantity * ticket.instrument.size
    fee = commission(ticket, ticket.quantity)
    return value + fee if ticket.buys else fee - value


class Funds:
    """Balances of one account, with what its open orders hold."""

    def __init__(self, account: Account, orders: Iterable[Order], market: Market) -> None:
        """`orders` may be anybody's."""
        self.account = account
        self._orders = [one for one in orders if one.account is account and not one.ended]
        self._market = market

    def price(self, instrument: Instrument) -> Decimal:
        """The last price; zero for what nobody quotes."""
        quote = self._market.quotes.get(instrument)
        return quote.last if quote else ZERO

    @property
    def long_value(self) -> Decimal:
        """Of what is held, in US dollars."""
        return self._value(short=False)

    @property
    def short_value(self) -> Decimal:
        """Of what is owed, zero or below."""
        return self._value(short=True)

    @property
    def equity(self) -> Decimal:
        """Cash and positions."""
        return self.account.cash + self.long_value + self.short_value

    @property
    def reserved(self) -> Decimal:
        """US dollars that open orders hold."""
        return sum((self._reserve(order) for order in self._orders), ZERO)

    @property
    def buying_power(self) -> Decimal:
        """On margin twice the equity less what is invested, cash else; less what is reserved."""
        if self.account.on_margin:
            gross = self.long_value - self.short_value
            return 2 * self.equity - gross - self.reserved
        return self.account.cash - self.reserved

    def available(self, ticket: Ticket) -> Decimal:
        """Shares or contracts that may be closed, less those in open closing orders."""
        held = self.account.held(ticket.instrument)
        mine = held if not ticket.buys else -held
        busy = (
            order.remaining
            for order in self._orders
            if order.ticket.instrument == ticket.instrument
            and order.ticket.closes
            and order.ticket.buys == ticket.buys
        )
        return mine - sum(busy, ZERO)

    def without(self, order: Order) -> "Funds":
        """As if `order` were not there: for the one that replaces it."""
        return Funds(self.account, [one for one in self._orders if one is not order], self._market)

    def _reserve(self, order: Order) -> Decimal:
        ticket = order.ticket
        quote = self._market.quotes.get(ticket.instrument)
        if not ticket.buys or ticket.closes or quote is None:
            return ZERO
        value = unit_price(ticket, quote) * order.remaining * ticket.instrument.size
        return value + commission(ticket, order.remaining)

    def _value(self, *, short: bool) -> Decimal:
        return sum(
            (
                one.quantity * self.price(one.instrument) * one.instrument.size
                for one in self.account.holdings.values()
                if (one.quantity < 0) == short
            ),
            ZERO,
        )

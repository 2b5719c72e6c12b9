"""What an account is worth, what it may spend, and what of a position is still free.

The shape of the figures is that of recorded accounts: a margin account's `buyingPower` is twice its
`availableFunds`, options count for neither. The shares of the requirement are the usual ones (half
for shares, all for options), not the vendor's own. That open orders hold funds was seen in public:
a second buy was rejected while a first one rested.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from tests.simulators.schwab.instruments import OPTION, Contract, Listing
from tests.simulators.schwab.market import Market
from tests.simulators.schwab.orders import Order
from tests.simulators.schwab.people import MARGIN, ZERO, Account
from tests.simulators.schwab.ticket import Leg, Ticket

COMMISSION: Final = Decimal("0.65")
"""A contract; shares cost nothing (a recorded transaction shows 0.65)."""
_HALF: Final = Decimal("0.5")
_NAKED: Final = Decimal("0.2")


class Funds:
    """The figures of one account, computed when they are asked for."""

    def __init__(
        self, account: Account, orders: Iterable[Order], market: Market, listing: Listing
    ) -> None:
        """`orders` are this account's own."""
        self._account = account
        self._open = [order for order in orders if order.ready and not order.ended]
        self._market = market
        self._listing = listing

    def value(self, symbol: str) -> Decimal:
        """What the position is worth at the last price, or at what it cost; below zero if short."""
        holding = self._account.holdings[symbol]
        quote = self._market.quotes.get(symbol)
        price = holding.average if quote is None else quote.last
        found = self._listing.find(symbol)
        return holding.quantity * price * (found.size if found else 1)

    def worth(self, *, options: bool, long: bool) -> Decimal:
        """Of all positions of that kind and direction; zero or below where short."""
        values = (
            self.value(symbol)
            for symbol in self._account.holdings
            if isinstance(self._listing.find(symbol), Contract) == options
        )
        return sum((v for v in values if (v > 0) == long), ZERO)

    @property
    def shares(self) -> Decimal:
        """Long and short together."""
        return self.worth(options=False, long=True) + self.worth(options=False, long=False)

    @property
    def liquidation(self) -> Decimal:
        """Cash and all positions."""
        options = self.worth(options=True, long=True) + self.worth(options=True, long=False)
        return self._account.cash + self.shares + options

    @property
    def requirement(self) -> Decimal:
        """Half of the shares, long and short."""
        long, short = (self.worth(options=False, long=way) for way in (True, False))
        return (long - short) * _HALF

    @property
    def available(self) -> Decimal:
        """What may be spent without borrowing, less what open orders hold."""
        held = sum((self._held_by(order) for order in self._open), ZERO)
        if self._account.type == MARGIN:
            return self._account.cash + self.shares - self.requirement - held
        return self._account.cash - held

    @property
    def buying_power(self) -> Decimal:
        """For shares."""
        return self.available * (2 if self._account.type == MARGIN else 1)

    def needed(self, ticket: Ticket, quantity: Decimal) -> Decimal:
        """What an order takes of `available`; zero where it only closes."""
        price = self.price(ticket)
        if len(ticket.legs) > 1:
            return self._for_spread(ticket, quantity, price)
        leg = ticket.legs[0]
        if leg.closes:
            return ZERO
        if leg.asset_type == OPTION:
            return self._for_option(leg, quantity, price)
        return price * quantity * (_HALF if self._account.type == MARGIN else 1)

    def price(self, ticket: Ticket) -> Decimal:
        """Per unit: the limit, the stop, or the market; below zero where a spread brings money."""
        if ticket.price is not None:
            return -ticket.price if ticket.type == "NET_CREDIT" else ticket.price
        if ticket.stop_price is not None:
            return ticket.stop_price
        smallest = min(leg.quantity for leg in ticket.legs)
        total = ZERO
        for leg in ticket.legs:
            quote = self._market.quotes.get(leg.symbol)
            touch = ZERO if quote is None else quote.touch(leg.buys)
            share = touch * leg.quantity / smallest
            total += share if leg.buys or len(ticket.legs) == 1 else -share
        return total

    def closable(self, leg: Leg, besides: Order) -> Decimal:
        """What of the position that `leg` lessens no other open order already wants."""
        held = self._account.held(leg.symbol)
        free = -held if leg.buys else held
        root = besides.parent if besides.parent and besides.parent.is_holder else besides
        roots = [o for o in self._open if o.parent is None or not o.parent.is_holder]
        wanted = (_wanted(o, leg) for o in roots if o is not root and o is not besides)
        return free - sum(wanted, ZERO)

    def _held_by(self, order: Order) -> Decimal:
        return ZERO if order.is_holder else self.needed(order.ticket, order.left)

    def _for_spread(self, ticket: Ticket, quantity: Decimal, price: Decimal) -> Decimal:
        if all(leg.closes for leg in ticket.legs):
            return ZERO
        fees = COMMISSION * quantity * len(ticket.legs)
        contracts = [self._listing.contracts[leg.symbol] for leg in ticket.legs]
        strikes = [one.strike for one in contracts if one.right == contracts[0].right]
        width = max(strikes) - min(strikes) if price < 0 else ZERO
        return max(width + price, ZERO) * 100 * quantity + fees

    def _for_option(self, leg: Leg, quantity: Decimal, price: Decimal) -> Decimal:
        fees = COMMISSION * quantity
        if leg.buys:
            return price * 100 * quantity + fees
        contract = self._listing.contracts[leg.symbol]
        covered = contract.right == "CALL" and (
            self._account.held(contract.underlying) >= 100 * quantity
        )
        if covered:
            return fees
        whole = contract.strike * 100 * quantity
        return whole * (_NAKED if self._account.type == MARGIN else 1) + fees


def _wanted(order: Order, leg: Leg) -> Decimal:
    """Of an OCO's two, only one can fill."""
    if order.is_holder:
        return max((_wanted(child, leg) for child in order.children), default=ZERO)
    if order.ended or order.status == "AWAITING_PARENT_ORDER":
        return ZERO
    same = (own for own in order.ticket.legs if own.symbol == leg.symbol and own.closes)
    return sum((order.left for own in same if own.buys == leg.buys), ZERO)

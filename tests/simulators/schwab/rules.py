"""Why an order that was taken with a 201 is REJECTED a moment later: `statusDescription`.

Seen in public, on a live account: buying power and more than is held answer 201, and the order is
REJECTED when it is read 0.3 to 0.7 seconds later. The sentences of those two and of a halted
account are recorded; the others' words, and that these rules come late too, are unverified.
"""

from datetime import datetime
from decimal import Decimal
from typing import Final

from tests.simulators.schwab.funds import Funds
from tests.simulators.schwab.hours import NEW_YORK
from tests.simulators.schwab.instruments import Contract, Listing, Share
from tests.simulators.schwab.market import Market
from tests.simulators.schwab.orders import Order
from tests.simulators.schwab.people import CASH
from tests.simulators.schwab.ticket import Ticket
from tests.simulators.schwab.words import STOPPED

NO_FUNDS: Final = "You do not have enough available cash/buying power for this order."
OVERSOLD: Final = (
    "This order may result in an oversold/overbought position in your account. "
    "Please check your position quantity and/or open orders."
)
NO_TRADES: Final = "No trades are currently allowed"
# Unverified from here.
CLOSING_ONLY: Final = "This account is restricted to closing transactions."
NOT_SHORTABLE: Final = "Shares of this security are currently not available to short sell."
CASH_SHORT: Final = "Short sales are not allowed in this account."
WRONG_STOP: Final = "The stop price is on the wrong side of the market."
BAD_INCREMENT: Final = "The price is not in a valid increment."
LIMIT_ONLY: Final = "Only limit orders are accepted in this session."
EXPIRED: Final = "The option has expired."


def objection(
    order: Order, funds: Funds, market: Market, listing: Listing, now: datetime
) -> str | None:
    """Why it may not be; None where it may."""
    account, ticket = order.account, order.ticket
    if account.halted:
        return NO_TRADES
    if account.closing_only and not all(leg.closes for leg in ticket.legs):
        return CLOSING_ONLY
    if ticket.session != "NORMAL" and ticket.type != "LIMIT":
        return LIMIT_ONLY
    return (
        _about_instruments(ticket, listing, now, cash=account.type == CASH)
        or _about_prices(ticket, market)
        or _about_positions(order, funds)
        or _about_funds(order, funds)
    )


def _about_instruments(
    ticket: Ticket, listing: Listing, now: datetime, *, cash: bool
) -> str | None:
    for leg in ticket.legs:
        found = listing.find(leg.symbol)
        if isinstance(found, Contract) and found.expiry < now.astimezone(NEW_YORK).date():
            return EXPIRED
        if leg.instruction == "SELL_SHORT" and isinstance(found, Share):
            if cash:
                return CASH_SHORT
            if not found.shortable:
                return NOT_SHORTABLE
    return None


def _about_prices(ticket: Ticket, market: Market) -> str | None:
    for price in (ticket.price, ticket.stop_price):
        step = Decimal("0.01") if price is None or price >= 1 else Decimal("0.0001")
        if price is not None and price % step:
            return BAD_INCREMENT
    quote = market.quotes.get(ticket.legs[0].symbol)
    if ticket.type not in STOPPED or quote is None or ticket.stop_price is None:
        return None
    buys = ticket.legs[0].buys
    wrong = ticket.stop_price <= quote.last if buys else ticket.stop_price >= quote.last
    return WRONG_STOP if wrong else None


def _about_positions(order: Order, funds: Funds) -> str | None:
    for leg in order.ticket.legs:
        if leg.closes and leg.quantity > funds.closable(leg, order):
            return OVERSOLD
    return None


def _about_funds(order: Order, funds: Funds) -> str | None:
    needed = funds.needed(order.ticket, order.quantity)
    return NO_FUNDS if needed > max(funds.available, Decimal(0)) else None

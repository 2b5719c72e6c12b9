"""What the paper broker refuses, before anything is stored. Pure."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from floorbroker.brokers.paper import errors
from floorbroker.brokers.paper.book import Book
from floorbroker.brokers.paper.contracts import expiries, expiry_moment
from floorbroker.brokers.paper.instruments import Listing, listing
from floorbroker.brokers.paper.margin import margin_rate, worth
from floorbroker.brokers.paper.market import PaperMarket
from floorbroker.brokers.paper.orders import PaperOrder
from floorbroker.brokers.shared.wire import plain
from floorbroker.domain.errors import SymbolNotFound
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Market
from floorbroker.domain.orders import OrderType, PositionEffect, Session, Side

_WORKING_AT_MOST = 200


def listed(instrument: Instrument) -> Listing:
    """The market's line for an order's instrument.

    Raises:
        OrderRejected: Not listed, or a future or currency pair.
    """
    try:
        line = listing(instrument.symbol)
    except SymbolNotFound:
        raise errors.unknown_symbol(instrument.symbol) from None
    if instrument.asset_class not in {AssetClass.EQUITY, AssetClass.CRYPTO, AssetClass.OPTION}:
        raise errors.refused("The paper broker trades shares, funds, options and coins only.")
    return line


def check_terms(order: PaperOrder, line: Listing, market: PaperMarket, now: datetime) -> None:
    """Whether the order makes sense at this market, whatever the account holds.

    Raises:
        OrderRejected: It does not.
    """
    _check_steps(order, line)
    _check_contract(order, line, now)
    if order.immediate and order.type not in {OrderType.MARKET, OrderType.LIMIT}:
        raise errors.refused("Only market and limit orders can be immediate.")
    if order.session is Session.EXTENDED and order.type is not OrderType.LIMIT:
        raise errors.refused("In the extended session only limit orders are taken.")
    if order.effect is PositionEffect.SHORT and (order.side is Side.BUY or line.for_cash):
        raise errors.refused("A short position is opened by selling shares.")
    if order.legs and order.closes_only:
        raise errors.refused("A take-profit or stop-loss goes with an order that opens a position.")
    _check_legs(order, line, market, now)
    must_fill_now = order.immediate or order.type is OrderType.MARKET
    if must_fill_now and not market.hours.open_at(now, order.session, crypto=line.crypto):
        raise errors.market_closed(market.hours.of(Market.US_EQUITIES, now).next_open)


def _check_contract(order: PaperOrder, line: Listing, now: datetime) -> None:
    expiry = line.instrument.expiry
    if expiry is None:
        return
    if expiry_moment(expiry) <= now:
        raise errors.refused("This contract has expired.")
    if expiry not in expiries(now):
        raise errors.refused("This contract is not listed yet.")
    if order.session is Session.EXTENDED:
        raise errors.refused("Options trade in the regular session only.")
    if order.legs:
        raise errors.refused("A take-profit or stop-loss goes with shares and coins only.")


def _check_steps(order: PaperOrder, line: Listing) -> None:
    rules = line.rules
    if order.quantity < rules.minimum_quantity:
        raise errors.refused(f"The smallest order is {plain(rules.minimum_quantity)}.")
    if order.quantity % rules.quantity_step:
        step = plain(rules.quantity_step)
        raise errors.refused(f"The quantity must be a multiple of {step}.")
    prices = (order.limit_price, order.stop_price, order.take_profit, order.stop_loss)
    if any(price is not None and price % rules.price_tick for price in prices):
        raise errors.refused(f"Prices must be multiples of {plain(rules.price_tick)}.")


def _check_legs(order: PaperOrder, line: Listing, market: PaperMarket, now: datetime) -> None:
    entry = order.limit_price or order.stop_price or market.value(line, now)
    above, below = order.take_profit, order.stop_loss
    if order.side is Side.SELL:
        above, below = below, above
    if (above is not None and above <= entry) or (below is not None and below >= entry):
        raise errors.refused(
            f"The take-profit or stop-loss is on the wrong side of the entry at {entry}."
        )


def check_account(book: Book, order: PaperOrder, market: PaperMarket, now: datetime) -> None:
    """Whether the account can carry `order`, which is already among the working ones.

    Raises:
        OrderRejected: Too little to sell, or too little to pay with.
    """
    if len(book.working) > _WORKING_AT_MOST:
        raise errors.refused(f"At most {_WORKING_AT_MOST} orders can work at once.")
    line = listing(order.symbol)
    if order.closes_only:
        free = closable(book, order)
        if order.remaining > free:
            raise errors.more_than_held(order.symbol, order.remaining, free)
        return
    _check_value(order, line, market, now)
    _check_funds(book, order, line, market, now)


def closable(book: Book, order: PaperOrder) -> Decimal:
    """The holding that `order` could close, less what others of a person's own will close."""
    sign = 1 if order.side is Side.SELL else -1
    others = (
        other.remaining
        for other in book.working
        if other.order_id != order.order_id
        and other.symbol == order.symbol
        and other.side is order.side
        and other.closes_only
        # A bracket's legs hold nothing back: they shrink with the holding.
        and other.role is None
    )
    return max(sign * book.held(order.symbol) - sum(others, Decimal(0)), Decimal(0))


def _check_value(order: PaperOrder, line: Listing, market: PaperMarket, now: datetime) -> None:
    minimum = line.rules.minimum_notional
    value = order.quantity * line.size * (order.limit_price or market.value(line, now))
    if minimum is not None and value < minimum:
        raise errors.refused(f"The smallest order is worth {plain(minimum)} USD.")


def _check_funds(
    book: Book, order: PaperOrder, line: Listing, market: PaperMarket, now: datetime
) -> None:
    after = worth(book, market, now)
    before = worth(_without(book, order), market, now)
    tied = before.free - after.free
    if tied <= 0:
        return
    if line.for_cash:
        free = max(min(before.free, before.free_cash), Decimal(0))
        if tied > free:
            raise errors.insufficient_funds(tied, free, "cash")
    elif after.free < 0:
        rate = margin_rate(line)
        raise errors.insufficient_funds(tied / rate, before.buying_power, "buying power")


def _without(book: Book, order: PaperOrder) -> Book:
    kept = tuple(other for other in book.working if other.order_id != order.order_id)
    return replace(book, working=kept)

"""What Coinbase asks of an order: the product's state and steps, prices that can be, and funds."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tests.simulators.coinbase.costs import Costs, costs_of, takes
from tests.simulators.coinbase.market import Quote
from tests.simulators.coinbase.people import Person
from tests.simulators.coinbase.products import Product, is_multiple
from tests.simulators.coinbase.rejections import INSUFFICIENT_FUND, Rejected
from tests.simulators.coinbase.ticket import INVALID_CONFIG, STOP_DOWN, STOP_UP, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the rules look at besides the request.

    Attributes:
        free: Of the currency that the order pays with.
    """

    person: Person
    product: Product
    quote: Quote | None
    free: Decimal
    now: datetime


def check(ticket: Ticket, around: Around) -> Costs:
    """What the order comes to.

    Raises:
        Rejected: It may not be placed.
    """
    check_state(ticket, around.product)
    check_sizes(ticket, around.product)
    check_prices(ticket, around)
    costs = costs_of(ticket, around.person, around.quote)
    if costs.held > around.free:
        raise Rejected(INSUFFICIENT_FUND)
    return costs


def check_state(ticket: Ticket, product: Product) -> None:
    """The product takes such orders; which reason stands for which flag is unverified.

    Raises:
        Rejected: It does not.
    """
    if product.trading_disabled or product.is_disabled or product.status != "online":
        raise Rejected("PREVIEW_TRADING_DISABLED")
    if product.view_only:
        raise Rejected("PREVIEW_UNTRADABLE_PRODUCT")
    if product.cancel_only:
        raise Rejected("ORDER_ENTRY_DISABLED")
    limited = ticket.kind.type != "MARKET"
    if (product.limit_only and not limited) or (product.post_only and not ticket.post_only):
        raise Rejected("PREVIEW_NOT_ALLOWED_BY_MARKET_STATE")


def check_sizes(ticket: Ticket, product: Product) -> None:
    """Steps and bounds: off the grid is refused, nothing is rounded.

    Raises:
        Rejected: The size cannot be.
    """
    if ticket.quote_size is not None:
        # The SDK's guide gives an amount for market buys and a size for sales; whether others
        # are taken is unverified: here they are not.
        if ticket.kind.type != "MARKET" or ticket.side != "BUY":
            raise Rejected(INVALID_CONFIG)
        if not is_multiple(ticket.quote_size, product.quote_increment):
            raise Rejected("PREVIEW_INVALID_QUOTE_SIZE_PRECISION")
        _check_value(ticket.quote_size, product)
        return
    size = ticket.base_size or Decimal(0)
    if not is_multiple(size, product.base_increment):
        raise Rejected("PREVIEW_INVALID_SIZE_PRECISION")
    if size < Decimal(product.base_min_size):
        raise Rejected("PREVIEW_INVALID_BASE_SIZE_TOO_SMALL")
    if size > Decimal(product.base_max_size):
        raise Rejected("PREVIEW_INVALID_BASE_SIZE_TOO_LARGE")
    if ticket.limit_price is not None:
        # The smallest amount counts for limit orders too (documented for the same book's
        # `min_market_funds`); the reason's name is unverified.
        _check_value(size * ticket.limit_price, product)


def check_prices(ticket: Ticket, around: Around) -> None:
    """On the grid, on the right side of the market, and of each other.

    Raises:
        Rejected: A price cannot be.
    """
    product, quote = around.product, around.quote
    if ticket.limit_price is not None and not is_multiple(
        ticket.limit_price, product.price_increment
    ):
        raise Rejected("PREVIEW_INVALID_PRICE_PRECISION")
    for price, reason in (
        (ticket.stop_price, "PREVIEW_INVALID_STOP_PRICE_PRECISION"),
        (ticket.stop_trigger_price, "PREVIEW_INVALID_STOP_TRIGGER_PRICE_PRECISION"),
    ):
        if price is not None and not is_multiple(price, product.price_increment):
            raise Rejected(reason)
    if ticket.end_time is not None and ticket.end_time <= around.now:
        raise Rejected("PREVIEW_END_TIME_IS_IN_THE_PAST")
    if ticket.kind.type == "MARKET" and (quote is None or quote.touch(ticket.side) <= 0):
        raise Rejected("PREVIEW_INVALID_NO_LIQUIDITY")
    if ticket.post_only and takes(ticket, quote):
        raise Rejected("PREVIEW_INVALID_LIMIT_PRICE_POST_ONLY")
    _check_stop(ticket, quote)
    _check_bracket(ticket, quote)


def _check_value(amount: Decimal, product: Product) -> None:
    if amount < Decimal(product.quote_min_size):
        raise Rejected("PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL")
    if amount > Decimal(product.quote_max_size):
        raise Rejected("PREVIEW_INVALID_QUOTE_SIZE_TOO_LARGE")


def _check_stop(ticket: Ticket, quote: Quote | None) -> None:
    if ticket.stop_price is None or ticket.limit_price is None:
        return
    stop, limit = ticket.stop_price, ticket.limit_price
    if quote is not None:
        # Recorded by ccxt; that it is about the direction is read out of its name.
        if ticket.stop_direction == STOP_DOWN and stop > quote.last:
            raise Rejected("PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE")
        if ticket.stop_direction == STOP_UP and stop < quote.last:
            raise Rejected("PREVIEW_STOP_PRICE_BELOW_LAST_TRADE_PRICE")
    if ticket.side == "BUY" and stop > limit:
        raise Rejected("PREVIEW_STOP_PRICE_ABOVE_LIMIT_PRICE")
    if ticket.side == "SELL" and stop < limit:
        raise Rejected("PREVIEW_STOP_PRICE_BELOW_LIMIT_PRICE")


def _check_bracket(ticket: Ticket, quote: Quote | None) -> None:
    pairs = []
    if ticket.stop_trigger_price is not None and ticket.limit_price is not None:
        pairs.append((ticket.side, ticket.limit_price, ticket.stop_trigger_price))
    if ticket.attached is not None:
        pairs.append(("SELL" if ticket.side == "BUY" else "BUY", *ticket.attached))
    for side, take, loss in pairs:
        sign = 1 if side == "SELL" else -1
        if (take - loss) * sign <= 0:
            raise Rejected("PREVIEW_INVALID_BRACKET_PRICES")
    if ticket.stop_trigger_price is None or quote is None:
        return
    sign = 1 if ticket.side == "SELL" else -1
    if (quote.last - ticket.stop_trigger_price) * sign <= 0:
        raise Rejected("PREVIEW_STOP_TRIGGER_PRICE_OUT_OF_BOUNDS")

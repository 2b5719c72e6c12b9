"""What Alpaca asks of an order for shares."""

from decimal import Decimal

from tests.simulators.alpaca.assets import Asset
from tests.simulators.alpaca.refusals import (
    forbidden,
    insufficient_qty,
    invalid,
    no_short_of,
    unprocessable,
)
from tests.simulators.alpaca.rules import (
    ADVANCED,
    Around,
    check_affordable,
    check_intent,
    check_nine_decimals,
    inactive,
)
from tests.simulators.alpaca.ticket import Ticket, check_increment
from tests.simulators.alpaca.wash import check_wash
from tests.simulators.alpaca.wire import text


def check_equity(ticket: Ticket, asset: Asset, around: Around) -> tuple[str, Decimal]:
    """The intent that the order has, and what it reserves of the buying power.

    Raises:
        Refusal: It may not be placed.
    """
    if not asset.tradable or asset.status != "active":
        raise inactive(asset)
    _check_times(ticket, around)
    _check_fractional(ticket, asset, around)
    for name in ("limit_price", "stop_price", "trail_price"):
        check_increment(name, getattr(ticket, name))
    check_advanced(ticket, around)
    held = around.person.held(asset.symbol)
    check_wash(ticket, around.open_orders)
    if (held > 0 and ticket.side == "sell") or (held < 0 and ticket.side == "buy"):
        return _closing(ticket, around, held)
    return _opening(ticket, asset, around)


def check_advanced(ticket: Ticket, around: Around) -> None:
    """The shape of brackets, OCO and OTO: docs, orders-at-alpaca.

    Raises:
        Refusal: A part is missing, or its price cannot be.
    """
    if ticket.order_class not in ADVANCED:
        return
    kind, take, loss = ticket.order_class, ticket.take_profit, ticket.stop_loss
    if ticket.extended_hours or ticket.time_in_force not in {"day", "gtc"}:
        raise unprocessable(f"{kind} orders must be DAY or GTC orders of regular hours")  # unver.
    if kind == "oco" and ticket.type != "limit":
        raise invalid("oco orders must be limit orders")
    if take is None and (kind != "oto" or loss is None):
        raise invalid(f"{kind} orders require take_profit.limit_price")
    if loss is None and kind != "oto":
        raise invalid(f"{kind} orders require stop_loss.stop_price")
    check_increment("take_profit.limit_price", take)
    for price in loss or ():
        check_increment("stop_loss.stop_price", price)
    _check_leg_prices(ticket, around, take, loss[0] if loss else None)


def _check_leg_prices(
    ticket: Ticket, around: Around, take: Decimal | None, stop: Decimal | None
) -> None:
    # The stop lies below the base price where the legs sell, above it where they buy.
    legs_sell = (ticket.side == "buy") != (ticket.order_class == "oco")
    sign = 1 if legs_sell else -1
    more, less = (">", "<=") if legs_sell else ("<", ">=")
    cent = Decimal("0.01")
    if take is not None and stop is not None and (take - stop) * sign <= 0:
        raise unprocessable(f"take_profit.limit_price must be {more} stop_loss.stop_price")
    quote = around.market.quotes.get(ticket.symbol)
    entry = take if ticket.order_class == "oco" else ticket.limit_price
    bases = [price for price in (entry, quote.last if quote else None) if price is not None]
    edge = "base_price - 0.01" if legs_sell else "base_price + 0.01"
    for base in bases:
        if stop is not None and (base - stop) * sign < cent:
            raise unprocessable(
                f"stop_loss.stop_price must be {less} {edge}", base_price=text(base)
            )
    if take is not None and ticket.order_class != "oco" and bases:
        edge = "base_price + 0.01" if legs_sell else "base_price - 0.01"
        if (take - bases[0]) * sign < cent:
            raise unprocessable(
                f"take_profit.limit_price must be {'>=' if legs_sell else '<='} {edge}",
                base_price=text(bases[0]),
            )


def _check_times(ticket: Ticket, around: Around) -> None:
    limited = ticket.type == "limit" and ticket.time_in_force in {"day", "gtc"}
    if ticket.extended_hours and not limited:
        raise unprocessable("extended hours order must be DAY or GTC limit orders")
    if ticket.time_in_force == "opg" and around.market.open_now:
        raise forbidden("opg orders must be submitted after 7:00pm and before 9:28am")
    if ticket.type == "trailing_stop" and ticket.time_in_force not in {"day", "gtc"}:
        raise unprocessable("trailing stop orders must be DAY or GTC orders")  # unverified


def _check_fractional(ticket: Ticket, asset: Asset, around: Around) -> None:
    check_nine_decimals(ticket)
    if not ticket.fractional:
        return
    if not around.person.settings["fractional_trading"]:
        raise forbidden("fractional trading is disabled for this account")
    if not asset.fractionable:
        raise forbidden(f'asset "{asset.symbol}" is not fractionable')
    if ticket.time_in_force != "day":
        raise unprocessable("fractional orders must be DAY orders")
    if ticket.order_class:
        raise unprocessable("fractional orders must be simple orders")
    # The reference of POST /v2/orders allows market orders only, fractional-trading more: the
    # stricter is taken for money amounts. The words are unverified.
    if ticket.notional is not None and ticket.type != "market":
        raise unprocessable("notional orders must be market orders")
    if around.cost(ticket) < 1:
        raise forbidden("cost basis must be >= minimal amount of order 1")


def _closing(ticket: Ticket, around: Around, held: Decimal) -> tuple[str, Decimal]:
    if ticket.order_class in {"bracket", "oto"}:
        raise unprocessable(f"{ticket.order_class} orders must be entry orders")
    inferred = f"{ticket.side}_to_close"
    check_intent(ticket, inferred)
    free = around.funds.available(ticket.symbol)
    if around.replacing is not None:
        free += around.replacing.remaining
    wanted = around.units(ticket)
    if wanted > free:
        raise insufficient_qty(
            ticket.symbol,
            text(wanted),
            existing=text(held),
            available=text(free),
            held=text(abs(held) - free),
        )
    return inferred, Decimal(0)


def _opening(ticket: Ticket, asset: Asset, around: Around) -> tuple[str, Decimal]:
    if ticket.order_class == "oco":
        raise unprocessable("oco orders must be exit orders")  # unverified
    other_way = [
        order
        for order in around.open_orders
        if order.symbol == ticket.symbol and order.side != ticket.side and order.parent is None
    ]
    if ticket.side == "buy":
        if any(order.position_intent == "sell_to_open" for order in other_way):
            raise forbidden("cannot open a long buy while a short sell order is open")
        check_intent(ticket, "buy_to_open")
        cost = around.cost(ticket)
        check_affordable(ticket, around, cost)
        return "buy_to_open", cost
    if other_way:
        raise forbidden("cannot open a short sell while a long buy order is open")
    if ticket.fractional:
        raise unprocessable("fractional orders cannot be sold short")
    if not around.funds.shorting_enabled:
        raise forbidden("account is not allowed to short")
    if not (asset.shortable and asset.easy_to_borrow):
        raise no_short_of(asset.symbol)
    check_intent(ticket, "sell_to_open")
    cost = _short_cost(ticket, around)
    check_affordable(ticket, around, cost)
    return "sell_to_open", cost


def _short_cost(ticket: Ticket, around: Around) -> Decimal:
    quote = around.market.quotes.get(ticket.symbol)
    above = quote.ask * Decimal("1.03") if quote else Decimal(0)
    return (ticket.qty or Decimal(0)) * max(ticket.limit_price or Decimal(0), above)

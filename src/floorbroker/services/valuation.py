"""What an order is worth, for the limits and for the review card."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from floorbroker.domain.errors import InsufficientFunds, InvalidInput, NotSupported
from floorbroker.domain.money import DOLLARS, to_cents
from floorbroker.domain.orders import OrderRequest, OrderType, PositionEffect, Preview, Side
from floorbroker.domain.risk import DayLoss, Limits, ProposedOrder
from floorbroker.services.preflight import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """The figures of one order; money in the instrument's currency.

    Attributes:
        market: What one unit costs at the market now; None without a quote.
        cost: Signed: positive is paid, negative is received.
        cautious: The value that limits look at: a market order counts with the collar on top.
    """

    market: Decimal | None
    cost: Decimal | None
    cautious: Decimal
    position_after: Decimal
    price_off_percent: Decimal


_UNPRICED: Final = Valuation(
    market=None,
    cost=None,
    cautious=Decimal(0),
    position_after=Decimal(0),
    price_off_percent=Decimal(0),
)


def check_currency(request: OrderRequest) -> None:
    """Limits are in US dollars: what is priced in anything else cannot be held against them.

    Raises:
        NotSupported: The order opens a position in something else.
    """
    currency = request.instrument.currency
    if request.effect is not PositionEffect.CLOSE and currency not in DOLLARS:
        raise NotSupported(
            f"{request.instrument.symbol} is priced in {currency}. Positions are opened in what is "
            "priced in US dollars only, since the limits are."
        )


def value(
    request: OrderRequest,
    around: Surroundings,
    limits: Limits,
    under_way: Decimal = Decimal(0),
) -> Valuation:
    """The figures.

    Args:
        under_way: Units that other orders of the same instrument and side may still add.

    Raises:
        InvalidInput: There is no price at all to value it with, or a notional sell that is, or
            may be, larger than the holding.
    """
    touch = around.quote.touch(request.side) if around.quote else None
    price = _expected(request, touch)
    if price is None and request.effect is PositionEffect.CLOSE and request.quantity is not None:
        return _UNPRICED  # who wants to get out is not kept in for want of a price
    if price is None and request.notional is None:
        raise InvalidInput("There is no price to value this order with. Set a limit price.")
    per_unit = (price or Decimal(0)) * request.instrument.multiplier
    quantity = request.quantity
    if quantity is None:
        quantity = request.notional / per_unit if request.notional and per_unit else Decimal(0)
        if request.side is Side.SELL and not per_unit:
            raise InvalidInput("There is no price to compare this amount with your holding.")
        if request.side is Side.SELL and quantity > around.held:
            raise InvalidInput("That is more than your holding is worth. /close sells all of it.")
    amount = request.notional if request.notional is not None else quantity * per_unit
    worst = _worst(request, touch, per_unit / request.instrument.multiplier)
    cautious = amount if request.notional is not None else quantity * worst * _size(request)
    if request.limit_price is None and request.notional is None:
        cautious *= 1 + limits.price_collar_percent / 100
    sign = 1 if request.side is Side.BUY else -1
    after = around.held + sign * (quantity + under_way)
    return Valuation(
        market=touch,
        cost=to_cents(amount * sign),
        cautious=to_cents(cautious),
        position_after=to_cents(abs(after) * worst * _size(request)),
        price_off_percent=off_percent(request, touch),
    )


def _size(request: OrderRequest) -> Decimal:
    return request.instrument.multiplier


def _expected(request: OrderRequest, touch: Decimal | None) -> Decimal | None:
    """What one unit will about cost or bring: a stop on the wrong side of the market is no price.

    It is triggered at once, and then the market's price counts.
    """
    if request.limit_price is not None:
        return request.limit_price
    if request.stop_price is None or touch is None:
        return request.stop_price or touch
    nearest = max if request.side is Side.BUY else min
    return nearest(request.stop_price, touch)


def _worst(request: OrderRequest, touch: Decimal | None, expected: Decimal) -> Decimal:
    """What one unit counts for in a limit: nobody makes an order small by naming a small price."""
    if request.side is Side.BUY:
        return expected
    return max(price for price in (expected, touch, request.stop_price) if price is not None)


def off_percent(request: OrderRequest, touch: Decimal | None) -> Decimal:
    """How far a limit price lies beyond the market, on the side that costs the person money.

    Beyond the stop, where one has to be reached first.
    """
    limit, stop = request.limit_price, request.stop_price
    if limit is None or not touch:
        return Decimal(0)
    if stop is not None and request.effect is PositionEffect.CLOSE:
        return Decimal(0)  # a wide way out is one
    if request.side is Side.BUY:
        touch = max(touch, stop or touch)
        beyond = limit - touch
    else:
        touch = min(touch, stop or touch)
        beyond = touch - limit
    return max(beyond / touch * 100, Decimal(0))


def proposed(
    request: OrderRequest,
    figures: Valuation,
    around: Surroundings,
    orders_today: int,
    loss: DayLoss | None,
) -> ProposedOrder:
    """What the limits look at."""
    return ProposedOrder(
        symbol=request.instrument.symbol,
        value=figures.cautious,
        position_value_after=figures.position_after,
        orders_today=orders_today,
        closing=request.effect is PositionEffect.CLOSE,
        price_off_percent=figures.price_off_percent,
        concentration_percent=_concentration(request, figures, around),
        at_market=request.type is OrderType.MARKET,
        market_open=around.market_open,
        loss=loss,
        underlying=request.instrument.underlying,
    )


def _concentration(
    request: OrderRequest, figures: Valuation, around: Surroundings
) -> Decimal | None:
    if around.balances is None:
        return None
    equity = around.balances.equity
    currencies = {request.instrument.currency, equity.currency}
    if equity.amount <= 0 or not (len(currencies) == 1 or currencies <= DOLLARS):
        return None
    return figures.position_after / equity.amount * 100


def buying_power_after(
    request: OrderRequest, figures: Valuation, around: Surroundings, preview: Preview | None
) -> Decimal | None:
    """Buying power once the order is filled: the broker's own figure, else an estimate.

    Raises:
        InsufficientFunds: The order would need more than there is.
    """
    closing = request.effect is PositionEffect.CLOSE
    if preview is not None and not closing:
        required, available = preview.margin_required, preview.margin_available
        if required is not None and available is not None and required > available:
            raise _too_little(required, available, request.instrument.currency)
    if preview is not None and preview.buying_power_after is not None:
        return preview.buying_power_after
    if closing or figures.cost is None or around.balances is None:
        return None
    power = around.balances.buying_power
    if power.currency != request.instrument.currency:
        return None
    needed = abs(figures.cost)
    if needed > power.amount:
        raise _too_little(needed, power.amount, power.currency)
    return power.amount - needed


def _too_little(needed: Decimal, there: Decimal, currency: str) -> InsufficientFunds:
    return InsufficientFunds(
        f"Insufficient funds for this trade: it ties up about {needed:,.2f} {currency}, "
        f"and {there:,.2f} {currency} can be used for it."
    )


def moved_percent(before: Decimal, now: Decimal) -> Decimal:
    """How far a price moved, in percent of what it was."""
    return abs(now - before) / before * 100

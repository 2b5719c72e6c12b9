"""Whether an order may be placed, and what it comes to in units."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Final

from tests.simulators.webull import hours
from tests.simulators.webull.funds import Funds
from tests.simulators.webull.instruments import COIN, OPTION, TRADABLE, Coin, Stock
from tests.simulators.webull.market import Market
from tests.simulators.webull.people import CRYPTO, Account, Person
from tests.simulators.webull.refusals import (
    bad,
    coin_order_too_small,
    day_order_too_late,
    denied_ticker,
    no_buying_power,
    no_fractions_of_it,
    no_permission,
    not_trading_now,
    reverses_option,
    sells_too_much,
    stop_on_the_wrong_side,
    too_few_for_price,
    too_many_units,
    unsigned_fractions,
)
from tests.simulators.webull.ticket import LIMIT, MARKET, STOP, STOP_LIMIT, Ticket

MOST: Final = Decimal(200_000)
MARGIN_OF_MARKET: Final = Decimal("1.02")
_FINEST_SHARE: Final = Decimal("0.00001")
_CENT: Final = Decimal("0.01")
_PENNY_STEP: Final = Decimal("0.0001")
_PENNY_LOT: Final = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the rules look at besides the ticket.

    Attributes:
        freed: US dollars that a replaced order lets go.
        returned: Units likewise.
        previews: Nothing is placed: the sandbox previews at all hours, and options in every form.
    """

    person: Person
    account: Account
    market: Market
    funds: Funds
    freed: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)
    previews: bool = False


def units(ticket: Ticket, around: Around) -> Decimal:
    """How many units or contracts; of an amount what it comes to at the touch.

    Raises:
        Refusal: An amount, and no price.
    """
    if ticket.quantity is not None:
        return ticket.quantity
    price = _price(ticket, around)
    if price is None or ticket.amount is None:
        raise not_trading_now()
    finest = ticket.instrument.smallest if isinstance(ticket.instrument, Coin) else _FINEST_SHARE
    return (ticket.amount / price).quantize(finest, rounding=ROUND_DOWN)


def check(ticket: Ticket, around: Around, *, exits: bool = False) -> None:
    """All of the rules; of an exit beside its master neither money nor holdings are asked.

    Raises:
        Refusal: One of them is broken.
    """
    quantity = units(ticket, around)
    _check_account(ticket, around, quantity)
    _check_prices(ticket)
    if not around.previews:
        _check_hours(ticket, around)
        _check_option(ticket)
    if isinstance(ticket.instrument, Stock):
        _check_shares(ticket, around, quantity)
    if isinstance(ticket.instrument, Coin):
        _check_coins(ticket, around, quantity)
    if not exits:
        _check_stop(ticket, around)
        _check_means(ticket, around, quantity)


def cost(ticket: Ticket, around: Around) -> Decimal:
    """What it comes to in US dollars, at its limit or at the market; zero without a price."""
    price = _price(ticket, around) or Decimal(0)
    if ticket.amount is not None:
        return ticket.amount
    return price * units(ticket, around) * ticket.instrument.multiplier


def _price(ticket: Ticket, around: Around) -> Decimal | None:
    quote = around.market.quotes.get(ticket.instrument.symbol)
    known = ticket.limit_price or ticket.stop_price
    return known or (quote.touch("BUY" if ticket.side == "BUY" else "SELL") if quote else None)


def _check_account(ticket: Ticket, around: Around, quantity: Decimal) -> None:
    coins = ticket.instrument.kind == COIN
    if coins != (around.account.kind == CRYPTO):
        raise no_permission()  # coins belong in a crypto account; code and strictness unverified
    if ticket.instrument.status == "NT" or (
        ticket.instrument.status != TRADABLE and ticket.side != "SELL"
    ):
        raise denied_ticker()
    if quantity > MOST and not coins:
        raise too_many_units()
    if quantity <= 0:
        raise bad("quantity", quantity)


def _check_prices(ticket: Ticket) -> None:
    """Steps of a cent from a dollar on and of a hundredth of one below: earlier documentation."""
    for name in ("limit_price", "stop_price"):
        price = getattr(ticket, name)
        step = _CENT if price is None or price >= 1 else _PENNY_STEP
        if price is not None and price % step:
            raise bad(name, price)


def _check_hours(ticket: Ticket, around: Around) -> None:
    """The sandbox: a DAY order is refused when the session is over, a GTC order waits."""
    if ticket.instrument.kind == COIN:
        return
    phase = around.market.phase
    if ticket.type == MARKET and ticket.session != "CORE":
        raise bad("support_trading_session", ticket.session)  # limit orders only; words unverified
    late = phase == hours.CLOSED if ticket.session == "ALL" else phase == hours.AFTER
    if ticket.time_in_force == "DAY" and late and ticket.session != "NIGHT":
        raise day_order_too_late()
    if ticket.type == MARKET and phase == hours.CLOSED:
        raise not_trading_now()


def _check_shares(ticket: Ticket, around: Around, quantity: Decimal) -> None:
    stock = ticket.instrument
    assert isinstance(stock, Stock)
    if quantity % 1:
        if not around.person.fractions:
            raise unsigned_fractions()
        if not stock.fractionable:
            raise no_fractions_of_it()
        if ticket.type not in {MARKET, LIMIT} or ticket.time_in_force != "DAY":
            raise bad("quantity", quantity)  # words unverified
    price = _price(ticket, around)
    penny = price is not None and Decimal("0.1") <= price < 1
    if penny and quantity < _PENNY_LOT and ticket.side == "BUY":
        raise too_few_for_price()
    if ticket.side == "SHORT" and not (stock.shortable and around.account.type == "MARGIN"):
        raise no_permission()


def _check_option(ticket: Ticket) -> None:
    """No market orders, and sales for the day only: developer.webull.com/apis/docs/trade-api/faq.

    The sandbox previews both; whether it places them nobody has written down.
    """
    if ticket.instrument.kind != OPTION:
        return
    if ticket.type == MARKET:
        raise bad("order_type", ticket.type)  # words unverified
    if ticket.side != "BUY" and ticket.time_in_force != "DAY":
        raise bad("time_in_force", ticket.time_in_force)  # words unverified


def _check_coins(ticket: Ticket, around: Around, quantity: Decimal) -> None:
    """Reference of common-order-place: a market order is IOC, the others are not."""
    coin = ticket.instrument
    assert isinstance(coin, Coin)
    if (ticket.type == MARKET) != (ticket.time_in_force == "IOC"):
        raise bad("time_in_force", ticket.time_in_force)
    if quantity % coin.smallest:
        raise bad("quantity", quantity)
    if cost(ticket, around) < coin.least_value:
        raise coin_order_too_small()


def _check_stop(ticket: Ticket, around: Around) -> None:
    last = around.market.last(ticket.instrument.symbol)
    if ticket.type not in {STOP, STOP_LIMIT} or last is None or ticket.stop_price is None:
        return
    wrong = ticket.stop_price <= last if ticket.side == "BUY" else ticket.stop_price >= last
    if wrong:
        raise stop_on_the_wrong_side(ticket.side)


def _check_means(ticket: Ticket, around: Around, quantity: Decimal) -> None:
    kind = ticket.instrument.kind
    if ticket.side == "SELL":
        free = around.funds.available(around.account, ticket.instrument.symbol) + around.returned
        if quantity > free:
            raise reverses_option() if kind == OPTION else sells_too_much()
        return
    power = around.funds.spends(around.account, kind) + around.freed
    at_market = ticket.type == MARKET and kind != COIN
    needed = cost(ticket, around) * (MARGIN_OF_MARKET if at_market else 1)
    if needed > power:
        raise no_buying_power(at_market=at_market and cost(ticket, around) <= power)

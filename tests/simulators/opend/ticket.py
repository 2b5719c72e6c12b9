"""What a request to place says, and whether the vendor's rules allow it.

Sources: https://openapi.moomoo.com/moomoo-api-doc/en/qa/trade.html (paper trading: limit and market
orders, good for the day, regular hours), https://openapi.moomoo.com/moomoo-api-doc/en/trade/place-order.html
(digits of prices, a remark of 64 bytes, market orders in regular hours only, no long and short
position at the same time) and the comments of the SDK's `common/pb/Trd_PlaceOrder.proto` (surplus
digits of a quantity are cut off). The words of the refusals are unverified.
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final, TypeVar

from tests.simulators.opend.accounts import Account
from tests.simulators.opend.asking import Refusal
from tests.simulators.opend.instruments import OPTION, Security
from tests.simulators.opend.orders import (
    BUY,
    LIMITED,
    PAPER_TYPES,
    SELL,
    SESSIONS,
    SIDES,
    TIMES,
    TRAILING,
    TRAILS,
    TRIGGERED,
    TYPES,
)

REMARK_BYTES: Final = 64
_UNIT: Final = Decimal(1)
_CENT: Final = Decimal("0.01")
_MILL: Final = Decimal("0.001")
_TENTH_OF_A_MILL: Final = Decimal("0.0001")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """An order that was asked for."""

    side: str
    type: str
    qty: Decimal
    price: Decimal
    time_in_force: str
    remark: str | None
    fill_outside_rth: bool
    session: str
    aux_price: Decimal | None
    trail_type: str | None
    trail_value: Decimal | None
    trail_spread: Decimal | None
    expire_time: str


def read(c2s: Any, security: Security) -> Ticket:
    """A `Trd_PlaceOrder` or, for its numbers, a `Trd_ModifyOrder`.

    Raises:
        Refusal: OpenD does not know one of its words.
    """
    return Ticket(
        side=_word(SIDES, c2s.trdSide, "trdSide"),
        type=_word(TYPES, c2s.orderType, "orderType"),
        qty=units(c2s.qty),
        price=cut(c2s.price, security, adjusts=c2s.adjustPrice),
        time_in_force=_word(TIMES, c2s.timeInForce, "timeInForce"),
        remark=c2s.remark if c2s.HasField("remark") else None,
        fill_outside_rth=c2s.fillOutsideRTH,
        session=_word(SESSIONS, c2s.session, "session"),
        aux_price=optional(c2s, "auxPrice"),
        trail_type=_word(TRAILS, c2s.trailType, "trailType") if c2s.trailType else None,
        trail_value=optional(c2s, "trailValue"),
        trail_spread=optional(c2s, "trailSpread"),
        expire_time=c2s.expireTime,
    )


def units(qty: float) -> Decimal:
    """Whole shares or contracts: what is behind the point is cut off without a word."""
    return Decimal(str(qty)).quantize(_UNIT, ROUND_DOWN)


def cut(price: float, security: Security, *, adjusts: bool = False) -> Decimal:
    """A price without its surplus digits; with `adjusts` of a whole number of ticks.

    Options have two, shares under a dollar four, others three.
    """
    whole = Decimal(str(price))
    digits = _CENT if security.kind == OPTION else _TENTH_OF_A_MILL if whole < 1 else _MILL
    short = whole.quantize(digits, ROUND_DOWN)
    return short - short % tick(short, security) if adjusts else short


def tick(price: Decimal, security: Security) -> Decimal:
    """What a price is a multiple of."""
    return _TENTH_OF_A_MILL if price < 1 and security.kind != OPTION else security.tick


def optional(c2s: Any, name: str) -> Decimal | None:
    """A number that may be missing."""
    return Decimal(str(getattr(c2s, name))) if c2s.HasField(name) else None


def check(ticket: Ticket, account: Account, security: Security) -> None:
    """What can be said without looking at money.

    Raises:
        Refusal: The rules do not allow it.
    """
    if ticket.side not in {BUY, SELL}:
        raise Refusal("Only BUY and SELL can be placed")
    if account.is_paper:
        _check_paper(ticket, account, security)
    if len((ticket.remark or "").encode()) > REMARK_BYTES:
        raise Refusal("The length of remark cannot exceed 64 bytes")
    if ticket.qty <= 0 or ticket.qty % security.lot:
        raise Refusal("The order quantity is not a whole number of lots")
    if ticket.time_in_force in {"IOC", "GTD"}:
        raise Refusal(f"This time in force is not supported: {ticket.time_in_force}")
    outside = ticket.fill_outside_rth or ticket.session in {"ETH", "OVERNIGHT", "ALL"}
    if outside and ticket.type not in LIMITED:
        raise Refusal("Only limit orders can be filled outside regular trading hours")
    if security.suspended:
        raise Refusal("Trading of this stock is suspended")
    _check_prices(ticket, security)


def _check_paper(ticket: Ticket, account: Account, security: Security) -> None:
    if ticket.type not in PAPER_TYPES:
        raise Refusal("Paper trading only supports limit orders and market orders")
    if ticket.time_in_force != "DAY":
        raise Refusal("Paper trading only supports good for day orders")
    if ticket.fill_outside_rth or ticket.session in {"ETH", "OVERNIGHT", "ALL"}:
        raise Refusal("Paper trading does not support trading outside regular trading hours")
    if security.kind == OPTION and "OPTION" not in account.sim_acc_type:
        raise Refusal("This paper account does not support trading options")


def _check_prices(ticket: Ticket, security: Security) -> None:
    if ticket.type in {"NORMAL", "STOP_LIMIT", "LIMIT_IF_TOUCHED"}:
        check_price(ticket.price, security)
    if ticket.type in TRIGGERED and not ticket.aux_price:
        raise Refusal("Missing parameter aux_price")
    if ticket.type in TRAILING and not (ticket.trail_type and ticket.trail_value):
        raise Refusal("Missing parameter trail_type or trail_value")
    if ticket.type == "TRAILING_STOP_LIMIT" and ticket.trail_spread is None:
        raise Refusal("Missing parameter trail_spread")


def check_price(price: Decimal, security: Security) -> None:
    """A limit.

    Raises:
        Refusal: It is none, or between two ticks.
    """
    if price <= 0:
        raise Refusal("The order price must be above 0")
    if price % tick(price, security):
        raise Refusal(f"The order price does not fit the price spread {tick(price, security)}")


def _word(words: dict[str, int], number: int, field: str) -> str:
    for word, known in words.items():
        if known == number:
            return word
    raise Refusal(f"Parameter error: {field}")

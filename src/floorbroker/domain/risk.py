"""Limits on orders, and the check that names every one that would be broken."""

from dataclasses import dataclass
from decimal import Decimal

from floorbroker.domain.error_codes import ErrorCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one person may do; money in US dollars.

    Attributes:
        max_order_value: Of one order, valued at its limit or at the quote plus the collar.
        max_position_value: Of a holding after the order.
        max_orders_per_day: Sent orders a day of the exchange (US Eastern).
        price_collar_percent: How far a limit price, or the price since the review, may be off.
        allowed_symbols: Empty allows all.
    """

    max_order_value: Decimal
    max_position_value: Decimal
    max_orders_per_day: int
    price_collar_percent: Decimal
    allowed_symbols: frozenset[str] = frozenset()
    denied_symbols: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One limit that an order would break, in words for people."""

    code: ErrorCode
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedOrder:
    """What the limits look at.

    Attributes:
        value: Of the order, in US dollars.
        position_value_after: Absolute, in US dollars.
        closing: It only makes a holding smaller: position limits never stand in its way.
        price_off_percent: Distance of the limit price on its costly side; 0 where none is set.
    """

    symbol: str
    value: Decimal
    position_value_after: Decimal
    orders_today: int
    closing: bool
    price_off_percent: Decimal


def violations(order: ProposedOrder, limits: Limits) -> tuple[Violation, ...]:
    """Every limit that `order` breaks, the most telling first; empty if it may go."""
    broken = [_symbol(order, limits)]
    if not order.closing:
        broken.append(_position(order, limits))
        broken.append(_value(order, limits))
    broken += [_count(order, limits), _collar(order, limits)]
    return tuple(violation for violation in broken if violation is not None)


def _symbol(order: ProposedOrder, limits: Limits) -> Violation | None:
    allowed = not limits.allowed_symbols or order.symbol in limits.allowed_symbols
    if (allowed and order.symbol not in limits.denied_symbols) or order.closing:
        return None
    return Violation(code=ErrorCode.POLICY, message=f"{order.symbol} is not on the list of symbols")


def _position(order: ProposedOrder, limits: Limits) -> Violation | None:
    if order.position_value_after <= limits.max_position_value:
        return None
    return Violation(
        code=ErrorCode.POSITION_SIZE_EXCEEDED,
        message=f"Position size exceeds limit (${order.position_value_after:,.2f} "
        f"of ${limits.max_position_value:,.2f})",
    )


def _value(order: ProposedOrder, limits: Limits) -> Violation | None:
    if order.value <= limits.max_order_value:
        return None
    return Violation(
        code=ErrorCode.RISK_LIMIT_EXCEEDED,
        message=f"Order value ${order.value:,.2f} exceeds limit (${limits.max_order_value:,.2f})",
    )


def _count(order: ProposedOrder, limits: Limits) -> Violation | None:
    if order.orders_today < limits.max_orders_per_day or order.closing:
        return None
    return Violation(
        code=ErrorCode.RISK_LIMIT_EXCEEDED,
        message=f"Daily order limit reached ({limits.max_orders_per_day})",
    )


def _collar(order: ProposedOrder, limits: Limits) -> Violation | None:
    if order.price_off_percent <= limits.price_collar_percent:
        return None
    return Violation(
        code=ErrorCode.RISK_LIMIT_EXCEEDED,
        message=f"The limit price is {order.price_off_percent:.1f} % beyond the market "
        f"(collar {limits.price_collar_percent} %)",
    )

"""Limits on orders, and the check that names every one that would be broken, and whose it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from floorbroker.domain.error_codes import ErrorCode

NEAR: Final = Decimal("0.8")
"""From this part of a limit on it is worth a word on the review card."""


class Scope(StrEnum):
    """Whose limit it is, in words that follow a figure."""

    OPERATOR = "the operator's"
    SERVER = "this server's"
    PERSON = "your own"


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolList:
    """What one scope says about symbols.

    Attributes:
        allowed: None allows all; an empty set allows nothing.
    """

    scope: Scope
    allowed: frozenset[str] | None = None
    denied: frozenset[str] = frozenset()

    def allows(self, *names: str) -> bool:
        """Whether an order may open a position in what has these names."""
        if any(name in self.denied for name in names):
            return False
        return self.allowed is None or any(name in self.allowed for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one person may do; money in US dollars.

    Attributes:
        max_order_value: Of one order, valued at its limit or at the quote plus the collar.
        max_position_value: Of a holding after the order.
        max_orders_per_day: Sent orders a day of the exchange (US Eastern).
        price_collar_percent: How far a limit price, or the price since the review, may be off.
        max_daily_loss: Of one account on a day of the exchange; None: no such limit.
        max_concentration_percent: A holding after the order, in percent of the account's equity.
        only_in_market_hours: No market order opens a position while the market is closed.
        symbols: The lists of every scope that has some.
        whose: Of each figure by its field's name; one that is missing is the operator's.
    """

    max_order_value: Decimal
    max_position_value: Decimal
    max_orders_per_day: int
    price_collar_percent: Decimal
    max_daily_loss: Decimal | None = None
    max_concentration_percent: Decimal | None = None
    only_in_market_hours: bool = False
    symbols: tuple[SymbolList, ...] = ()
    whose: Mapping[str, Scope] = field(default_factory=dict)

    @property
    def allowed_symbols(self) -> frozenset[str] | None:
        """What every scope's list allows; None allows all, the empty set nothing."""
        lists = [one.allowed for one in self.symbols if one.allowed is not None]
        return frozenset.intersection(*lists) if lists else None

    @property
    def denied_symbols(self) -> frozenset[str]:
        """What any scope denies."""
        return frozenset().union(*(one.denied for one in self.symbols))

    def scope(self, name: str) -> Scope:
        """Whose limit the figure of that name is."""
        return self.whose.get(name, Scope.OPERATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One limit that an order would break, in words for people."""

    code: ErrorCode
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLoss:
    """What an account lost on this day of the exchange, in US dollars; a gain is below zero.

    Attributes:
        amount: None where nobody can tell.
        basis: Whose figure it is, or why there is none, in words for people.
        since_look: It counts from this bot's first look of the day, since no broker tells it.
    """

    amount: Decimal | None
    basis: str
    since_look: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedOrder:
    """What the limits look at.

    Attributes:
        value: Of the order, in US dollars.
        position_value_after: Absolute, in US dollars.
        closing: It only makes a holding smaller: position limits never stand in its way.
        underlying: Of a contract: a list that names it means its contracts too.
        price_off_percent: Distance of the limit price on its costly side; 0 where none is set.
        concentration_percent: The holding after the order over the account's equity; None where
            it cannot be computed.
        at_market: It fills at whatever price there is.
        market_open: None where nobody tells.
        loss: Of the account today; None where no limit asks for it.
    """

    symbol: str
    value: Decimal
    position_value_after: Decimal
    orders_today: int
    closing: bool
    price_off_percent: Decimal
    concentration_percent: Decimal | None = None
    at_market: bool = False
    market_open: bool | None = True
    loss: DayLoss | None = None
    underlying: str | None = None


def violations(order: ProposedOrder, limits: Limits) -> tuple[Violation, ...]:
    """Every limit that `order` breaks, the most telling first; empty if it may go.

    A limit that cannot be checked counts as broken: it must never be skipped in silence.
    """
    checks = [_collar] if order.closing else _OPENING
    found = (check(order, limits) for check in checks)
    return tuple(violation for violation in found if violation is not None)


def _symbol(order: ProposedOrder, limits: Limits) -> Violation | None:
    names = (order.symbol, *([order.underlying] if order.underlying else []))
    for one in limits.symbols:
        if not one.allows(*names):
            message = f"{order.symbol} is not on the list of symbols ({one.scope})"
            return Violation(code=ErrorCode.POLICY, message=message)
    return None


def _position(order: ProposedOrder, limits: Limits) -> Violation | None:
    if order.position_value_after <= limits.max_position_value:
        return None
    return Violation(
        code=ErrorCode.POSITION_SIZE_EXCEEDED,
        message=f"Position size exceeds limit (${order.position_value_after:,.2f} "
        f"of ${limits.max_position_value:,.2f}, {limits.scope('max_position_value')})",
    )


def _concentration(order: ProposedOrder, limits: Limits) -> Violation | None:
    most, share = limits.max_concentration_percent, order.concentration_percent
    if most is None or (share is not None and share <= most):
        return None
    whose = limits.scope("max_concentration_percent")
    message = f"Concentration cannot be computed here, and a limit of {most:f} % is set ({whose})"
    if share is not None:
        message = f"Concentration {share:.1f} % of the account exceeds limit ({most:f} %, {whose})"
    return Violation(code=ErrorCode.POSITION_SIZE_EXCEEDED, message=message)


def _value(order: ProposedOrder, limits: Limits) -> Violation | None:
    if order.value <= limits.max_order_value:
        return None
    return Violation(
        code=ErrorCode.RISK_LIMIT_EXCEEDED,
        message=f"Order value ${order.value:,.2f} exceeds limit "
        f"(${limits.max_order_value:,.2f}, {limits.scope('max_order_value')})",
    )


def _loss(order: ProposedOrder, limits: Limits) -> Violation | None:
    most, loss = limits.max_daily_loss, order.loss
    if most is None:
        return None
    whose = limits.scope("max_daily_loss")
    if loss is None or loss.amount is None:
        why = "the account's figures are missing" if loss is None else loss.basis
        message = f"Today's loss cannot be checked ({why}), and a limit of ${most:,.2f} is set"
        return Violation(code=ErrorCode.DAILY_LOSS_LIMIT, message=f"{message} ({whose})")
    if loss.amount < most:
        return None
    return Violation(
        code=ErrorCode.DAILY_LOSS_LIMIT,
        message=f"Daily loss limit reached (${loss.amount:,.2f} of ${most:,.2f}, {whose}; "
        f"{loss.basis})",
    )


def _hours(order: ProposedOrder, limits: Limits) -> Violation | None:
    if not (limits.only_in_market_hours and order.at_market) or order.market_open:
        return None
    whose = limits.scope("only_in_market_hours")
    happened = "The market is closed now"
    if order.market_open is None:
        happened = "Nobody tells whether this market is open now"
    message = f"{happened}, and market orders go in market hours only ({whose})"
    return Violation(code=ErrorCode.MARKET_CLOSED, message=message)


def _count(order: ProposedOrder, limits: Limits) -> Violation | None:
    most = limits.max_orders_per_day
    if order.orders_today < most:
        return None
    return Violation(
        code=ErrorCode.RISK_LIMIT_EXCEEDED,
        message=f"Daily order limit reached ({most}, {limits.scope('max_orders_per_day')})",
    )


def _collar(order: ProposedOrder, limits: Limits) -> Violation | None:
    most = limits.price_collar_percent
    if order.price_off_percent <= most:
        return None
    return Violation(
        code=ErrorCode.RISK_LIMIT_EXCEEDED,
        message=f"The limit price is {order.price_off_percent:.1f} % beyond the market "
        f"(collar {most:f} %, {limits.scope('price_collar_percent')})",
    )


_OPENING: Final[list[Callable[[ProposedOrder, Limits], Violation | None]]] = [
    _symbol, _position, _concentration, _value, _loss, _hours, _count, _collar,
]  # fmt: skip


def close_calls(order: ProposedOrder, limits: Limits) -> tuple[str, ...]:
    """A sentence for each limit that an order within all of them comes near to.

    And how the day's loss is counted, where that is not the broker's word.
    """
    if order.closing:
        return ()
    loss = order.loss
    lost = None if loss is None else loss.amount
    basis = f"; {loss.basis}" if loss is not None and not loss.since_look else ""
    money = (
        ("max_order_value", "The order", order.value, ""),
        ("max_position_value", "The position", order.position_value_after, ""),
        ("max_daily_loss", "Today's loss", lost, basis),
    )
    told = []
    for name, what, amount, more in money:
        most: Decimal | None = getattr(limits, name)
        if most is not None and amount is not None and amount >= most * NEAR:
            whose = f"{limits.scope(name)} limit{more}"
            told.append(f"{what} is near its limit: ${amount:,.2f} of ${most:,.2f} ({whose}).")
    share, most = order.concentration_percent, limits.max_concentration_percent
    if share is not None and most is not None and share >= most * NEAR:
        whose = limits.scope("max_concentration_percent")
        told.append(f"The position would be {share:.1f} % of the account, of {most:f} % ({whose}).")
    if order.orders_today + 1 == limits.max_orders_per_day:
        whose = limits.scope("max_orders_per_day")
        told.append(f"It is the last order of today: {limits.max_orders_per_day} ({whose}).")
    if loss is not None and loss.since_look:
        told.append(f"Your broker tells no day's loss: it is counted {loss.basis}.")
    return tuple(told)

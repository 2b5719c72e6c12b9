"""An order as a person types it: text and choices, nothing looked up yet."""

from dataclasses import dataclass
from decimal import Decimal

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.money import parse_amount, parse_price, parse_quantity
from floorbroker.domain.orders import (
    OrderRequest,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The options of `/buy`, `/sell` and `/close`, as given.

    Attributes:
        trail: A percentage (`2%`) or an amount per unit (`1.50`).
        short: The person says that a sell may go beyond the holding.
    """

    symbol: str
    side: Side
    quantity: str | None = None
    amount: str | None = None
    type: OrderType | None = None
    limit: str | None = None
    stop: str | None = None
    trail: str | None = None
    take_profit: str | None = None
    stop_loss: str | None = None
    time_in_force: TimeInForce | None = None
    extended_hours: bool = False
    short: bool = False
    account: str | None = None

    def order_type(self) -> OrderType:
        """The type that was named, else the one that the given prices make."""
        if self.type is not None:
            return self.type
        if self.trail is not None:
            return OrderType.TRAILING_STOP
        if self.stop is not None:
            return OrderType.STOP if self.limit is None else OrderType.STOP_LIMIT
        return OrderType.MARKET if self.limit is None else OrderType.LIMIT

    def request(self, instrument: Instrument, usual: TimeInForce) -> OrderRequest:
        """The typed request.

        Args:
            usual: The time in force where the person named none.

        Raises:
            InvalidInput: A value cannot be read, or the values do not fit each other.
        """
        percent, amount = _trail(self.trail)
        return OrderRequest(
            instrument=instrument,
            side=self.side,
            quantity=None if self.quantity is None else parse_quantity(self.quantity),
            notional=None if self.amount is None else parse_amount(self.amount),
            type=self.order_type(),
            limit_price=_price(self.limit, "limit price"),
            stop_price=_price(self.stop, "stop price"),
            trail_percent=percent,
            trail_amount=amount,
            take_profit=_price(self.take_profit, "take-profit price"),
            stop_loss=_price(self.stop_loss, "stop-loss price"),
            time_in_force=self.time_in_force or usual,
            session=Session.EXTENDED if self.extended_hours else Session.REGULAR,
            effect=PositionEffect.SHORT if self.short else PositionEffect.OPEN,
        )

    def check(self) -> None:
        """Everything that can be known without a broker.

        Raises:
            InvalidInput: As `request`.
        """
        if self.short and self.side is Side.BUY:
            raise InvalidInput("Only a sell can be short.")
        for text, name in (
            (self.limit, "limit price"),
            (self.stop, "stop price"),
            (self.take_profit, "take-profit price"),
            (self.stop_loss, "stop-loss price"),
        ):
            _price(text, name)
        _trail(self.trail)
        if self.quantity is not None:
            parse_quantity(self.quantity)
        if self.amount is not None:
            parse_amount(self.amount)
        if (self.quantity is None) == (self.amount is None):
            raise InvalidInput("Give a quantity or an amount of money, one of the two.")


def _price(text: str | None, name: str) -> Decimal | None:
    return None if text is None else parse_price(text, name)


def _trail(text: str | None) -> tuple[Decimal | None, Decimal | None]:
    if text is None:
        return None, None
    if text.endswith("%"):
        return parse_price(text[:-1].rstrip(" "), "trail"), None
    return None, parse_price(text, "trail")

"""An order as the paper broker keeps it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Fill,
    Leg,
    LegRole,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOrder:
    """One working or ended order, a bracket's closing leg included.

    Attributes:
        order_id: The client order id; a leg has its parent's and its role.
        active_from: It can fill from then on: after its entry, its last part or its change.
        at: When it last changed; the end of an ended one.
        triggered: The stop price was reached.
        mark: The best price that a trailing stop has seen; None for other types.
        legs: Of a bracket's parent, as they stand now.
        parent: Of a leg: the order id of the order that it closes.
    """

    order_id: str
    broker_order_id: str
    symbol: str
    side: Side
    type: OrderType
    quantity: Decimal
    time_in_force: TimeInForce
    session: Session
    effect: PositionEffect
    placed_at: datetime
    active_from: datetime
    at: datetime
    state: OrderState = OrderState.ACCEPTED
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail_percent: Decimal | None = None
    trail_amount: Decimal | None = None
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    expires_at: datetime | None = None
    triggered: bool = False
    mark: Decimal | None = None
    fills: tuple[Fill, ...] = ()
    legs: tuple[Leg, ...] = ()
    parent: str | None = None
    role: LegRole | None = None
    reason: str = ""

    @property
    def filled(self) -> Decimal:
        """Units filled so far."""
        return sum((fill.quantity for fill in self.fills), Decimal(0))

    @property
    def remaining(self) -> Decimal:
        """Units that can still fill."""
        return self.quantity - self.filled

    @property
    def closes_only(self) -> bool:
        """Whether it may make a holding smaller and never open one the other way."""
        if self.role is not None or self.effect is PositionEffect.CLOSE:
            return True
        return self.side is Side.SELL and self.effect is not PositionEffect.SHORT

    @property
    def immediate(self) -> bool:
        """Whether it fills at once or not at all."""
        return self.time_in_force in {TimeInForce.IOC, TimeInForce.FOK}

    @property
    def waits_for_stop(self) -> bool:
        """Whether its stop price has not been reached yet."""
        stops = {OrderType.STOP, OrderType.STOP_LIMIT, OrderType.TRAILING_STOP}
        return self.type in stops and not self.triggered

    @property
    def trigger_price(self) -> Decimal | None:
        """Where a stop stands now; a trailing one's follows its mark."""
        if self.type is not OrderType.TRAILING_STOP:
            return self.stop_price
        if self.mark is None:
            return None
        trail = self.trail_amount
        if trail is None:
            trail = self.mark * (self.trail_percent or Decimal(0)) / 100
        return self.mark - trail if self.side is Side.SELL else self.mark + trail

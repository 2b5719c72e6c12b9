"""An order as the simulator keeps it: one leg or several, or an OCO that only holds others."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from tests.simulators.schwab.people import ZERO, Account
from tests.simulators.schwab.ticket import Ticket

ENDED: Final = frozenset({"FILLED", "CANCELED", "REJECTED", "EXPIRED", "REPLACED"})
WAITING: Final = frozenset({"PENDING_ACTIVATION", "QUEUED"})
"""For the market to open."""
LEAVING: Final = frozenset({"PENDING_CANCEL", "PENDING_REPLACE"})
RESTING: Final = LEAVING | {"WORKING", "AWAITING_STOP_CONDITION"}
"""The market may fill these; one that waits for its cancel it still can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One fill of every leg: `prices` are one a leg, `quantity` counts the order's units."""

    quantity: Decimal
    prices: tuple[Decimal, ...]
    at: datetime
    left: Decimal


@dataclass(slots=True, kw_only=True, eq=False)
class Order:
    """One order of a strategy.

    Attributes:
        parent: What triggers it, or the OCO that it belongs to.
        ready: Whether its status follows from the rules; False while the broker ponders it.
        parts_left: How many more matches fill it, when it fills in parts.
        triggered: Whether its stop has been reached.
        trail: Where a trailing stop stands now.
        description: `statusDescription`.
    """

    id: int
    account: Account
    ticket: Ticket
    tag: str
    entered_at: datetime
    status: str = "PENDING_ACTIVATION"
    parent: "Order | None" = None
    children: list["Order"] = field(default_factory=list)
    executions: list[Execution] = field(default_factory=list)
    closed_at: datetime | None = None
    description: str = ""
    ready: bool = False
    parts_left: int = 1
    triggered: bool = False
    trail: Decimal | None = None

    @property
    def is_holder(self) -> bool:
        """Whether it is an OCO without legs of its own."""
        return not self.ticket.legs

    @property
    def ended(self) -> bool:
        """Nothing happens to it any more."""
        return self.status in ENDED

    @property
    def quantity(self) -> Decimal:
        """Shares, or units of a spread: the smallest leg."""
        return min((leg.quantity for leg in self.ticket.legs), default=ZERO)

    @property
    def filled(self) -> Decimal:
        """Of the quantity."""
        return sum((one.quantity for one in self.executions), ZERO)

    @property
    def left(self) -> Decimal:
        """What may still fill; zero once it has ended, as recorded ones show it."""
        return ZERO if self.ended else self.quantity - self.filled

    def end(self, status: str, at: datetime, description: str = "") -> None:
        """Once; an order that has ended stays as it is."""
        if not self.ended:
            self.status, self.closed_at = status, at
            self.description = description or self.description

    def below(self) -> Iterator["Order"]:
        """Everything that it triggers or holds."""
        for child in self.children:
            yield child
            yield from child.below()

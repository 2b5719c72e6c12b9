"""What somebody thinks is worth a trade, for others to look at."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.ids import UserId
from floorbroker.domain.orders import Side

LONGEST: Final = 600
"""Characters of a reason."""

LASTS: Final = timedelta(days=7)
"""After that nobody can trade it from its card: what was said is too old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """One idea. It never holds a quantity or an account: those are each reader's own.

    Attributes:
        user_id: Who had it.
        limit: The price per unit up to which its author would trade; None: at the market.
        target: Where its author would take the profit; words for readers, no order.
        stop: Where its author would give it up; words for readers, no order.
        price: What one unit cost when it was posted; None where no price was to be had.
    """

    idea_id: str
    user_id: UserId
    guild_id: str
    symbol: str
    name: str
    currency: str
    side: Side
    reason: str
    created_at: datetime
    limit: Decimal | None = None
    target: Decimal | None = None
    stop: Decimal | None = None
    price: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuses what nobody could trade on.

        Raises:
            InvalidInput: There is no reason, it is too long, or the prices contradict the side.
        """
        if not self.reason.strip():
            raise InvalidInput("Say why: others decide by your reason.")
        if len(self.reason) > LONGEST:
            raise InvalidInput(f"Say it in at most {LONGEST} characters.")
        low, high = (self.stop, self.target) if self.side is Side.BUY else (self.target, self.stop)
        if low is not None and high is not None and low >= high:
            raise InvalidInput("The target lies where the idea wins, the stop where it loses.")
        between = self.limit or self.price
        if between is not None and (
            (low is not None and low >= between) or (high is not None and high <= between)
        ):
            raise InvalidInput("The price lies between the stop and the target.")

    def over(self, now: datetime) -> bool:
        """Too old to be traded from its card."""
        return now - self.created_at >= LASTS

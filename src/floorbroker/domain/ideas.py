"""What somebody thinks is worth a trade, for others to look at."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import FloorbrokerError, InvalidInput
from floorbroker.domain.ids import UserId
from floorbroker.domain.orders import Side

LONGEST: Final = 600
"""Characters of a reason."""

LASTS: Final = timedelta(days=7)
"""After that nobody can trade it from its card: what was said is too old."""


class NotPosted(FloorbrokerError):
    """Discord did not take an idea, or shows it to nobody but its author."""

    code = ErrorCode.NOT_POSTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """One idea. It never holds a quantity or an account: those are each reader's own.

    Nor a price of the market: its prices are its author's own words.

    Attributes:
        user_id: Who had it.
        limit: The price per unit up to which its author would trade; None: at the market.
        target: Where its author would take the profit; words for readers, no order.
        stop: Where its author would give it up; words for readers, no order.
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
        if self.limit is not None and (
            (low is not None and low >= self.limit) or (high is not None and high <= self.limit)
        ):
            raise InvalidInput("The limit lies between the stop and the target.")

    def over(self, now: datetime) -> bool:
        """Too old to be traded from its card."""
        return now - self.created_at >= LASTS

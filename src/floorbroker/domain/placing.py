"""What a person armed: one order that goes out by itself when their alert fires.

Arming is a contract as Confirm is: of one person, one account and one exact order, used once, over
at its end. What is judged at the firing is `services/unattended.py`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from floorbroker.domain.ids import OrderId
from floorbroker.domain.money import Money
from floorbroker.domain.orders import OrderRequest

LONGEST: Final = timedelta(days=7)
"""So long an order stays armed."""

MOST_ARMED: Final = 5
"""Alerts of one person that are armed at the same time."""

QUESTION: Final = timedelta(minutes=5)
"""So long the card that asks can be confirmed."""

WITHIN: Final = timedelta(seconds=60)
"""After its firing the order goes out within that time, or never."""

_EVEN: Final = timedelta(seconds=5)
"""So far the clocks of two processes may be apart."""


class Stage(StrEnum):
    """Where it is in its life."""

    ASKED = "asked"
    ARMED = "armed"
    DUE = "due"
    SENT = "sent"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """See the module's first lines.

    Attributes:
        placing_id: Names this one decision: in its button, and in the key of its order.
        request: The exact order. Whether it opens or closes is judged when it is sent.
        linked_at: When the credential that it was armed with was stored; an order of a later one
            is another contract.
        guild_id: The server whose rules hold for it, where the alert was set or else armed; None:
            both were in direct messages.
        at: When it was asked, from the arming on when it was armed.
        until: Of a question, until when Confirm arms it; then, until when a firing sends the order.
        order_id: What was sent.
        why: Why nothing was sent, a sentence.
    """

    placing_id: str
    stage: Stage
    request: OrderRequest
    linked_at: datetime | None
    guild_id: str | None
    at: datetime
    until: datetime
    order_id: OrderId | None = None
    why: str = ""

    @property
    def worth(self) -> Money:
        """What the order pays at most, or gets at least, without fees, if all of it fills."""
        request = self.request
        quantity, limit = request.quantity or Decimal(0), request.limit_price or Decimal(0)
        instrument = request.instrument
        return Money(amount=quantity * limit * instrument.multiplier, currency=instrument.currency)

    def origin_key(self, alert_id: str) -> str:
        """Of its order: there is never a second one."""
        return f"alert:{alert_id}:{self.placing_id}"

    def asks(self, now: datetime) -> bool:
        """Whether its card can still be confirmed; a clock that was set back ends that."""
        return self.stage is Stage.ASKED and self.at - _EVEN <= now < self.until


def armed(placing: Placing, now: datetime, ends_at: datetime) -> Placing:
    """Armed from now on, until the alert ends or for a week."""
    return replace(placing, stage=Stage.ARMED, at=now, until=min(ends_at, now + LONGEST))


def at_firing(placing: Placing | None, fired_at: datetime, against: str = "") -> Placing | None:
    """What a firing makes of it: due, or over; a question that nobody answered is gone.

    Args:
        against: Why what happened is not what it was armed for; empty where it is.
    """
    if placing is None or placing.stage is not Stage.ARMED:
        return None
    if against:
        return over(placing, against)
    if fired_at < placing.at - _EVEN:
        return over(placing, "The bot's clock was set back after you armed it.")
    if fired_at >= placing.until:
        return over(placing, "You had armed it for a shorter time.")
    return replace(placing, stage=Stage.DUE)


def in_time(fired_at: datetime, now: datetime) -> bool:
    """Whether an order of a firing of then may still go out."""
    return -_EVEN <= now - fired_at < WITHIN


def over(placing: Placing, why: str) -> Placing:
    """Nothing was sent, and nothing will be."""
    return replace(placing, stage=Stage.NOT_SENT, why=why)


def sent(placing: Placing, order_id: OrderId) -> Placing:
    """The order is on its way, whatever becomes of it."""
    return replace(placing, stage=Stage.SENT, order_id=order_id, why="")

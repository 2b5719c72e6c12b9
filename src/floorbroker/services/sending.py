"""One request about an order, sent once, and every way in which it can come back.

Only a receipt, a proven refusal or `NotSent` says what happened. Anything else (a timeout, a
dropped connection, a defect of our own) leaves the outcome unknown. If the process itself ends
meanwhile, the order stays SENDING, its claim lapses, and the next process reads it back.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from floorbroker.domain.errors import NotSent, OrderRejected
from floorbroker.domain.order import IntentState, Order
from floorbroker.domain.order_life import moved, with_intent, with_receipt
from floorbroker.domain.order_state import UNRESOLVED, OrderState
from floorbroker.domain.orders import Receipt
from floorbroker.observability.metrics import Metrics
from floorbroker.services.desk import Desk
from floorbroker.services.following import next_look

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The broker took it; None where its answer does not tell the order's state."""

    receipt: Receipt | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The broker's own refusal."""

    error: OrderRejected


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverLeft:
    """Nothing left this process."""

    error: NotSent


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """It was sent, and nothing proves what became of it."""


Outcome = Answered | Refused | NeverLeft | Silent


async def ask_once(
    request: Awaitable[Receipt | None],
    *,
    deadline_seconds: float,
    metrics: Metrics,
    broker: str,
    operation: str,
) -> Outcome:
    """Awaits `request`, at most for the deadline, and never repeats it."""
    try:
        with metrics.broker_call(broker, operation):
            async with asyncio.timeout(deadline_seconds):
                receipt = await request
    except OrderRejected as error:
        return Refused(error=error)
    except NotSent as error:
        return NeverLeft(error=error)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        # Nobody ended this task: something inside the adapter was canceled and let it out.
        _log.warning("order_outcome_unknown", broker=broker, operation=operation, error="canceled")
        return Silent()
    except Exception as error:  # noqa: BLE001  # whatever it is, it may have been sent
        _log.warning(
            "order_outcome_unknown",
            broker=broker,
            operation=operation,
            error=type(error).__name__,
        )
        return Silent()
    return Answered(receipt=receipt)


async def ask_in_time(
    desk: Desk,
    ask: Callable[[], Awaitable[Receipt | None]],
    *,
    since: datetime | None,
    broker: str,
    operation: str,
    held_up: str,
) -> Outcome:
    """As `ask_once`, unless the process was held up since what is asked was stored.

    Read-back counts from there: what was not sent by now must never be, or it could arrive after
    somebody was told that it is not there.

    Args:
        held_up: The sentence for the person where nothing is asked any more.
    """
    deadline = timedelta(seconds=desk.order_deadline_seconds)
    if since is None or desk.clock.now() - since >= deadline:
        return NeverLeft(error=NotSent(held_up))
    return await ask_once(
        ask(),
        deadline_seconds=desk.order_deadline_seconds,
        metrics=desk.metrics,
        broker=broker,
        operation=operation,
    )


def after_placing(order: Order, outcome: Outcome, now: datetime) -> Order:
    """What the outcome of a place makes of an order; itself if somebody else knows more."""
    match outcome:
        case Answered(receipt=Receipt() as receipt):
            after = with_receipt(order, receipt, now)
        case Refused(error=error) if order.state in UNRESOLVED:
            after = replace(
                moved(order, OrderState.REJECTED, f"refused:{error.reason}", now),
                reason=error.message,
                refusal=error.reason,
            )
        case NeverLeft(error=error) if order.state is OrderState.SENDING:
            after = replace(
                moved(order, OrderState.NOT_PLACED, "not sent", now), reason=error.message
            )
        case _ if order.state is OrderState.SENDING:
            after = moved(order, OrderState.UNKNOWN, "no answer", now)
        case _:
            return order
    return with_next_look(after, now)


def after_asking(order: Order, outcome: Outcome, now: datetime) -> Order:
    """What the outcome of a cancel or modify makes of an order."""
    intent = order.intent
    if intent is None or intent.state is not IntentState.SENDING:
        return order
    match outcome:
        case Answered(receipt=Receipt() as receipt):
            after = with_receipt(order, receipt, now)
            if after.intent is not None and after.intent.state is IntentState.SENDING:
                after = with_intent(after, intent, IntentState.ACCEPTED, now)
        case Answered():
            after = with_intent(order, intent, IntentState.ACCEPTED, now)
        case Refused(error=error):
            after = with_intent(order, intent, IntentState.REFUSED, now, error.message)
        case NeverLeft(error=error):
            after = with_intent(order, intent, IntentState.NOT_SENT, now, error.message)
        case Silent():
            after = with_intent(order, intent, IntentState.UNKNOWN, now)
    after = with_next_look(after, now)
    if isinstance(outcome, Refused | NeverLeft) and after.check_at is not None:
        # Most are refused because the order has ended. And whoever asks again and again must not
        # put off for ever the look that would tell them.
        after = replace(after, check_at=now)
    return after


def with_next_look(order: Order, now: datetime) -> Order:
    """The order with its claim let go, and the time at which to read it back."""
    return replace(order, claim=None, check_at=next_look(order, now))

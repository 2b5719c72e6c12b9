"""The end of a campaign: a bot looks after what is left until store and exchange agree."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from floorbroker.domain.order import Order
from floorbroker.storage.documents import Documents
from tests.campaign import books
from tests.campaign.processes import Exchange, Forks

SETTLE_SECONDS: Final = 30 + 2 * 1
"""The brokers' own, which is longer than the setting; a request takes two deadlines at most."""
WITHIN_SECONDS: Final = 10
PATIENCE_SECONDS: Final = 90
"""Where it is no promise how soon all agrees, but that it does."""
_EVERY_SECONDS: Final = 0.2


def recovery(full: bool) -> tuple[float, float]:
    """How far the last bot's clock is ahead, and the seconds within which all must agree.

    A full campaign waits for the settle time and keeps the promised time. A short one, which may
    run on a busy machine, does neither: its last bot starts when the settle time has gone by.
    """
    if full:
        return 0, SETTLE_SECONDS + WITHIN_SECONDS
    return SETTLE_SECONDS, PATIENCE_SECONDS


def until_agreed(
    exchange: Exchange,
    documents: Documents,
    run: asyncio.Runner,
    longest_seconds: float,
    *,
    goes_on: bool = False,
) -> tuple[float, Sequence[str]]:
    """After how many seconds all agreed, and what did not in the end.

    Args:
        goes_on: Somebody looks at resting orders all the time.
    """
    begin = time.monotonic()
    while differing := _compared(
        exchange, run.run(books.stored_orders(documents)), datetime.now(UTC) if goes_on else None
    ):
        if time.monotonic() - begin > longest_seconds:
            break
        time.sleep(_EVERY_SECONDS)
    return time.monotonic() - begin, differing


def by_the_last_bot(
    forks: Forks,
    work: Mapping[str, Any],
    exchange: Exchange,
    documents: Documents,
    run: asyncio.Runner,
    longest_seconds: float,
) -> tuple[float, Sequence[str]]:
    """As `until_agreed`, from the start of one more bot on."""
    begin = time.monotonic()
    pid = forks.stays(work)
    started = time.monotonic() - begin
    seconds, differing = until_agreed(exchange, documents, run, longest_seconds - started)
    forks.kill(pid)
    return started + seconds, differing


def _compared(exchange: Exchange, orders: Sequence[Order], now: datetime | None) -> Sequence[str]:
    book = exchange.book()
    return [
        *books.doubled(book),
        *books.unknown_to_us(orders, book),
        *books.differing(orders, book, now),
    ]

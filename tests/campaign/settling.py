"""The end of a campaign: a bot looks after what is left until store and exchange agree."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from floorbroker.domain.order import Order
from floorbroker.storage.documents import Documents
from tests.campaign import books
from tests.campaign.processes import Exchange, Forks

WITHIN_SECONDS: Final = 10
_EVERY_SECONDS: Final = 0.2


def until_agreed(
    exchange: Exchange, documents: Documents, run: asyncio.Runner, longest_seconds: float
) -> tuple[float, Sequence[str]]:
    """After how many seconds all agreed, and what did not in the end."""
    begin = time.monotonic()
    while differing := _compared(exchange, run.run(books.stored_orders(documents))):
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


def _compared(exchange: Exchange, orders: Sequence[Order]) -> Sequence[str]:
    book = exchange.book()
    return [
        *books.doubled(book),
        *books.unknown_to_us(orders, book),
        *books.differing(orders, book),
    ]

"""The orders that stand in a book: asked for, looked at for a moment, and let go.

https://interactivebrokers.github.io/tws-api/market_depth.html
"""

import asyncio
import copy
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.ibkr import told
from floorbroker.brokers.ibkr.catalogue import Listed
from floorbroker.brokers.ibkr.contracts import SMART, amount
from floorbroker.brokers.ibkr.feeds import forget
from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.ibkr.refused_data import is_notice, no_data, no_prices
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerConnectionError, BrokerError, RateLimited
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Depth, Level

ROWS: Final = 10
"""Of each side that are asked for; at SMART each exchange's own best may be one."""

PATIENCE: Final = 2.5
QUIET: Final = 0.3
"""Seconds without news after which a book has been told; it is told row by row, without an end."""


class Books:
    """At most three at a time."""

    def __init__(
        self, line: IbkrLine, clock: Clock, *, patience: float = PATIENCE, quiet: float = QUIET
    ) -> None:
        """Asks nobody yet."""
        self._line = line
        self._clock = clock
        self._patience = patience
        self._quiet = quiet

    async def of(self, listed: Listed) -> Depth:
        """Both sides as they stand now; a side may be empty.

        Raises:
            NotSupported: The account has no subscription to it, or nobody tells it.
            RateLimited: Three are being looked at.
        """
        with self._line.pacing.books.one():
            await self._line.pacing.message()
            return await _Look(self._line, listed).taken(self._clock, self._patience, self._quiet)


class _Look:
    """One subscription to a book."""

    def __init__(self, line: IbkrLine, listed: Listed) -> None:
        self._line = line
        self._listed = listed
        self._news = asyncio.Event()
        self._failure: BrokerError | None = None
        self._remark = ""

    async def taken(self, clock: Clock, patience: float, quiet: float) -> Depth:
        ib, lost = self._line.ib, self._line.lost
        contract = copy.copy(self._listed.contract)
        smart = contract.exchange == SMART
        ticker = ib.reqMktDepth(contract, ROWS, smart, [])
        request = ib.wrapper.ticker2ReqId["mktDepth"][ticker]
        ticker.updateEvent += self._heard
        end_of_refusals = self._line.refusals(request, self._hear)
        try:
            await self._told(ticker, lost, patience, quiet)
            bids, asks = list(ticker.domBids), list(ticker.domAsks)
        finally:
            ticker.updateEvent -= self._heard
            end_of_refusals()
            forget(self._line, ib, contract, request, "mktDepth")
            if not lost.done():
                with suppress(RateLimited):
                    await self._line.pacing.message(urgent=True)
                if not lost.done():
                    ib.client.cancelMktDepth(request, smart)
        return depth(self._listed.instrument, bids, asks, clock.now())

    async def _told(
        self, ticker: Any, lost: asyncio.Future[str], patience: float, quiet: float
    ) -> None:
        """Returns once the book has been told; what came by then is what there is."""
        try:
            async with asyncio.timeout(patience):
                while await self._more(lost, quiet if ticker.domBids or ticker.domAsks else None):
                    pass
        except TimeoutError:
            if not (ticker.domBids or ticker.domAsks):
                raise no_prices(self._remark, self._line.data_type) from None

    async def _more(self, lost: asyncio.Future[str], seconds: float | None) -> bool:
        """Waits for the next row; whether one came in time."""
        self._news.clear()
        news: asyncio.Future[Any] = asyncio.ensure_future(self._news.wait())
        ends: set[asyncio.Future[Any]] = {news, lost}
        try:
            done, _ = await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
        if lost.done():
            raise BrokerConnectionError(lost.result(), broker="ibkr")
        if self._failure is not None:
            raise self._failure
        return bool(done)

    def _heard(self, _ticker: Any) -> None:
        self._news.set()

    def _hear(self, code: int, words: str) -> None:
        if is_notice(code):
            self._remark = words
        else:
            self._failure = no_data(code, words, self._line.data_type)
            self._news.set()


def depth(instrument: Instrument, bids: Iterable[Any], asks: Iterable[Any], at: datetime) -> Depth:
    """From the SDK's `DOMLevel`s, one a market maker or exchange: those of one price are one."""
    return Depth(
        instrument=instrument,
        bids=_levels(bids, best_first=True),
        asks=_levels(asks, best_first=False),
        at=at,
        source="Interactive Brokers",
    )


def _levels(rows: Iterable[Any], *, best_first: bool) -> tuple[Level, ...]:
    sizes: dict[Decimal, Decimal] = {}
    for row in rows:
        price, size = amount(row.price), told.amount(row.size)
        if price > 0 and size > 0:
            sizes[price] = sizes.get(price, Decimal(0)) + size
    return tuple(
        Level(price=price, size=sizes[price]) for price in sorted(sizes, reverse=best_first)
    )

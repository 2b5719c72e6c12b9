"""Quotes, books, Greeks, bars and hours, as moomoo tells them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.moomoo import words
from floorbroker.brokers.moomoo.amounts import amount, price
from floorbroker.brokers.moomoo.calls import MoomooCalls
from floorbroker.brokers.moomoo.catalogue import code_of
from floorbroker.brokers.moomoo.eastern import EASTERN, moment
from floorbroker.brokers.moomoo.errors import BROKER, not_found, reading
from floorbroker.brokers.moomoo.line import OpenDLine
from floorbroker.brokers.moomoo.pushes import Pushes
from floorbroker.brokers.moomoo.refusals import Garbled
from floorbroker.brokers.moomoo.snapshots import (
    SOURCE,
    option_quote,
    snapshot_greeks,
    snapshot_quote,
)
from floorbroker.brokers.moomoo.subscriptions import Subscriptions
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import NotSupported
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Bar, Depth, Greeks, Level, Quote, Timeframe
from floorbroker.domain.option_chain import OptionQuote

KINDS: Final = {
    Timeframe.MINUTE: (1, timedelta(minutes=1)),
    Timeframe.FIVE_MINUTES: (6, timedelta(minutes=5)),
    Timeframe.HOUR: (9, timedelta(hours=1)),
    Timeframe.DAY: (2, timedelta(0)),
}
"""`KLType`, and how long before the time that OpenD tells a bar begins: that of a day is its
midnight, any other's is its end (github.com users' experience; unverified)."""


class MarketData:
    """Prices for one link; OpenD's rights are the person's."""

    __slots__ = ("_calls", "_clock", "_line", "_subscriptions")

    def __init__(self, calls: MoomooCalls, line: OpenDLine, clock: Clock) -> None:
        """See the module's first line."""
        self._calls = calls
        self._line = line
        self._clock = clock
        self._subscriptions = Subscriptions(calls, line)

    async def quote(self, instrument: Instrument) -> Quote:
        """The touch and the last trade of the regular session."""
        told = (await self._snapshots(instrument))[0]
        found = snapshot_quote(instrument, told, self._clock.now(), delayed=self._delayed)
        if found is None:
            raise NotSupported("Moomoo tells no price of it now.", broker=BROKER)
        return found

    async def rough_price(self, instrument: Instrument) -> Decimal | None:
        """The last one; None where there is none."""
        return price((await self._snapshots(instrument))[0].basic.curPrice)

    async def greeks(self, option: Instrument) -> Greeks:
        """By moomoo's model; whether theta is a day's and vega a point's is unverified."""
        if option.asset_class is not AssetClass.OPTION or option.underlying is None:
            raise NotSupported("Only options have these figures.", broker=BROKER)
        told = await self._snapshots(option)
        found = told[0]
        if not found.HasField("optionExData"):
            raise not_found()
        owner = await self._calls.get_snapshots(found.optionExData.owner.code)
        return replace(
            snapshot_greeks(option, found, self._clock.now(), delayed=self._delayed),
            underlying_price=price(owner[0].basic.curPrice) if owner else None,
        )

    async def option_quotes(self, contracts: Sequence[Instrument]) -> Sequence[OptionQuote]:
        """All of them in one snapshot."""
        if not contracts:
            return []
        about = {code_of(one): one for one in contracts}
        told = await self._calls.get_snapshots(*about)
        by_code = {one.basic.security.code: one for one in told}
        now, delayed = self._clock.now(), self._delayed
        return [
            option_quote(instrument, by_code[code], now, delayed=delayed)
            for code, instrument in about.items()
            if code in by_code
        ]

    async def depth(self, instrument: Instrument) -> Depth:
        """Ten levels of each side, or as many as the person's rights show."""
        code = code_of(instrument)
        await self._subscriptions.need(code, words.BOOK)
        told = await self._calls.get_book(code)
        now = self._clock.now()
        told_at = max(told.svrRecvTimeBidTimestamp, told.svrRecvTimeAskTimestamp)
        return Depth(
            instrument=instrument,
            bids=_levels(told.orderBookBidList),
            asks=_levels(told.orderBookAskList),
            at=min(datetime.fromtimestamp(told_at, UTC), now) if told_at else now,
            source=SOURCE,
        )

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """Those that begin within [start, end); each stock counts against a quota of moomoo's."""
        kind, length = KINDS[timeframe]
        told = await self._calls.get_bars(code_of(instrument), kind, start, end + length)
        found: dict[datetime, Bar] = {}
        before: datetime | None = None
        for one in told:
            if one.isBlank:
                continue
            told_at = moment(one.timestamp, one.time)
            at = _begin(told_at, length, before)
            before = told_at
            if start <= at < end:
                found[at] = _bar(at, one)
        return [found[at] for at in sorted(found)]

    def stream(self, instruments: Sequence[Instrument]) -> AsyncIterator[Quote]:
        """The last price as it changes; books are not pushed here."""
        about = {code_of(one): one for one in instruments}
        return self._streamed(about, self._line.pushes("Qot_UpdateBasicQot"))

    async def _streamed(
        self, about: Mapping[str, Instrument], pushes: Pushes
    ) -> AsyncIterator[Quote]:
        try:
            with self._subscriptions.streaming(about, words.QUOTES):
                with reading():
                    for code in about:
                        await self._subscriptions.need(code, words.QUOTES, push=True)
                async for _, told in pushes:
                    with reading():
                        quotes = [
                            self._last(instrument, last, one)
                            for one in told.basicQotList
                            if (instrument := about.get(one.security.code)) is not None
                            and (last := price(one.curPrice)) is not None
                        ]
                    for quote in quotes:
                        yield quote
        finally:
            pushes.end()

    def _last(self, instrument: Instrument, last: Decimal, told: Any) -> Quote:
        return Quote(
            instrument=instrument,
            bid=None,
            ask=None,
            last=last,
            at=min(moment(told.updateTimestamp, told.updateTime), self._clock.now()),
            source=SOURCE,
            delayed=self._delayed,
            volume=amount(float(told.volume)),
        )

    @property
    def _delayed(self) -> bool:
        return self._line.us_right in words.DELAYED_RIGHTS

    async def _snapshots(self, instrument: Instrument) -> Sequence[Any]:
        code = code_of(instrument)
        told = await self._calls.get_snapshots(code)
        if not told or told[0].basic.security.code != code:
            raise Garbled("another snapshot")
        return told


def _begin(told_at: datetime, length: timedelta, before: datetime | None) -> datetime:
    """An hour that the close cuts short begins where the one before it ended."""
    begin = told_at - length
    same_day = before is not None and _day(before) == _day(told_at)
    return max(begin, before) if before is not None and same_day else begin


def _day(at: datetime) -> object:
    return at.astimezone(EASTERN).date()


def _bar(at: datetime, told: Any) -> Bar:
    return Bar(
        at=at,
        open=amount(told.openPrice),
        high=amount(told.highPrice),
        low=amount(told.lowPrice),
        close=amount(told.closePrice),
        volume=amount(float(told.volume)),
    )


def _levels(told: Sequence[Any]) -> tuple[Level, ...]:
    return tuple(Level(price=amount(one.price), size=amount(float(one.volume))) for one in told)

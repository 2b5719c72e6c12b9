"""What was paid in the past: bars as Interactive Brokers keeps them.

It is asked for so much time back from an end. Which sizes go with which durations is the table of
https://interactivebrokers.github.io/tws-api/historical_limitations.html; longer ones than there
are answered too, slowly, so that a question is cut to what may take seconds.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.ibkr import told
from floorbroker.brokers.ibkr.catalogue import Listed
from floorbroker.brokers.ibkr.contracts import amount
from floorbroker.brokers.ibkr.errors import Refusal
from floorbroker.brokers.ibkr.hours import zone_of
from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.ibkr.pacing import SAME_QUESTION_SECONDS
from floorbroker.brokers.ibkr.refused_data import no_bars
from floorbroker.domain.clock import Clock
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.market import Bar, Timeframe

AT_MOST: Final = 1000
SIZES: Final[Mapping[Timeframe, str]] = {
    Timeframe.MINUTE: "1 min",
    Timeframe.FIVE_MINUTES: "5 mins",
    Timeframe.HOUR: "1 hour",
    Timeframe.DAY: "1 day",
}
LONGEST: Final[Mapping[Timeframe, timedelta]] = {
    Timeframe.MINUTE: timedelta(days=5),
    Timeframe.FIVE_MINUTES: timedelta(days=21),
    Timeframe.HOUR: timedelta(days=180),
    Timeframe.DAY: timedelta(days=5 * 365),
}
"""How far back from its end one question reaches; thousand bars of a share's sessions fit in."""

_WHAT: Final[Mapping[AssetClass, str]] = {
    AssetClass.FOREX: "MIDPOINT",
    AssetClass.CRYPTO: "AGGTRADES",
}
"""Instead of TRADES: of currencies there are none, and of coins only in this kind, as error 10299
says where TRADES are asked for (reported by users; unverified with an account)."""

_REGULAR: Final = frozenset({AssetClass.EQUITY, AssetClass.OPTION})
_EPOCH: Final = 2
_SECONDS: Final = 4.5
_A_DAY: Final = 86_400
_DAYS_OF_A_YEAR: Final = 365
_Question = tuple[int, Timeframe, datetime, datetime]


class Bars:
    """Asks for them, and gives the same answer again where asking again is not allowed."""

    def __init__(self, line: IbkrLine, clock: Clock) -> None:
        """Asks nobody yet."""
        self._line = line
        self._clock = clock
        self._answers: dict[_Question, tuple[datetime, list[Bar]]] = {}

    async def of(
        self, listed: Listed, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """The first thousand that start within [start, end); of shares, those of regular sessions.

        A range that is longer than one question reaches ends that much after its start.
        """
        end = min(end, start + LONGEST[timeframe])
        now = self._clock.now()
        if start >= end or start >= now:
            return []
        question = (listed.con_id, timeframe, start, end)
        kept = timedelta(seconds=SAME_QUESTION_SECONDS)
        self._answers = {
            asked: answer for asked, answer in self._answers.items() if now - answer[0] < kept
        }
        if question in self._answers:
            return self._answers[question][1]
        await self._line.pacing.history(listed.con_id, question)
        try:
            found = await self._line.ask(
                lambda ib: _history(ib, listed, timeframe, start, min(end, now)), seconds=_SECONDS
            )
        except Refusal as refusal:
            error = no_bars(refusal.code, refusal.message, self._line.data_type)
            if error is not None:
                raise error from refusal
            found = []
        answer = within(read(found, zone_of(listed.zone)), start, end)
        self._answers[question] = (now, answer)
        return answer


async def _history(
    ib: Any, listed: Listed, timeframe: Timeframe, start: datetime, end: datetime
) -> list[Any]:
    """As the SDK's own request does, which takes silence for "no bars" and tells no number."""
    kind = listed.instrument.asset_class
    request = ib.client.getReqId()
    answer = ib.wrapper.startReq(request, listed.contract)
    ib.client.reqHistoricalData(
        request,
        listed.contract,
        f"{end.astimezone(UTC):%Y%m%d %H:%M:%S} UTC",
        duration(end - start),
        SIZES[timeframe],
        _WHAT.get(kind, "TRADES"),
        kind in _REGULAR,
        _EPOCH,
        False,  # keepUpToDate, by place as the SDK has it
        [],
    )
    try:
        return list(await answer)
    finally:
        if answer.cancelled():
            ib.client.cancelHistoricalData(request)


def duration(span: timedelta) -> str:
    """As much time as `span`, rounded up to what can be asked for.

    Seconds up to a day, days up to a year, then years:
    https://interactivebrokers.github.io/tws-api/historical_bars.html
    """
    seconds = max(math.ceil(span.total_seconds()), 60)
    if seconds <= _A_DAY:
        return f"{seconds} S"
    days = math.ceil(seconds / _A_DAY)
    if days <= _DAYS_OF_A_YEAR:
        return f"{days} D"
    return f"{math.ceil(days / _DAYS_OF_A_YEAR)} Y"


def read(found: Iterable[Any], zone: tzinfo) -> list[Bar]:
    """From the SDK's `BarData`; a day's bar begins at midnight of the contract's `zone`.

    Where no volume is told, -1, it is none: of currencies there is no other.
    """
    return [
        Bar(
            at=_beginning(one.date, zone),
            open=amount(one.open),
            high=amount(one.high),
            low=amount(one.low),
            close=amount(one.close),
            volume=max(told.amount(one.volume), Decimal(0)),
        )
        for one in found
    ]


def within(found: Iterable[Bar], start: datetime, end: datetime) -> list[Bar]:
    """The first that start within [start, end), oldest first, each once."""
    by_time = {bar.at: bar for bar in found if start <= bar.at < end}
    return [by_time[at] for at in sorted(by_time)][:AT_MOST]


def _beginning(when: datetime | date, zone: tzinfo) -> datetime:
    if not isinstance(when, datetime):
        when = datetime.combine(when, time(), zone)
    elif when.tzinfo is None:
        when = when.replace(tzinfo=zone)
    return when.astimezone(UTC)

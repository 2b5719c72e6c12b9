"""A chart of what an instrument did, with the person's own fills on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.spec import Capability
from floorbroker.charts.picture import Picture, PictureFailed
from floorbroker.charts.price import Mark, PriceChart, Style
from floorbroker.charts.studio import Studio
from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import UserId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Bar, MarketDataError, Timeframe
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.market_data.unofficial import UnofficialPrices
from floorbroker.services.gates import EXCHANGE_ZONE
from floorbroker.services.listing import OrderList
from floorbroker.services.sources import Answered, Sources

ORDERS: Final = 200
"""The person's newest orders of the instrument, among which fills are looked for."""

_FILLED: Final = frozenset({OrderState.FILLED, OrderState.PARTIALLY_FILLED})

_LONG_WEEKEND: Final = timedelta(days=5)
"""The last day of trading began no longer ago than that."""


class Span(StrEnum):
    """How far back a chart goes."""

    DAY = "1d"
    WEEK = "1w"
    MONTH = "1m"
    QUARTER = "3m"
    HALF_YEAR = "6m"
    YEAR = "1y"

    @property
    def words(self) -> str:
        """For people: `3 months`."""
        return _REACHES[self].words


@dataclass(frozen=True, slots=True)
class _Reach:
    words: str
    timeframe: Timeframe
    back: timedelta


_REACHES: Final = {
    Span.DAY: _Reach("1 day", Timeframe.FIVE_MINUTES, timedelta(days=1)),
    Span.WEEK: _Reach("1 week", Timeframe.HOUR, timedelta(days=7)),
    Span.MONTH: _Reach("1 month", Timeframe.DAY, timedelta(days=31)),
    Span.QUARTER: _Reach("3 months", Timeframe.DAY, timedelta(days=92)),
    Span.HALF_YEAR: _Reach("6 months", Timeframe.DAY, timedelta(days=183)),
    Span.YEAR: _Reach("1 year", Timeframe.DAY, timedelta(days=366)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRequest:
    """What a person asked for; averages are lengths in bars."""

    symbol: str
    span: Span = Span.MONTH
    style: Style = Style.CANDLES
    averages: tuple[int, ...] = ()
    strength: bool = False
    account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charted:
    """The chart, and its picture where it could be drawn.

    Attributes:
        unmarked: Which of the person's own fills have no mark, in a few words each.
    """

    answered: Answered[Sequence[Bar]]
    chart: PriceChart
    picture: Picture | None
    unmarked: tuple[str, ...] = ()


class Charting:
    """Reads bars and has them drawn."""

    def __init__(self, sources: Sources, orders: OrderList, studio: Studio, clock: Clock) -> None:
        """See the module's first line."""
        self._sources = sources
        self._orders = orders
        self._studio = studio
        self._clock = clock

    async def chart(self, user_id: UserId, request: ChartRequest) -> Charted:
        """The chart; without a picture if none can be drawn now.

        Raises:
            MarketDataError: There are no bars in that span.
            FloorbrokerError: No account, no such symbol, or no answer.
        """
        reach, now = _REACHES[request.span], self._clock.now()

        async def bars(
            adapter: BrokerAdapter | UnofficialPrices, instrument: Instrument
        ) -> Sequence[Bar]:
            one_day = request.span is Span.DAY and instrument.asset_class is not AssetClass.CRYPTO
            back = _LONG_WEEKEND if one_day else reach.back
            found = await adapter.bars(instrument, reach.timeframe, now - back, now)
            return _last_day(found) if one_day else found

        answered = await self._sources.ask(
            user_id, request.symbol, request.account, Capability.BARS, bars, bars
        )
        if not answered.value:
            symbol = answered.instrument.symbol
            raise MarketDataError(f"There are no prices of {symbol} in that time.")
        orders = await self._own(user_id, answered)
        chart = PriceChart(
            symbol=answered.instrument.symbol,
            bars=tuple(answered.value),
            timeframe=reach.timeframe,
            span=reach.words,
            style=request.style,
            averages=request.averages,
            strength=request.strength,
            marks=tuple(
                Mark(at=fill.at, side=order.request.side, price=fill.price)
                for order in orders
                for fill in order.fills
            ),
        )
        try:
            picture = await self._studio.picture(chart)
        except PictureFailed:
            picture = None
        return Charted(
            answered=answered, chart=chart, picture=picture, unmarked=tuple(_unmarked(orders))
        )

    async def _own(self, user_id: UserId, answered: Answered[Sequence[Bar]]) -> Sequence[Order]:
        """The person's orders of it, in accounts of the same kind of money."""
        symbol, environment = answered.instrument.symbol, answered.account.link.environment
        newest = await self._orders.newest(user_id, environment, symbol, limit=ORDERS)
        return newest.orders


def _unmarked(orders: Sequence[Order]) -> Iterator[str]:
    """A closing leg is stored without the time of its fill."""
    if any(leg.state in _FILLED for order in orders for leg in order.legs):
        yield "not those of take-profits and stop-losses"
    if len(orders) >= ORDERS:
        yield f"only those of your newest {ORDERS} orders of it"


def _last_day(bars: Sequence[Bar]) -> Sequence[Bar]:
    """Those of the exchange's last day that has any."""
    if not bars:
        return bars
    last = _date(bars[-1].at)
    return [bar for bar in bars if _date(bar.at) == last]


def _date(at: datetime) -> str:
    return at.astimezone(EXCHANGE_ZONE).date().isoformat()

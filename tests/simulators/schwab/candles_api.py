"""Price history: candles of a frequency, of a period or between two times in milliseconds."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.simulators.schwab.asking import Answer, Ask, Route, json_answer
from tests.simulators.schwab.instruments import Listing
from tests.simulators.schwab.market import Bar, Market
from tests.simulators.schwab.refusals import bad_request, not_found
from tests.simulators.schwab.wire import epoch_ms, number

_PERIODS: Final = {"day": 1, "month": 31, "year": 366, "ytd": 366}
_USUAL_PERIOD: Final = {"day": 10, "month": 1, "year": 1, "ytd": 1}
_USUAL_FREQUENCY: Final = {"day": "minute", "month": "weekly", "year": "monthly", "ytd": "weekly"}
_FREQUENCIES: Final = {
    "day": {"minute"},
    "month": {"daily", "weekly"},
    "year": {"daily", "weekly", "monthly"},
    "ytd": {"daily", "weekly"},
}
_MINUTES: Final = frozenset({1, 5, 10, 15, 30})


class CandlesApi:
    """The candles that a test gave; combinations are those of the OpenAPI file."""

    def __init__(self, market: Market, listing: Listing) -> None:
        """Over what is listed."""
        self._market = market
        self._listing = listing

    def routes(self) -> list[Route]:
        """The only one."""
        return [Route("GET", "/marketdata/v1/pricehistory", self._history)]

    def _history(self, ask: Ask) -> Answer:
        symbol = ask.query.get("symbol", "")
        if self._listing.find(symbol) is None:
            raise not_found()
        period_type = _word(ask, "periodType", frozenset(_PERIODS), "day")
        allowed = frozenset(_FREQUENCIES[period_type])
        kind = _word(ask, "frequencyType", allowed, _USUAL_FREQUENCY[period_type])
        frequency = _whole(ask, "frequency", 1)
        if frequency not in (_MINUTES if kind == "minute" else {1}):
            raise bad_request("invalid frequency", parameter="frequency")
        days = _PERIODS[period_type] * _whole(ask, "period", _USUAL_PERIOD[period_type])
        end = _time(ask, "endDate") or self._market.now()
        start = _time(ask, "startDate") or end - timedelta(days=days)
        bars = self._market.bars.get((symbol, kind, frequency), [])
        rows = [_candle(bar) for bar in bars if start <= bar.at <= end]
        return json_answer({"candles": rows, "symbol": symbol, "empty": not rows})


def _candle(bar: Bar) -> dict[str, Any]:
    return {
        "open": number(bar.open),
        "high": number(bar.high),
        "low": number(bar.low),
        "close": number(bar.close),
        "volume": bar.volume,
        "datetime": epoch_ms(bar.at),
    }


def _word(ask: Ask, name: str, known: frozenset[str], usual: str) -> str:
    word = ask.query.get(name, usual)
    if word not in known:
        raise bad_request(f"invalid {name}", parameter=name)  # words unverified
    return word


def _whole(ask: Ask, name: str, usual: int) -> int:
    given = ask.query.get(name, str(usual))
    if not given.isdigit():
        raise bad_request(f"invalid {name}", parameter=name)
    return int(given)


def _time(ask: Ask, name: str) -> datetime | None:
    if name not in ask.query:
        return None
    milliseconds = _whole(ask, name, 0)
    return datetime.fromtimestamp(milliseconds / 1000, UTC)

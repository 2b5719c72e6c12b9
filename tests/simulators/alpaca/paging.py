"""Pages of bars: the limit counts over all symbols together, and a token goes on from there."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Final

from tests.simulators.alpaca.drawing import bar_json
from tests.simulators.alpaca.market import Bar
from tests.simulators.alpaca.refusals import Refusal
from tests.simulators.alpaca.wire import read_moment, seconds

USUAL: Final = 1000
MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Page:
    """Some bars, where to go on, and the end of the whole interval."""

    bars: dict[str, list[Any]]
    token: str | None
    end: datetime


def page_of_bars(
    bars: Mapping[str, Sequence[Bar]], query: Mapping[str, str], latest: datetime
) -> Page:
    """The page that `query` asks for.

    Args:
        latest: The end of the interval where the query names none.

    Raises:
        Refusal: A parameter cannot be.
    """
    end = read_moment(query["end"]) if query.get("end") else latest
    day = datetime.combine(latest.astimezone(UTC).date(), time(), UTC)
    start = read_moment(query["start"]) if query.get("start") else day
    rows = [
        (symbol, bar)
        for symbol in sorted(bars)
        for bar in _sorted(bars[symbol], query)
        if start <= bar.at <= end
    ]
    first = _resume(rows, query.get("page_token"))
    limit = _limit(query)
    page: dict[str, list[Any]] = {}
    for symbol, bar in rows[first : first + limit]:
        page.setdefault(symbol, []).append(bar_json(bar))
    more = len(rows) > first + limit
    return Page(page, _token(*rows[first + limit - 1]) if more else None, end)


def _sorted(bars: Sequence[Bar], query: Mapping[str, str]) -> list[Bar]:
    return sorted(bars, key=lambda bar: bar.at, reverse=query.get("sort") == "desc")


def _token(symbol: str, bar: Bar) -> str:
    return b64encode(f"{symbol}|{seconds(bar.at)}".encode()).decode()


def _resume(rows: Sequence[tuple[str, Bar]], token: str | None) -> int:
    if not token:
        return 0
    try:
        symbol, at = b64decode(token.replace(" ", "+"), validate=True).decode().split("|")
    except ValueError as error:
        raise Refusal(400, None, "invalid page_token") from error  # words unverified
    known = [(name, seconds(bar.at)) for name, bar in rows]
    return known.index((symbol, at)) + 1 if (symbol, at) in known else len(rows)


def _limit(query: Mapping[str, str]) -> int:
    given = query.get("limit")
    if not given:
        return USUAL
    if not given.isdigit() or int(given) > MOST:
        raise Refusal(400, None, f"invalid limit: larger than the allowed maximum of {MOST}")
    return int(given)

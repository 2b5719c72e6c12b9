"""Yahoo Finance, through yfinance: unofficial, delayed, and only where the operator wants it.

Yahoo offers no interface for this and allows personal use only (yfinance's README). It can change
or end on any day: whatever goes wrong is an answer of its own here, and no broker's.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any, Final, TypeVar

from floorbroker.brokers.shared.breaker import Breaker
from floorbroker.brokers.shared.threads import BlockingCalls, NeverStarted
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import ApiError, BrokerError, BrokerTimeout, RateLimited
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Bar, MarketDataError, Quote, Timeframe
from floorbroker.market_data import yahoo_words as words

SECONDS: Final = 5.0
_IMPORT_SECONDS: Final = 20.0
_THREADS: Final = 2
_WAITING: Final = 8
_NOWHERE: Final = os.path.join(os.devnull, "none")  # noqa: PTH118  # no path: nothing can be made there

_Row = tuple[datetime, Any, Any, Any, Any, Any]
_T = TypeVar("_T")


class Yahoo:
    """See `UnofficialPrices`. Its threads are its own, so that it holds up no broker."""

    name: str = words.NAME
    label: str = words.LABEL

    def __init__(self, clock: Clock, session: Any = None, seconds: float = SECONDS) -> None:
        """`session` stands in for the one that yfinance makes itself."""
        self._clock = clock
        self._session = session
        self._seconds = seconds
        self._breaker = Breaker(clock)
        self._blocking = BlockingCalls(_THREADS, _WAITING, reserve=1)

    async def quote(self, instrument: Instrument) -> Quote:
        """See `UnofficialPrices`."""
        symbol = words.symbol_of(instrument)
        told, _ = await self._asked(lambda: _chart(symbol, "1d", "5d", self._session))
        return words.quote(instrument, told)

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """See `UnofficialPrices`."""
        symbol, interval = words.symbol_of(instrument), words.interval_of(timeframe)
        period = words.period_of(self._clock.now() - start)
        told, rows = await self._asked(lambda: _chart(symbol, interval, period, self._session))
        return words.bars(instrument, told, rows, start, end)

    def close(self) -> None:
        """Asks nothing more."""
        self._blocking.close()

    async def _asked(self, call: Callable[[], _T]) -> _T:
        wait = self._breaker.wait()
        if wait is not None:
            raise ApiError("Yahoo Finance is left alone for a moment.", retry_after=wait)
        try:
            await self._imported()
            async with asyncio.timeout(self._seconds):
                answer = await self._blocking.run(self._seconds, call)
        except TimeoutError as error:
            self._breaker.failed()
            raise BrokerTimeout(
                f"Yahoo Finance has not answered within {self._seconds:g} s."
            ) from error
        except NeverStarted as error:
            raise ApiError("Yahoo Finance has no answer now.", detail="busy") from error
        except MarketDataError:
            self._breaker.worked()
            raise
        except BrokerError:
            self._breaker.failed()
            raise
        self._breaker.worked()
        return answer

    async def _imported(self) -> None:
        """The library brings pandas along: its import has seconds of its own."""
        if "yfinance" not in sys.modules:
            async with asyncio.timeout(_IMPORT_SECONDS):
                await self._blocking.run(_IMPORT_SECONDS, import_module, "yfinance")


def _chart(
    symbol: str, interval: str, period: str, session: Any
) -> tuple[Mapping[str, Any], Sequence[_Row]]:
    """The metadata of a chart, and its rows. Blocks."""
    import yfinance
    from yfinance.exceptions import YFRateLimitError, YFTickerMissingError

    # Its files are pickles in somebody's home; a place that cannot be made switches them off.
    yfinance.set_tz_cache_location(_NOWHERE)
    yfinance.config.debug.hide_exceptions = False  # else it writes what people typed into the log
    try:
        ticker = yfinance.Ticker(symbol, session=session)
        table = ticker.history(
            period=period,
            interval=interval,
            auto_adjust=False,
            actions=False,
            timeout=SECONDS,
        )
        columns = (table[name] for name in ("Open", "High", "Low", "Close", "Volume"))
        rows = list(zip(table.index, *columns, strict=True))
        told = ticker.get_history_metadata()
        return {name: told.get(name) for name in words.READ}, rows
    except YFRateLimitError as error:
        raise RateLimited("Yahoo Finance answers no more questions now.") from error
    except YFTickerMissingError as error:
        raise words.nothing() from error
    except Exception as error:  # noqa: BLE001  # nobody says what may go wrong in there
        # It keeps the answers about time zones, whatever stands in them.
        yfinance.data.YfData.cache_get.cache_clear()
        raise ApiError("Yahoo Finance has no answer now.", detail=type(error).__name__) from None

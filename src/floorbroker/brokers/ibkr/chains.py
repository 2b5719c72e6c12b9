"""The options on a share that expire on one day.

Two questions, whatever the size of the chain: which days and classes there are
(`reqSecDefOptParams`, which is not throttled), and the contracts of that day (`reqContractDetails`
with everything but strike and right, which is: large chains take seconds to minutes).
https://interactivebrokers.github.io/tws-api/options.html

The strikes of the first answer are those of all days together, so that contracts made from it
alone would be told that do not exist.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.ibkr import catalogue
from floorbroker.brokers.ibkr.catalogue import Listed
from floorbroker.brokers.ibkr.contracts import DOLLARS, SMART
from floorbroker.brokers.ibkr.instruments import SECONDS, Instruments
from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.shared.option_symbols import exchange_day
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import NotSupported
from floorbroker.domain.instruments import AssetClass, Instrument

PATIENCE: Final = 60.0
"""Seconds that a chain may take; whoever asks again meanwhile or later gets the same answer."""

KEPT: Final = 16
_FRESH: Final = timedelta(hours=1)
_USUAL: Final = "100"
_Key = tuple[int, date]


class Chains:
    """Chains of shares and funds."""

    def __init__(self, line: IbkrLine, instruments: Instruments, clock: Clock) -> None:
        """Asks nobody yet."""
        self._line = line
        self._instruments = instruments
        self._clock = clock
        self._found: dict[_Key, tuple[datetime, tuple[Instrument, ...]]] = {}
        self._asking: dict[_Key, asyncio.Task[tuple[Instrument, ...]]] = {}

    async def of(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """Every contract of the usual size, by strike; none where nothing expires on that day."""
        share = await self._share(underlying)
        key = (share.con_id, expiry)
        known = self._found.get(key)
        if known is not None and self._clock.now() - known[0] < _FRESH:
            return known[1]
        asking = self._asking.get(key)
        if asking is None:
            asking = asyncio.create_task(self._ask(share, expiry), name=f"chain {share.con_id}")
            self._asking[key] = asking
            asking.add_done_callback(lambda done: self._answered(key, done))
        return await asyncio.shield(asking)

    async def expiries(self, underlying: Instrument) -> Sequence[date]:
        """The days from today on, of all classes of the usual size."""
        share = await self._share(underlying)
        today = exchange_day(self._clock.now())
        told = [day for one in await self._classes(share) for day in one.expirations]
        days = {datetime.strptime(day, "%Y%m%d").date() for day in told}  # noqa: DTZ007  # a day
        return sorted(day for day in days if day >= today)

    async def _share(self, underlying: Instrument) -> Listed:
        if underlying.asset_class is not AssetClass.EQUITY:
            raise NotSupported("Chains are told of shares and funds only.", broker="ibkr")
        return await self._instruments.listed(underlying.symbol)

    async def _classes(self, share: Listed) -> list[Any]:
        contract = share.contract
        told = await self._line.ask(
            lambda ib: ib.reqSecDefOptParamsAsync(contract.symbol, "", "STK", contract.conId),
            seconds=SECONDS,
        )
        return [one for one in told if _is_usual(one)]

    def _answered(self, key: _Key, done: asyncio.Task[tuple[Instrument, ...]]) -> None:
        del self._asking[key]
        if done.cancelled() or done.exception() is not None:
            return
        self._found.pop(key, None)
        self._found[key] = (self._clock.now(), done.result())
        for old in list(self._found)[:-KEPT]:
            del self._found[old]

    async def _ask(self, share: Listed, expiry: date) -> tuple[Instrument, ...]:
        contract, day = share.contract, f"{expiry:%Y%m%d}"
        told = await self._classes(share)
        classes = {one.tradingClass for one in told if day in one.expirations}
        found: list[Listed] = []
        for trading_class in sorted(classes):
            fields = {
                "secType": "OPT",
                "symbol": contract.symbol,
                "lastTradeDateOrContractMonth": day,
                "tradingClass": trading_class,
                "multiplier": _USUAL,
                "exchange": SMART,
                "currency": DOLLARS,
            }
            found += catalogue.read_all(await self._instruments.details(fields, PATIENCE))
        self._instruments.keep(found)
        options = {one.instrument.symbol: one.instrument for one in found}
        return tuple(sorted(options.values(), key=_by_strike))


def _is_usual(told: Any) -> bool:
    """Not an adjusted class, such as `2AAPL`, whose contracts stand for something else."""
    return (
        told.exchange == SMART
        and str(told.multiplier) == _USUAL
        and not told.tradingClass[:1].isdigit()
    )


def _by_strike(option: Instrument) -> tuple[Decimal, str]:
    return option.strike or Decimal(0), option.symbol

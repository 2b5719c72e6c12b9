"""Candles and the first moment that there is data for."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tests.simulators.tws import refusals
from tests.simulators.tws.clients import Client
from tests.simulators.tws.gate import Handler
from tests.simulators.tws.listing import Contract
from tests.simulators.tws.market import Bar, Market
from tests.simulators.tws.refusals import Refusal
from tests.simulators.tws.ticket import read_wanted
from tests.simulators.tws.wire import Reading, Value, moment

_UNITS: Final = {"S": 1, "D": 86_400, "W": 7 * 86_400, "M": 31 * 86_400, "Y": 366 * 86_400}
_SIZES: Final = frozenset(
    """1 secs,5 secs,10 secs,15 secs,30 secs,1 min,2 mins,3 mins,5 mins,10 mins,15 mins,20 mins,
    30 mins,1 hour,2 hours,3 hours,4 hours,8 hours,1 day,1 week,1 month""".replace(
        "\n    ", ""
    ).split(",")
)
_LONG: Final = frozenset({"1 day", "1 week", "1 month"})
_SHOWN: Final = frozenset(
    {"TRADES", "MIDPOINT", "BID", "ASK", "BID_ASK", "ADJUSTED_LAST", "AGGTRADES"}
)


class HistoryApi:
    """The candles that a test gave."""

    def __init__(self, market: Market, zone: str) -> None:
        """Times are told in the login's zone."""
        self._market = market
        self._zone = zone

    def handlers(self) -> Mapping[int, Handler]:
        """By message."""
        return {
            20: self._bars,
            25: lambda client, reading: None,
            87: self._head,
            90: lambda client, reading: None,
        }

    def _one(self, reading: Reading) -> Contract:
        found = self._market.listing.find(read_wanted(reading))
        reading.skip()  # includeExpired
        if not found:
            raise refusals.no_definition()
        if len(found) > 1:
            raise refusals.ambiguous(found[0].symbol)
        return found[0]

    def _bars(self, client: Client, reading: Reading) -> None:
        request = reading.whole()
        contract = self._one(reading)
        until, size, duration = reading.word(), reading.word(), reading.word()
        reading.skip()  # useRTH
        shown, as_epoch = reading.word(), reading.whole() == 2
        if size not in _SIZES:
            raise refusals.invalid("Historical data bar size setting is invalid.")
        if shown not in _SHOWN:
            raise refusals.invalid("Historical data what to show setting is invalid.")
        end = _moment(until, self._zone) or self._market.now()
        start = end - _length(duration)
        kept = self._market.bars.get((contract.con_id, size), [])
        bars = [bar for bar in kept if start <= bar.at <= end]
        if not bars:
            words = "Historical Market Data Service error message:HMDS query returned no data: "
            raise Refusal(162, f"{words}{contract.symbol}@{contract.exchange} {shown.title()}")
        fields: list[Value] = []
        for bar in bars:
            fields += self._drawn(bar, size, client.version, as_epoch=as_epoch)
        ends = (moment(at, self._zone, client.version) for at in (start, end))
        client.send(17, request, *ends, len(bars), *fields)

    def _drawn(self, bar: Bar, size: str, version: int, *, as_epoch: bool) -> list[Value]:
        if size in _LONG:
            at = f"{bar.at.astimezone(ZoneInfo(self._zone)):%Y%m%d}"
        elif as_epoch:
            at = str(int(bar.at.timestamp()))
        else:
            at = moment(bar.at, self._zone, version)
        return [at, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.average, bar.count]

    def _head(self, client: Client, reading: Reading) -> None:
        request = reading.whole()
        contract = self._one(reading)
        reading.skip(2)  # useRTH, whatToShow
        as_epoch = reading.whole() == 2
        kept = [
            bar
            for (con_id, _), bars in self._market.bars.items()
            for bar in bars
            if con_id == contract.con_id
        ]
        if not kept:
            words = "Historical Market Data Service error message:No head time stamp"
            raise Refusal(162, words)
        first = min(bar.at for bar in kept).astimezone(UTC)
        shown = str(int(first.timestamp())) if as_epoch else f"{first:%Y%m%d-%H:%M:%S}"
        client.send(88, request, shown)


def _length(duration: str) -> timedelta:
    found = re.fullmatch(r"(\d+) ([SDWMY])", duration)
    if found is None:
        raise refusals.invalid("Historical data query duration is invalid")  # words unverified
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def _moment(given: str, zone: str) -> datetime | None:
    """yyyymmdd hh:mm:ss with or without a zone, or yyyymmdd-hh:mm:ss in UTC; empty: now."""
    if not given:
        return None
    if found := re.fullmatch(r"(\d{8})-(\d\d:\d\d:\d\d)", given):
        zone = "UTC"
    elif found := re.fullmatch(r"(\d{8})\s+(\d\d:\d\d:\d\d)(?: (\S+))?", given):
        zone = found[3] or zone
    else:
        raise Refusal(10314, "End Date/Time: The date, time, or time-zone entered is invalid.")
    named = f"{found[1]} {found[2]}"
    return datetime.strptime(named, "%Y%m%d %H:%M:%S").replace(tzinfo=ZoneInfo(zone))

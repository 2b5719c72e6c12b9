"""What there is: securities, option chains, candles, trading days, market states."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from tests.simulators.opend import quotes_drawing as drawing
from tests.simulators.opend.asking import Answer, Asked, Handlers, Refusal
from tests.simulators.opend.instruments import CALL, KINDS, RIGHTS, Listing
from tests.simulators.opend.instruments import drawn as drawn_security
from tests.simulators.opend.market import NEW_YORK, STATES, Bar, Market
from tests.simulators.opend.vendor import messages

_US_DAYS: Final = 2
_CHAIN_DAYS: Final = 30
_PAGE: Final = 1000
_DAY: Final = 2


class ReferenceApi:
    """Qot_GetStaticInfo, option chains, Qot_RequestHistoryKL, trading days, market states."""

    def __init__(self, market: Market, listing: Listing) -> None:
        """Over what is listed."""
        self._market = market
        self._listing = listing

    def handlers(self) -> Handlers:
        """By name."""
        return {
            "Qot_GetStaticInfo": self._static,
            "Qot_GetOptionExpirationDate": self._expiries,
            "Qot_GetOptionChain": self._chain,
            "Qot_RequestHistoryKL": self._candles,
            "Qot_RequestTradeDate": self._days,
            "Qot_GetMarketState": self._states,
        }

    def _static(self, asked: Asked) -> Answer:
        s2c = messages("Qot_GetStaticInfo").S2C()
        wanted = [self._listing.at(one) for one in asked.c2s.securityList]
        if not wanted:
            kinds = {kind for kind, number in KINDS.items() if number == asked.c2s.secType}
            wanted = [one for one in self._listing.all.values() if one.kind in kinds]
        for security in wanted:
            s2c.staticInfoList.append(drawing.static(security))
        return Answer(s2c)

    def _expiries(self, asked: Asked) -> Answer:
        owner = self._listing.at(asked.c2s.owner).code
        today = self._market.local().date()
        s2c = messages("Qot_GetOptionExpirationDate").S2C()
        dates = {one.expiry for one in self._listing.options_of(owner) if one.expiry}
        for expiry in sorted(day for day in dates if day >= today):
            s2c.dateList.add(
                strikeTime=str(expiry), optionExpiryDateDistance=(expiry - today).days, cycle=2
            )
        return Answer(s2c)

    def _chain(self, asked: Asked) -> Answer:
        c2s = asked.c2s
        owner = self._listing.at(c2s.owner).code
        first, last = _day(c2s.beginTime), _day(c2s.endTime)
        if (last - first).days > _CHAIN_DAYS:
            raise Refusal("The time span cannot exceed 30 days")
        s2c = messages("Qot_GetOptionChain").S2C()
        rows: dict[tuple[date, Any], Any] = {}
        chains: dict[date, Any] = {}
        for one in self._listing.options_of(owner):
            assert one.expiry is not None
            if not first <= one.expiry <= last or c2s.type not in {0, RIGHTS[one.right]}:
                continue
            if one.expiry not in chains:
                chains[one.expiry] = s2c.optionChain.add(strikeTime=str(one.expiry))
            key = (one.expiry, one.strike)
            if key not in rows:
                rows[key] = chains[one.expiry].option.add()
            side = rows[key].call if one.right == CALL else rows[key].put
            side.CopyFrom(drawing.static(one))
        return Answer(s2c)

    def _candles(self, asked: Asked) -> Answer:
        c2s = asked.c2s
        security = self._listing.at(c2s.security)
        first = datetime.fromisoformat(c2s.beginTime).replace(tzinfo=NEW_YORK)
        last = datetime.fromisoformat(c2s.endTime).replace(tzinfo=NEW_YORK)
        if len(c2s.endTime) <= len("2026-11-18"):
            last += timedelta(days=1, seconds=-1)
        bars = [
            bar
            for bar in self._market.bars.get((security.code, c2s.klType), ())
            if first <= bar.at <= last
        ]
        start = int(c2s.nextReqKey or b"0")
        size = c2s.maxAckKLNum or _PAGE
        s2c = messages("Qot_RequestHistoryKL").S2C(
            security=drawn_security(security), name=security.name
        )
        for bar in bars[start : start + size]:
            s2c.klList.append(_candle(bar, whole_days=c2s.klType == _DAY))
        if start + size < len(bars):
            s2c.nextReqKey = str(start + size).encode()
        return Answer(s2c)

    def _days(self, asked: Asked) -> Answer:
        if asked.c2s.market != _US_DAYS and not asked.c2s.HasField("security"):
            raise Refusal("Unknown market")
        day, last = _day(asked.c2s.beginTime), _day(asked.c2s.endTime)
        s2c = messages("Qot_RequestTradeDate").S2C()
        while day <= last:
            if self._market.is_trading_day(day):
                s2c.tradeDateList.add(time=str(day), tradeDateType=0)
            day += timedelta(days=1)
        return Answer(s2c)

    def _states(self, asked: Asked) -> Answer:
        s2c = messages("Qot_GetMarketState").S2C()
        for one in asked.c2s.securityList:
            security = self._listing.at(one)
            s2c.marketInfoList.add(
                security=drawn_security(security),
                name=security.name,
                marketState=STATES[self._market.session],
            )
        return Answer(s2c)


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()


def _candle(bar: Bar, *, whole_days: bool) -> Any:
    local = bar.at.astimezone(NEW_YORK)
    if whole_days:
        local = local.replace(hour=0, minute=0, second=0)
    return messages("Qot_Common").KLine(
        time=f"{local:%Y-%m-%d %H:%M:%S}",
        isBlank=False,
        highPrice=float(bar.high),
        openPrice=float(bar.open),
        lowPrice=float(bar.low),
        closePrice=float(bar.close),
        lastClosePrice=0.0,
        volume=bar.volume,
        turnover=float(bar.close * bar.volume),
        timestamp=local.timestamp(),
    )

"""Prices as `Qot_Common` messages."""

from typing import Any, Final

from tests.simulators.opend.instruments import KINDS, OPTION, RIGHTS, US, Security, drawn
from tests.simulators.opend.market import Market, Quote
from tests.simulators.opend.vendor import messages

_LISTED: Final = "1980-12-12"
_NORMAL: Final = 1
_SUSPENDED: Final = 9
_AMERICAN: Final = 1
_MONTHLY: Final = 2
_NASDAQ: Final = 5
_OPTIONS: Final = 8
_GREEKS: Final = ("delta", "gamma", "vega", "theta", "rho")


def basic(security: Security, quote: Quote, market: Market) -> Any:
    """`BasicQot`: what a subscription gives. It has no bid and ask; the order book has."""
    made = messages("Qot_Common").BasicQot(
        security=drawn(security),
        name=security.name,
        isSuspended=security.suspended,
        listTime=_LISTED,
        priceSpread=float(security.tick),
        updateTime=market.stamp(quote.at),
        highPrice=float(quote.high),
        openPrice=float(quote.open),
        lowPrice=float(quote.low),
        curPrice=float(quote.last),
        lastClosePrice=float(quote.previous),
        volume=quote.volume,
        turnover=float(quote.last * quote.volume),
        turnoverRate=0.0,
        amplitude=0.0,
        darkStatus=0,
        updateTimestamp=quote.at.timestamp(),
        secStatus=_SUSPENDED if security.suspended else _NORMAL,
    )
    if security.kind == OPTION:
        made.optionExData.CopyFrom(_option(security, quote, market, "OptionBasicQotExData"))
    return made


def snapshot(security: Security, quote: Quote, market: Market) -> Any:
    """`Snapshot`: everything at once, without a subscription."""
    module = messages("Qot_GetSecuritySnapshot")
    made = module.Snapshot()
    made.basic.CopyFrom(
        module.SnapshotBasicData(
            security=drawn(security),
            name=security.name,
            type=KINDS[security.kind],
            isSuspend=security.suspended,
            listTime=_LISTED,
            lotSize=security.lot,
            priceSpread=float(security.tick),
            updateTime=market.stamp(quote.at),
            highPrice=float(quote.high),
            openPrice=float(quote.open),
            lowPrice=float(quote.low),
            lastClosePrice=float(quote.previous),
            curPrice=float(quote.last),
            volume=quote.volume,
            turnover=float(quote.last * quote.volume),
            turnoverRate=0.0,
            updateTimestamp=quote.at.timestamp(),
            askPrice=float(quote.ask),
            bidPrice=float(quote.bid),
            askVol=quote.ask_size,
            bidVol=quote.bid_size,
            secStatus=_SUSPENDED if security.suspended else _NORMAL,
        )
    )
    if security.kind == OPTION:
        option = _option(security, quote, market, "OptionSnapshotExData")
        made.optionExData.CopyFrom(option)
    return made


def static(security: Security) -> Any:
    """`SecurityStaticInfo`."""
    made = messages("Qot_Common").SecurityStaticInfo()
    made.basic.security.CopyFrom(drawn(security))
    made.basic.id = security.id
    made.basic.lotSize = security.multiplier if security.kind == OPTION else security.lot
    made.basic.secType = KINDS[security.kind]
    made.basic.name = security.name
    made.basic.listTime = _LISTED
    made.basic.delisting = False
    made.basic.exchType = _OPTIONS if security.kind == OPTION else _NASDAQ
    if security.kind == OPTION:
        option = made.optionExData
        option.type = RIGHTS[security.right]
        option.owner.CopyFrom(_owner(security))
        option.strikeTime = str(security.expiry)
        option.strikePrice = float(security.strike)
        option.suspend = security.suspended
        option.market = "US"
        option.expirationCycle = _MONTHLY
        option.optionStandardType = 1
    return made


def book(security: Security, quote: Quote, market: Market, name: str) -> Any:
    """The S2C of `Qot_GetOrderBook` or `Qot_UpdateOrderBook`, one level deep."""
    made = messages(name).S2C(
        security=drawn(security),
        name=security.name,
        svrRecvTimeBid=market.stamp(quote.at),
        svrRecvTimeAsk=market.stamp(quote.at),
    )
    for side, price, size in (
        (made.orderBookAskList, quote.ask, quote.ask_size),
        (made.orderBookBidList, quote.bid, quote.bid_size),
    ):
        if price:
            side.add(price=float(price), volume=size, orederCount=1)
    return made


def _option(security: Security, quote: Quote, market: Market, kind: str) -> Any:
    snap = kind == "OptionSnapshotExData"
    made = getattr(messages("Qot_GetSecuritySnapshot" if snap else "Qot_Common"), kind)()
    made.strikePrice = float(security.strike)
    made.contractSize = security.multiplier
    made.contractSizeFloat = float(security.multiplier)
    made.openInterest = int(quote.greeks.get("open_interest", 0))
    made.impliedVolatility = quote.greeks.get("iv", 0.0)
    made.premium = 0.0
    for greek in _GREEKS:
        setattr(made, greek, quote.greeks.get(greek, 0.0))
    made.optionAreaType = _AMERICAN
    made.contractMultiplier = float(security.multiplier)
    assert security.expiry is not None
    made.expiryDateDistance = (security.expiry - market.local().date()).days
    if snap:
        made.type = RIGHTS[security.right]
        made.owner.CopyFrom(_owner(security))
        made.strikeTime = str(security.expiry)
    return made


def _owner(security: Security) -> Any:
    return messages("Qot_Common").Security(market=US, code=security.owner.partition(".")[2])

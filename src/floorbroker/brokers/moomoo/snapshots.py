"""Quotes, Greeks and open interest out of OpenD's snapshots. Pure."""

from datetime import datetime
from typing import Any, Final

from floorbroker.brokers.moomoo.amounts import amount, price
from floorbroker.brokers.moomoo.eastern import moment
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Greeks, Quote
from floorbroker.domain.option_chain import OptionQuote

SOURCE: Final = "Moomoo"


def snapshot_quote(about: Instrument, told: Any, now: datetime, *, delayed: bool) -> Quote | None:
    """The touch and the last trade of the regular session; None without any price."""
    basic = told.basic
    bid, ask, last = price(basic.bidPrice), price(basic.askPrice), price(basic.curPrice)
    if bid is ask is last is None:
        return None
    return Quote(
        instrument=about,
        bid=bid,
        ask=ask,
        last=last,
        at=_at(told, now),
        source=SOURCE,
        delayed=delayed,
        volume=amount(float(basic.volume)),
        halted=basic.isSuspend,
    )


def snapshot_greeks(option: Instrument, told: Any, now: datetime, *, delayed: bool) -> Greeks:
    """Moomoo's model; whether theta is a day's and vega a point's is unverified."""
    figures = told.optionExData
    return Greeks(
        instrument=option,
        at=_at(told, now),
        source=SOURCE,
        delta=amount(figures.delta),
        gamma=amount(figures.gamma),
        theta=amount(figures.theta),
        vega=amount(figures.vega),
        implied_volatility=amount(figures.impliedVolatility) / 100,
        delayed=delayed,
    )


def option_quote(option: Instrument, told: Any, now: datetime, *, delayed: bool) -> OptionQuote:
    """One contract of a chain; a volatility of 0 says that the model computed nothing."""
    quote = snapshot_quote(option, told, now, delayed=delayed)
    if not told.HasField("optionExData"):
        return OptionQuote(contract=option, quote=quote)
    figures = told.optionExData
    modelled = figures.impliedVolatility > 0
    return OptionQuote(
        contract=option,
        quote=quote,
        open_interest=amount(float(figures.openInterest)),
        greeks=snapshot_greeks(option, told, now, delayed=delayed) if modelled else None,
    )


def _at(told: Any, now: datetime) -> datetime:
    return min(moment(told.basic.updateTimestamp, told.basic.updateTime), now)

"""Quotes and Greeks from what the SDK keeps of a contract's ticks. Pure.

NaN stands for what was never told, -1 for "there is none" and the largest double for "not
computed" (ib_insync's ticker.py and wrapper.py; tick_types.html of Interactive Brokers' guide). Of
vega and theta the SDK lets the -2 through that stands for "not computed" elsewhere.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.ibkr import told
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Greeks, Quote

LIVE: Final = 1
FROZEN: Final = 2
DELAYED: Final = 3
DELAYED_FROZEN: Final = 4
_SOURCES: Final = {
    LIVE: "Interactive Brokers",
    FROZEN: "Interactive Brokers, frozen at the close",
    DELAYED: "Interactive Brokers, delayed",
    DELAYED_FROZEN: "Interactive Brokers, delayed and frozen at the close",
}
_UNSAID: Final = "Interactive Brokers, not said to be live"
_NOT_COMPUTED: Final = Decimal(-2)


def price(value: object) -> Decimal | None:
    """One that somebody may trade at; None where there is none. Spreads aside, none is below 0."""
    found = told.number(value)
    return found if found is not None and found > 0 else None


def is_told(value: float) -> bool:
    """Whether the gateway said anything about it, were it that there is none."""
    return told.number(value) is not None


def kind_of(ticker: Any, *, delayed: bool) -> int:
    """Of market data; 0 where nobody said.

    Args:
        delayed: Delayed ticks came, or the gateway said that it sends such.
    """
    said = int(ticker.marketDataType)
    if delayed and said not in {DELAYED, DELAYED_FROZEN}:
        return DELAYED
    return said if said in _SOURCES else 0


def source(kind: int) -> str:
    """Whose prices they are, and of what kind, in words."""
    return _SOURCES.get(kind, _UNSAID)


def has_sides(ticker: Any) -> bool:
    """Whether bid and ask are told."""
    return is_told(ticker.bid) and is_told(ticker.ask)


def has_last(ticker: Any) -> bool:
    """Whether the last price is told."""
    return is_told(ticker.last)


def quote(ticker: Any, instrument: Instrument, kind: int, heard_at: datetime) -> Quote | None:
    """None without any price.

    Only live prices stand at the moment at which they were heard: the gateway sends each change of
    bid and ask at once. Of what is delayed or frozen, and of a lone last price, the gateway tells
    when it was made, in the ticks 45 and 88; without them it is when it was heard.
    """
    bid, ask, last = price(ticker.bid), price(ticker.ask), price(ticker.last)
    if bid is None and ask is None and last is None:
        return None
    now = kind == LIVE and (bid is not None or ask is not None)
    made_at = ticker.rtTime or getattr(ticker, "last_timestamp", None)
    volume = told.number(ticker.volume)
    return Quote(
        instrument=instrument,
        bid=bid,
        ask=ask,
        last=last,
        at=heard_at if now or made_at is None else made_at,
        source=source(kind),
        delayed=kind != LIVE,
        volume=volume if volume is not None and volume >= 0 else None,
        # Tick 49: 1 is a halt, 2 one for volatility, 0 none, -1 and nothing are "not told".
        halted=ticker.halted > 0,
    )


def has_greeks(ticker: Any) -> bool:
    """Whether the model's figures are there: ticks 13 and, delayed, 83."""
    model = ticker.modelGreeks
    return model is not None and _figure(model.delta) is not None


def greeks(ticker: Any, option: Instrument, kind: int, heard_at: datetime) -> Greeks | None:
    """Of Interactive Brokers' own model; None where it computed nothing."""
    model = ticker.modelGreeks
    if model is None:
        return None
    figures = {
        "delta": _figure(model.delta),
        "gamma": _figure(model.gamma),
        "theta": _figure(model.theta),
        "vega": _figure(model.vega),
        "implied_volatility": _positive(model.impliedVol),
    }
    if all(figure is None for figure in figures.values()):
        return None
    return Greeks(
        instrument=option,
        at=heard_at,
        source=f"{source(kind)}, its own model",
        delayed=kind != LIVE,
        underlying_price=_positive(model.undPrice),
        **figures,
    )


def _figure(value: object) -> Decimal | None:
    found = None if value is None else told.number(value)
    return None if found is None or found == _NOT_COMPUTED else found


def _positive(value: object) -> Decimal | None:
    found = _figure(value)
    return found if found is not None and found > 0 else None

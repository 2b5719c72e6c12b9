"""Quotes and Greeks from what the SDK keeps of ticks."""

import math
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.brokers.ibkr import ticks
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Quote

NAN = math.nan
UNSET = 1.7976931348623157e308
APPLE = Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)
HEARD = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)
TRADED = datetime(2026, 11, 18, 16, 40, tzinfo=UTC)


def ticker(**fields: Any) -> SimpleNamespace:
    """As ib_insync begins one, unless told otherwise."""
    usual = {
        "marketDataType": 0,
        "bid": NAN,
        "ask": NAN,
        "last": NAN,
        "volume": NAN,
        "rtTime": None,
        "modelGreeks": None,
        "halted": NAN,
    }
    return SimpleNamespace(**{**usual, **fields})


def model(**figures: Any) -> SimpleNamespace:
    """As `OptionComputation`."""
    usual = dict.fromkeys(("delta", "gamma", "vega", "theta", "impliedVol", "undPrice"))
    return SimpleNamespace(**{**usual, **figures})


def quoted(kind: int = ticks.LIVE, **fields: Any) -> Quote:
    """There is one."""
    found = ticks.quote(ticker(**fields), APPLE, kind, HEARD)
    assert found is not None
    return found


@pytest.mark.parametrize("nothing", [NAN, -1.0, 0.0, UNSET, math.inf])
def test_what_is_no_price_is_none(nothing: float) -> None:
    quote = quoted(bid=nothing, ask=nothing, last=189.95)

    assert (quote.bid, quote.ask, quote.last) == (None, None, Decimal("189.95"))
    assert ticks.quote(ticker(bid=nothing, ask=nothing, last=nothing), APPLE, 1, HEARD) is None


def test_that_there_is_no_bid_is_told_and_nothing_is_not() -> None:
    assert not ticks.has_sides(ticker())
    assert not ticks.has_sides(ticker(bid=-1.0))
    assert ticks.has_sides(ticker(bid=-1.0, ask=-1.0))


@pytest.mark.parametrize(
    ("said", "delayed", "words", "late"),
    [
        (1, False, "Interactive Brokers", False),
        (2, False, "Interactive Brokers, frozen at the close", True),
        (3, False, "Interactive Brokers, delayed", True),
        (4, False, "Interactive Brokers, delayed and frozen at the close", True),
        (0, False, "Interactive Brokers, not said to be live", True),
        (9, False, "Interactive Brokers, not said to be live", True),
        # The SDK begins with "live"; a delayed tick, or error 10167, says otherwise
        (1, True, "Interactive Brokers, delayed", True),
        (0, True, "Interactive Brokers, delayed", True),
        (4, True, "Interactive Brokers, delayed and frozen at the close", True),
    ],
)
def test_only_what_is_said_to_be_live_is_told_as_live(
    said: int, delayed: bool, words: str, late: bool
) -> None:
    told = ticker(marketDataType=said, bid=1.0, ask=2.0)

    quote = ticks.quote(told, APPLE, ticks.kind_of(told, delayed=delayed), HEARD)

    assert quote is not None
    assert (quote.source, quote.delayed) == (words, late)


@pytest.mark.parametrize(
    ("kind", "fields", "at"),
    [
        (ticks.LIVE, {"bid": 1.0, "last": 1.0, "last_timestamp": TRADED}, HEARD),
        (ticks.LIVE, {"last": 1.0, "last_timestamp": TRADED}, TRADED),
        (ticks.LIVE, {"last": 1.0, "rtTime": TRADED}, TRADED),
        (ticks.LIVE, {"last": 1.0}, HEARD),
        (ticks.DELAYED, {"bid": 1.0, "last": 1.0, "last_timestamp": TRADED}, TRADED),
        (ticks.DELAYED, {"bid": 1.0}, HEARD),
        (ticks.FROZEN, {"bid": 1.0, "last_timestamp": TRADED}, TRADED),
        (0, {"bid": 1.0, "last_timestamp": TRADED}, TRADED),
    ],
)
def test_the_time_of_a_quote_is_the_sources_own(
    kind: int, fields: dict[str, Any], at: datetime
) -> None:
    assert quoted(kind, **fields).at == at


@pytest.mark.parametrize(("told", "volume"), [(1200.0, 1200), (0.0, 0), (-1.0, None), (NAN, None)])
def test_a_volume_is_told_where_there_is_one(told: float, volume: int | None) -> None:
    assert quoted(last=1.0, volume=told).volume == volume


@given(cents=st.integers(1, 10**9))
def test_a_price_keeps_its_digits(cents: int) -> None:
    assert quoted(bid=cents / 100).bid == Decimal(cents) / 100


def test_greeks_are_those_of_the_model() -> None:
    told = model(
        delta=0.52, gamma=0.012, vega=0.31, theta=-0.08, impliedVol=0.2845, undPrice=189.95
    )

    found = ticks.greeks(ticker(modelGreeks=told), APPLE, ticks.DELAYED, HEARD)

    assert found is not None
    assert (found.delta, found.gamma) == (Decimal("0.52"), Decimal("0.012"))
    assert (found.vega, found.theta) == (Decimal("0.31"), Decimal("-0.08"))
    assert (found.implied_volatility, found.underlying_price) == (
        Decimal("0.2845"),
        Decimal("189.95"),
    )
    assert (found.delayed, found.source) == (True, "Interactive Brokers, delayed, its own model")


@pytest.mark.parametrize("nothing", [None, NAN, -2.0, UNSET])
def test_a_figure_that_was_not_computed_is_none(nothing: float | None) -> None:
    told = model(delta=0.5, vega=nothing, theta=nothing, impliedVol=nothing, undPrice=nothing)

    found = ticks.greeks(ticker(modelGreeks=told), APPLE, ticks.LIVE, HEARD)

    assert found is not None
    assert [found.vega, found.theta, found.implied_volatility] == [None, None, None]
    assert found.underlying_price is None
    assert not ticks.has_greeks(ticker(modelGreeks=model(delta=nothing)))


@pytest.mark.parametrize("told", [None, model(), model(undPrice=189.95)])
def test_a_model_without_a_figure_is_none(told: SimpleNamespace | None) -> None:
    assert ticks.greeks(ticker(modelGreeks=told), APPLE, ticks.LIVE, HEARD) is None


@pytest.mark.parametrize(
    ("told", "halted"), [(NAN, False), (-1.0, False), (0.0, False), (1.0, True), (2.0, True)]
)
def test_a_halt_is_told_where_the_gateway_tells_of_one(told: float, halted: bool) -> None:
    assert quoted(bid=10.0, ask=10.1, halted=told).halted is halted

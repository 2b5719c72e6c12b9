"""Prices from the best feed that the person pays for, said by its name; bars in pages."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.alpaca.adapter import AlpacaAdapter
from floorbroker.domain.errors import ApiError, AuthenticationFailed, BrokerError, NotSupported
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Market, Timeframe
from tests.brokers.alpaca.at_alpaca import APPLE, BITCOIN, CALL, KEY
from tests.fakes.clock import NOON
from tests.simulators.alpaca import AlpacaSimulator, Fault, Person
from tests.simulators.alpaca.market import Bar

DAY = timedelta(days=1)


def asked(simulator: AlpacaSimulator, part: str) -> int:
    return sum(part in one.path for one in simulator.received)


# Failing


@pytest.mark.parametrize("instrument", [APPLE, BITCOIN, CALL], ids=lambda one: one.symbol)
async def test_a_price_that_cannot_be_read_is_no_price(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator, instrument: Instrument
) -> None:
    for fault in (Fault.BAD_GATEWAY, Fault.INVALID_JSON, Fault.LIST, Fault.EMPTY_BODY):
        trouble = simulator.fail("data", fault)
        with pytest.raises(ApiError):
            await adapter.quote(instrument)
        trouble.lift()


async def test_what_nobody_quotes_has_no_price(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    simulator.market.forget("AAPL")

    with pytest.raises(BrokerError, match="no price") as missing:
        await adapter.quote(APPLE)

    assert not isinstance(missing.value, ApiError)  # Alpaca itself is well


async def test_a_kind_without_prices_is_told_as_such(adapter: AlpacaAdapter) -> None:
    with pytest.raises(NotSupported):
        await adapter.quote(Instrument(symbol="ESZ6", asset_class=AssetClass.FUTURE))


async def test_a_revoked_key_is_not_taken_for_a_cheap_subscription(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    simulator.revoke(KEY)

    with pytest.raises(AuthenticationFailed):
        await adapter.quote(APPLE)


# Quotes


async def test_without_a_subscription_a_share_is_quoted_by_iex_and_says_so(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    quote = await adapter.quote(APPLE)
    again = await adapter.quote(APPLE)

    assert (quote.bid, quote.ask) == (Decimal("189.90"), Decimal("190.00"))
    assert quote.source == again.source == "Alpaca, IEX exchange only"
    assert not quote.delayed
    # The feed that was refused is not asked for a second time.
    assert asked(simulator, "/stocks/snapshots") == 3


async def test_with_a_subscription_a_share_is_quoted_by_all_exchanges(
    adapter: AlpacaAdapter, anna: Person
) -> None:
    anna.sip = True

    assert (await adapter.quote(APPLE)).source == "Alpaca, all US exchanges"


async def test_an_option_is_quoted_by_opra_where_it_may_be(adapter: AlpacaAdapter) -> None:
    quote = await adapter.quote(CALL)

    assert (quote.bid, quote.ask) == (Decimal("3.10"), Decimal("3.20"))
    assert quote.source == "Alpaca, OPRA"


async def test_without_a_subscription_an_option_has_indicative_prices_and_says_so(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    simulator.refuse(
        "data", status=403, code=42210000, message="OPRA agreement is not signed", times=1
    )

    quote = await adapter.quote(CALL)

    assert quote.source == "Alpaca, indicative prices"
    assert quote.delayed


async def test_a_price_never_passes_through_a_float(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    simulator.market.set("BTC/USD", bid="83500.123456789", ask="83510.100000001")

    quote = await adapter.quote(BITCOIN)

    assert quote.bid == Decimal("83500.123456789")
    assert quote.ask == Decimal("83510.100000001")
    assert quote.source == "Alpaca's coin exchange"


# Bars


async def test_bars_come_from_as_many_pages_as_it_takes(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    simulator.market.make_bars("BTC/USD", "1Min", 2500)
    start = NOON - timedelta(minutes=2500)

    bars = await adapter.bars(BITCOIN, Timeframe.MINUTE, start, NOON)

    assert len(bars) == 1000
    assert bars[0].at == start
    assert [bar.at for bar in bars] == sorted({bar.at for bar in bars})


@pytest.mark.parametrize("instrument", [APPLE, BITCOIN], ids=lambda one: one.symbol)
async def test_a_bar_is_told_as_it_is(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator, instrument: Instrument
) -> None:
    bar = Bar(at=NOON - DAY, open=Decimal(1), high=Decimal(3), low=Decimal(1), close=Decimal(2))
    simulator.market.give_bars(instrument.symbol, "1Day", [bar])

    (found,) = await adapter.bars(instrument, Timeframe.DAY, NOON - 2 * DAY, NOON)

    assert found.source == (await adapter.quote(instrument)).source
    assert (found.open, found.high, found.low, found.close) == (1, 3, 1, 2)


async def test_bars_of_a_share_without_a_subscription_come_from_iex(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    simulator.market.make_bars("AAPL", "5Min", 20)

    bars = await adapter.bars(APPLE, Timeframe.FIVE_MINUTES, NOON - DAY, NOON)

    assert len(bars) == 20
    assert {bar.source for bar in bars} == {"Alpaca, IEX exchange only"}


async def test_an_empty_range_has_no_bars(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    before = len(simulator.received)

    assert list(await adapter.bars(APPLE, Timeframe.DAY, NOON, NOON)) == []
    assert list(await adapter.bars(APPLE, Timeframe.DAY, NOON, NOON - DAY)) == []
    assert len(simulator.received) == before


# Hours


async def test_hours_follow_alpacas_calendar(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    simulator.market.open = False

    hours = await adapter.market_hours(Market.US_EQUITIES)

    assert not hours.open_now
    assert hours.next_open is not None
    assert hours.next_open > datetime(2026, 3, 4, tzinfo=UTC)


async def test_coins_trade_always_and_nobody_is_asked(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    before = len(simulator.received)

    hours = await adapter.market_hours(Market.CRYPTO)

    assert hours.open_now
    assert len(simulator.received) == before

"""Prices, books, Greeks, bars and hours."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.errors import (
    BrokerConnectionError,
    NotSupported,
    RateLimited,
)
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Market, Timeframe
from tests.brokers.moomoo.at_moomoo import APPLE, BERKSHIRE, CALL, CALL_CODE
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.opend import OpenDSimulator
from tests.simulators.opend.market import Bar

CHEAP = Instrument(symbol="F", asset_class=AssetClass.EQUITY)
MINUTES, HOURS, DAYS = 1, 9, 2


def bar(at: datetime, price: str) -> Bar:
    return Bar(at, Decimal(price), Decimal(price), Decimal(price), Decimal(price), 100)


async def test_a_quote_has_both_sides_and_when_it_was(
    adapter: MoomooAdapter, simulator: OpenDSimulator, clock: ManualClock
) -> None:
    simulator.set_price("US.AAPL", bid="189.90", ask="190.00", volume=12345)
    clock.advance(30)

    quote = await adapter.quote(APPLE)

    assert (quote.bid, quote.ask, quote.last) == (
        Decimal("189.9"),
        Decimal(190),
        Decimal("189.95"),
    )
    assert (quote.at, quote.source, quote.volume) == (NOON, "Moomoo", Decimal(12345))
    assert not quote.delayed


async def test_a_price_of_the_future_is_one_of_now(
    adapter: MoomooAdapter, simulator: OpenDSimulator, clock: ManualClock
) -> None:
    simulator.set_price("US.AAPL", bid="189.90", ask="190.00")
    clock.advance(-30)

    assert (await adapter.quote(APPLE)).at == clock.now()


async def test_the_quote_of_a_person_without_live_prices_is_told_as_delayed(
    adapter: MoomooAdapter, gateways: Gateways
) -> None:
    adapter._gateway.wire.us_right = 1

    assert (await adapter.quote(APPLE)).delayed


async def test_what_has_no_price_is_told(adapter: MoomooAdapter, simulator: OpenDSimulator) -> None:
    simulator.list_security("US.DULL")

    with pytest.raises(NotSupported, match="no price"):
        await adapter.quote(Instrument(symbol="DULL", asset_class=AssetClass.EQUITY))


async def test_the_steps_of_cheap_shares_are_those_that_opend_does_not_cut_off(
    adapter: MoomooAdapter,
) -> None:
    assert (await adapter.instrument_rules(CHEAP)).price_tick == Decimal("0.001")
    assert (await adapter.instrument_rules(APPLE)).price_tick == Decimal("0.01")
    assert (await adapter.instrument_rules(CALL)).quantity_step == 1


async def test_a_book_has_the_best_price_of_each_side_first(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    depth = await adapter.depth(APPLE)
    again = await adapter.depth(APPLE)

    assert depth.bids[0].price == Decimal("189.9")
    assert depth.asks[0].price == Decimal(190)
    assert depth.source == "Moomoo"
    assert again == depth
    assert simulator.names().count("Qot_Sub") == 1


async def test_books_are_subscribed_to_anew_after_a_drop(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    await adapter.depth(APPLE)
    await adapter._gateway.close()

    assert (await adapter.depth(APPLE)).bids


async def test_more_books_than_the_quota_are_told_with_when_to_come_back(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    for number in range(41):
        simulator.list_security(f"US.T{number}")
    for number in range(40):
        await adapter.depth(Instrument(symbol=f"T{number}", asset_class=AssetClass.EQUITY))

    with pytest.raises(RateLimited) as refusal:
        await adapter.depth(Instrument(symbol="T40", asset_class=AssetClass.EQUITY))

    assert refusal.value.retry_after is not None
    assert timedelta(seconds=30) < refusal.value.retry_after < timedelta(seconds=62)


async def test_the_oldest_book_makes_room(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    await adapter.depth(APPLE)
    held_ = adapter._gateway.wire.subscribed
    held_.update({(f"T{number}", 2): -1000.0 + number for number in range(40)})
    simulator.list_security("US.T0")

    assert (await adapter.depth(BERKSHIRE)).bids

    assert ("T0", 2) not in held_
    assert ("BRK.B", 2) in held_


async def test_a_price_that_is_listened_to_makes_no_room(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    stream = adapter.stream_quotes([APPLE])
    listening = asyncio.ensure_future(anext(stream))
    await listening
    held_ = adapter._gateway.wire.subscribed
    (streamed,) = held_
    held_[streamed] = -5000.0
    held_.update({(f"T{number}", 2): -1000.0 + number for number in range(39)})
    simulator.list_security("US.T0")

    assert (await adapter.depth(BERKSHIRE)).bids

    assert streamed in held_
    assert ("T0", 2) not in held_
    await stream.aclose()  # type: ignore[attr-defined] # a generator
    held_[streamed] = -5000.0
    simulator.list_security("US.T50")
    await adapter.depth(Instrument(symbol="T50", asset_class=AssetClass.EQUITY))
    assert streamed not in held_


async def test_when_all_are_listened_to_the_next_one_is_refused_and_none_goes(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    line = adapter._gateway.wire
    line.subscribed.update({(f"T{number}", 1): -5000.0 for number in range(40)})
    line.streamed.update(line.subscribed.keys())

    with pytest.raises(RateLimited, match="listened to"):
        await adapter.depth(APPLE)

    assert len(line.subscribed) == 40


async def test_greeks_are_moomoos_figures(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    figures = {"iv": 25.5, "delta": 0.52, "gamma": 0.01, "vega": 0.4, "theta": -0.05, "rho": 0.1}
    simulator.set_price(CALL_CODE, bid="5.90", ask="6.10", greeks=figures)

    told = await adapter.greeks(CALL)

    assert (told.delta, told.gamma) == (Decimal("0.52"), Decimal("0.01"))
    assert (told.theta, told.vega) == (Decimal("-0.05"), Decimal("0.4"))
    assert told.implied_volatility == Decimal("0.255")
    assert told.underlying_price == Decimal("189.95")


async def test_a_share_has_no_greeks(adapter: MoomooAdapter) -> None:
    with pytest.raises(NotSupported):
        await adapter.greeks(APPLE)


async def test_a_minute_begins_a_minute_before_the_time_that_moomoo_gives_it(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    told = [bar(NOON + timedelta(minutes=number), str(100 + number)) for number in range(4)]
    simulator.set_bars("US.AAPL", MINUTES, told)

    bars = await adapter.bars(APPLE, Timeframe.MINUTE, NOON, NOON + timedelta(minutes=2))

    assert [(one.at, one.open) for one in bars] == [
        (NOON, Decimal(101)),
        (NOON + timedelta(minutes=1), Decimal(102)),
    ]


async def test_the_last_hour_of_a_day_is_half_of_one(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    ends = [datetime(2026, 3, 3, 20, 30, tzinfo=UTC), datetime(2026, 3, 3, 21, 0, tzinfo=UTC)]
    simulator.set_bars("US.AAPL", HOURS, [bar(at, "100") for at in ends])

    bars = await adapter.bars(APPLE, Timeframe.HOUR, NOON - timedelta(days=2), NOON)

    assert [one.at for one in bars] == [ends[0] - timedelta(hours=1), ends[0]]


async def test_a_day_begins_at_its_midnight_in_new_york(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    midnight = datetime(2026, 3, 3, 5, tzinfo=UTC)
    simulator.set_bars("US.AAPL", DAYS, [bar(midnight, "100")])

    bars = await adapter.bars(APPLE, Timeframe.DAY, NOON - timedelta(days=3), NOON)

    assert [one.at for one in bars] == [midnight]


async def test_hours_are_the_calendars_and_open_now_is_moomoos_word(
    adapter: MoomooAdapter, simulator: OpenDSimulator, clock: ManualClock
) -> None:
    simulator.market.holidays.add(date(2026, 3, 5))

    hours = await adapter.market_hours(Market.US_EQUITIES)

    assert hours.open_now
    assert hours.next_close == datetime(2026, 3, 4, 21, tzinfo=UTC)
    assert hours.next_open == datetime(2026, 3, 6, 14, 30, tzinfo=UTC)


async def test_hours_of_a_weekend_lead_to_monday(
    adapter: MoomooAdapter, clock: ManualClock
) -> None:
    clock.move_to(datetime(2026, 3, 7, 17, tzinfo=UTC))

    hours = await adapter.market_hours(Market.US_EQUITIES)

    assert not hours.open_now
    assert hours.next_open == datetime(2026, 3, 9, 13, 30, tzinfo=UTC)
    assert hours.next_close == datetime(2026, 3, 9, 20, tzinfo=UTC)


async def test_a_halted_market_is_closed_whatever_the_calendar_says(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    simulator.market.state = "CLOSED"

    hours = await adapter.market_hours(Market.US_EQUITIES)

    assert not hours.open_now
    assert hours.next_open is not None


async def test_coins_have_no_hours_here(adapter: MoomooAdapter) -> None:
    with pytest.raises(NotSupported):
        await adapter.market_hours(Market.CRYPTO)


async def test_last_prices_are_streamed_until_the_connection_ends(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    quotes = adapter.stream_quotes([APPLE])
    async with asyncio.timeout(5):
        first = await anext(quotes)
        simulator.set_price("US.AAPL", last="191")

        second = await anext(quotes)
        simulator.drop()

        with pytest.raises(BrokerConnectionError):
            await anext(quotes)
    assert (first.last, second.last) == (Decimal("189.95"), Decimal(191))


async def test_a_suspended_share_is_told_as_halted(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    simulator.set_price("US.AAPL", bid="189.90", ask="190.00")
    before = await adapter.quote(APPLE)
    simulator.listing.change("US.AAPL", suspended=True)

    assert (before.halted, (await adapter.quote(APPLE)).halted) == (False, True)


async def test_the_prices_of_a_chain_are_one_snapshot(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    figures = {"iv": 25.5, "delta": 0.52, "open_interest": 77}
    simulator.set_price(CALL_CODE, bid="5.90", ask="6.10", greeks=figures)
    assert CALL.expiry is not None
    chain = await adapter.option_chain(APPLE, CALL.expiry)

    told = {one.contract.symbol: one for one in await adapter.option_quotes(chain)}

    assert await adapter.option_expiries(APPLE) == [CALL.expiry]
    known = told[CALL.symbol]
    assert known.quote is not None
    assert (known.quote.bid, known.quote.ask) == (Decimal("5.9"), Decimal("6.1"))
    assert known.open_interest == 77
    assert known.greeks is not None
    assert known.greeks.implied_volatility == Decimal("0.255")
    assert await adapter.option_quotes([]) == []


async def test_a_contract_that_the_model_left_out_has_no_figures(
    adapter: MoomooAdapter, simulator: OpenDSimulator
) -> None:
    simulator.set_price(CALL_CODE, bid="5.90", ask="6.10")

    (told,) = await adapter.option_quotes([CALL])

    assert told.quote is not None
    assert told.greeks is None

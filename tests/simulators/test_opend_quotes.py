"""Quotes, books, snapshots, candles, chains and calendars."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.simulators.opend import CALL, Bar
from tests.simulators.opend_clients import World, opened

DECEMBER = date(2026, 12, 18)
JANUARY = date(2027, 1, 15)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Prices for AAPL."""
    async with opened() as opened_world:
        yield opened_world


def flat(at: datetime, price: int, volume: int) -> Bar:
    """A candle without a wick."""
    always = Decimal(price)
    return Bar(at, always, always, always, always, volume)


async def test_a_snapshot_needs_no_subscription(world: World) -> None:
    context = await world.quotes()
    world.sim.set_price("US.AAPL", bid="189.90", ask="190.00", last="189.95", volume=1_000)

    found = (await world.ask(context.get_market_snapshot, ["US.AAPL"])).to_dict("records")[0]

    assert (found["bid_price"], found["ask_price"], found["last_price"]) == (189.9, 190, 189.95)
    assert (found["volume"], found["sec_status"], found["lot_size"]) == (1000, "NORMAL", 1)
    assert found["update_time"] == "2026-11-18 12:00:00.000"


async def test_a_quote_needs_one(world: World) -> None:
    context = await world.quotes()

    before = await world.refused(context.get_stock_quote, ["US.AAPL"])
    await world.ask(context.subscribe, ["US.AAPL"], ["QUOTE"])
    found = (await world.ask(context.get_stock_quote, ["US.AAPL"])).to_dict("records")[0]

    assert "subscribe" in before
    assert (found["last_price"], found["data_date"]) == (189.95, "2026-11-18")
    assert found["data_time"].startswith("12:00:00")


async def test_a_book_needs_one_too(world: World) -> None:
    context = await world.quotes()

    before = await world.refused(context.get_order_book, "US.AAPL")
    await world.ask(context.subscribe, ["US.AAPL"], ["ORDER_BOOK"])
    found = await world.ask(context.get_order_book, "US.AAPL", num=1)

    assert "subscribe" in before
    assert (found["Bid"][0][0], found["Ask"][0][0]) == (189.9, 190)


async def test_subscriptions_are_counted_over_all_connections(world: World) -> None:
    one, another = await world.quotes(), await world.quotes()
    world.sim.set_quota(3)
    await world.ask(one.subscribe, ["US.AAPL", "US.MSFT"], ["QUOTE"])

    own = await world.ask(another.query_subscription, is_all_conn=False)
    everybodys = await world.ask(another.query_subscription)
    words = await world.refused(another.subscribe, ["US.AAPL"], ["QUOTE", "ORDER_BOOK"])

    assert (own["total_used"], own["remain"], own["own_used"]) == (2, 1, 0)
    assert everybodys["sub_list"] == {"QUOTE": ["US.AAPL", "US.MSFT"]}
    assert "quota" in words


async def test_a_closed_connection_gives_its_subscriptions_back(world: World) -> None:
    context = await world.quotes()
    await world.ask(context.subscribe, ["US.AAPL"], ["QUOTE"])
    assert world.sim.subscriptions == 1

    context.close()

    await world.until(lambda: world.sim.subscriptions == 0)


async def test_quotes_need_the_right_to_them(world: World) -> None:
    context = await world.quotes()
    world.sim.take_quote_rights()

    snapshot = await world.refused(context.get_market_snapshot, ["US.AAPL"])
    subscription = await world.refused(context.subscribe, ["US.AAPL"], ["QUOTE"])

    assert "right" in snapshot
    assert "right" in subscription


async def test_one_unknown_code_spoils_a_snapshot(world: World) -> None:
    context = await world.quotes()

    words = await world.refused(context.get_market_snapshot, ["US.AAPL", "US.NONE"])

    assert words == "Unknown stock. US.NONE"


async def test_what_is_listed_can_be_asked_for(world: World) -> None:
    context = await world.quotes()
    world.sim.list_security("US.NEW", name="New", lot=10)

    shares = await world.ask(context.get_stock_basicinfo, "US", "STOCK")
    one = await world.ask(context.get_stock_basicinfo, "US", "STOCK", ["US.NEW"])

    assert list(shares["code"]) == ["US.AAPL", "US.MSFT", "US.TSLA", "US.NEW"]
    assert (one["name"][0], one["lot_size"][0], one["stock_type"][0]) == ("New", 10, "STOCK")


@pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.sort_values")
async def test_a_chain_has_expiries_and_contracts(world: World) -> None:
    context = await world.quotes()
    codes = world.sim.list_chain("US.AAPL", [DECEMBER, JANUARY], [190, "192.5"])

    expiries = await world.ask(context.get_option_expiration_date, "US.AAPL")
    december = await world.ask(
        context.get_option_chain, "US.AAPL", start="2026-12-01", end="2026-12-31"
    )
    calls = await world.ask(
        context.get_option_chain, "US.AAPL", start="2027-01-01", end="2027-01-30", option_type=CALL
    )

    assert codes[2] == "US.AAPL261218C192500"
    assert list(expiries["strike_time"]) == ["2026-12-18", "2027-01-15"]
    assert list(expiries["option_expiry_date_distance"]) == [30, 58]
    assert sorted(december["code"]) == sorted(codes[:4])
    assert set(december["lot_size"]) == {100}
    assert list(calls["strike_price"]) == [190, 192.5]
    assert set(calls["stock_owner"]) == {"US.AAPL"}


async def test_a_chain_spans_thirty_days_at_most(world: World) -> None:
    context = await world.quotes()

    words = await world.refused(
        context.get_option_chain, "US.AAPL", start="2026-12-01", end="2027-01-15"
    )

    assert "30 days" in words


async def test_an_options_snapshot_has_its_greeks(world: World) -> None:
    context = await world.quotes()
    code = world.sim.list_option("US.AAPL", DECEMBER, CALL, 190)
    world.sim.set_price(
        code, bid="5.10", ask="5.30", greeks={"iv": 31.5, "delta": 0.52, "open_interest": 77}
    )

    found = (await world.ask(context.get_market_snapshot, [code])).to_dict("records")[0]

    assert (found["option_type"], found["option_strike_price"]) == ("CALL", 190)
    assert (found["option_implied_volatility"], found["option_delta"]) == (31.5, 0.52)
    assert (found["option_open_interest"], found["option_contract_size"]) == (77, 100)
    assert (found["strike_time"], found["stock_owner"]) == ("2026-12-18", "US.AAPL")


async def test_candles_come_in_pages(world: World) -> None:
    context = await world.quotes()
    first = datetime(2026, 11, 10, 5, tzinfo=UTC)
    bars = [flat(first + timedelta(days=n), n + 100, n + 1) for n in range(-1, 6)]
    world.sim.set_bars("US.AAPL", 2, bars)

    ask = {"start": "2026-11-10", "end": "2026-11-14", "max_count": 3}

    code, page, key = await world.try_(context.request_history_kline, "US.AAPL", **ask)
    _, rest, last = await world.try_(
        context.request_history_kline, "US.AAPL", page_req_key=key, **ask
    )

    assert code == 0
    assert list(page["close"]) == [100, 101, 102]  # without the day before
    assert page["time_key"][0] == "2026-11-10 00:00:00"
    assert list(rest["volume"]) == [4, 5]
    assert key is not None
    assert last is None


async def test_minutes_keep_their_times(world: World) -> None:
    context = await world.quotes()
    at = datetime(2026, 11, 18, 14, 31, tzinfo=UTC)
    world.sim.set_bars("US.AAPL", 1, [flat(at, 190, 10)])

    _, found, _ = await world.try_(
        context.request_history_kline,
        "US.AAPL",
        start="2026-11-18",
        end="2026-11-18",
        ktype="K_1M",
    )

    assert found["time_key"][0] == "2026-11-18 09:31:00"


async def test_trading_days_leave_out_weekends_and_holidays(world: World) -> None:
    context = await world.quotes()
    world.sim.market.holidays.add(date(2026, 11, 26))

    found = await world.ask(
        context.request_trading_days, "US", start="2026-11-25", end="2026-11-30"
    )

    assert [one["time"] for one in found] == ["2026-11-25", "2026-11-27", "2026-11-30"]


@pytest.mark.parametrize(
    ("hours", "state"),
    [
        (0, "AFTERNOON"),
        (5, "AFTER_HOURS_BEGIN"),
        (10, "OVERNIGHT"),
        (17, "PRE_MARKET_BEGIN"),
        (72, "CLOSED"),
    ],
)
async def test_the_market_has_hours(world: World, hours: int, state: str) -> None:
    context = await world.quotes()
    world.watch.advance(hours=hours)

    found = await world.ask(context.get_market_state, ["US.AAPL"])

    assert found["market_state"][0] == state

"""The Alpaca simulator: what it refuses, in which words, and that nothing is left of it."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.alpaca_clients import World, opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world
        # A refused order leaves nothing behind.
        assert all(order.client_order_id != "refused" for order in world.sim.orders)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"qty": "0"}, (422, 40010001, "qty must be > 0")),
        (
            {"qty": "1", "notional": "5"},
            (422, 40010001, "only one of qty or notional is accepted"),
        ),
        ({"qty": None}, (422, 40010001, "qty or notional is required")),
        ({"side": "hold"}, (422, 40010001, "invalid side")),
        ({"type": "guess"}, (422, 40010001, "invalid order type")),
        ({"time_in_force": "year"}, (422, 40010001, "invalid time_in_force")),
        ({"type": "limit"}, (422, 40010001, "limit orders require a limit price")),
        ({"type": "stop"}, (422, 40010001, "stop orders require a stop price")),
        (
            {"type": "stop_limit", "stop_price": "180"},
            (422, 40010001, "stop limit orders require both stop and limit price"),
        ),
        (
            {"type": "trailing_stop"},
            (
                422,
                40010001,
                "trailing stop orders must specify one of trail_price or trail_percent",
            ),
        ),
        (
            {"limit_price": "5"},
            (422, 40010001, "market orders require no stop or limit price"),
        ),
        (
            {"client_order_id": "x" * 129},
            (422, 40010001, "client_order_id must be no more than 128 characters"),
        ),
        ({"symbol": "QZXQZX"}, (422, 42210000, 'asset "QZXQZX" not found')),
        ({"symbol": "TWTR"}, (422, 40010001, "asset TWTR is not active")),
        (
            {"type": "limit", "limit_price": "290.123"},
            (
                422,
                42210000,
                "invalid limit_price 290.123. "
                "sub-penny increment does not fulfill minimum pricing criteria",
            ),
        ),
        (
            {"extended_hours": True},
            (422, 42210000, "extended hours order must be DAY or GTC limit orders"),
        ),
        (
            {"qty": "0.5", "time_in_force": "gtc"},
            (422, 42210000, "fractional orders must be DAY orders"),
        ),
        (
            {
                "qty": "0.5",
                "order_class": "bracket",
                "take_profit": {"limit_price": "200"},
                "stop_loss": {"stop_price": "180"},
            },
            (422, 42210000, "fractional orders must be simple orders"),
        ),
        (
            {"symbol": "OCGN", "qty": "0.5"},
            (403, 40310000, 'asset "OCGN" is not fractionable'),
        ),
        (
            {"notional": "0.50"},
            (403, 40310000, "cost basis must be >= minimal amount of order 1"),
        ),
        (
            {"notional": "5.001"},
            (422, 42210000, "notional value must be limited to 2 decimal places"),
        ),
        ({"qty": "100000"}, (403, 40310000, "insufficient buying power")),
        (
            {"side": "sell", "qty": "1.5"},
            (422, 42210000, "fractional orders cannot be sold short"),
        ),
        (
            {"side": "sell", "symbol": "GME"},
            (422, 42210000, 'asset "GME" cannot be sold short'),
        ),
        (
            {"position_intent": "buy_to_close"},
            (
                422,
                42210000,
                "position intent mismatch, inferred: buy_to_open, specified: buy_to_close",
            ),
        ),
        (
            {"time_in_force": "opg"},
            (403, 40310000, "opg orders must be submitted after 7:00pm and before 9:28am"),
        ),
        ({"order_class": "mleg"}, (403, 40310000, "submit mleg order is disabled")),
    ],
)
async def test_an_order_that_cannot_be_is_refused_in_alpaca_s_words(
    world: World, fields: dict[str, Any], expected: tuple[int, int, str]
) -> None:
    refused = await world.refused(**{"client_order_id": "refused", **fields})

    assert refused == expected


async def test_four_decimals_are_right_below_one_dollar(world: World) -> None:
    placed = await world.place(type="limit", limit_price="0.9999")

    assert placed["limit_price"] == "0.9999"


async def test_buying_power_is_reserved_by_open_orders_and_given_back(world: World) -> None:
    world.person.multiplier = 1
    first = await world.place(type="limit", limit_price="100", qty="900")
    held = (await world.get("/account"))["buying_power"]

    refused = await world.refused(type="limit", limit_price="100", qty="101")
    world.sim.set_status(first["id"], "canceled")
    free = (await world.get("/account"))["buying_power"]

    assert (held, free) == ("10000", "100000")
    assert refused == (403, 40310000, "insufficient buying power")


async def test_more_than_is_held_cannot_be_sold(world: World) -> None:
    world.sim.give(world.person, "AAPL", "3", "150")
    await world.place(side="sell", qty="2", type="limit", limit_price="300")

    refused = await world.refused(side="sell", qty="2")

    assert refused == (
        403,
        40310000,
        "insufficient qty available for order (requested: 2, available: 1)",
    )
    position = (await world.get("/positions"))[0]
    assert (position["qty"], position["qty_available"]) == ("3", "1")


async def test_shorts_need_a_margin_account_with_two_thousand_dollars(world: World) -> None:
    world.person.cash = Decimal(1999)
    poor = await world.refused(side="sell")
    world.person.cash = Decimal(5000)
    placed = await world.place(side="sell")
    world.sim.market.set("AAPL", bid="199.90", ask="200.00")

    position = (await world.get("/positions"))[0]
    assert poor == (403, 40310000, "account is not allowed to short")
    assert placed["position_intent"] == "sell_to_open"
    assert (position["side"], position["qty"], position["qty_available"]) == ("short", "-1", "-1")
    assert (position["market_value"], position["unrealized_pl"]) == ("-199.95", "-10.05")


async def test_a_short_is_covered_by_a_buy(world: World) -> None:
    world.sim.give(world.person, "AAPL", "-2", "200")

    too_much = await world.refused(qty="3")
    placed = await world.place(qty="2")

    assert too_much[:2] == (403, 40310000)
    assert placed["position_intent"] == "buy_to_close"
    assert await world.get("/positions") == []


async def test_a_short_cannot_be_opened_against_a_resting_purchase(world: World) -> None:
    await world.place(type="limit", limit_price="100")

    refused = await world.refused(side="sell", type="limit", limit_price="200")

    assert refused == (
        403,
        40310000,
        "cannot open a short sell while a long buy order is open",
    )


@pytest.mark.parametrize(
    ("resting", "coming", "meets"),
    [
        ({"type": "limit", "limit_price": "200"}, {"type": "limit", "limit_price": "180"}, False),
        ({"type": "limit", "limit_price": "200"}, {"type": "limit", "limit_price": "200"}, True),
        ({"type": "limit", "limit_price": "200"}, {}, True),
        ({"type": "stop", "stop_price": "150"}, {"type": "limit", "limit_price": "180"}, True),
        ({"type": "trailing_stop", "trail_percent": "5"}, {}, False),
    ],
)
async def test_orders_that_could_meet_each_other_are_a_wash(
    world: World, resting: dict[str, Any], coming: dict[str, Any], meets: bool
) -> None:
    world.sim.give(world.person, "AAPL", "5", "150")
    await world.place(side="sell", **resting)

    if not meets:
        await world.place(**coming)
        return
    refused = await world.refused(**coming)

    assert refused == (403, 40310000, "potential wash trade detected. use complex orders")


async def test_a_blocked_account_places_nothing(world: World) -> None:
    world.person.overrides = {"trading_blocked": True}

    refused = await world.refused()

    assert refused[:2] == (403, 40310000)
    assert (await world.get("/account"))["trading_blocked"] is True

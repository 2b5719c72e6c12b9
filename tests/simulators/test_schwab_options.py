"""The Schwab simulator: option orders of one leg and several."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from schwab.orders.options import OptionSymbol, bull_call_vertical_open, option_buy_to_open_limit

from tests.simulators.schwab_clients import World, leg, limit, market, opened

EXPIRY = date(2026, 12, 18)
CALL = "AAPL  261218C00190000"
HIGHER = "AAPL  261218C00200000"
PUT = "AAPL  261218P00190000"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened(cash="10000", positions={"AAPL": ("100", "150")}) as world:
        world.sim.listing.add_contracts("AAPL", EXPIRY, "190", "200")
        world.sim.market.set(CALL, bid="6.40", ask="6.50")
        world.sim.market.set(HIGHER, bid="2.90", ask="3.00")
        world.sim.market.set(PUT, bid="5.40", ask="5.50")
        yield world


def option(instruction: str, quantity: int = 1, symbol: str = CALL, **fields: Any) -> Any:
    return market(orderLegCollection=[leg(symbol, instruction, quantity, "OPTION")], **fields)


def vertical(price: str, kind: str = "NET_DEBIT", quantity: int = 2) -> dict[str, Any]:
    first, second = ("BUY", "SELL") if kind == "NET_DEBIT" else ("SELL", "BUY")
    return market(
        orderType=kind,
        price=price,
        complexOrderStrategyType="VERTICAL",
        orderLegCollection=[
            leg(CALL, f"{first}_TO_OPEN", quantity, "OPTION"),
            leg(HIGHER, f"{second}_TO_OPEN", quantity, "OPTION"),
        ],
    )


async def test_symbols_are_the_21_characters_that_schwab_py_builds(world: World) -> None:
    built = OptionSymbol("AAPL", EXPIRY, "C", "190").build()

    answer = await world.client.place_order(
        world.account.hash, option_buy_to_open_limit(built, 1, "6.45")
    )

    assert built == CALL
    assert answer.status_code == 201


async def test_an_option_order_reads_as_recorded_ones_do(world: World) -> None:
    shown = await world.order(await world.placed(option("BUY_TO_OPEN", 2)))

    (one,) = shown["orderLegCollection"]
    assert shown["status"] == "FILLED"
    assert one["orderLegType"] == "OPTION"
    assert one["instrument"]["symbol"] == CALL
    assert one["instrument"]["putCall"] == "CALL"
    assert one["instrument"]["underlyingSymbol"] == "AAPL"
    assert one["instrument"]["description"] == "AAPL 12/18/2026 $190 Call"
    assert one["positionEffect"] == "OPENING"


async def test_contracts_are_a_hundred_shares_and_cost_a_commission(world: World) -> None:
    await world.placed(option("BUY_TO_OPEN", 2))

    balances = await world.balances()

    assert balances["cashBalance"] == 10000 - 2 * 650 - 2 * 0.65
    assert balances["longOptionMarketValue"] == 2 * 645.0
    assert (await world.positions())[CALL] == 2.0


async def test_closing_needs_a_position_and_opening_needs_money(world: World) -> None:
    nothing = await world.rejected(option("SELL_TO_CLOSE"))
    dear = await world.rejected(option("BUY_TO_OPEN", 100))
    await world.placed(option("BUY_TO_OPEN"))
    closed = await world.placed(option("SELL_TO_CLOSE"))

    assert "oversold" in nothing
    assert "buying power" in dear
    assert await world.status(closed) == "FILLED"
    assert CALL not in await world.positions()


async def test_a_covered_call_is_sold_and_an_uncovered_one_needs_much(world: World) -> None:
    covered = await world.placed(option("SELL_TO_OPEN"))
    naked = await world.rejected(option("SELL_TO_OPEN", 20))

    assert await world.status(covered) == "FILLED"
    assert (await world.positions())[CALL] == -1.0
    assert "buying power" in naked


async def test_a_vertical_fills_at_its_net_price_leg_by_leg(world: World) -> None:
    far = await world.placed(vertical("3.00"))
    near = await world.placed(vertical("3.60"))

    shown = await world.order(near)

    (activity,) = shown["orderActivityCollection"]
    assert await world.status(far) == "WORKING"
    assert (shown["status"], shown["quantity"], shown["price"]) == ("FILLED", 2.0, 3.6)
    assert [(e["legId"], e["quantity"], e["price"]) for e in activity["executionLegs"]] == [
        (1, 2.0, 6.5),
        (2, 2.0, 2.9),
    ]
    assert await world.positions() == {"AAPL": 100.0, CALL: 2.0, HIGHER: -2.0}


async def test_a_credit_is_taken_at_its_price_or_better(world: World) -> None:
    wanting = await world.placed(vertical("3.50", "NET_CREDIT"))
    content = await world.placed(vertical("3.40", "NET_CREDIT"))

    assert await world.status(wanting) == "WORKING"
    assert await world.status(content) == "FILLED"


async def test_schwab_py_s_spread_is_taken(world: World) -> None:
    built = bull_call_vertical_open(CALL, HIGHER, 1, "3.60")

    answer = await world.client.place_order(world.account.hash, built)

    order_id = int(answer.headers["Location"].rpartition("/")[2])
    assert await world.status(order_id) == "FILLED"


@pytest.mark.parametrize(
    "body",
    [
        option("BUY_TO_OPEN", symbol="AAPL  261218C00195000"),
        option("BUY_TO_OPEN", symbol="AAPL261218C00190000"),
        option("BUY"),
        {**vertical("3.00"), "orderType": "LIMIT"},
        {**option("BUY_TO_OPEN"), "orderType": "NET_DEBIT", "price": "1.00"},
    ],
)
async def test_what_cannot_be_is_refused(world: World, body: dict[str, Any]) -> None:
    answer = await world.place(body)

    assert answer.status_code == 400


async def test_an_expired_contract_is_rejected(world: World) -> None:
    world.sim.listing.add_contracts("AAPL", date(2026, 11, 13), "190")

    why = await world.rejected(option("BUY_TO_OPEN", symbol="AAPL  261113C00190000"))

    assert "expired" in why


async def test_shares_that_cover_nothing_can_still_be_sold(world: World) -> None:
    order_id = await world.placed(limit("180.00", "SELL", 100))

    assert await world.status(order_id) == "FILLED"

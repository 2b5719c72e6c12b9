"""The Alpaca simulator: crypto and options, where they differ from shares."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from alpaca.trading.enums import AssetClass, ContractType
from alpaca.trading.requests import GetOptionContractsRequest

from tests.simulators.alpaca_clients import World, opened, refusal

COIN = {"symbol": "BTC/USD", "time_in_force": "gtc"}
EXPIRY = date(2026, 12, 18)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


@pytest.fixture
def call(world: World) -> str:
    symbol = world.sim.catalogue.add_contract("AAPL", EXPIRY, "195", "call")
    world.sim.market.set(symbol, bid="4.90", ask="5.10")
    return symbol


async def test_a_coin_keeps_its_slash_in_orders_and_loses_it_in_positions(world: World) -> None:
    placed = await world.place(**COIN, qty="0.1")

    position = await asyncio.to_thread(world.trading.get_open_position, "BTCUSD")
    assert placed["symbol"] == "BTC/USD"
    assert (position.symbol, position.asset_class) == ("BTCUSD", AssetClass.CRYPTO)


async def test_the_fee_is_kept_back_from_the_coins_and_the_order_shows_the_whole(
    world: World,
) -> None:
    placed = await world.place(**COIN, qty="0.1")

    position = (await world.get("/positions"))[0]
    assert (await world.order(placed["id"]))["filled_qty"] == "0.1"
    assert position["qty"] == "0.09975"
    refused = await world.refused(**COIN, side="sell", qty="0.1")
    assert refused == (
        403,
        40310000,
        "insufficient balance for BTC (requested: 0.1, available: 0.09975)",
    )


async def test_coins_trade_when_the_stock_market_is_closed(world: World) -> None:
    world.sim.market.open = False

    placed = await world.place(symbol="BTCUSD", time_in_force="ioc", qty="0.01")

    assert (await world.order(placed["id"]))["status"] == "filled"


async def test_finer_quantities_of_coins_are_cut_to_nine_decimals(world: World) -> None:
    placed = await world.place(**COIN, qty="0.00021739130434782607")

    assert placed["qty"] == "0.000217391"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"time_in_force": "day"}, (422, 42210000, "invalid crypto time_in_force")),
        (
            {"type": "stop", "stop_price": "50000"},
            (422, 40010001, "invalid order type for crypto order"),
        ),
        (
            {"order_class": "bracket"},
            (422, 42210000, "crypto orders not allowed for advanced order_class: otoco"),
        ),
        (
            {"qty": "0.0001"},
            (403, 40310000, "cost basis must be >= minimal amount of order 10"),
        ),
        ({"qty": "0.00001"}, (403, 40310000, "minimal qty of order 0.000015739")),
        (
            {"notional": "150000"},
            (
                403,
                40310000,
                "insufficient balance for USD (requested: 150000, available: 100000)",
            ),
        ),
    ],
)
async def test_a_coin_order_that_cannot_be_is_refused(
    world: World, fields: dict[str, Any], expected: tuple[int, int, str]
) -> None:
    assert await world.refused(**{**COIN, **fields}) == expected


async def test_contracts_are_listed_by_expiry_strike_and_right_in_pages(world: World) -> None:
    for strike in ("190", "195", "200"):
        for right in ("call", "put"):
            world.sim.catalogue.add_contract("AAPL", EXPIRY, strike, right)
    near = world.sim.catalogue.add_contract("AAPL", date(2026, 11, 20), "190", "call")

    async def listed(**query: Any) -> tuple[list[str], str | None]:
        request = GetOptionContractsRequest(underlying_symbols=["AAPL"], **query)
        page = await asyncio.to_thread(world.trading.get_option_contracts, request)
        return [contract.symbol for contract in page.option_contracts], page.next_page_token

    # Without a date, only what expires before the weekend.
    assert await listed() == ([near], None)
    first, token = await listed(expiration_date=EXPIRY, type=ContractType.CALL, limit=2)
    rest, end = await listed(
        expiration_date=EXPIRY, type=ContractType.CALL, limit=2, page_token=token
    )
    assert first + rest == [
        "AAPL261218C00190000",
        "AAPL261218C00195000",
        "AAPL261218C00200000",
    ]
    assert end is None
    bounded, _ = await listed(expiration_date_gte=EXPIRY, strike_price_gte="200")
    assert len(bounded) == 2


async def test_one_contract_is_found_by_its_symbol(world: World, call: str) -> None:
    contract = await asyncio.to_thread(world.trading.get_option_contract, call)

    assert (contract.symbol, contract.strike_price, contract.size) == (call, 195, "100")
    assert await refusal(lambda: world.trading.get_option_contract("AAPL261218C00999000")) == (
        404,
        40410000,
        "option contract AAPL261218C00999000 not found",
    )


async def test_a_contract_is_bought_and_sold_a_hundred_times_its_price(
    world: World, call: str
) -> None:
    await world.place(symbol=call, qty="2", type="limit", limit_price="5.20")
    position = (await world.get("/positions"))[0]
    cash = (await world.get("/account"))["cash"]

    await world.place(symbol=call, qty="2", side="sell", position_intent="sell_to_close")

    assert (position["asset_class"], position["exchange"]) == ("us_option", "")
    assert (position["cost_basis"], position["market_value"]) == ("1020", "1000")
    assert cash == "98980"
    assert await world.get("/positions") == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"qty": "1.5"}, (422, 42210000, "qty must be integer for options trading")),
        (
            {"notional": "100"},
            (422, 42210000, "notional orders are not supported for options trading"),
        ),
        (
            {"time_in_force": "gtc"},
            (422, 42210000, "order_time_in_force provided not supported for options trading"),
        ),
        (
            {"type": "stop", "stop_price": "4"},
            (422, 42210000, "invalid order type for options trading"),
        ),
        (
            {"type": "limit", "limit_price": "5", "extended_hours": True},
            (422, 42210000, "extended hours is not supported for options trading"),
        ),
        (
            {"order_class": "bracket"},
            (422, 42210000, "complex orders not supported for options trading"),
        ),
        (
            {"qty": "400"},
            (
                403,
                40310000,
                "insufficient options buying power (required: 212160, available: 100000)",
            ),
        ),
        (
            {"side": "sell"},
            (403, 40310000, "account not eligible to trade uncovered option contracts"),
        ),
        (
            {"symbol": "AAPL261218C00999000"},
            (422, 42210000, 'contract "AAPL261218C00999000" not found'),
        ),
    ],
)
async def test_an_option_order_that_cannot_be_is_refused(
    world: World, call: str, fields: dict[str, Any], expected: tuple[int, int, str]
) -> None:
    assert await world.refused(**{"symbol": call, **fields}) == expected


async def test_options_know_the_hours_their_end_and_the_account_s_level(
    world: World, call: str
) -> None:
    world.sim.market.open = False
    closed = await world.refused(symbol=call)
    world.sim.market.open = True
    world.person.options_level = 1
    level = await world.refused(symbol=call)
    world.person.options_level = 3
    world.watch.advance(days=31)
    expired = await world.refused(symbol=call)

    assert closed[2] == "options market orders are only allowed during market hours"
    assert level[2] == "account not eligible to trade long option contracts"
    assert expired[2] == f'contract "{call}" is expired'


async def test_a_call_can_be_sold_on_shares_that_are_held(world: World, call: str) -> None:
    world.sim.give(world.person, "AAPL", "150", "150")

    too_many = await world.refused(symbol=call, side="sell", qty="2")
    placed = await world.place(symbol=call, side="sell")

    assert too_many[2] == (
        "insufficient underlying qty available for covered call (required: 200, available: 150)"
    )
    assert placed["position_intent"] == "sell_to_open"

"""The Binance simulator: parameters, filters and everything else that an order is refused for."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.binance import Symbol
from tests.simulators.binance_clients import World, opened, refusal

MARKET: dict[str, Any] = {"type": "MARKET", "price": None, "timeInForce": None}
STOP: dict[str, Any] = {
    "type": "STOP_LOSS",
    "side": "SELL",
    "price": None,
    "timeInForce": None,
    "stopPrice": "58000",
}
ICEBERG: dict[str, Any] = {"quantity": "1", "icebergQty": "0.1"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened(USDT="100000", BTC="2") as world:
        yield world


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"symbol": None}, -1102, "Mandatory parameter 'symbol' was not sent"),
        ({"symbol": "btcusdt"}, -1100, "'symbol'; legal range is"),
        ({"symbol": "QZXQZX"}, -1121, "Invalid symbol."),
        ({"side": "LONG"}, -1117, "Invalid side."),
        ({"side": None}, -1102, "'side'"),
        ({"type": "STOP"}, -1116, "Invalid orderType."),
        ({"type": None}, -1102, "'type'"),
        ({"timeInForce": "DAY"}, -1115, "Invalid timeInForce."),
        ({"timeInForce": None}, -1102, "'timeInForce'"),
        ({"quantity": None}, -1102, "'quantity'"),
        ({"quantity": "-1"}, -1100, r"legal range is '^([0-9]{1,20})(\.[0-9]{1,20})?$'"),
        ({"quantity": "1e3"}, -1100, "'quantity'"),
        ({"quantity": "0.123456789"}, -1111, "'quantity' has too much precision"),
        ({"quantity": ""}, -1105, "Parameter 'quantity' was empty."),
        ({"quantity": "0"}, -1013, "Invalid quantity."),
        ({"price": None}, -1102, "'price'"),
        ({"price": "0"}, -1013, "Invalid price."),
        ({"newClientOrderId": "a b"}, -1022, "Signature"),
        ({"newClientOrderId": "a.b"}, -1100, "'newClientOrderId'"),
        ({"newClientOrderId": "x" * 37}, -1100, "legal range is '^[a-zA-Z0-9-_]{1,36}$'"),
        ({"stopPrice": "58000"}, -1106, "'stopPrice' sent when not required"),
        ({"quoteOrderQty": "100"}, -1106, "'quoteOrderQty'"),
        ({**MARKET, "timeInForce": "GTC"}, -1106, "'timeInForce' sent when not required"),
        ({**MARKET, "price": "50000"}, -1106, "'price'"),
        ({**MARKET, "quantity": None}, -1102, "Param 'quantity' or 'quoteOrderQty' must be sent"),
        ({**MARKET, "quantity": "1", "quoteOrderQty": "100"}, -1128, "Combination"),
        ({**STOP, "stopPrice": None}, -1102, "Param 'stopPrice' or 'trailingDelta'"),
        ({"newOrderRespType": "LONG"}, -1130, "'newOrderRespType' is not valid"),
        ({"strategyType": "5"}, -1134, "less than 1000000"),
        ({"icebergQty": "0.1", "timeInForce": "IOC"}, -1128, "Combination"),
        ({"selfTradePreventionMode": "DECREMENT"}, -1013, "does not allow"),
        ({"pegPriceType": "PRIMARY_PEG"}, -1104, "read '10' parameter(s) but was sent '11'"),
    ],
)
async def test_parameters_that_cannot_be(
    world: World, change: dict[str, Any], code: int, words: str
) -> None:
    status, found, message = await world.refused(**change)

    assert (status, found) == (400, code)
    assert words in message
    assert world.sim.orders == []
    assert world.sim.orders_received == 1


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"price": "50000.001"}, "PRICE_FILTER"),
        ({"price": "1000000.01"}, "PRICE_FILTER"),
        ({**STOP, "stopPrice": "58000.005"}, "PRICE_FILTER"),
        ({"price": "12000.99"}, "PERCENT_PRICE_BY_SIDE"),
        ({"price": "300025.01"}, "PERCENT_PRICE_BY_SIDE"),
        ({"quantity": "0.000001"}, "LOT_SIZE"),
        ({"quantity": "0.000015"}, "LOT_SIZE"),
        ({"quantity": "9000.1"}, "LOT_SIZE"),
        ({**MARKET, "quantity": "120.1"}, "MARKET_LOT_SIZE"),
        ({"quantity": "0.00009"}, "NOTIONAL"),
        ({"quantity": "200"}, "NOTIONAL"),
        ({**MARKET, "quantity": "0.00008"}, "NOTIONAL"),
        ({**MARKET, "quantity": None, "quoteOrderQty": "4.99"}, "NOTIONAL"),
        ({**ICEBERG, "icebergQty": "0.009"}, "ICEBERG_PARTS"),
        ({**STOP, "stopPrice": None, "trailingDelta": 9}, "TRAILING_DELTA"),
        ({**STOP, "stopPrice": None, "trailingDelta": 2001}, "TRAILING_DELTA"),
    ],
)
async def test_filters(world: World, change: dict[str, Any], name: str) -> None:
    assert await world.refused(**change) == (400, -1013, f"Filter failure: {name}")
    assert world.sim.orders == []


async def test_the_edges_of_the_filters_are_inside(world: World) -> None:
    world.sim.give(world.person, "USDT", "1000000")

    for number, change in enumerate(
        ({"price": "12001"}, {"quantity": "0.0001"}, {**ICEBERG, "icebergQty": "0.01"})
    ):
        placed = await world.place(**change, newClientOrderId=f"edge-{number}")
        assert placed["status"] == "NEW"


async def test_filters_that_count(world: World) -> None:
    symbol = world.sim.catalogue.symbols["BTCUSDT"]
    symbol.max_orders, symbol.max_algo_orders = 3, 1
    for number in range(2):
        await world.place(newClientOrderId=f"o-{number}", quantity="0.01")
    stop = {**STOP, "quantity": "0.01"}
    await world.place(**stop, newClientOrderId="stop")

    orders = await world.refused(newClientOrderId="o-3", quantity="0.01")
    symbol.max_orders = 10
    algos = await world.refused(**stop, newClientOrderId="stop-2")
    symbol.max_position = Decimal("2.02")
    position = await world.refused(newClientOrderId="o-4", quantity="0.01")

    assert orders[2] == "Filter failure: MAX_NUM_ORDERS"
    assert algos[2] == "Filter failure: MAX_NUM_ALGO_ORDERS"
    assert position[2] == "Filter failure: MAX_POSITION"


async def test_the_older_filter_of_the_smallest_value(world: World) -> None:
    world.sim.market.set("SOLUSDT", bid="100", ask="101")

    refused = await world.refused(symbol="SOLUSDT", price="100", quantity="0.049")

    assert refused == (400, -1013, "Filter failure: MIN_NOTIONAL")


@pytest.mark.parametrize(
    "change",
    [
        {"price": "60000", "quantity": "1.7"},
        {"side": "SELL", "price": "70000", "quantity": "2.00001"},
        {**MARKET, "quantity": "1.7"},
        {**MARKET, "quantity": None, "quoteOrderQty": "100100"},
        {**MARKET, "side": "SELL", "quantity": "2.1"},
        {**STOP, "quantity": "2.1"},
    ],
)
async def test_more_than_there_is(world: World, change: dict[str, Any]) -> None:
    refused = await world.refused(**change)

    assert refused == (400, -2010, "Account has insufficient balance for requested action.")
    assert world.sim.orders == []


async def test_money_that_the_book_cannot_take(world: World) -> None:
    world.sim.market.set_book("BTCUSDT", bids=[], asks=[], last="60000")
    empty = await world.refused(**MARKET, quoteOrderQty="100")
    world.sim.market.set("BTCUSDT", bid="60000", ask="60010", ask_qty="0.000001")
    thin = await world.refused(**MARKET, quoteOrderQty="100")

    assert empty[1:] == (-2010, "Order book liquidity is less than symbol minimum quantity.")
    assert "`LOT_SIZE` filter minimum quantity" in thin[2]


async def test_a_symbol_that_is_halted_or_not_for_this_account(world: World) -> None:
    halted = await world.refused(symbol="LUNAUSDT", price="1", quantity="10")
    world.sim.catalogue.symbols["BTCUSDT"].permission_sets = (("TRD_GRP_005", "TRD_GRP_006"),)
    not_permitted = await world.refused()
    world.person.permissions.append("TRD_GRP_006")
    placed = await world.place()

    assert halted == (400, -1013, "Market is closed.")
    assert not_permitted == (400, -2010, "This symbol is not permitted for this account.")
    assert placed["status"] == "NEW"


async def test_an_account_that_may_not_trade(world: World) -> None:
    placed = await world.place()
    world.person.can_trade = False

    refused = await world.refused(newClientOrderId="other")
    cancel = await refusal(world.client.cancel_order(symbol="BTCUSDT", orderId=placed["orderId"]))

    assert refused == (400, -2010, "This account may not place or cancel orders.")
    assert cancel == (400, -2011, "This account may not place or cancel orders.")
    assert (await world.client.get_account())["canTrade"] is False


@pytest.mark.parametrize(
    ("switch", "change", "words"),
    [
        ({"order_types": ("LIMIT",)}, MARKET, "Market orders are not supported"),
        ({"order_types": ("LIMIT",)}, STOP, "Stop loss orders are not supported"),
        (
            {"trailing_allowed": False},
            {**STOP, "trailingDelta": 100},
            "Trailing stop orders are not supported",
        ),
        ({"iceberg_allowed": False}, ICEBERG, "Iceberg orders are not supported"),
        (
            {"quote_qty_allowed": False},
            {**MARKET, "quoteOrderQty": "100"},
            "Quote order qty market orders are not support for this symbol.",
        ),
    ],
)
async def test_what_a_symbol_does_not_offer(
    world: World, switch: dict[str, Any], change: dict[str, Any], words: str
) -> None:
    for name, value in switch.items():
        setattr(world.sim.catalogue.symbols["BTCUSDT"], name, value)

    status, code, message = await world.refused(**change)

    assert (status, code) == (400, -2010)
    assert message.startswith(words)


async def test_symbols_can_be_added(world: World) -> None:
    world.sim.catalogue.add(Symbol(base="DOGE", quote="USDT", tick=Decimal("0.00001")))
    world.sim.market.set("DOGEUSDT", bid="0.10000", ask="0.10001")

    placed = await world.place(symbol="DOGEUSDT", price="0.09999", quantity="100")

    assert placed["status"] == "NEW"


async def test_reading_has_its_refusals_too(world: World) -> None:
    client = world.client

    async def code(path: str, **data: Any) -> int:
        return (await refusal(client._get(path, False, data=data)))[1]

    assert await code("klines", symbol="BTCUSDT", interval="1y") == -1120
    assert await code("ticker/price", symbol="BTCUSDT", symbols='["BTCUSDT"]') == -1128
    assert await code("ticker/price", symbols='["BTCUSDT","BTCUSDT"]') == -1151
    assert await code("ticker/price", symbols="[BTCUSDT]") == -1130
    assert await code("ticker/price", symbol="LUNAUSDT", symbolStatus="TRADING") == -1220
    assert await code("exchangeInfo", symbol="NONE") == -1121
    assert await code("depth", symbol="BTCUSDT", limit="ten") == -1100
    assert await code("account") == -1102
    status, *_ = await refusal(client._get("nothing/here"))
    assert status == 404

"""The Webull simulator: orders that it does not take, in Webull's words."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.webull_clients import Refused
from tests.simulators.webull_world import World, opened

PARAMETER = "OPENAPI_PARAM_ERR"
POWER = "OPENAPI_DAY_BUYING_POWER_INSUFFICIENT"
MARKET: dict[str, Any] = {"order_type": "MARKET", "limit_price": None}
STOP: dict[str, Any] = {"order_type": "STOP_LOSS", "limit_price": None}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"client_order_id": "x" * 9}, "client_order_id"),
        ({"client_order_id": "x" * 41}, "client_order_id"),
        ({"client_order_id": None}, "client_order_id"),
        ({"combo_type": "SOLO"}, "combo_type"),
        ({"instrument_type": "FUTURES"}, "instrument_type"),
        ({"market": "HK"}, "market"),
        ({"side": "HOLD"}, "side"),
        ({"order_type": "PEG"}, "order_type"),
        ({"order_type": "MARKET_ON_OPEN"}, "order_type"),
        ({"time_in_force": "IOC"}, "time_in_force"),
        ({"support_trading_session": None}, "support_trading_session"),
        ({"entrust_type": None}, "entrust_type"),
        ({"quantity": None}, "quantity"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": "1e3"}, "quantity"),
        ({"quantity": "NaN"}, "quantity"),
        ({"quantity": 1}, "quantity"),
        ({"limit_price": None}, "limit_price"),
        ({"limit_price": "100.001"}, "limit_price"),
        ({"order_type": "STOP_LOSS_LIMIT"}, "stop_price"),
        ({"order_type": "TRAILING_STOP_LOSS"}, "trailing_type"),
        ({"order_type": "TRAILING_STOP_LOSS", "trailing_type": "AMOUNT"}, "trailing_stop_step"),
        (
            {
                "order_type": "TRAILING_STOP_LOSS",
                "trailing_type": "PERCENTAGE",
                "trailing_stop_step": "1",
            },
            "trailing_stop_step",
        ),
        ({"position_intent": "BUY_TO_OPEN"}, "position_intent"),
        ({**MARKET, "support_trading_session": "ALL"}, "support_trading_session"),
        ({**MARKET, "entrust_type": "AMOUNT", "total_cash_amount": "1.001"}, "total_cash_amount"),
    ],
)
async def test_a_field_that_cannot_be_is_named(
    world: World, fields: dict[str, Any], named: str
) -> None:
    refused = await world.refusal(**fields)

    assert refused.code == PARAMETER
    assert refused.body["message"].startswith(f"Parameter error, invalid {named}, value: ")
    assert world.sim.orders == []


@pytest.mark.parametrize("length", [10, 40])
async def test_ids_of_ten_to_forty_characters_are_taken(world: World, length: int) -> None:
    placed = await world.place(client_order_id="x" * length)

    assert await world.status(placed) == "SUBMITTED"


async def test_an_unknown_symbol_is_named(world: World) -> None:
    refused = await world.refusal(symbol="NOPE")

    assert refused.body["message"].endswith("value: US,NOPE,EQUITY")


@pytest.mark.parametrize(
    "leg",
    [
        {"strike_price": "999999"},
        {"option_expire_date": "2026-12-19"},
        {"option_expire_date": "soon"},
        {"option_type": "CAP"},
        {"symbol": "MSFT"},
    ],
)
async def test_a_contract_that_is_not_listed_is_named(world: World, leg: dict[str, str]) -> None:
    refused = await world.refusal(world.option(leg=leg))

    assert refused.code == PARAMETER
    names = "market,symbol,option_type,strike_price,option_expire_date"
    assert refused.body["message"].startswith(f"Parameter error, invalid {names}, value: US,")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"quantity": "1.5"}, "quantity"),
        ({"time_in_force": "IOC"}, "time_in_force"),
        ({"order_type": "TRAILING_STOP_LOSS", "trailing_type": "AMOUNT"}, "trailing_type"),
        ({"option_strategy": "VERTICAL"}, "option_strategy"),
        ({"position_intent": "SELL_TO_CLOSE"}, "position_intent"),
        ({"leg": {"quantity": "2"}}, "legs.quantity"),
        ({"entrust_type": "AMOUNT"}, "entrust_type"),
    ],
)
async def test_what_options_cannot_be_is_named(
    world: World, fields: dict[str, Any], named: str
) -> None:
    refused = await world.refusal(world.option(**fields))

    assert refused.code == PARAMETER
    assert f"invalid {named}, " in refused.body["message"]


@pytest.mark.parametrize("body", [b"", b"[]", b"rubbish", b'{"new_orders": []}'])
async def test_a_body_that_says_nothing_is_refused(world: World, body: bytes) -> None:
    with pytest.raises(Refused) as failure:
        await world.client.send("POST", "/trading/orders/place", {}, body)

    assert (failure.value.status, failure.value.code) == (417, "INVALID_PARAMETER")


async def test_more_than_the_buying_power_is_refused(world: World) -> None:
    refused = await world.refusal(quantity="4001")
    placed = await world.place(quantity="4000")

    assert refused.code == POWER
    assert refused.body["message"] == "Buying power is insufficient."
    assert await world.refused(quantity="1") == POWER
    await world.cancel(placed)
    await world.place(quantity="1")


async def test_a_market_order_needs_two_per_cent_more() -> None:
    async with opened(cash="2410", accounts=("INDIVIDUAL_CASH",)) as world:
        world.sim.market.set("AAPL", bid="240", ask="241")

        refused = await world.refused(**MARKET, quantity="10")
        limited = await world.place(limit_price="241.00", quantity="10")

        assert refused == f"{POWER}_M_NEW"
        assert await world.status(limited) == "FILLED"


async def test_options_are_paid_from_a_pot_of_their_own(world: World) -> None:
    world.account.option_cash = Decimal(0)

    assert await world.refused(world.option()) == POWER
    assert await world.status(await world.place()) == "SUBMITTED"


async def test_more_than_is_held_cannot_be_sold(world: World) -> None:
    world.sim.give(world.account, "AAPL", "10", price="200")

    much = await world.refused(side="SELL", limit_price="300.00", quantity="11")
    await world.place(side="SELL", limit_price="300.00", quantity="7")
    rest = await world.refused(side="SELL", limit_price="300.00", quantity="4")

    assert much == rest == "OPENAPI_SELL_QTY_EXCEED_AVAILABLE_QTY"


async def test_options_that_are_not_held_cannot_be_sold(world: World) -> None:
    refused = await world.refused(world.option(side="SELL"))

    assert refused == "OPENAPI_NOT_SUPPORT_REVERSE_OPTION"


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"side": "BUY", "stop_price": "239.00"}, "GREATER"),
        ({"side": "SELL", "stop_price": "241.00"}, "LESS"),
    ],
)
async def test_a_stop_is_on_its_own_side_of_the_market(
    world: World, fields: dict[str, Any], word: str
) -> None:
    world.sim.give(world.account, "AAPL", "10")

    refused = await world.refused(**{**STOP, **fields})

    assert refused == f"OPENAPI_STOP_PRICE_MUST_BE_{word}_THAN_MARKET_PRICE"


async def test_below_a_dollar_a_hundred_shares_are_the_least(world: World) -> None:
    refused = await world.refused(symbol="PENY", limit_price="0.4001", quantity="99")
    placed = await world.place(symbol="PENY", limit_price="0.4001", quantity="100")

    assert refused == "OPENAPI_CANT_TRADE_FOR_PRICE_BETWEEN_0099_AND_0999"
    assert await world.status(placed) == "SUBMITTED"


async def test_two_hundred_thousand_units_are_the_most(world: World) -> None:
    assert await world.refused(quantity="200001") == "OPENAPI_ORDER_QUANTITY_EXCEED_LIMIT"


async def test_a_share_that_is_not_traded_is_refused(world: World) -> None:
    world.sim.change_instrument("AAPL", status="NT")

    assert await world.refused() == "OPENAPI_TICKER_IS_DENY"


async def test_a_share_that_may_only_be_closed_can_be_sold(world: World) -> None:
    world.sim.give(world.account, "AAPL", "1")
    world.sim.change_instrument("AAPL", status="CO")

    assert await world.refused() == "OPENAPI_TICKER_IS_DENY"
    assert await world.place(side="SELL", limit_price="300.00")


async def test_parts_of_shares_need_an_agreement_and_a_share_that_has_them(world: World) -> None:
    other = await world.refused(symbol="BRK.B", quantity="0.5")
    world.person.fractions = False
    unsigned = await world.refusal(quantity="0.5")

    assert other == "OPENAPI_FRACT_TICKER_DONT_SUPPORT_TRADE"
    assert unsigned.code == "OPENAPI_OPENAPI_FRACT_VERSION2_ACCOUNT_NOT_TRADE"
    assert unsigned.body["message"].startswith("https://")


async def test_short_sales_need_a_margin_account_and_a_share_that_can_be_lent() -> None:
    async with opened(accounts=("INDIVIDUAL_CASH",)) as world:
        assert await world.refused(side="SHORT") == "OPENAPI_TRADE_ORDER_NO_PERMISSION"
    async with opened() as world:
        peny: dict[str, Any] = {"symbol": "PENY", "limit_price": "0.5000", "quantity": "100"}
        assert await world.refused(side="SHORT", **peny) == "OPENAPI_TRADE_ORDER_NO_PERMISSION"
        assert await world.place(side="SHORT", limit_price="300.00")


@pytest.mark.parametrize(
    ("hours", "fields", "code"),
    [
        (4.5, {}, "OPENAPI_DAY_ORDER_NOT_ALLOWED_AFT_CORE_TIME_LIMIT"),
        (9, {}, None),
        (9, MARKET, "OPENAPI_CAN_NOT_TRADING_FOR_NON_TRADING_HOURS"),
        (4.5, {"time_in_force": "GTC"}, None),
        (4.5, {"support_trading_session": "ALL"}, None),
        (
            9,
            {"support_trading_session": "ALL"},
            "OPENAPI_DAY_ORDER_NOT_ALLOWED_AFT_CORE_TIME_LIMIT",
        ),
        (21, {}, None),
    ],
)
async def test_an_order_for_the_day_is_refused_once_its_session_is_over(
    world: World, hours: float, fields: dict[str, Any], code: str | None
) -> None:
    """It is noon: half past four, nine in the evening, nine in the morning."""
    world.watch.advance(hours=hours)

    if code is None:
        assert await world.status(await world.place(**fields)) == "SUBMITTED"
    else:
        assert await world.refused(**fields) == code


async def test_hours_play_no_part_if_a_test_says_so(world: World) -> None:
    world.watch.advance(days=3)
    world.sim.market.always_open = True

    assert await world.status(await world.place(**MARKET)) == "FILLED"


async def test_coins_have_rules_of_their_own() -> None:
    async with opened(accounts=("CRYPTO",)) as world:
        coin: dict[str, Any] = {
            "symbol": "BTCUSD",
            "instrument_type": "CRYPTO",
            "support_trading_session": None,
            "limit_price": "70000.00",
            "quantity": "0.001",
        }
        small = await world.refused(**{**coin, "quantity": "0.00001"})
        resting = await world.refused(**{**coin, **MARKET})
        fine = await world.refused(**{**coin, "quantity": "0.000000001"})
        share = await world.refused()
        bought = await world.place(**{**coin, **MARKET, "time_in_force": "IOC"})
        placed = await world.place(**coin)
        with pytest.raises(Refused) as changed:
            await world.replace(placed, limit_price="69000.00")

        assert small == "OPENAPI_CRYPTO_ORDER_BUY_SELL_LIMIT_MINIMUM"
        assert resting == fine == PARAMETER
        assert share == "OPENAPI_TRADE_ORDER_NO_PERMISSION"
        assert await world.positions() == {"CRYPTO BTCUSD": "0.001"}
        assert "fees" not in await world.order(bought)
        assert changed.value.status == 417

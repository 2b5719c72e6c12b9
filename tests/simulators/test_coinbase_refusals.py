"""The Coinbase simulator: orders that are refused inside a 200, and requests that are not."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.simulators.coinbase_clients import World, opened, refusal

ORDERS = "/api/v3/brokerage/orders"
LATER = "2026-11-19T00:00:00Z"
STOP = {"base_size": "0.1", "stop_direction": "STOP_DIRECTION_STOP_UP"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        world.sim.give(world.person, "BTC", "1")
        world.sim.give(world.person, "DOGE", "1000")
        yield world


async def test_a_refusal_is_a_200_with_success_false_and_no_order(world: World) -> None:
    answer = await world.place(base_size="3", limit_price="50000", client_order_id="mine")

    assert answer == {
        "success": False,
        "error_response": {
            "error": "INSUFFICIENT_FUND",
            "message": "Insufficient balance in source account",
            "error_details": "",
            "preview_failure_reason": "PREVIEW_INSUFFICIENT_FUND",
        },
        "order_configuration": {"limit_limit_gtc": {"base_size": "3", "limit_price": "50000"}},
    }
    assert world.sim.orders == []
    assert len(world.sim.orders_bodies) == world.sim.orders_received == 1


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        ("limit_limit_gtc", {"base_size": "0.000000001"}, "PREVIEW_INVALID_SIZE_PRECISION"),
        ("limit_limit_gtc", {"base_size": "0.00001"}, "PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL"),
        ("limit_limit_gtc", {"base_size": "0"}, "PREVIEW_INVALID_BASE_SIZE_TOO_SMALL"),
        ("limit_limit_gtc", {"base_size": "3401"}, "PREVIEW_INVALID_BASE_SIZE_TOO_LARGE"),
        ("limit_limit_gtc", {"limit_price": "50000.001"}, "PREVIEW_INVALID_PRICE_PRECISION"),
        ("limit_limit_gtc", {"base_size": "1e3"}, "PREVIEW_NON_NUMERIC_ORDER_SIZE"),
        ("limit_limit_gtc", {"limit_price": "NaN"}, "PREVIEW_INVALID_LIMIT_PRICE"),
        ("limit_limit_gtc", {"base_size": ""}, "PREVIEW_INVALID_ORDER_CONFIG"),
        ("limit_limit_gtc", {"quote_size": "10"}, "PREVIEW_INVALID_ORDER_CONFIG"),
        ("limit_limit_fok", {"base_size": "1"}, "PREVIEW_INVALID_ORDER_CONFIG"),
        ("market_market_ioc", {}, "PREVIEW_INVALID_ORDER_CONFIG"),
        ("nobody_knows_this", {"base_size": "1"}, "PREVIEW_INVALID_ORDER_CONFIG"),
        ("market_market_fok", {"base_size": "1"}, "UNSUPPORTED_ORDER_CONFIGURATION"),
        ("market_market_ioc", {"quote_size": "0.5"}, "PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL"),
        ("market_market_ioc", {"quote_size": "10.005"}, "PREVIEW_INVALID_QUOTE_SIZE_PRECISION"),
        ("market_market_ioc", {"quote_size": "1000000000"}, "PREVIEW_INVALID_QUOTE_SIZE_TOO_LARGE"),
        (
            "market_market_ioc",
            {"quote_size": "10", "side": "SELL"},
            "PREVIEW_INVALID_ORDER_CONFIG",
        ),
        ("market_market_ioc", {"base_size": "9", "side": "SELL"}, "PREVIEW_INSUFFICIENT_FUND"),
        (
            "limit_limit_gtc",
            {"limit_price": "60010", "post_only": True},
            "PREVIEW_INVALID_LIMIT_PRICE_POST_ONLY",
        ),
        (
            "limit_limit_gtd",
            {"base_size": "1", "limit_price": "50000", "end_time": "2026-11-18T17:00:00Z"},
            "PREVIEW_END_TIME_IS_IN_THE_PAST",
        ),
        (
            "stop_limit_stop_limit_gtc",
            {**STOP, "limit_price": "59000", "stop_price": "58000"},
            "PREVIEW_STOP_PRICE_BELOW_LAST_TRADE_PRICE",
        ),
        (
            "stop_limit_stop_limit_gtc",
            {**STOP, "limit_price": "61000", "stop_price": "62000"},
            "PREVIEW_STOP_PRICE_ABOVE_LIMIT_PRICE",
        ),
        (
            "stop_limit_stop_limit_gtc",
            {**STOP, "side": "SELL", "limit_price": "63000", "stop_price": "62000"},
            "PREVIEW_STOP_PRICE_BELOW_LIMIT_PRICE",
        ),
        (
            "stop_limit_stop_limit_gtc",
            {**STOP, "limit_price": "63000", "stop_price": "62000.005"},
            "PREVIEW_INVALID_STOP_PRICE_PRECISION",
        ),
        (
            "stop_limit_stop_limit_gtc",
            {
                **STOP,
                "side": "SELL",
                "stop_direction": "STOP_DIRECTION_STOP_DOWN",
                "limit_price": "61000",
                "stop_price": "62000",
            },
            "PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE",
        ),
        (
            "trigger_bracket_gtc",
            {
                "side": "SELL",
                "base_size": "1",
                "limit_price": "55000",
                "stop_trigger_price": "56000",
            },
            "PREVIEW_INVALID_BRACKET_PRICES",
        ),
        (
            "trigger_bracket_gtc",
            {
                "side": "SELL",
                "base_size": "1",
                "limit_price": "70000",
                "stop_trigger_price": "65000",
            },
            "PREVIEW_STOP_TRIGGER_PRICE_OUT_OF_BOUNDS",
        ),
    ],
)
async def test_an_order_that_cannot_be_is_refused_with_its_reason(
    world: World, kind: str, fields: dict[str, Any], reason: str
) -> None:
    assert await world.rejected(kind, **fields) == reason
    assert world.sim.orders == []


@pytest.mark.parametrize(
    ("attached", "reason"),
    [
        (
            {"limit_limit_gtc": {"limit_price": "70000"}},
            "PREVIEW_INVALID_ORDER_TYPE_FOR_ATTACHED",
        ),
        (
            {
                "trigger_bracket_gtc": {
                    "limit_price": "70000",
                    "stop_trigger_price": "40000",
                    "base_size": "1",
                }
            },
            "PREVIEW_ATTACHED_ORDER_SIZE_MUST_BE_NIL",
        ),
        (
            {"trigger_bracket_gtc": {"limit_price": "70000"}},
            "PREVIEW_ATTACHED_ORDER_MUST_HAVE_POSITIVE_PRICES",
        ),
        (
            {"trigger_bracket_gtc": {"limit_price": "40000", "stop_trigger_price": "70000"}},
            "PREVIEW_INVALID_BRACKET_PRICES",
        ),
    ],
)
async def test_an_attached_order_is_a_bracket_without_a_size(
    world: World, attached: dict[str, Any], reason: str
) -> None:
    assert await world.rejected(attached_order_configuration=attached) == reason


@pytest.mark.parametrize(
    ("flags", "market", "limit"),
    [
        ({"trading_disabled": True}, *["PREVIEW_TRADING_DISABLED"] * 2),
        ({"is_disabled": True}, *["PREVIEW_TRADING_DISABLED"] * 2),
        ({"status": "offline"}, *["PREVIEW_TRADING_DISABLED"] * 2),
        ({"view_only": True}, *["PREVIEW_UNTRADABLE_PRODUCT"] * 2),
        ({"cancel_only": True}, *["ORDER_ENTRY_DISABLED"] * 2),
        ({"limit_only": True}, "PREVIEW_NOT_ALLOWED_BY_MARKET_STATE", ""),
        ({"post_only": True}, *["PREVIEW_NOT_ALLOWED_BY_MARKET_STATE"] * 2),
    ],
)
async def test_a_product_s_flags_close_it(
    world: World, flags: dict[str, Any], market: str, limit: str
) -> None:
    resting = await world.placed(base_size="0.1")
    world.sim.change_product("BTC-USD", **flags)

    assert await world.rejected("market_market_ioc", base_size="0.1") == market
    if limit:
        assert await world.rejected(base_size="0.1") == limit
    else:
        await world.placed(base_size="0.1")
    canceled = await world.call("cancel_orders", [resting])
    assert canceled["results"][0]["success"] is True


async def test_a_post_only_product_takes_orders_that_only_post(world: World) -> None:
    world.sim.change_product("BTC-USD", post_only=True)

    await world.placed(base_size="0.1", post_only=True)


async def test_a_new_order_failure_stands_in_the_other_field(world: World) -> None:
    world.sim.change_product("BTC-USD", cancel_only=True)

    error = (await world.place())["error_response"]

    assert error["error"] == error["new_order_failure_reason"] == "ORDER_ENTRY_DISABLED"
    assert "preview_failure_reason" not in error


async def test_a_reason_that_error_does_not_know_is_unknown_there(world: World) -> None:
    error = (await world.place("market_market_ioc"))["error_response"]

    assert error["error"] == "UNKNOWN_FAILURE_REASON"


async def test_coarser_steps_are_kept_too(world: World) -> None:
    doge = {"product_id": "DOGE-USD", "limit_price": "0.1"}

    assert await world.rejected(**doge, base_size="10.55") == "PREVIEW_INVALID_SIZE_PRECISION"
    assert await world.rejected(**doge, base_size="9.9") == "PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL"
    await world.placed(**doge, base_size="10.5")


async def test_nobody_in_the_market_is_no_liquidity_and_unknown_is_no_product(
    world: World,
) -> None:
    world.sim.market.set("BTC-USD", bid="60000", ask="0")
    one_sided = await world.rejected("market_market_ioc", base_size="0.1")
    world.sim.market.forget("BTC-USD")

    assert one_sided == "PREVIEW_INVALID_NO_LIQUIDITY"
    assert await world.rejected("market_market_ioc", base_size="1") == one_sided
    assert await world.rejected(product_id="NOPE-USD") == "PREVIEW_INVALID_PRODUCT_ID"


async def test_what_rests_holds_funds_that_the_next_order_does_not_have(world: World) -> None:
    first = await world.placed(base_size="1.5")

    refused = await world.rejected(base_size="1")
    await world.call("cancel_orders", [first])

    assert refused == "PREVIEW_INSUFFICIENT_FUND"
    await world.placed(base_size="1")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"side": "HOLD"}, 'parsing field "side": "HOLD" is not a valid value'),
        ({"product_id": ""}, "product_id is required"),
        (
            {"stop_direction": "SIDEWAYS"},
            'parsing field "stop_direction": "SIDEWAYS" is not a valid value',
        ),
        ({"base_size": 1}, 'proto: invalid value for string type: "1"'),
        ({"base_size": 0.1}, 'proto: invalid value for string type: "0.1"'),
        ({"product_id": "ETH-USD", "side": "SELL"}, "account is not available"),
        ({"retail_portfolio_id": "another"}, "account is not available"),
    ],
)
async def test_a_request_that_cannot_be_read_is_a_400(
    world: World, fields: dict[str, Any], message: str
) -> None:
    refused = await world.refused(**fields)

    assert refused == (400, message)
    assert world.sim.orders == []


async def test_a_body_that_is_no_object_is_a_400(world: World) -> None:
    for body in (b"[]", b"{", b'{"base_size": NaN}'):
        refused = await refusal(lambda body=body: raw(world, body))
        assert refused == (400, "request body is not valid JSON")


def raw(world: World, body: bytes) -> None:
    client = world.client
    headers = client.set_headers("POST", ORDERS)
    url = f"https://{client.base_url}{ORDERS}"
    client.session.post(url, data=body, headers=headers, timeout=5).raise_for_status()


async def test_refusals_can_be_ordered(world: World) -> None:
    world.sim.refuse_orders("PREVIEW_BREACHED_PRICE_LIMIT", "too far", times=1)
    inside = await world.place()
    world.sim.refuse_orders(times=1)
    usual = await world.rejected()
    world.sim.refuse("place", times=1)
    outside = await world.refused()
    await world.placed()

    assert inside["error_response"]["message"] == "too far"
    assert inside["error_response"]["preview_failure_reason"] == "PREVIEW_BREACHED_PRICE_LIMIT"
    assert usual == "PREVIEW_INSUFFICIENT_FUND"
    assert outside == (400, "account is not available")
    assert (world.sim.orders_received, len(world.sim.orders)) == (4, 1)

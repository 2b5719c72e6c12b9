"""The Coinbase simulator: what an order would come to, and what would be in its way."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.coinbase_clients import World, opened


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        world.sim.give(world.person, "BTC", "1")
        yield world


async def test_a_preview_is_an_estimate_and_no_order(world: World) -> None:
    world.sim.set_fees(world.person, maker="0.0035", taker="0.0075")
    preview = await world.call(
        "preview_limit_order_gtc_buy", "BTC-USD", base_size="0.1", limit_price="100", post_only=True
    )

    # The figures of a preview that cotiq/coinbase-client-kotlin recorded.
    assert (preview["order_total"], preview["commission_total"]) == ("10.035", "0.035")
    assert (preview["quote_size"], preview["base_size"]) == ("10", "0.1")
    assert (preview["best_bid"], preview["best_ask"]) == ("60000", "60010")
    assert (preview["errs"], preview["warning"]) == ([], ["UNKNOWN"])
    assert world.sim.orders == []
    assert world.sim.orders_received == 0


async def test_a_preview_tells_what_would_be_refused(world: World) -> None:
    poor = await world.call("preview_market_order_buy", "BTC-USD", base_size="9")
    odd = await world.call("preview_limit_order_gtc_buy", "BTC-USD", "", "100")

    assert poor["errs"] == ["PREVIEW_INSUFFICIENT_FUND"]
    assert poor["commission_total"] == "4860.81"
    assert odd["errs"] == ["PREVIEW_INVALID_ORDER_CONFIG"]
    assert (odd["order_total"], odd["best_bid"], odd["warning"]) == ("", "", [])
    assert odd["preview_id"]


async def test_a_sale_s_preview_takes_the_commission_off(world: World) -> None:
    preview = await world.call("preview_market_order_sell", "BTC-USD", base_size="1")

    assert (preview["order_total"], preview["commission_total"]) == ("59460", "540")

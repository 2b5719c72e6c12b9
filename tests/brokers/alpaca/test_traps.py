"""Each trap of alpaca-py 0.44 that the design names, sprung on the SDK and not on the adapter.

The first half of each test shows that the trap is still there: if it is not, an update of the SDK
has closed it, and what stands in the adapter against it can go.
"""

import asyncio
import json
from decimal import Decimal
from typing import Any

import pytest
from alpaca.common.exceptions import APIError
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderSide, TimeInForce
from alpaca.trading.requests import LimitOrderRequest, MarketOrderRequest

from floorbroker.brokers.alpaca.adapter import AlpacaAdapter
from floorbroker.domain.errors import NotSent, OutcomeUnknown
from floorbroker.domain.orders import Found
from tests.brokers.alpaca import recorded
from tests.brokers.alpaca.at_alpaca import KEY, SECRET, order_of, request, resting_request
from tests.brokers.shared.told_server import Said, ToldServer
from tests.simulators.alpaca import AlpacaSimulator, Fault, Person

HTML = b"<html><body>504 Gateway Time-out</body></html>"


def sdk(url: str) -> TradingClient:
    client = TradingClient(KEY, SECRET, url_override=url)
    client._retry_wait = 0  # three seconds of sleep, three times
    return client


def a_market_order(**terms: Any) -> MarketOrderRequest:
    usual = {"symbol": "AAPL", "qty": 1, "side": OrderSide.BUY, "time_in_force": TimeInForce.DAY}
    return MarketOrderRequest(**{**usual, **terms})


@pytest.mark.parametrize("status", [429, 504])
async def test_the_sdk_repeats_a_post_and_the_adapter_does_not(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator, status: int
) -> None:
    async with ToldServer(Said(status, HTML)) as server:
        with pytest.raises(APIError):
            await asyncio.to_thread(sdk(server.url).submit_order, a_market_order())
        assert len(server.heard) == 4

    fault = Fault.GATEWAY_TIMEOUT if status == 504 else Fault.TOO_MANY_REQUESTS
    simulator.fail("place", fault)
    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order_of(request(), anna.account_id))
    assert simulator.orders_received == 1


async def test_the_sdk_makes_two_orders_of_a_504_without_an_id_and_the_adapter_one(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    simulator.fail("place", Fault.GATEWAY_TIMEOUT, times=1)
    await asyncio.to_thread(sdk(simulator.url).submit_order, a_market_order())
    assert len(simulator.orders) == 2

    simulator.fail("place", Fault.GATEWAY_TIMEOUT, times=1)
    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order_of(request(), anna.account_id))
    assert len(simulator.orders) == 3


async def test_the_sdk_calls_an_order_that_lives_refused_and_the_adapter_finds_it(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    simulator.fail("place", Fault.GATEWAY_TIMEOUT, times=1)
    with pytest.raises(APIError, match="must be unique"):
        await asyncio.to_thread(
            sdk(simulator.url).submit_order, a_market_order(client_order_id="theirs")
        )
    assert len(simulator.orders) == 1

    order = order_of(resting_request(), anna.account_id)
    simulator.fail("place", Fault.GATEWAY_TIMEOUT, times=1)
    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)
    assert isinstance(await adapter.find_order(order), Found)


async def test_the_sdk_ignores_no_retries_please_and_the_adapter_has_none(
    adapter: AlpacaAdapter,
) -> None:
    from alpaca.common.rest import RESTClient

    asked = RESTClient("http://127.0.0.1", KEY, SECRET, retry_attempts=0)
    assert asked._retry == 3

    assert adapter._client._sdk._retry == 0


def test_the_sdk_has_no_deadline_and_the_adapters_session_is_the_shared_one(
    adapter: AlpacaAdapter,
) -> None:
    from floorbroker.brokers.shared.http import PooledAdapter

    own = TradingClient(KEY, SECRET)._session
    assert not isinstance(own.get_adapter("https://"), PooledAdapter)
    assert own.trust_env

    shared = adapter._client._sdk._session
    assert isinstance(shared.get_adapter("https://paper-api.alpaca.markets"), PooledAdapter)
    assert not shared.trust_env


async def test_the_sdk_sends_amounts_through_a_float_and_the_adapter_sends_text(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    exact = Decimal("100000000.123456789")
    asked = LimitOrderRequest(
        symbol="AAPL",
        qty=exact,
        side=OrderSide.BUY,
        time_in_force=TimeInForce.DAY,
        limit_price=Decimal("0.0001"),
    )
    assert isinstance(asked.qty, float)
    assert Decimal(str(asked.qty)) != exact

    order = order_of(
        resting_request(quantity=exact, limit_price=Decimal("0.0001")), anna.account_id
    )
    await adapter.place_order(order)
    assert json.loads(simulator.orders_bodies[-1])["qty"] == "100000000.123456789"


@pytest.mark.parametrize("amount", ["NaN", "Infinity"])
def test_the_sdk_takes_what_is_no_number_and_our_orders_cannot_hold_it(amount: str) -> None:
    assert a_market_order(qty=float(amount)).qty is not None

    from floorbroker.domain.errors import InvalidInput

    with pytest.raises(InvalidInput):
        request(quantity=Decimal(amount))


async def test_the_sdk_cancels_everything_for_a_symbol_and_the_adapter_asks_nothing(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    async with ToldServer(Said(200, b"[]")) as server:
        with pytest.raises(TypeError):  # it expected one order, and these are all that were open
            await asyncio.to_thread(sdk(server.url).close_position, "../orders")
        assert [(one.method, one.target) for one in server.heard] == [("DELETE", "/v2/orders")]

    from dataclasses import replace

    order = replace(order_of(request(), anna.account_id), broker_order_id="../orders")
    with pytest.raises(NotSent):
        await adapter.cancel_order(order)
    assert simulator.cancels_received == 0


async def test_the_sdk_cannot_read_the_code_of_a_page_and_the_adapter_needs_none(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    async with ToldServer(Said(502, HTML)) as server:
        with pytest.raises(APIError) as failed:
            await asyncio.to_thread(sdk(server.url).get_account)
        with pytest.raises(json.JSONDecodeError):
            _ = failed.value.code

    simulator.fail("place", Fault.BAD_GATEWAY)
    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order_of(request(), anna.account_id))


async def test_the_sdk_chokes_on_rubbish_after_an_order_and_the_adapter_calls_it_unknown(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    async with ToldServer(Said(200, b'{"id": ')) as server:
        with pytest.raises(ValueError, match="Expecting value"):
            await asyncio.to_thread(sdk(server.url).submit_order, a_market_order())

    simulator.fail("place", Fault.INVALID_JSON)
    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order_of(request(), anna.account_id))
    assert len(simulator.orders) == 1


async def test_the_sdk_stumbles_over_a_state_that_it_does_not_know_and_the_adapter_goes_on(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    body = json.dumps(recorded.order(status="marinating")).encode()
    async with ToldServer(Said(200, body)) as server:
        with pytest.raises(ValueError, match="marinating"):
            await asyncio.to_thread(sdk(server.url).get_order_by_client_id, recorded.OURS)

    order = order_of(resting_request(), anna.account_id)
    await adapter.place_order(order)
    simulator.set_status(order.order_id, "marinating")
    assert isinstance(await adapter.find_order(order), Found)

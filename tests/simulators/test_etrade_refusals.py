"""The E*TRADE simulator: orders that it does not take, and the words for it."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.etrade import Account
from tests.simulators.etrade.refusals import UNVERIFIED
from tests.simulators.etrade_clients import EXPIRY, World, opened, refusal

CALL = (EXPIRY, "200", "CALL")
PUT = (EXPIRY, "190", "PUT")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened(cash="1000") as world:
        world.sim.market.set_option("AAPL", EXPIRY, "190", "PUT", bid="1.90", ask="2.10")
        yield world


async def code(world: World, **fields: Any) -> str | None:
    """Of the refusal of a preview."""
    request = world.builder(**fields).build_preview_request()
    return (await refusal(world.client.orders.preview(world.account.key, request)))[1]


async def as_margin(world: World, **fields: Any) -> Account:
    """The world's person is now one with a margin account."""
    account = Account(mode="MARGIN", type="MARGIN", **fields)
    world.person = world.sim.add_person("bert", accounts=[account])
    world.link = await world.linked(world.person)
    return account


async def test_what_costs_too_much_is_refused_with_what_would_do(world: World) -> None:
    request = world.builder(quantity="7").build_preview_request()

    status, number, words = await refusal(world.client.orders.preview(world.account.key, request))

    assert (status, number) == (400, "8400")
    assert words is not None
    assert words.endswith("the maximum allowable quantity was estimated to be 6.")


async def test_money_in_open_orders_is_spent_already(world: World) -> None:
    await world.placed("one", quantity="6")

    assert await code(world, client_order_id="two", quantity="1") == "8400"


async def test_money_is_looked_at_again_when_the_order_is_placed(world: World) -> None:
    builder = world.builder(quantity="6")
    request = builder.build_place_request([await world.preview(builder)])
    world.account.cash = Decimal(1)

    refused = await refusal(world.client.orders.place(world.account.key, request))

    assert refused[1] == "8400"
    assert world.sim.orders == []


async def test_more_than_is_held_cannot_be_sold(world: World) -> None:
    world.sim.give(world.account, "AAPL", "5")
    await world.placed("some", action="SELL", quantity="3", limit="250")

    request = world.builder("more", action="SELL", quantity="3", limit="250")
    refused = await refusal(
        world.client.orders.preview(world.account.key, request.build_preview_request())
    )

    assert refused[:2] == (400, "1037")
    assert refused[2] is not None
    assert refused[2].startswith("We did not find enough available shares of this security")


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "SELL_SHORT"},
        {"action": "BUY_TO_COVER"},
        {"option": CALL, "action": "SELL_CLOSE", "limit": "5"},
        {"option": CALL, "action": "SELL_OPEN", "limit": "5"},
        {"option": PUT, "action": "SELL_OPEN", "limit": "2"},
        {"symbol": "NONE"},
        {"limit": "150.001"},
        {"symbol": "F", "limit": "0.12345"},
        {"price_type": "STOP", "stop": "200"},
        {"price_type": "STOP", "stop": "200.005"},
        {"price_type": "MARKET", "term": "FILL_OR_KILL"},
        {"price_type": "HIDDEN_STOP"},
        {"term": "GOOD_TILL_DATE"},
        {"quantity": "0.5"},
        {"action": "BUY_OPEN"},
    ],
)
async def test_an_order_that_cannot_be_is_refused(world: World, fields: dict[str, Any]) -> None:
    assert await code(world, **fields) in {"1037", "10033", str(UNVERIFIED)}


async def test_an_account_without_options_buys_none(world: World) -> None:
    world.account.option_level = 0

    assert await code(world, option=CALL, action="BUY_OPEN", limit="1") == str(UNVERIFIED)


async def test_a_call_is_covered_by_its_shares_and_a_put_by_cash(world: World) -> None:
    world.sim.give(world.account, "AAPL", "100")
    world.account.cash = Decimal(19000)

    await world.placed("call", option=CALL, action="SELL_OPEN", price_type="MARKET")
    await world.placed("put", option=PUT, action="SELL_OPEN", price_type="MARKET")

    sold = {one.instrument.right: one.quantity for one in world.account.holdings.values()}
    assert sold == {"": Decimal(100), "CALL": Decimal(-1), "PUT": Decimal(-1)}


async def test_shares_are_sold_short_on_margin_and_covered(world: World) -> None:
    account = await as_margin(world)
    await world.placed("short", action="SELL_SHORT", quantity="10", price_type="MARKET")

    too_much = await code(
        world, client_order_id="x", action="BUY_TO_COVER", quantity="11", price_type="MARKET"
    )
    await world.placed("cover", action="BUY_TO_COVER", quantity="10", price_type="MARKET")

    assert too_much == "1037"
    assert account.holdings == {}


async def test_a_position_may_be_turned_round_in_two_steps(world: World) -> None:
    account = await as_margin(world)
    await world.placed("long", quantity="4", price_type="MARKET")
    await world.placed("out", action="SELL", quantity="4", price_type="MARKET")

    await world.placed("short", action="SELL_SHORT", quantity="4", price_type="MARKET")

    [holding] = account.holdings.values()
    assert (holding.quantity, holding.cost) == (Decimal(-4), Decimal("-799.6"))


async def post(world: World, path: str, content: bytes) -> tuple[int, Any]:
    """Status and error of a body that the SDK would not send."""
    url = f"https://api.etrade.com/v1/accounts/{world.account.key}/orders/{path}.json"
    request = world.link.http.build_request("POST", url, content=content)
    credentials = await world.link.session.load()
    assert credentials is not None
    world.link.oauth.sign_request(request, credentials)
    answer = await world.link.http.send(request)
    return answer.status_code, answer.json()["Error"]


@pytest.mark.parametrize("content", [b"<PreviewOrderRequest/>", b"", b"[]", b'{"Other": {}}'])
async def test_a_body_that_cannot_be_read_meets_the_service_that_is_not_available(
    world: World, content: bytes
) -> None:
    status, error = await post(world, "preview", content)

    assert (status, error["code"]) == (500, 100)


@pytest.mark.parametrize("ids", [[], [{}], [{"previewId": "x"}], [{"previewId": True}], None])
async def test_an_order_without_the_id_of_a_preview_is_named_so(world: World, ids: object) -> None:
    body = world.builder().build_place_request([1]).request_body()
    body["PlaceOrderRequest"]["PreviewIds"] = ids

    status, error = await post(world, "place", json.dumps(body).encode())

    assert (status, error["code"]) == (400, 101)
    assert error["message"] == "{com.etrade.api.v1.order.InvalidPreviewId}"


@pytest.mark.parametrize(
    "product",
    [
        None,
        {},
        {"symbol": "AAPL"},
        {"symbol": "../x", "securityType": "EQ"},
        {"symbol": "AAPL", "securityType": "OPTN", "callPut": "CALL"},
        {"symbol": "AAPL", "securityType": "OPTN", "callPut": [], "strikePrice": 1},
        {
            "symbol": "AAPL",
            "securityType": "OPTN",
            "callPut": "CALL",
            "strikePrice": 1,
            "expiryYear": 10**30,
            "expiryMonth": 1,
            "expiryDay": 1,
        },
    ],
)
async def test_a_product_that_names_nothing_is_refused(world: World, product: object) -> None:
    body = world.builder().build_preview_request().request_body()
    body["PreviewOrderRequest"]["Order"][0]["Instrument"][0]["Product"] = product

    status, error = await post(world, "preview", json.dumps(body).encode())

    assert (status, error["code"]) == (400, UNVERIFIED)

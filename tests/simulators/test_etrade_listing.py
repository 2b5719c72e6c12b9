"""The E*TRADE simulator: finding orders again, with markers, days, statuses and events."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from etrade_python import OrdersRequest
from etrade_python.transport import ApiTransport, RetrySafety

from tests.simulators.etrade_clients import EXPIRY, World, opened, refusal


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def ids(world: World, **fields: Any) -> list[int | None]:
    """What a list shows."""
    request = OrdersRequest(**fields)
    return [
        one.order_id for one in (await world.client.orders.list(world.account.key, request)).orders
    ]


async def details(world: World, order_id: int) -> Any:
    """One order as the API answers it: the SDK has no call for it, but its transport has."""
    transport = ApiTransport(
        world.link.settings,
        authenticator=world.link.authenticator,
        http_client=world.link.http,
    )
    answer = await transport.request(
        "GET",
        f"/v1/accounts/{world.account.key}/orders/{order_id}.json",
        safety=RetrySafety.SAFE_READ,
        operation="orders.details",
    )
    data: Any = answer.data
    return data["OrdersResponse"]["Order"][0]


async def test_the_newest_order_comes_first(world: World) -> None:
    for n in range(3):
        await world.placed(f"n{n}")

    assert await ids(world) == [3, 2, 1]


async def test_lists_come_in_pages_with_a_marker(world: World) -> None:
    for n in range(5):
        await world.placed(f"n{n}")
    request = OrdersRequest(count=2)

    first = await world.client.orders.list(world.account.key, request)
    rows = [one async for one in world.client.orders.list_all(world.account.key, request)]

    assert [one.order_id for one in first.orders] == [5, 4]
    assert first.marker
    assert [one.order_id for one in rows] == [5, 4, 3, 2, 1]


async def test_the_last_page_has_no_marker(world: World) -> None:
    await world.placed()

    page = await world.client.orders.list(world.account.key, OrdersRequest(count=1))

    assert page.marker is None


async def test_without_a_count_it_is_25(world: World) -> None:
    for _ in range(26):
        world.sim.place_elsewhere(world.person, "AAPL", "BUY", "1", limit="1")

    assert len(await ids(world)) == 25
    assert len(await ids(world, count=100)) == 26


async def test_lists_are_of_one_status(world: World) -> None:
    done = await world.placed("done", price_type="MARKET")
    gone = await world.placed("gone")
    waits = await world.placed("open")
    await world.client.orders.cancel(world.account.key, gone)

    assert await ids(world, status="EXECUTED") == [done]
    assert await ids(world, status="CANCELLED") == [gone]
    assert await ids(world, status="OPEN") == [waits]
    assert await ids(world, status="REJECTED") == []


async def test_lists_are_of_days_in_new_york(world: World) -> None:
    """Eleven in the evening of the 18th, where it is the 19th already in London."""
    await world.placed("before")
    world.watch.advance(hours=11)
    await world.link.forget_the_time()
    for token in world.sim.office.access.values():
        token.used_at = world.watch.at
    late = await world.placed("late")

    assert world.watch.at.isoformat() == "2026-11-19T04:00:00+00:00"
    assert await ids(world, from_date="11182026", to_date="11182026") == [late, 1]
    assert await ids(world, from_date="11192026", to_date="11202026") == []


async def test_history_is_two_years_long(world: World) -> None:
    await world.placed()
    [order] = world.sim.orders

    order.placed_at = order.placed_at.replace(year=2024, month=11, day=1)

    assert await ids(world) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"from_date": "11182026"},
        {"from_date": "11192026", "to_date": "11182026"},
        {"from_date": "20261118", "to_date": "20261119"},
        {"status": "FILLED"},
        {"marker": "next"},
        {"symbol": ",".join(f"S{n}" for n in range(26))},
    ],
)
async def test_a_question_that_cannot_be_is_refused(world: World, fields: dict[str, Any]) -> None:
    request = OrdersRequest(**fields)

    assert (await refusal(world.client.orders.list(world.account.key, request)))[0] == 400


async def test_lists_are_of_symbols_kinds_and_actions(world: World) -> None:
    apple = await world.placed("one")
    ford = await world.placed("two", symbol="F", limit="10", session="EXTENDED")
    call = await world.placed("three", option=(EXPIRY, "200", "CALL"), action="BUY_OPEN", limit="1")

    assert await ids(world, symbol="F") == [ford]
    assert await ids(world, symbol="AAPL,F") == [call, ford, apple]
    assert await ids(world, security_type="OPTN") == [call]
    assert await ids(world, transaction_type="BUY") == [ford, apple]
    assert await ids(world, market_session="EXTENDED") == [ford]


async def test_one_order_shows_every_fill_as_an_event(world: World) -> None:
    world.sim.let_cancels_wait()
    order_id = await world.placed(quantity="10")
    world.sim.fill(order_id, "4", "149.50")
    world.sim.fill(order_id, "3", "149")
    await world.client.orders.cancel(world.account.key, order_id)
    world.sim.finish_cancels()

    order = await details(world, order_id)

    events = order["Events"]["Event"]
    fills = [one["Instrument"][0] for one in events if one["name"] == "ORDER_EXECUTED"]
    assert [one["name"] for one in events] == [
        "ORDER_PLACED",
        "ORDER_EXECUTED",
        "ORDER_EXECUTED",
        "CANCEL_REQUESTED",
        "ORDER_CANCELLED",
    ]
    assert [(str(one["filledQuantity"]), str(one["averageExecutionPrice"])) for one in fills] == [
        ("4.0", "149.5"),
        ("3.0", "149"),
    ]
    assert order["OrderDetail"][0]["status"] == "CANCELLED"


async def test_no_answer_shows_the_client_s_id_unless_a_test_wants_it(world: World) -> None:
    order_id = await world.placed("secretname")
    silent = json.dumps(await details(world, order_id), default=str)

    world.sim.echo_client_order_ids()

    assert "secretname" not in silent
    shown = await details(world, order_id)
    assert shown["OrderDetail"][0]["clientOrderId"] == "secretname"
    assert "client_order_id" not in type((await world.listed())[0].order_details[0]).model_fields


async def test_an_order_of_another_account_is_not_found(world: World) -> None:
    theirs = world.sim.place_elsewhere(world.sim.add_person("bert"), "AAPL", "BUY", "1", limit="1")

    assert (await refusal(details(world, theirs.id)))[0] == 400

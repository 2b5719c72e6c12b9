"""The Webull simulator: lists of open and of past orders, in both versions."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.webull_clients import Refused
from tests.simulators.webull_world import World, opened

OPEN = "/trading/orders/open-orders/list"
HISTORY = "/trading/orders/historical-orders/list"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_the_open_list_pages_by_a_key_with_version_3(world: World) -> None:
    ids = [await world.place() for _ in range(5)]
    await world.cancel(ids[1])
    world.sim.set_page_size(3)

    first = await world.client.get(OPEN, account_id=world.account.id)
    second = await world.client.get(
        OPEN, account_id=world.account.id, pagination_key=first["pagination_key"]
    )

    shown = [one["client_order_id"] for one in first["data"] + second["data"]]
    assert shown == [ids[4], ids[3], ids[2], ids[0]]
    assert "pagination_key" not in second


async def test_the_open_list_is_bare_with_version_2(world: World) -> None:
    ids = [await world.place() for _ in range(12)]
    world.client.version = "v2"

    first = await world.client.get(OPEN, account_id=world.account.id, page_size="10")
    second = await world.client.get(
        OPEN,
        account_id=world.account.id,
        page_size="10",
        last_client_order_id=first[-1]["client_order_id"],
    )

    assert [len(first), len(second)] == [10, 2]
    assert [one["client_order_id"] for one in first + second] == ids[::-1]


@pytest.mark.parametrize("size", ["9", "101", "many"])
async def test_pages_of_version_2_have_bounds(world: World, size: str) -> None:
    world.client.version = "v2"

    with pytest.raises(Refused) as failure:
        await world.client.get(OPEN, account_id=world.account.id, page_size=size)

    assert failure.value.code == "OPENAPI_PARAM_ERR"


async def test_a_key_that_leads_nowhere_is_refused(world: World) -> None:
    for key in ("rubbish", "eyJ2IjogMX0="):
        with pytest.raises(Refused) as failure:
            await world.client.get(OPEN, account_id=world.account.id, pagination_key=key)
        assert failure.value.code == "OPENAPI_PARAM_ERR"


async def test_history_is_of_seven_days_unless_days_are_named(world: World) -> None:
    old = await world.place(time_in_force="GTC")
    world.watch.advance(days=8)
    new = await world.place()

    usual = await world.client.get(HISTORY, account_id=world.account.id)
    asked = await world.client.get(
        HISTORY,
        account_id=world.account.id,
        start_time="2026-11-18T00:00:00.000Z",
        end_time="2026-11-19T00:00:00.000Z",
    )
    world.client.version = "v2"
    dated = await world.client.get(
        HISTORY, account_id=world.account.id, start_date="2026-11-18", end_date="2026-11-18"
    )

    assert [one["client_order_id"] for one in usual["data"]] == [new]
    assert [one["client_order_id"] for one in asked["data"]] == [old]
    assert [one["client_order_id"] for one in dated] == [old]


async def test_history_refuses_another_form_of_time(world: World) -> None:
    with pytest.raises(Refused) as failure:
        await world.client.get(HISTORY, account_id=world.account.id, start_time="2026-11-18")

    assert failure.value.code == "OPENAPI_PARAM_ERR"

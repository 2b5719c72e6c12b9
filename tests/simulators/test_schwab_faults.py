"""The Schwab simulator: everything that can go wrong, and what schwab-py makes of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.simulators.schwab import Fault, Trouble
from tests.simulators.schwab_clients import World, limit, opened

PAGES = (Fault.INTERNAL_ERROR, Fault.BAD_GATEWAY, Fault.UNAVAILABLE, Fault.GATEWAY_TIMEOUT)
BROKEN = (Fault.RESET, Fault.CLOSE, Fault.TRUNCATED)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def reached(trouble: Trouble) -> None:
    async with asyncio.timeout(5):
        await trouble.reached.wait()


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("fault", PAGES)
async def test_a_proxy_s_page_is_returned_and_hides_whether_the_order_was_placed(
    world: World, fault: Fault, carried_out: bool
) -> None:
    """schwab-py raises nothing, whatever the status."""
    world.sim.fail("place", fault, times=1, carried_out=carried_out)

    answer = await world.place()

    assert answer.status_code == int(fault.value)
    assert "nginx" in answer.text
    assert "Location" not in answer.headers
    assert len(world.sim.orders) == carried_out
    assert world.sim.orders_received == 1


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("fault", BROKEN)
async def test_a_broken_connection_is_an_httpx_error_and_nothing_is_sent_again(
    world: World, fault: Fault, carried_out: bool
) -> None:
    world.sim.fail("place", fault, times=1, carried_out=carried_out)

    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await world.place()

    assert len(world.sim.orders) == carried_out
    assert world.sim.orders_received == 1


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize(
    "fault", [Fault.INVALID_JSON, Fault.EMPTY_BODY, Fault.EMPTY_OBJECT, Fault.LIST]
)
async def test_a_200_is_no_201_and_places_an_order_or_not(
    world: World, fault: Fault, carried_out: bool
) -> None:
    world.sim.fail("place", fault, times=1, carried_out=carried_out)

    answer = await world.place()

    assert answer.status_code == 200
    assert len(world.sim.orders) == carried_out


@pytest.mark.parametrize("carried_out", [True, False])
async def test_too_many_requests_whether_carried_out_or_not(
    world: World, carried_out: bool
) -> None:
    world.sim.fail("place", Fault.TOO_MANY_REQUESTS, times=1, carried_out=carried_out)

    answer = await world.place()

    assert answer.status_code == 429
    assert answer.json()["errors"][0]["title"] == "Too Many Requests"
    assert len(world.sim.orders) == carried_out


async def test_an_order_of_unknown_fate_is_found_by_what_it_is_and_not_by_a_name(
    world: World,
) -> None:
    """Nothing of the request comes back but its own fields, and a second POST is a second order."""
    world.sim.fail("place", Fault.GATEWAY_TIMEOUT, times=1, carried_out=True)
    await world.place(limit("151.25", quantity=3))

    (found,) = await world.orders()
    await world.placed(limit("151.25", quantity=3))

    assert (found["price"], found["quantity"], found["tag"]) == (151.25, 3.0, world.app.tag)
    assert found["orderLegCollection"][0]["instruction"] == "BUY"
    assert len(world.sim.orders) == 2


async def test_a_hanging_answer_comes_when_it_is_released(world: World) -> None:
    trouble = world.sim.fail("place", Fault.HANG)
    asking = asyncio.create_task(world.placed())
    await reached(trouble)
    placed, answered = len(world.sim.orders), asking.done()

    trouble.release()

    assert (placed, answered) == (1, False)
    assert await asking == world.sim.orders[0].id


async def test_a_client_that_gave_up_finds_its_order(world: World) -> None:
    trouble = world.sim.fail("place", Fault.HANG)
    world.client.set_timeout(0.05)

    with pytest.raises(httpx.ReadTimeout):
        await world.place()
    trouble.release()
    world.client.set_timeout(5.0)

    assert len(await world.orders()) == 1


async def test_a_request_that_hangs_without_being_carried_out_leaves_no_order(
    world: World,
) -> None:
    trouble = world.sim.fail("place", Fault.HANG, carried_out=False)
    asking = asyncio.create_task(world.place())
    await reached(trouble)

    world.sim.work()

    assert (await asking).status_code == 504
    assert world.sim.orders == []


@pytest.mark.parametrize("fault", [Fault.LATE, Fault.DRIP])
async def test_a_slow_answer_is_whole_in_the_end(world: World, fault: Fault) -> None:
    delay = 0.05 if fault is Fault.LATE else 0.00001
    trouble = world.sim.fail("accounts", fault, delay=delay)

    answer = await world.client.get_accounts()

    assert len(answer.json()) == 1
    assert trouble.hits == 1


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("fault", [*PAGES, *BROKEN, Fault.INVALID_JSON])
async def test_a_cancel_and_a_replacement_meet_the_same(
    world: World, fault: Fault, carried_out: bool
) -> None:
    first, second = await world.placed(), await world.placed()
    account = world.account.hash
    world.sim.fail("cancel", fault, times=1, carried_out=carried_out)
    world.sim.fail("modify", fault, times=1, carried_out=carried_out)

    for asking in (
        world.client.cancel_order(first, account),
        world.client.replace_order(account, second, limit("151.00")),
    ):
        try:
            assert (await asking).status_code != 201
        except httpx.TransportError:
            assert fault in BROKEN

    assert await world.status(first) == ("CANCELED" if carried_out else "WORKING")
    assert await world.status(second) == ("REPLACED" if carried_out else "WORKING")
    assert len(world.sim.orders) == 2 + carried_out
    assert (world.sim.cancels_received, world.sim.replacements_received) == (1, 1)


async def call(world: World, operation: str) -> Any:
    """The request of schwab-py's that an operation is."""
    client, account = world.client, world.account.hash
    order_id = world.sim.orders[0].id
    calls = {
        "account_numbers": client.get_account_numbers,
        "accounts": client.get_accounts,
        "account": lambda: client.get_account(account),
        "orders": lambda: client.get_orders_for_account(account),
        "order": lambda: client.get_order(order_id, account),
        "all_orders": client.get_orders_for_all_linked_accounts,
        "preview": lambda: client.preview_order(account, limit()),
        "transactions": lambda: client.get_transactions(account),
        "preferences": client.get_user_preferences,
        "quotes": lambda: client.get_quotes(["AAPL"]),
        "history": lambda: client.get_price_history("AAPL"),
        "chains": lambda: client.get_option_chain("AAPL"),
        "expirations": lambda: client.get_option_expiration_chain("AAPL"),
        "hours": lambda: client.get_market_hours(["equity"]),
        "instruments": lambda: client.get_instruments("AAPL", "symbol-search"),
    }
    return await calls[operation]()


@pytest.mark.parametrize(
    "operation",
    [
        "account_numbers", "accounts", "account", "orders", "order", "all_orders", "preview",
        "transactions", "preferences", "quotes", "history", "chains", "expirations", "hours",
        "instruments",
    ],
)  # fmt: skip
async def test_every_operation_can_fail_on_its_own(world: World, operation: str) -> None:
    await world.placed()
    trouble = world.sim.fail(operation, Fault.BAD_GATEWAY, times=1)
    rubbish = world.sim.fail(operation, Fault.INVALID_JSON, times=1)

    page, words = await call(world, operation), await call(world, operation)

    assert (page.status_code, words.status_code) == (502, 200)
    with pytest.raises(json.JSONDecodeError):
        words.json()
    assert (trouble.hits, rubbish.hits) == (1, 1)
    assert (await call(world, operation)).status_code in {200, 400, 404}


async def test_data_fails_apart_from_the_rest(world: World) -> None:
    world.sim.fail("data", Fault.UNAVAILABLE, times=1)

    assert (await world.client.get_accounts()).status_code == 200
    assert (await world.client.get_quotes(["AAPL"])).status_code == 503


def test_an_operation_that_nobody_knows_would_never_be_met() -> None:
    with pytest.raises(ValueError, match="plcae"):
        Trouble(on="plcae", fault=Fault.HANG)

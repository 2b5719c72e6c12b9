"""The E*TRADE simulator: everything that can go wrong, and what the SDK makes of it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from etrade_python import (
    ETradeError,
    ETradeOrderError,
    ETradeRateLimitError,
    ETradeResponseError,
    ETradeTransportError,
    ETradeUnavailableError,
)
from etrade_python.exceptions import ETradeApiError

from tests.simulators.etrade import Fault, Trouble
from tests.simulators.etrade.faults import (
    BALANCE,
    CHANGE_PREVIEW,
    ORDERS,
    PREVIEW,
    QUOTES,
    RENEW,
    REQUEST_TOKEN,
    REVOKE,
    TOKEN,
)
from tests.simulators.etrade_clients import World, opened, refusal

PAGES = (
    Fault.INTERNAL_ERROR,
    Fault.BAD_GATEWAY,
    Fault.UNAVAILABLE,
    Fault.GATEWAY_TIMEOUT,
)
BROKEN = (Fault.RESET, Fault.CLOSE, Fault.TRUNCATED)
RUBBISH = (Fault.INVALID_JSON, Fault.EMPTY_BODY, Fault.EMPTY_OBJECT, Fault.LIST)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def ends_in(world: World, fault: Fault, *, carried_out: bool) -> ETradeError:
    """The error of an order that runs into `fault`."""
    world.sim.fail("place", fault, times=1, carried_out=carried_out)
    with pytest.raises(ETradeError) as failure:
        await world.place()
    return failure.value


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("fault", [*PAGES, *BROKEN, *RUBBISH, Fault.TOO_MANY_REQUESTS])
async def test_no_fault_tells_whether_the_order_was_placed(
    world: World, fault: Fault, carried_out: bool
) -> None:
    error = await ends_in(world, fault, carried_out=carried_out)

    wanted: type[ETradeError] = ETradeResponseError
    if fault in PAGES:
        wanted = ETradeUnavailableError
    elif fault in BROKEN:
        wanted = ETradeTransportError
    elif fault is Fault.TOO_MANY_REQUESTS:
        wanted = ETradeRateLimitError
    assert type(error) is wanted
    assert not isinstance(error, ETradeOrderError)
    assert len(world.sim.orders) == carried_out
    assert (world.sim.previews_received, world.sim.orders_received) == (1, 1)


@pytest.mark.parametrize("carried_out", [True, False])
async def test_the_service_is_often_not_available_for_orders_that_it_takes(
    world: World, carried_out: bool
) -> None:
    world.sim.be_unavailable("place", times=1, carried_out=carried_out)

    refused = await refusal(world.place())

    assert refused[:2] == (500, "100")
    assert len(world.sim.orders) == carried_out


async def test_an_order_of_unknown_fate_is_found_in_the_list_by_what_it_is(world: World) -> None:
    await ends_in(world, Fault.GATEWAY_TIMEOUT, carried_out=True)

    [listed] = await world.listed()

    detail = listed.order_details[0]
    assert detail.placed_time == world.watch.at
    assert detail.instruments[0].product is not None
    assert detail.instruments[0].product.symbol == "AAPL"


async def reached(trouble: Trouble) -> None:
    async with asyncio.timeout(5):
        await trouble.reached.wait()


async def test_a_hanging_answer_comes_when_it_is_released(world: World) -> None:
    trouble = world.sim.fail("place", Fault.HANG)
    asking = asyncio.create_task(world.placed())
    await reached(trouble)
    placed, answered = len(world.sim.orders), asking.done()

    trouble.release()

    assert (placed, answered) == (1, False)
    assert await asking == world.sim.order("mine").id


async def test_a_client_that_gave_up_finds_its_order(world: World) -> None:
    trouble = world.sim.fail("place", Fault.HANG)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await world.place()
    trouble.release()

    assert len(await world.listed()) == 1


async def test_a_request_that_hangs_without_being_carried_out_leaves_no_order(
    world: World,
) -> None:
    trouble = world.sim.fail("place", Fault.HANG, carried_out=False)
    asking = asyncio.create_task(world.place())
    await reached(trouble)

    world.sim.work()

    with pytest.raises(ETradeUnavailableError):
        await asking
    assert world.sim.orders == []


@pytest.mark.parametrize("fault", [Fault.LATE, Fault.DRIP])
async def test_a_slow_answer_is_whole_in_the_end(world: World, fault: Fault) -> None:
    delay = 0.05 if fault is Fault.LATE else 0.00001
    trouble = world.sim.fail("place", fault, delay=delay)

    assert await world.placed() == 1
    assert trouble.hits == 1


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("fault", [*PAGES, *BROKEN, Fault.INVALID_JSON])
async def test_a_cancel_and_a_change_meet_the_same(
    world: World, fault: Fault, carried_out: bool
) -> None:
    first, second = await world.placed("one"), await world.placed("two")
    key, builder = world.account.key, world.builder("three", limit="151")
    preview = await world.client.orders.preview_change(
        key, second, builder.build_change_preview_request(second)
    )
    request = builder.build_change_place_request([preview.preview_ids[0].preview_id], second)
    world.sim.fail("cancel", fault, times=1, carried_out=carried_out)
    world.sim.fail("modify", fault, times=1, carried_out=carried_out)

    with pytest.raises(ETradeError):
        await world.client.orders.cancel(key, first)
    with pytest.raises(ETradeError):
        await world.client.orders.place_change(key, second, request)

    assert world.sim.order(first).status == ("CANCELLED" if carried_out else "OPEN")
    assert len(world.sim.orders) == (3 if carried_out else 2)
    assert (world.sim.cancels_received, world.sim.modifies_received) == (1, 1)
    assert world.sim.orders_received == 2


@pytest.mark.parametrize(
    ("on", "name"),
    [
        (PREVIEW, "preview"),
        (CHANGE_PREVIEW, "preview_change"),
        (ORDERS, "list"),
        (BALANCE, "balance"),
        (QUOTES, "quotes"),
        ("data", "quotes"),
        ("read", "list"),
    ],
)
async def test_every_operation_can_fail_on_its_own(world: World, on: str, name: str) -> None:
    order_id = await world.placed("one")
    key, request = world.account.key, world.builder("two").build_preview_request()
    client = world.client
    calls: dict[str, Any] = {
        "preview": lambda: client.orders.preview(key, request),
        "preview_change": lambda: client.orders.preview_change(key, order_id, request),
        "list": lambda: client.orders.list(key),
        "balance": lambda: client.accounts.get_balance(key),
        "quotes": lambda: client.market.get_quote("AAPL"),
    }
    trouble = world.sim.fail(on, Fault.BAD_GATEWAY, times=1)

    with pytest.raises(ETradeUnavailableError):
        await calls[name]()

    assert trouble.hits == 1
    await calls[name]()


@pytest.mark.parametrize("path", [REQUEST_TOKEN, TOKEN, RENEW, REVOKE])
async def test_oauth_fails_too(world: World, path: str) -> None:
    oauth = world.link.oauth
    token = await oauth.get_request_token()
    code = world.sim.accept(token.oauth_token.get_secret_value(), world.person)
    credentials = await world.link.session.load()
    assert credentials is not None
    calls: dict[str, Any] = {
        REQUEST_TOKEN: oauth.get_request_token,
        TOKEN: lambda: oauth.exchange_verifier(token, code),
        RENEW: lambda: oauth.renew_access_token(credentials),
        REVOKE: lambda: oauth.revoke_access_token(credentials),
    }
    world.sim.fail(path, Fault.CLOSE, times=1, carried_out=False)

    with pytest.raises(ETradeTransportError):
        await calls[path]()

    assert await calls[path]()


async def test_the_sdk_takes_any_200_for_a_renewal_and_a_revocation(world: World) -> None:
    """It does not look at what the answer says."""
    credentials = await world.link.session.load()
    assert credentials is not None
    world.sim.fail("any", Fault.INVALID_JSON, carried_out=False)

    renewed = await world.link.oauth.renew_access_token(credentials)
    revoked = await world.link.oauth.revoke_access_token(credentials)

    assert "renewed" not in renewed.message
    assert revoked.revoked is True
    assert not any(one.revoked for one in world.sim.office.access.values())


async def test_a_refusal_in_xml_is_read_as_well(world: World) -> None:
    world.sim.refuse(PREVIEW, code=1037, message="We did not find <enough>", xml=True, times=1)

    assert await refusal(world.place()) == (400, "1037", "We did not find <enough>")


async def test_a_refusal_may_come_for_what_is_carried_out(world: World) -> None:
    world.sim.refuse("place", code=101, message="no", times=1, carried_out=True)

    assert (await refusal(world.place()))[1] == "101"
    assert len(world.sim.orders) == 1


async def test_an_error_without_a_code_is_an_error(world: World) -> None:
    world.sim.refuse("read", code=None, message="Invalid access token used", status=401, times=1)

    assert await refusal(world.client.accounts.list()) == (
        401,
        None,
        "Invalid access token used",
    )


@pytest.mark.parametrize("status", [400, 429])
async def test_more_requests_than_allowed_are_refused_in_each_module(
    world: World, status: int
) -> None:
    world.sim.limit_rate(orders=2, accounts=1, market=3, status=status)
    for _ in range(2):
        await world.listed()
    for _ in range(3):
        await world.client.market.get_quote("AAPL")
    await world.client.accounts.list()

    with pytest.raises(ETradeApiError) as failure:
        await world.listed()
    other = await world.linked(world.sim.add_person("bert"))
    await other.client.accounts.list()
    world.watch.advance(seconds=1)

    assert isinstance(failure.value, ETradeRateLimitError) == (status == 429)
    assert failure.value.broker_message == "Number of requests exceeded the rate limit set"
    assert await world.listed() == []

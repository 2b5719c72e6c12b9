"""The Kraken simulator: errors that stand over an order, a cancel or a change that was made."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.kraken import Fault
from tests.simulators.kraken_clients import World, opened

LIMIT = {"ordertype": "limit", "price": "50000.0", "cl_ord_id": "mine"}
MAYBE = pytest.mark.parametrize("carried_out", [True, False])
SERVICE = (
    "EService:Unavailable",
    "EService:Busy",
    "EService:Deadline elapsed",
    "EGeneral:Internal error",
)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


@MAYBE
async def test_too_many_requests_is_an_error_inside_a_200(world: World, carried_out: bool) -> None:
    world.sim.fail("place", Fault.TOO_MANY_REQUESTS, times=1, carried_out=carried_out)

    assert await world.order_refused(**LIMIT) == ["EAPI:Rate limit exceeded"]
    assert len(world.sim.orders) == carried_out


@MAYBE
@pytest.mark.parametrize("words", SERVICE)
async def test_an_error_inside_a_200_may_stand_over_an_order(
    world: World, words: str, carried_out: bool
) -> None:
    world.sim.refuse("place", words, times=1, carried_out=carried_out)

    refused = await world.order_refused(**LIMIT)
    found = await world.private("OpenOrders", cl_ord_id="mine")

    assert refused == [words]
    assert len(found["open"]) == carried_out
    assert world.sim.orders_received == 1


async def test_an_error_may_stand_over_an_order_that_was_filled_at_once(world: World) -> None:
    world.sim.refuse("place", "EService:Unavailable", times=1, carried_out=True)

    await world.order_refused(cl_ord_id="mine")
    closed = (await world.private("ClosedOrders", cl_ord_id="mine"))["closed"]

    assert [one["vol_exec"] for one in closed.values()] == ["0.01000000"]
    assert (await world.private("Balance"))["XXBT"] == "0.0100000000"


@MAYBE
async def test_an_error_may_stand_over_a_cancel(world: World, carried_out: bool) -> None:
    placed = await world.place(**LIMIT)
    world.sim.refuse("cancel", "EService:Unavailable", times=1, carried_out=carried_out)

    refused = await world.refused("CancelOrder", txid=placed)
    again = await world.answer("CancelOrder", txid=placed)

    assert refused == ["EService:Unavailable"]
    assert await world.status(placed) == "canceled"
    assert again["error"] == (["EOrder:Unknown order"] if carried_out else [])
    assert world.sim.cancels_received == 2


@MAYBE
@pytest.mark.parametrize(
    ("method", "fields"),
    [("AmendOrder", {"limit_price": "51000.0"}), ("EditOrder", {"price": "51000.0"})],
)
async def test_an_error_may_stand_over_a_change(
    world: World, method: str, fields: dict[str, str], carried_out: bool
) -> None:
    placed = await world.place(**LIMIT | {"cl_ord_id": None})
    pair = {"pair": "XBTUSD"} if method == "EditOrder" else {}
    world.sim.refuse("modify", "EService:Busy", times=1, carried_out=carried_out)

    refused = await world.refused(method, txid=placed, **pair, **fields)
    still = (await world.private("OpenOrders"))["open"]

    assert refused == ["EService:Busy"]
    assert [one["descr"]["price"] for one in still.values()] == [
        "51000.0" if carried_out else "50000.0"
    ]
    assert (world.sim.modifies_received, world.sim.orders_received) == (1, 1)


async def test_refusals_can_be_ordered(world: World) -> None:
    world.sim.refuse("place")

    refused = await world.order_refused()
    world.sim.work()
    await world.place()

    assert refused == ["EOrder:Insufficient funds"]
    assert (len(world.sim.orders), world.sim.orders_received) == (1, 2)


async def test_an_answer_may_hold_several_errors(world: World) -> None:
    words = ("EGeneral:Temporary lockout", "WDatabase:Slow")
    world.sim.refuse("place", *words)

    assert await world.order_refused() == list(words)

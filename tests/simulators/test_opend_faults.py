"""What the SDK makes of an OpenD that misbehaves: above all, how often it places an order."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.simulators.opend import PAPER_ID, Error, Fault, OpenDSimulator
from tests.simulators.opend_clients import World, account, hurry, opened, order

PAPER = account()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Prices for AAPL."""
    async with opened() as opened_world:
        yield opened_world


@pytest.mark.parametrize(
    ("fault", "words", "placed"),
    [
        (Fault.DROP_BEFORE, "Disconnect", 0),
        (Fault.DROP_AFTER, "Disconnect", 1),
        (Fault.SILENCE, "PacketErr.Timeout", 0),
        (Fault.SILENCE_AFTER, "PacketErr.Timeout", 1),
        (Fault.RUBBISH, "", 1),
        (Fault.BAD_HASH, "check sha error", 1),
    ],
)
async def test_an_order_without_a_readable_answer_is_sent_once(
    world: World, fault: Fault, words: str, placed: int
) -> None:
    context = hurry(await world.trade())
    trouble = world.sim.fail("order", fault)

    said = await world.refused(context.place_order, **order(remark="fb-1"))

    assert words in said
    assert (said == "") == (fault is Fault.RUBBISH)
    assert trouble.struck == 1
    assert world.sim.orders_received == 1
    assert [one.remark for one in world.sim.orders] == ["fb-1"] * placed


@pytest.mark.parametrize("fault", [Fault.DROP_AFTER, Fault.SILENCE_AFTER])
async def test_a_cancel_without_an_answer_is_sent_once(world: World, fault: Fault) -> None:
    context = hurry(await world.trade())
    number = await world.place(context)
    world.sim.fail("cancel", fault)

    await world.refused(context.modify_order, "CANCEL", number, 0, 0, **PAPER)

    assert world.sim.cancels_received == 1
    assert world.sim.order(number).status == "CANCELLED_ALL"


async def test_a_change_without_an_answer_is_sent_once(world: World) -> None:
    context = hurry(await world.trade())
    number = await world.place(context)
    world.sim.fail("change", Fault.DROP_AFTER)

    await world.refused(context.modify_order, "NORMAL", number, 2, 150.0, **PAPER)

    assert world.sim.changes_received == 1
    assert world.sim.order(number).qty == 2


async def test_opend_may_answer_with_an_error_of_its_own(world: World) -> None:
    context = await world.trade()
    world.sim.fail("order", Error("Timeout", ret_type=-100, err_code=7, carried_out=True))

    said = await world.refused(context.place_order, **order())

    assert said == "Timeout"
    assert len(world.sim.orders) == 1


async def test_the_sdk_hides_what_kind_of_error_it_was(world: World) -> None:
    context = await world.trade()
    world.sim.fail("order", Error("Unknown error", ret_type=-400))
    world.sim.fail("order", Error("Unknown error", ret_type=-1))

    answers = [await world.try_(context.place_order, **order()) for _ in range(2)]

    assert answers == [(-1, "Unknown error")] * 2


async def test_a_late_answer_is_thrown_away(world: World) -> None:
    context = hurry(await world.trade())
    trouble = world.sim.fail("order", Fault.LATE)

    said = await world.refused(context.place_order, **order())
    trouble.release()

    assert said == "PacketErr.Timeout"
    found = await world.ask(context.order_list_query, **PAPER)
    assert list(found["order_id"]) == [world.sim.orders[0].order_id_ex]


async def test_an_answer_may_come_just_in_time(world: World) -> None:
    context = await world.trade()
    trouble = world.sim.fail("Trd_GetFunds", Fault.LATE)

    asked = asyncio.create_task(world.ask(context.accinfo_query, **PAPER))
    await world.until(lambda: trouble.struck == 1)
    trouble.release()

    assert (await asked)["cash"][0] == 100_000


async def test_the_order_is_placed_though_its_look_up_fails(world: World) -> None:
    context = await world.trade()
    world.sim.fail("Trd_GetOrderList", Error("This data is not ready yet"), times=None)

    number = await world.place(context)

    assert world.sim.order(number).status == "SUBMITTED"
    assert world.sim.names().count("Trd_GetOrderList") == 3
    assert world.sim.orders_received == 1


async def test_the_account_is_looked_up_before_an_order_is_sent(world: World) -> None:
    context = await world.trade()
    world.sim.fail("Trd_GetAccList", Error("This data is not ready yet"))

    said = await world.refused(context.place_order, **order())

    assert said == "This data is not ready yet"
    assert world.sim.orders_received == 0


@pytest.mark.parametrize("fault", [Fault.DROP_BEFORE, Fault.SILENCE, Fault.RUBBISH])
async def test_a_read_that_fails_is_not_repeated(world: World, fault: Fault) -> None:
    context = hurry(await world.trade())
    world.sim.fail("Trd_GetFunds", fault)

    await world.refused(context.accinfo_query, **PAPER)

    assert world.sim.names().count("Trd_GetFunds") == 1


async def test_faults_end_when_they_are_lifted(world: World) -> None:
    context = await world.trade()
    world.sim.fail("read", Error("no"), times=None)
    assert await world.refused(context.get_acc_list) == "no"
    assert await world.refused(context.get_acc_list) == "no"

    world.sim.work()

    assert PAPER_ID in set((await world.ask(context.get_acc_list))["acc_id"])


def test_a_fault_is_of_a_known_kind() -> None:
    with pytest.raises(ValueError, match="orders"):
        OpenDSimulator().fail("orders", Fault.SILENCE)

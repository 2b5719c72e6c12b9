"""What becomes of the SDK's contexts when a greeting fails, and of those that never reconnect.

The SDK's own reconnecting can send an order long after it was asked for and can leave a context
that hangs for ever; `opend_clients.once` makes contexts without it.
"""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.opend import Error, Fault
from tests.simulators.opend_clients import World, account, hurry, once, opened, order

PAPER = account()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Prices for AAPL."""
    async with opened() as opened_world:
        yield opened_world


async def test_a_context_that_was_not_greeted_again_is_lost(world: World) -> None:
    context = hurry(await world.trade())
    await world.listening()
    world.sim.fail("connect", Error("busy"))

    world.sim.drop()
    await world.until(lambda: context.status == "CONNECTED" and not world.sim.connections)
    context.set_sync_query_connect_timeout(0.05)

    assert await world.refused(context.get_acc_list) == "Connect timeout"
    assert (context.status, world.sim.connections_made) == ("CONNECTED", 2)
    context.close()
    assert len(world.threads()) == 1  # and it stays, whatever is closed
    context._callback_executor.close()
    context._status = "CLOSED"


async def test_a_constructor_that_was_not_greeted_leaves_its_connection(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(world.sdk.common.open_context_base, "sleep", pauses.append)
    world.sim.fail("connect", Error("busy"))

    context = await world.quotes()
    assert (pauses, world.sim.connections) == ([6], 2)
    context.close()
    await world.until(lambda: context.status == "CLOSED" and world.sim.connections == 1)

    world.sim.drop()


async def test_one_that_never_reconnects_works_like_any_other(world: World) -> None:
    context = await world.make(once(world.sdk.OpenSecTradeContext), filter_trdmarket="US")

    assert context.status == "READY"
    assert await world.place(context)


async def test_its_constructor_comes_back_when_nobody_listens(world: World) -> None:
    await world.sim.stop()

    context = await world.make(once(world.sdk.OpenSecTradeContext), filter_trdmarket="US")

    assert context.status == "CLOSED"
    assert await world.refused(context.get_acc_list) == "Connection closed"
    await world.sim.start()


@pytest.mark.parametrize("fault", [Fault.DROP_BEFORE, Fault.RUBBISH, Error("busy")])
async def test_its_constructor_comes_back_when_it_is_not_greeted(
    world: World, fault: Fault | Error
) -> None:
    world.sim.fail("connect", fault)

    context = await world.make(once(world.sdk.OpenQuoteContext))

    assert context.status != "READY"
    context.close()
    await world.until(lambda: context.status == "CLOSED" and not world.sim.connections)
    assert world.sim.connections_made == 1


async def test_when_it_is_cut_it_is_closed_and_sends_nothing_any_more(world: World) -> None:
    context = await world.make(once(world.sdk.OpenSecTradeContext), filter_trdmarket="US")
    await world.listening()

    world.sim.drop()
    await world.gone(context)
    said = await world.refused(context.place_order, **order())

    assert said == "Connection closed"
    assert context.status == "CLOSED"
    await world.until(lambda: not world.threads())
    assert (world.sim.connections_made, world.sim.orders_received) == (1, 0)


@pytest.mark.parametrize("fault", [Fault.DROP_BEFORE, Fault.DROP_AFTER])
async def test_an_order_that_is_cut_is_told_as_cut(world: World, fault: Fault) -> None:
    context = await world.make(once(world.sdk.OpenSecTradeContext), filter_trdmarket="US")
    world.sim.fail("order", fault)

    assert await world.refused(context.place_order, **order()) == "Disconnect"
    assert world.sim.orders_received == 1


async def test_an_opend_that_goes_silent_closes_it(world: World) -> None:
    world.sim.keep_alive_seconds = 0
    context = await world.make(once(world.sdk.OpenSecTradeContext), filter_trdmarket="US")
    world.sim.fail("alive", Fault.SILENCE, times=None)
    context._conn_alive_timeout = 0.5  # 33 s otherwise

    await world.gone(context)

    await world.until(lambda: context.status == "CLOSED")
    assert await world.refused(context.get_acc_list) == "Connection closed"

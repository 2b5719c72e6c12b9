"""Moomoo in a simulated Discord: the owner, an OpenD at home, and what is read when it fails."""

import asyncio
from collections.abc import Callable

import pytest

from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.order_state import OrderState
from tests.e2e.at_moomoo import at_moomoo, confirmed, linked, priced, reviewed
from tests.e2e.world import opened
from tests.observability.captured import captured_stderr
from tests.simulators.opend import LIVE_ID, Error, Fault
from tests.stores import Store

QUICK = [Fault.DROP_BEFORE, Fault.DROP_AFTER, Fault.RUBBISH, Fault.BAD_HASH]
SILENT = [Fault.SILENCE, Fault.SILENCE_AFTER, Fault.LATE]
"""These last until the deadline of an order, which is that of service."""

every_fault = pytest.mark.parametrize(
    "fault",
    [*QUICK, *(pytest.param(fault, marks=pytest.mark.long) for fault in SILENT)],
    ids=lambda fault: fault.name,
)
NOT_DONE = {Fault.DROP_BEFORE, Fault.SILENCE}


async def test_the_owner_links_looks_buys_doubts_cancels_and_sells(sqlite: Store) -> None:
    async with at_moomoo(sqlite.open()) as (world, sim):
        alice = world.alice.in_dms

        balance = await alice.types("balance")
        assert "100,000.00" in balance.text
        assert "PAPER" in balance.text

        review = await reviewed(world)
        assert "Review · Buy 10 AAPL" in review.title
        assert "Moomoo" in review.text
        assert sim.orders_received == 0
        bought = await alice.clicks(review, "Confirm")
        await world.later(10)
        assert "Filled · Buy 10 AAPL" in bought.title, bought.text

        sim.fail("order", Fault.DROP_AFTER)
        doubtful = await confirmed(world, limit="150")
        assert "Sent, outcome unknown" in doubtful.title, doubtful.text
        for _ in range(3):
            await world.later(20)
        order = (await world.orders(world.alice))[0]
        assert order.state is OrderState.ACCEPTED
        assert order.broker_order_id == sim.order(str(order.order_id)).order_id_ex

        canceled = await alice.types("order cancel", order=order.order_id)
        await world.later(20)
        assert sim.order(str(order.order_id)).status == "CANCELLED_ALL"
        assert "Canceled" in canceled.title, canceled.text

        priced(sim)
        sold = await confirmed(world, "sell")
        await world.later(10)
        assert "Filled · Sell 10 AAPL" in sold.title, sold.text
        assert "No open positions." in (await alice.types("positions")).text
        assert (sim.orders_received, sim.cancels_received) == (3, 1)


async def test_somebody_else_is_refused_and_nothing_reaches_opend(sqlite: Store) -> None:
    async with at_moomoo(sqlite.open()) as (world, sim):
        asked = len(sim.names())

        card = await world.bob.in_dms.types("buy", symbol="AAPL", quantity="1")

        assert "serves only its owner" in card.text
        assert sim.orders_received == 0
        assert len(sim.names()) == asked


async def test_a_bot_for_many_does_not_link_it(sqlite: Store) -> None:
    async with opened(DeploymentMode.MULTI_USER, sqlite.open()) as world:
        with pytest.raises(FloorbrokerError) as refusal:
            await linked(world, world.alice)

        assert "single-user" in refusal.value.message.lower()


@every_fault
async def test_a_place_is_sent_once_and_ends_as_it_stands_at_the_broker(
    sqlite: Store, fault: Fault
) -> None:
    async with at_moomoo(sqlite.open()) as (world, sim):
        sim.fail("order", fault)

        card = await confirmed(world)

        assert "Sent, outcome unknown" in card.title, card.text
        assert "Do not repeat it." in card.text
        for _ in range(4):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        assert sim.orders_received == 1
        if fault in NOT_DONE:
            assert order.state is OrderState.NOT_PLACED
            assert "Not placed" in card.title
        else:
            assert order.state is OrderState.FILLED
            assert "Filled · Buy 10 AAPL" in card.title


async def test_an_opend_that_is_killed_in_the_middle_of_an_order_leads_to_a_truthful_card(
    sqlite: Store,
) -> None:
    async with at_moomoo(sqlite.open()) as (world, sim):
        review = await reviewed(world)
        sim.fail("order", Fault.DROP_AFTER)
        sim.fail("connect", Fault.DROP_BEFORE, times=None)

        card = await world.alice.in_dms.clicks(review, "Confirm")

        assert "Sent, outcome unknown" in card.title, card.text
        await sim.stop()
        await world.later(60)
        assert "Sent, outcome unknown" in card.title, card.text
        sim.work()
        await sim.start()
        await _until(lambda: sim.connections == 1)
        for _ in range(4):
            await world.later(30)
        assert "Filled · Buy 10 AAPL" in card.title, card.text
        assert sim.orders_received == 1


async def test_nothing_is_sent_while_opend_is_not_running_and_the_card_says_so(
    sqlite: Store,
) -> None:
    async with at_moomoo(sqlite.open()) as (world, sim):
        review = await reviewed(world)
        await sim.stop()

        card = await world.alice.in_dms.clicks(review, "Confirm")

        assert "Not placed" in card.title, card.text
        assert (
            f"OpenD Gateway is not running: nothing listens on {sim.host}:{sim.port}" in card.text
        )
        assert sim.orders_received == 0


async def test_what_moomoo_refuses_is_told_in_its_words(sqlite: Store) -> None:
    async with at_moomoo(sqlite.open()) as (world, sim):
        review = await reviewed(world)
        sim.reject("This stock cannot be bought now.")

        card = await world.alice.in_dms.clicks(review, "Confirm")

        assert "This stock cannot be bought now." in card.text
        assert "No order is open." in card.text
        assert sim.orders_received == 1


async def test_a_locked_opend_leads_to_the_way_to_unlock_it(sqlite: Store) -> None:
    async with at_moomoo(sqlite.open(), Environment.LIVE) as (world, sim):
        sim.accounts[LIVE_ID].cash *= 10
        card = await confirmed(world, limit="150")

        assert "trading is locked" in card.text, card.text
        assert "floorbroker unlock moomoo" in card.text
        assert "Never send the trade password here." in card.text

        sim.locked = False
        taken = await confirmed(world, limit="150")
        assert "LIVE" in taken.title
        assert sim.orders_received == 2
        assert [order.trd_env for order in sim.orders] == ["REAL"]


async def test_a_paper_order_that_moomoo_does_not_take_is_not_sent(sqlite: Store) -> None:
    async with at_moomoo(sqlite.open()) as (world, sim):
        card = await confirmed(world, stop="180", limit="179")

        assert "market and limit orders only" in card.text, card.text
        assert sim.orders_received == 0


async def test_no_account_and_no_money_reaches_the_log(sqlite: Store) -> None:
    with captured_stderr() as log:
        async with at_moomoo(sqlite.open(), Environment.LIVE) as (world, sim):
            sim.locked = False
            sim.set_cash(LIVE_ID, "71234.56")
            balance = await world.alice.in_dms.types("balance")
            sim.fail("read", Error(f"Account {LIVE_ID} holds 71234.56"))
            await world.alice.in_dms.types("balance")
            await confirmed(world, limit="150")
            sim.drop()
            await _until(lambda: sim.connections == 1)
        told = log.getvalue()

    assert "71,234.56" in balance.text
    for secret in (str(LIVE_ID), "71234.56", "1001100510520263"):
        assert secret not in told
    assert "gateway_state" in told


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  # the SDK's thread sets no event
            await asyncio.sleep(0.01)

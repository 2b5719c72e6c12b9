"""Interactive Brokers in a simulated Discord, on paper: the owner, a TWS at home, and strangers."""

import pytest

from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order_state import OrderState
from tests.e2e.at_ibkr import at_ibkr, confirmed, line_of, linked, reviewed
from tests.e2e.world import opened
from tests.simulators.tws import Account, Fault
from tests.stores import Store


async def test_the_owner_links_looks_buys_doubts_cancels_and_sells(sqlite: Store) -> None:
    async with at_ibkr(sqlite.open()) as (world, sim):
        alice = world.alice.in_dms

        balance = await alice.types("balance")
        assert "100,000.00" in balance.text

        review = await reviewed(world)
        assert "Review · Buy 10 AAPL" in review.title
        assert "Interactive Brokers" in review.text
        assert sim.orders_received == 0
        bought = await alice.clicks(review, "Confirm")
        await world.later(10)
        assert "Filled · Buy 10 AAPL" in bought.title, bought.text

        sim.fail("order", Fault.DROP_AFTER)
        doubtful = await confirmed(world, limit="150")
        assert "Sent, outcome unknown" in doubtful.title, doubtful.text
        await line_of(world).stands()
        for _ in range(3):
            await world.later(20)
        order = (await world.orders(world.alice))[0]
        assert order.state is OrderState.ACCEPTED
        assert order.broker_order_id == str(sim.orders[-1].perm_id)

        canceled = await alice.types("order cancel", order=order.order_id)
        assert "Canceled" in canceled.title
        assert sim.orders[-1].status == "Cancelled"

        sold = await confirmed(world, "sell")
        await world.later(10)
        assert "Filled · Sell 10 AAPL" in sold.title, sold.text
        assert "No open positions." in (await alice.types("positions")).text
        assert (sim.orders_received, sim.cancels_received) == (3, 1)
        assert {order.order_ref for order in sim.orders} == {
            one.order_id for one in await world.orders(world.alice)
        }


async def test_a_paper_account_is_linked_by_a_button_since_there_is_nothing_to_type(
    sqlite: Store,
) -> None:
    async with at_ibkr(sqlite.open()) as (world, _):
        page = await world.alice.chooses(await world.alice.types("setup broker"), "ibkr")
        told = page.text

        card = await world.alice.clicks(page, "Link paper account")

        assert "7496: TWS, live: HIGH RISK" in told
        assert "Connected to Interactive Brokers paper" in card.title
        assert "…4567" in card.text
        assert "Link live account" not in page.buttons


async def test_real_money_is_linked_in_the_terminal_where_the_terms_are(sqlite: Store) -> None:
    async with at_ibkr(sqlite.open(), live_trading="on") as (world, _):
        page = await world.alice.chooses(await world.alice.types("setup broker"), "ibkr")

        card = await world.alice.clicks(page, "Link live account")

        assert "floorbroker link ibkr --live" in card.text


async def test_the_status_shows_the_gateway_line_by_line(sqlite: Store) -> None:
    async with at_ibkr(sqlite.open()) as (world, _):
        card = await world.alice.types("setup status")

        for line in ("✓ port", "✓ handshake", "✓ client id", "✓ accounts", "✓ market data"):
            assert line in card.text


async def test_somebody_else_is_refused_and_nothing_reaches_tws(sqlite: Store) -> None:
    async with at_ibkr(sqlite.open()) as (world, sim):
        asked = len(sim.received)

        card = await world.bob.in_dms.types("buy", symbol="AAPL", quantity="1")

        assert "serves only its owner" in card.text
        assert sim.orders_received == 0
        assert len(sim.received) == asked


async def test_a_bot_for_many_does_not_link_it(sqlite: Store) -> None:
    async with opened(DeploymentMode.MULTI_USER, sqlite.open()) as world:
        with pytest.raises(FloorbrokerError) as refusal:
            await linked(world, world.alice)

        assert "single-user" in refusal.value.message.lower()


async def test_what_interactive_brokers_refuses_is_told_in_its_words(sqlite: Store) -> None:
    async with at_ibkr(sqlite.open()) as (world, sim):
        review = await reviewed(world)
        sim.reject(201, "Order rejected - reason: No trading permissions.")

        card = await world.alice.in_dms.clicks(review, "Confirm")

        assert "No trading permissions." in card.text
        assert "No order is open." in card.text
        assert sim.orders_received == 1


async def test_a_tws_that_is_closed_meanwhile_gets_nothing_and_the_card_says_so(
    sqlite: Store,
) -> None:
    async with at_ibkr(sqlite.open()) as (world, sim):
        review = await reviewed(world, limit="195")
        await sim.stop()

        card = await world.alice.in_dms.clicks(review, "Confirm")

        assert "Not sent" in card.title or "Not placed" in card.title, card.text
        assert sim.orders_received == 0


async def test_a_tws_that_dies_over_an_order_leaves_a_card_that_tells_the_truth(
    sqlite: Store,
) -> None:
    async with at_ibkr(sqlite.open()) as (world, sim):
        review = await reviewed(world)
        sim.let_orders_wait()
        trouble = sim.fail("order", Fault.DROP_AFTER)

        card = await world.alice.in_dms.clicks(review, "Confirm")
        await sim.stop()
        doubtful = card.title
        await world.later(20)
        while_it_is_away = card.title
        assert trouble.hits == 1
        await sim.start()
        sim.finish_orders()
        await line_of(world).stands()
        for _ in range(4):
            await world.later(20)

        assert "Sent, outcome unknown" in doubtful, doubtful
        assert "Sent, outcome unknown" in while_it_is_away
        assert "Filled · Buy 10 AAPL" in card.title, card.text
        assert sim.orders_received == 1


async def test_a_login_for_real_money_serves_no_paper_link(sqlite: Store) -> None:
    async with at_ibkr(sqlite.open()) as (world, sim):
        review = await reviewed(world, limit="195")
        sim.accounts = {"U7654321": Account(id="U7654321")}
        sim.drop()

        card = await world.alice.in_dms.clicks(review, "Confirm")
        balance = await world.alice.in_dms.types("balance")

        assert "do not agree" in card.text, card.text
        assert "do not agree" in balance.text, balance.text
        assert sim.orders_received == 0

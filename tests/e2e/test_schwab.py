"""Schwab in a simulated Discord, with real money as far as anybody there can tell.

The real adapter, the SDK's words and the wire, with the cards that a person sees.
"""

import pytest

from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order_state import OrderState
from floorbroker.services.callers import Caller
from tests.e2e.at_schwab import at_schwab, confirmed, person, priced, reviewed
from tests.simulators.schwab import Fault
from tests.stores import Store

HALF_AN_HOUR = 30 * 60


@pytest.mark.parametrize("mode", list(DeploymentMode))
async def test_a_person_links_quotes_buys_doubts_cancels_sells_and_unlinks(
    sqlite: Store, mode: DeploymentMode
) -> None:
    async with at_schwab(sqlite.open(), mode) as (world, sim):
        alice = world.alice.in_dms

        balance = await alice.types("balance")
        assert "100,000.00" in balance.text
        assert "LIVE" in balance.text

        review = await reviewed(world)
        assert "Review · Buy 10 AAPL LIVE" in review.title
        assert "Charles Schwab" in review.text
        assert sim.orders_received == 0
        bought = await alice.clicks(review, "Confirm")
        assert "Filled · Buy 10 AAPL LIVE" in bought.title, bought.text

        await world.later(HALF_AN_HOUR)  # the access ends between
        sim.fail("place", Fault.CLOSE, times=1)
        doubtful = await confirmed(world, limit="100")
        assert "Sent, outcome unknown" in doubtful.title, doubtful.text
        for _ in range(3):
            await world.later(20)
        order = (await world.orders(world.alice))[0]
        assert order.state is OrderState.ACCEPTED
        assert order.broker_order_id == str(sim.orders[-1].id)

        await world.later(HALF_AN_HOUR)
        canceled = await alice.types("order cancel", order=order.order_id)
        await world.later(70)  # the older an order, the longer until it is looked at again
        assert sim.orders[-1].status == "CANCELED"
        assert "Canceled" in canceled.title

        await world.later(HALF_AN_HOUR)
        priced(sim)
        sold = await confirmed(world, "sell")
        await world.later(10)
        assert "Filled · Sell 10 AAPL LIVE" in sold.title, sold.text
        assert "No open positions." in (await alice.types("positions")).text
        assert (sim.orders_received, sim.cancels_received) == (3, 1)
        assert sim.tokens_asked == 4  # one sign-in, three renewals

        removing = await alice.types("setup remove", account="Charles Schwab live")
        await alice.clicks(removing, "Remove")
        asked = len(sim.received)
        assert "Charles Schwab live" not in (await alice.types("setup accounts")).text
        assert len(sim.received) == asked


async def test_what_schwab_takes_and_rejects_is_told_in_its_words(sqlite: Store) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
        review = await reviewed(world)
        sim.set_cash(person(sim).account, "10")

        card = await world.alice.in_dms.clicks(review, "Confirm")

        assert "enough available cash" in card.text
        assert "No order is open." in card.text
        assert sim.orders_received == 1


async def test_what_schwab_rejects_later_is_told_then(sqlite: Store) -> None:
    async with at_schwab(sqlite.open(), order_deadline_seconds=5) as (world, sim):
        review = await reviewed(world)
        sim.let_orders_wait()
        card = await world.alice.in_dms.clicks(review, "Confirm")
        accepted = card.title
        sim.reject_on_arrival("No trades are currently allowed")
        sim.finish_orders()

        await world.later(10)

        assert "Accepted" in accepted
        assert "Order rejected" in card.title
        assert "No trades are currently allowed" in card.text


async def test_what_schwab_would_reject_is_told_on_thereviewed(sqlite: Store) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
        person(sim).account.halted = True

        review = await reviewed(world)

        assert "would refuse this now: No trades are currently allowed" in review.text
        assert sim.orders_received == 0


async def test_an_unreachable_broker_gets_nothing_and_the_card_says_so(sqlite: Store) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
        review = await reviewed(world)
        await sim.stop_listening()

        card = await world.alice.in_dms.clicks(review, "Confirm")

        assert "Not sent" in card.title or "Not placed" in card.title, card.text
        assert sim.orders_received == 0


async def test_between_two_that_fit_the_person_says_which(sqlite: Store) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
        sim.fail("place", Fault.CLOSE, times=1)
        await confirmed(world, limit="100")
        ours = sim.orders[-1]
        leg = {
            "instruction": "BUY",
            "quantity": 10,
            "instrument": {"symbol": "AAPL", "assetType": "EQUITY"},
        }
        sim.place_elsewhere(
            person(sim).account,
            {
                "session": "NORMAL",
                "duration": "DAY",
                "orderType": "LIMIT",
                "orderStrategyType": "SINGLE",
                "price": "100",
                "orderLegCollection": [leg],
            },
        )

        for _ in range(4):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        assert order.state is OrderState.UNKNOWN
        assert len(order.candidates) == 2

        caller = Caller(user_id=world.alice.user_id, guild_id=None, origin_key="a click")
        deciding = world.app.floor.deciding
        decided = await deciding.is_it(caller, order.order_id, str(ours.id))
        assert (decided.state, decided.broker_order_id) == (OrderState.ACCEPTED, str(ours.id))
        assert sim.orders_received == 1


async def test_an_order_that_another_of_ours_is_already_is_none_to_choose_from(
    sqlite: Store,
) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
        await confirmed(world, limit="100")
        sim.fail("place", Fault.CLOSE, times=1)
        await confirmed(world, limit="100")

        for _ in range(4):
            await world.later(20)

        second, first = await world.orders(world.alice)
        assert (first.state, second.state) == (OrderState.ACCEPTED, OrderState.ACCEPTED)
        assert [first.broker_order_id, second.broker_order_id] == [
            str(one.id) for one in sim.orders
        ]


async def test_an_account_of_td_ameritrade_is_linked_as_schwabs(sqlite: Store) -> None:
    async with at_schwab(sqlite.open(), DeploymentMode.SINGLE_USER) as (world, _):
        alice = world.alice
        page = await alice.chooses(await alice.types("setup broker"), "tdameritrade")
        said = page.text

        way = await alice.clicks(page, "Link live account")

        assert "its accounts are at Charles Schwab now" in said
        assert "floorbroker link schwab --live" in way.text

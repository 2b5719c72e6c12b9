"""What a person sees where Coinbase refuses, fails or says nothing, and how it ends."""

import pytest

from floorbroker.domain.order_state import OrderState
from tests.e2e.at_coinbase import at_coinbase
from tests.e2e.people import Answer
from tests.e2e.world import World
from tests.simulators.coinbase import Fault
from tests.stores import Store

FAULTS = [
    Fault.HANG,
    Fault.INTERNAL_ERROR,
    Fault.BAD_GATEWAY,
    Fault.GATEWAY_TIMEOUT,
    Fault.TOO_MANY_REQUESTS,
    Fault.RESET,
    Fault.CLOSE,
    Fault.INVALID_JSON,
    Fault.TRUNCATED,
    Fault.EMPTY_OBJECT,
    Fault.EMPTY_BODY,
]
every_fault = pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
whether_carried_out = pytest.mark.parametrize(
    "carried_out", [True, False], ids=["carried out", "not carried out"]
)


async def _review(world: World, **options: str) -> Answer:
    usual = {"symbol": "BTC/USD", "quantity": "0.1", **options}
    return await world.alice.in_dms.types("buy", **usual)


async def _confirmed(world: World, **options: str) -> Answer:
    return await world.alice.in_dms.clicks(await _review(world, **options), "Confirm")


@every_fault
@whether_carried_out
async def test_a_place_is_sent_once_and_ends_as_it_stands_at_the_broker(
    sqlite: Store, fault: Fault, carried_out: bool
) -> None:
    async with at_coinbase(sqlite.open()) as (world, sim):
        trouble = sim.fail("place", fault, carried_out=carried_out)

        card = await _confirmed(world)

        assert "Sent, outcome unknown" in card.title, card.text
        assert "Do not repeat it." in card.text
        trouble.release()
        for _ in range(4):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        assert sim.orders_received == 1
        if carried_out:
            assert order.state is OrderState.FILLED
            assert "Filled · Buy 0.1 BTC/USD" in card.title
        else:
            assert order.state is OrderState.NOT_PLACED
            assert "Not placed" in card.title


@pytest.mark.parametrize(
    ("status", "word"), [(400, "INTERNAL"), (429, "RESOURCE_EXHAUSTED"), (503, "UNAVAILABLE")]
)
@whether_carried_out
async def test_an_outage_in_coinbases_own_words_is_no_refusal(
    sqlite: Store, status: int, word: str, carried_out: bool
) -> None:
    async with at_coinbase(sqlite.open()) as (world, sim):
        trouble = sim.refuse(
            "place", status=status, error=word, message="try again", carried_out=carried_out
        )

        card = await _confirmed(world)

        assert "Sent, outcome unknown" in card.title, card.text
        trouble.lift()
        for _ in range(4):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        assert order.state is (OrderState.FILLED if carried_out else OrderState.NOT_PLACED)
        assert sim.orders_received == 1


async def test_a_no_without_a_reason_is_no_refusal(sqlite: Store) -> None:
    async with at_coinbase(sqlite.open()) as (world, sim):
        sim.refuse_orders("UNKNOWN_FAILURE_REASON", "")

        card = await _confirmed(world)

        assert "Sent, outcome unknown" in card.title, card.text
        for _ in range(4):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        assert order.state is OrderState.NOT_PLACED
        assert sim.orders_received == 1


async def test_an_order_that_the_lists_do_not_show_at_once_is_found_later(sqlite: Store) -> None:
    async with at_coinbase(sqlite.open()) as (world, sim):
        sim.let_reads_lag()
        sim.fail("place", Fault.CLOSE, times=1)
        card = await _confirmed(world, limit="50000")
        assert "Sent, outcome unknown" in card.title, card.text

        await world.later(3)
        sim.let_reads_catch_up()
        for _ in range(4):
            await world.later(20)

        (order,) = await world.orders(world.alice)
        assert order.state is OrderState.ACCEPTED
        assert sim.orders_received == 1


@every_fault
async def test_a_cancel_is_asked_once_and_ends_as_it_stands_at_the_broker(
    sqlite: Store, fault: Fault
) -> None:
    async with at_coinbase(sqlite.open()) as (world, sim):
        await _confirmed(world, limit="50000")
        (order,) = await world.orders(world.alice)
        trouble = sim.fail("cancel", fault, carried_out=True)

        card = await world.alice.in_dms.types("order cancel", order=order.order_id)

        assert "outcome unknown. It is being checked; do not repeat it." in card.text, card.text
        trouble.release()
        for _ in range(3):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        assert (sim.cancels_received, sim.orders_received) == (1, 1)
        assert order.state is OrderState.CANCELED


@every_fault
async def test_a_change_is_asked_once_and_ends_as_it_stands_at_the_broker(
    sqlite: Store, fault: Fault
) -> None:
    async with at_coinbase(sqlite.open()) as (world, sim):
        await _confirmed(world, limit="50000")
        await world.later(30)
        (order,) = await world.orders(world.alice)
        trouble = sim.fail("modify", fault, carried_out=True)

        card = await world.alice.in_dms.types("order modify", order=order.order_id, limit="49000")

        assert "outcome unknown. It is being checked; do not repeat it." in card.text, card.text
        trouble.release()
        for _ in range(3):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        assert (sim.modifies_received, sim.orders_received) == (1, 1)
        assert order.state is OrderState.ACCEPTED
        assert order.request.limit_price == 49000
        assert order.intent is not None
        assert not order.intent.state.open


async def test_a_refusal_is_told_in_words_for_people(sqlite: Store) -> None:
    async with at_coinbase(sqlite.open()) as (world, sim):
        review = await _review(world)
        sim.refuse_orders()

        card = await world.alice.in_dms.clicks(review, "Confirm")

        assert "too little money" in card.text.lower()
        assert "No order is open." in card.text
        assert sim.orders_received == 1


async def test_what_coinbase_would_refuse_is_told_on_the_review(sqlite: Store) -> None:
    async with at_coinbase(sqlite.open()) as (world, sim):
        sim.change_product("BTC-USD", view_only=True)

        review = await _review(world)

        assert "would refuse this now: Coinbase lets this account look at this" in review.text
        assert sim.orders_received == 0


async def test_a_pair_that_takes_nothing_but_cancels_gets_nothing(sqlite: Store) -> None:
    async with at_coinbase(sqlite.open()) as (world, sim):
        sim.change_product("BTC-USD", cancel_only=True)

        review = await _review(world)
        told = review.text
        asked = await world.alice.in_dms.clicks(review, "Confirm")
        question = asked.title
        card = await world.alice.in_dms.clicks(asked, "Send anyway")

        why = "For BTC/USD Coinbase takes nothing but cancels now."
        assert f"Your broker would refuse this now: {why}" in told
        assert "Are you sure?" in question
        assert "Not placed" in card.title
        assert why in card.text
        assert sim.orders_received == 0


async def test_an_unreachable_broker_gets_nothing_and_the_card_says_so(sqlite: Store) -> None:
    async with at_coinbase(sqlite.open()) as (world, sim):
        review = await _review(world)
        await sim.stop_listening()

        card = await world.alice.in_dms.clicks(review, "Confirm")

        assert "Not sent" in card.title or "Not placed" in card.title, card.text
        assert sim.orders_received == 0

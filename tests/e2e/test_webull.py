"""A person trades at Webull, with a key or signed in: linked, bought, lost sight of, sold, gone."""

import logging

import pytest

from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order_state import OrderState
from tests.e2e.at_webull import (
    CLIENT_SECRET,
    KEY,
    PLATFORM_SECRET,
    SECRET,
    at_webull,
    linked_by_key,
    person,
    platform,
    priced,
    signed_in,
)
from tests.e2e.people import Answer, Somebody
from tests.e2e.world import World
from tests.observability.captured import captured_stderr
from tests.simulators.webull import Fault, WebullSimulator
from tests.stores import Store

HALF_AN_HOUR = 30 * 60
FIFTEEN_DAYS = 15 * 24 * 3600


async def _review(world: World, command: str = "buy", **options: str) -> Answer:
    return await world.alice.types(command, **{"symbol": "AAPL", "quantity": "10", **options})


async def _confirmed(
    world: World, command: str = "buy", who: Somebody | None = None, **options: str
) -> Answer:
    somebody = who or world.alice
    terms = {"symbol": "AAPL", "quantity": "10", **options}
    return await somebody.clicks(await somebody.types(command, **terms), "Confirm")


async def _unlinked(somebody: Somebody) -> None:
    asked = await somebody.types("setup remove", account="Webull paper")
    gone = await somebody.clicks(asked, "Remove")
    assert "Removed" in gone.title


# With a key


@pytest.mark.parametrize("mode", list(DeploymentMode))
async def test_the_whole_way_with_a_key(sqlite: Store, mode: DeploymentMode) -> None:
    async with at_webull(sqlite.open(), mode) as (world, sim):
        alice = world.alice
        await linked_by_key(world)

        review = await _review(world)
        assert "Review · Buy 10 AAPL PAPER" in review.title
        assert "190.00" in review.text
        assert "Webull" in review.text
        assert sim.orders_received == 0
        bought = await alice.clicks(review, "Confirm")
        await world.later(10)
        assert (await world.orders(alice))[0].state is OrderState.FILLED

        trouble = sim.fail("place", Fault.CLOSE)
        lost = await _confirmed(world, limit="100", time_in_force="gtc")
        assert "Sent, outcome unknown" in lost.title, lost.text
        assert "Do not repeat it." in lost.text
        trouble.lift()
        await world.later(20)
        order = (await world.orders(alice))[0]
        assert order.state is OrderState.ACCEPTED
        assert order.broker_order_id == sim.orders[-1].id
        assert sim.orders_received == 2

        await alice.types("order cancel", order=order.order_id)
        await world.later(20)
        assert (await world.orders(alice))[0].state is OrderState.CANCELED
        assert sim.orders[-1].status == "CANCELLED"
        assert sim.cancels_received == 1

        priced(sim)
        positions = await alice.types("positions")
        assert "AAPL" in positions.text
        sold = await _confirmed(world, "sell")
        await world.later(10)
        assert (await world.orders(alice))[0].state is OrderState.FILLED
        assert "No open positions." in (await alice.types("positions")).text

        await _unlinked(alice)
        asked = len(sim.received)
        await world.later(60)
        assert len(sim.received) == asked
        assert sim.orders_received == 3
        shown = "".join(seen.raw for seen in (bought, lost, positions, sold))
        assert not any(secret in shown for secret in (KEY, SECRET))


@pytest.mark.parametrize(
    "fault", [Fault.RESET, Fault.GATEWAY_TIMEOUT, Fault.TRUNCATED, Fault.TOO_MANY_REQUESTS]
)
@pytest.mark.parametrize("carried_out", [True, False])
async def test_an_order_without_an_answer_ends_as_it_stands_at_webull(
    sqlite: Store, fault: Fault, carried_out: bool
) -> None:
    async with at_webull(sqlite.open()) as (world, sim):
        await linked_by_key(world)
        trouble = sim.fail("place", fault, carried_out=carried_out)

        card = await _confirmed(world)

        assert "Sent, outcome unknown" in card.title, card.text
        trouble.lift()
        for _ in range(4):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        expected = OrderState.FILLED if carried_out else OrderState.NOT_PLACED
        assert order.state is expected
        assert sim.orders_received == 1


async def test_an_order_with_exits_is_one_order_until_its_last_exit_has_ended(
    sqlite: Store,
) -> None:
    async with at_webull(sqlite.open()) as (world, sim):
        await linked_by_key(world)
        await _confirmed(world, limit="100", take_profit="120", stop_loss="90")
        sim.fill(sim.orders[0].id, None, "100")
        await world.later(20)
        (bought,) = await world.orders(world.alice)

        await world.alice.types("order cancel", order=bought.order_id)
        await world.later(20)

        (order,) = await world.orders(world.alice)
        assert [leg.state for leg in bought.legs] == [OrderState.ACCEPTED] * 2
        assert [leg.state for leg in order.legs] == [OrderState.CANCELED] * 2
        assert order.filled_quantity == 10
        assert (sim.orders_received, sim.cancels_received) == (1, 2)


async def test_a_change_is_asked_once_and_shows_what_it_came_to(sqlite: Store) -> None:
    async with at_webull(sqlite.open()) as (world, sim):
        await linked_by_key(world)
        await _confirmed(world, limit="100", time_in_force="gtc")
        (order,) = await world.orders(world.alice)

        await world.alice.types("order modify", order=order.order_id, limit="101")
        await world.later(20)

        (order,) = await world.orders(world.alice)
        assert order.request.limit_price == 101
        assert order.intent is not None
        assert not order.intent.state.open
        assert sim.modifies_received == 1


async def test_a_refusal_is_told_in_webulls_words(sqlite: Store) -> None:
    async with at_webull(sqlite.open()) as (world, sim):
        await linked_by_key(world)
        sim.refuse("place", "OPENAPI_TICKER_IS_DENY", "The ticker can not be traded.")

        card = await _confirmed(world)

        assert "The ticker can not be traded." in card.text
        assert (await world.orders(world.alice))[0].state is OrderState.REJECTED


async def test_an_unreachable_webull_gets_nothing_and_the_card_says_so(sqlite: Store) -> None:
    async with at_webull(sqlite.open()) as (world, sim):
        await linked_by_key(world)
        review = await _review(world)
        await sim.stop_listening()

        card = await world.alice.clicks(review, "Confirm")

        assert "Not sent" in card.title or "Not placed" in card.title, card.text
        assert sim.orders_received == 0


# Signed in


async def test_the_whole_way_signed_in(sqlite: Store) -> None:
    async with at_webull(sqlite.open()) as (world, sim):
        alice = world.alice
        await signed_in(world, sim, alice)

        balance = await alice.types("balance")
        assert "100,000.00" in balance.text
        review = await _review(world, limit="191")
        assert "Review · Buy 10 AAPL PAPER" in review.title
        await alice.clicks(review, "Confirm")
        await world.later(10)
        assert (await world.orders(alice))[0].state is OrderState.FILLED

        await world.later(HALF_AN_HOUR)  # the access ends between
        sim.fail("place", Fault.CLOSE, times=1)
        lost = await _confirmed(world, limit="100", time_in_force="gtc")
        assert "Sent, outcome unknown" in lost.title, lost.text
        for _ in range(3):
            await world.later(20)
        order = (await world.orders(alice))[0]
        assert order.state is OrderState.ACCEPTED

        await world.later(HALF_AN_HOUR)
        await alice.types("order cancel", order=order.order_id)
        await world.later(70)
        assert (await world.orders(alice))[0].state is OrderState.CANCELED

        await world.later(HALF_AN_HOUR)
        priced(sim)
        await _confirmed(world, "sell", limit="189")
        await world.later(10)
        assert "No open positions." in (await alice.types("positions")).text
        assert (sim.orders_received, sim.cancels_received) == (3, 1)

        await _unlinked(alice)
        asked = len(sim.received)
        await world.later(60)
        assert len(sim.received) == asked


async def test_who_took_the_access_back_is_asked_to_sign_in_again_and_nothing_is_sent(
    sqlite: Store,
) -> None:
    async with at_webull(sqlite.open()) as (world, sim):
        await signed_in(world, sim, world.alice)
        await world.later(27 * 60 + 30)
        review = await _review(world, limit="100")
        sim.revoke(person(sim), platform(sim))
        await world.later(45)  # past the moment at which the access is renewed

        card = await world.alice.clicks(review, "Confirm")

        assert "Session expired" in card.refusal.title
        assert "Nothing was sent to your broker." in card.refusal.text
        assert sim.orders_received == 0


async def test_access_that_is_used_lasts_and_access_that_is_not_ends_after_fifteen_days(
    sqlite: Store,
) -> None:
    async with at_webull(sqlite.open()) as (world, sim):
        await signed_in(world, sim, world.alice)
        await world.later(FIFTEEN_DAYS - HALF_AN_HOUR)
        used = await world.alice.types("balance")
        await world.later(FIFTEEN_DAYS - HALF_AN_HOUR)
        again = await world.alice.types("balance")
        await world.later(FIFTEEN_DAYS)
        ended = await world.alice.types("balance")

        renewed = await signed_in(world, sim, world.alice)

        assert "100,000.00" in used.text
        assert "100,000.00" in again.text
        assert "Webull ends each access after a while" in ended.text
        assert renewed.renewed
        assert "100,000.00" in (await world.alice.types("balance")).text


async def test_two_people_at_once_never_see_each_others_accounts(sqlite: Store) -> None:
    async with at_webull(sqlite.open()) as (world, sim):
        await signed_in(world, sim, world.alice)
        await signed_in(world, sim, world.bob)

        for _ in range(3):
            mine = await world.alice.types("balance")
            theirs = await world.bob.types("balance")
            assert "100,000.00" in mine.text
            assert "777" not in mine.text
            assert "777.00" in theirs.text
            assert "100,000" not in theirs.text
            await world.later(HALF_AN_HOUR)
        await _confirmed(world, who=world.bob, quantity="1", limit="100")
        await _confirmed(world, quantity="2", limit="100")

        assert {one.person.name: one.quantity for one in sim.orders} == {"bob": 1, "alice": 2}


async def test_no_token_and_no_secret_is_in_a_log_a_card_or_a_metric(sqlite: Store) -> None:
    with captured_stderr(level="DEBUG") as log:
        logging.getLogger("aiohttp").setLevel(logging.DEBUG)
        async with at_webull(sqlite.open()) as (world, sim):
            alice = world.alice
            await signed_in(world, sim, alice)
            seen = []
            tokens = _tokens(sim)
            for command in ("setup accounts", "balance", "positions", "portfolio"):
                seen.append(await alice.types(command))
                await world.later(20)
            for fault in (None, Fault.BAD_GATEWAY, Fault.INVALID_JSON, Fault.RESET, Fault.LIST):
                trouble = None if fault is None else sim.fail("place", fault, times=1)
                seen.append(await _confirmed(world, limit="100"))
                if trouble is not None:
                    trouble.release()
                await world.later(60)
            await world.later(HALF_AN_HOUR)
            seen.append(await alice.types("balance"))
            tokens |= _tokens(sim)
            sim.revoke(person(sim), platform(sim))
            await world.later(HALF_AN_HOUR)
            seen += [await alice.types("balance"), await alice.types("setup status")]
            told = [*seen, *world.public(), *world.messages_to(alice)]
            cards = "\n".join(f"{one.text}\n{one.raw}" for one in told)
            metrics, _ = world.app.metrics.render()

    lines = log.getvalue()
    assert "link_died" in lines  # the log was on
    assert len(tokens) >= 4
    for secret in {CLIENT_SECRET, PLATFORM_SECRET, *tokens}:
        assert secret not in lines
        assert secret not in cards
        assert secret.encode() not in metrics


def _tokens(sim: WebullSimulator) -> set[str]:
    return {one for grant in sim.grants for one in (grant.access_token, grant.refresh_token)}

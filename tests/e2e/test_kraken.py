"""Kraken in a simulated Discord, with real money as far as anybody there can tell.

The real adapter, krakenex and the wire, with the cards that a person sees.
"""

import logging

import pytest

from floorbroker.domain.errors import PolicyRefused
from floorbroker.domain.order_state import OrderState
from tests.e2e.at_kraken import KEY, SECRET, at_kraken, linked
from tests.e2e.people import Answer, Seen
from tests.e2e.world import World
from tests.observability.captured import captured_stderr
from tests.simulators.kraken import Fault, KrakenSimulator
from tests.stores import Store

FAULTS = [
    Fault.HANG,
    Fault.BAD_GATEWAY,
    Fault.GATEWAY_TIMEOUT,
    Fault.RESET,
    Fault.CLOSE,
    Fault.INVALID_JSON,
    Fault.TRUNCATED,
    Fault.EMPTY_OBJECT,
    Fault.EMPTY_BODY,
]
every_fault = pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])


async def _review(world: World, command: str = "buy", **options: str) -> Answer:
    usual = {"symbol": "BTC/USD", "quantity": "0.1", **options}
    return await world.alice.in_dms.types(command, **usual)


async def _confirmed(world: World, command: str = "buy", **options: str) -> Answer:
    return await world.alice.in_dms.clicks(await _review(world, command, **options), "Confirm")


async def test_a_person_links_quotes_buys_doubts_cancels_sells_and_unlinks(sqlite: Store) -> None:
    async with at_kraken(sqlite.open()) as (world, sim):
        alice = world.alice.in_dms

        balance = await alice.types("balance")
        assert "100,000.00" in balance.text
        assert "LIVE" in balance.text

        review = await _review(world)
        assert "Review · Buy 0.1 BTC/USD LIVE" in review.title
        assert "Kraken's spot exchange" in review.text
        assert "48.01" in review.text  # 0.80 % of 6,001 USD: Kraken's fee for this person
        assert sim.orders_received == 0
        bought = await alice.clicks(review, "Confirm")
        await world.later(10)
        assert "Filled · Buy 0.1 BTC/USD LIVE" in bought.title, bought.text
        assert "48.01" in bought.text

        await world.later(60)
        sim.fail("place", Fault.CLOSE, times=1)
        doubtful = await _confirmed(world, limit="50000")
        assert "Sent, outcome unknown" in doubtful.title
        for _ in range(3):
            await world.later(20)
        order = (await world.orders(world.alice))[0]
        assert order.state is OrderState.ACCEPTED
        assert order.broker_order_id == sim.order(order.order_id).txid

        canceled = await alice.types("order cancel", order=order.order_id)
        await world.later(20)
        assert sim.order(order.order_id).status == "canceled"
        assert "Canceled" in canceled.title
        await world.later(60)

        sold = await _confirmed(world, "sell")
        await world.later(10)
        assert "Filled · Sell 0.1 BTC/USD LIVE" in sold.title, sold.text
        await world.later(60)
        assert "No open positions." in (await alice.types("positions")).text
        assert sim.orders_received == 3

        removing = await alice.types("setup remove", account="Kraken live")
        await alice.clicks(removing, "Remove")
        asked = len(sim.received)
        assert "Kraken live" not in (await alice.types("setup accounts")).text
        assert len(sim.received) == asked


@every_fault
@pytest.mark.parametrize("carried_out", [True, False], ids=["carried out", "not carried out"])
async def test_a_place_is_sent_once_and_ends_as_it_stands_at_the_broker(
    sqlite: Store, fault: Fault, carried_out: bool
) -> None:
    async with at_kraken(sqlite.open()) as (world, sim):
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


@pytest.mark.parametrize("words", ["EService:Unavailable", "EGeneral:Internal error"])
@pytest.mark.parametrize("carried_out", [True, False], ids=["carried out", "not carried out"])
async def test_an_outage_inside_a_200_is_no_refusal(
    sqlite: Store, words: str, carried_out: bool
) -> None:
    async with at_kraken(sqlite.open()) as (world, sim):
        trouble = sim.refuse("place", words, carried_out=carried_out)

        card = await _confirmed(world)

        assert "Sent, outcome unknown" in card.title, card.text
        trouble.lift()
        for _ in range(4):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        assert order.state is (OrderState.FILLED if carried_out else OrderState.NOT_PLACED)
        assert sim.orders_received == 1


@every_fault
async def test_a_cancel_is_asked_once_and_ends_as_it_stands_at_the_broker(
    sqlite: Store, fault: Fault
) -> None:
    async with at_kraken(sqlite.open()) as (world, sim):
        await _confirmed(world, limit="50000")
        (order,) = await world.orders(world.alice)
        trouble = sim.fail("cancel", fault)

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
    async with at_kraken(sqlite.open()) as (world, sim):
        await _confirmed(world, limit="50000")
        await world.later(30)
        (order,) = await world.orders(world.alice)
        trouble = sim.fail("modify", fault)

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


async def test_a_refusal_is_the_brokers_own_words(sqlite: Store) -> None:
    async with at_kraken(sqlite.open()) as (world, sim):
        review = await _review(world)
        sim.refuse("place", "EOrder:Insufficient funds")

        card = await world.alice.in_dms.clicks(review, "Confirm")

        assert "insufficient funds" in card.text.lower()
        assert "No order is open." in card.text
        assert sim.orders_received == 1


async def test_what_kraken_would_refuse_is_told_on_the_review(sqlite: Store) -> None:
    async with at_kraken(sqlite.open()) as (world, sim):
        sim.set_system_status("cancel_only")

        review = await _review(world)

        assert "Your broker would refuse this now: Market in cancel_only mode" in review.text
        assert sim.orders_received == 0


async def test_an_unreachable_broker_gets_nothing_and_the_card_says_so(sqlite: Store) -> None:
    async with at_kraken(sqlite.open()) as (world, sim):
        review = await _review(world)
        await sim.stop_listening()

        card = await world.alice.in_dms.clicks(review, "Confirm")

        assert "Not sent" in card.title or "Not placed" in card.title, card.text
        assert sim.orders_received == 0


@pytest.mark.parametrize("right", ["withdraw-funds", "update-withdraw-address"])
async def test_a_key_that_may_withdraw_is_refused_and_not_stored(sqlite: Store, right: str) -> None:
    async with at_kraken(sqlite.open()) as (world, sim):
        sim.key(KEY).permissions |= {right}
        before = await world.alice.in_dms.types("setup accounts")

        await world.later(5)  # a new link begins to count at the clock

        with pytest.raises(PolicyRefused, match="may withdraw"):
            await linked(world)

        assert (await world.alice.in_dms.types("setup accounts")).text == before.text


async def test_the_same_account_with_another_key_renews_its_link(sqlite: Store) -> None:
    async with at_kraken(sqlite.open()) as (world, _):
        await world.later(5)  # a new link begins to count at the clock

        again = await linked(world)

        assert again.renewed
        assert any("works from any address" in warning for warning in again.warnings)


async def test_a_key_that_was_revoked_is_told_and_marked(sqlite: Store) -> None:
    async with at_kraken(sqlite.open()) as (world, sim):
        alice = world.alice.in_dms
        await alice.types("balance")
        await world.later(20)
        sim.revoke(KEY)

        first = await alice.types("balance")
        asked = len(sim.received)
        second = await alice.types("balance")

        assert "Kraken does not accept this key." in first.text
        assert "Kraken no longer accepts the access stored for Kraken live." in second.text
        assert len(sim.received) == asked


async def _a_day(world: World, sim: KrakenSimulator) -> list[Seen]:
    alice, seen = world.alice.in_dms, []
    for command in ("setup accounts", "balance", "positions", "portfolio"):
        seen.append(await alice.types(command))
        await world.later(20)
    for fault in (None, Fault.BAD_GATEWAY, Fault.INVALID_JSON, Fault.RESET, Fault.LIST):
        trouble = None if fault is None else sim.fail("place", fault, times=1)
        seen.append(await _confirmed(world, limit="50000"))
        if trouble is not None:
            trouble.release()
        await world.later(60)
    sim.refuse("place", f"EOrder:key {KEY} may not do that", times=1)
    seen.append(await _confirmed(world))
    sim.fail("read", Fault.INVALID_JSON, times=1)
    seen.append(await alice.types("balance"))
    await world.later(60)
    sim.revoke(KEY)
    seen += [await alice.types("balance"), await alice.types("setup status")]
    return seen


async def test_no_key_is_in_a_log_a_card_or_a_metric(sqlite: Store) -> None:
    with captured_stderr(level="DEBUG") as log:
        logging.getLogger("urllib3").setLevel(logging.DEBUG)
        async with at_kraken(sqlite.open()) as (world, sim):
            seen = await _a_day(world, sim)
            told = [*seen, *world.public(), *world.messages_to(world.alice)]
            cards = "\n".join(f"{one.text}\n{one.raw}" for one in told)
            metrics, _ = world.app.metrics.render()

    lines = log.getvalue()
    assert "link_died" in lines  # the log was on
    assert "key [hidden] may not do that" in cards
    for secret in (KEY, SECRET):
        assert secret not in lines
        assert secret not in cards
        assert secret.encode() not in metrics


async def test_status_tells_what_the_key_may_do_by_now(sqlite: Store) -> None:
    async with at_kraken(sqlite.open()) as (world, sim):
        alice = world.alice.in_dms
        assert "works from any address" in (await alice.types("setup status")).text

        sim.key(KEY).permissions.add("withdraw-funds")
        await world.later(60)

        assert "may withdraw money by now" in (await alice.types("setup status")).text

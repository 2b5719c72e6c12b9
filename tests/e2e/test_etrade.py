"""E*TRADE in a simulated Discord, with real money as far as anybody there can tell.

The real adapter, etrade-python and the wire, with the cards that a person sees.
"""

import logging
from datetime import timedelta

import pytest

from floorbroker.domain.order_state import OrderState
from tests.e2e.at_etrade import ETRADE, KEY, SECRET, at_etrade, linked, quoted_now, unlocked
from tests.e2e.people import Answer, Seen
from tests.e2e.world import World
from tests.observability.captured import captured_stderr
from tests.simulators.etrade import EtradeSimulator, Fault
from tests.simulators.etrade.faults import PREVIEW
from tests.simulators.etrade.instruments import option
from tests.simulators.etrade.refusals import TIMED_OUT
from tests.stores import Store

FAULTS = [Fault.BAD_GATEWAY, Fault.CLOSE, Fault.INVALID_JSON]
"""Those beside the adapter go through all of them; here each waits for E*TRADE's limits."""

every_fault = pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])


async def _review(world: World, command: str = "buy", **options: str) -> Answer:
    usual = {"symbol": "AAPL", "quantity": "10", **options}
    return await world.alice.in_dms.types(command, **usual)


async def _confirmed(world: World, command: str = "buy", **options: str) -> Answer:
    return await world.alice.in_dms.clicks(await _review(world, command, **options), "Confirm")


async def test_a_person_links_quotes_buys_doubts_cancels_sells_and_unlinks(sqlite: Store) -> None:
    async with at_etrade(sqlite.open()) as (world, sim):
        alice = world.alice.in_dms

        balance = await alice.types("balance")
        assert "100,000.00" in balance.text
        assert "LIVE" in balance.text

        review = await _review(world)
        assert "Review · Buy 10 AAPL LIVE" in review.title
        assert "2,001.00" in review.text
        assert sim.orders_received == 0
        bought = await alice.clicks(review, "Confirm")
        await world.later(10)
        assert "Filled · Buy 10 AAPL LIVE" in bought.title, bought.text

        await world.later(60)
        sim.fail("place", Fault.CLOSE, times=1)
        doubtful = await _confirmed(world, limit="150")
        assert "Sent, outcome unknown" in doubtful.title, doubtful.text
        for _ in range(3):
            await world.later(20)
        order = (await world.orders(world.alice))[0]
        assert order.state is OrderState.ACCEPTED
        assert order.broker_order_id == str(sim.order(order.order_id).id)

        canceled = await alice.types("order cancel", order=order.order_id)
        await world.later(20)
        assert sim.order(order.order_id).status == "CANCELLED"
        assert "Canceled" in canceled.title
        await world.later(60)

        quoted_now(sim)
        sold = await _confirmed(world, "sell")
        await world.later(10)
        assert "Filled · Sell 10 AAPL LIVE" in sold.title, sold.text
        await world.later(60)
        assert "No open positions." in (await alice.types("positions")).text
        assert sim.orders_received == 3

        (token,) = sim.office.access.values()
        removing = await alice.types("setup remove", account="E*TRADE live")
        await alice.clicks(removing, "Remove")
        asked = len(sim.received)
        assert token.revoked
        assert "E*TRADE live" not in (await alice.types("setup accounts")).text
        assert len(sim.received) == asked


@every_fault
@pytest.mark.parametrize("carried_out", [True, False], ids=["carried out", "not carried out"])
async def test_a_place_is_sent_once_and_ends_as_it_stands_at_the_broker(
    sqlite: Store, fault: Fault, carried_out: bool
) -> None:
    async with at_etrade(sqlite.open()) as (world, sim):
        trouble = sim.fail("place", fault, carried_out=carried_out)

        card = await _confirmed(world)

        assert "Sent, outcome unknown" in card.title, card.text
        assert "Do not repeat it." in card.text
        trouble.release()
        for _ in range(6):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        assert sim.orders_received == 1
        if carried_out:
            assert order.state is OrderState.FILLED
            assert "Filled · Buy 10 AAPL" in card.title
        else:
            assert order.state is OrderState.NOT_PLACED
            assert "Not placed" in card.title


async def test_an_order_that_is_to_be_sent_again_is_not(sqlite: Store) -> None:
    async with at_etrade(sqlite.open()) as (world, sim):
        sim.refuse("place", code=101, message=TIMED_OUT, carried_out=True, times=1)

        card = await _confirmed(world)

        assert "Sent, outcome unknown" in card.title, card.text
        for _ in range(3):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        assert order.state is OrderState.FILLED
        assert sim.orders_received == 1


async def test_a_failed_preview_is_no_doubt(sqlite: Store) -> None:
    async with at_etrade(sqlite.open()) as (world, sim):
        review = await _review(world)
        sim.be_unavailable(PREVIEW)

        card = await world.alice.in_dms.clicks(review, "Confirm")

        assert "Not placed" in card.title or "Not sent" in card.title, card.text
        assert sim.orders_received == 0


async def test_what_etrade_would_refuse_is_told_on_the_review(sqlite: Store) -> None:
    async with at_etrade(sqlite.open()) as (world, sim):
        sim.refuse(PREVIEW, code=1037, message="We did not find enough available shares.")

        review = await _review(world)

        assert "Your broker would refuse this now: We did not find enough" in review.text
        assert sim.orders_received == 0


async def test_two_orders_that_look_alike_are_left_to_the_person(sqlite: Store) -> None:
    async with at_etrade(sqlite.open()) as (world, sim):
        sim.fail("place", Fault.CLOSE, times=1)
        await _confirmed(world, limit="150")
        alice = next(iter(sim.office.access.values())).person
        sim.place_elsewhere(alice, "AAPL", "BUY", "10", limit="150")

        for _ in range(3):
            await world.later(20)

        (order,) = await world.orders(world.alice)
        assert order.state is OrderState.UNKNOWN
        assert len(order.candidates) == 2


async def test_a_change_without_an_answer_is_followed_to_the_new_order(sqlite: Store) -> None:
    async with at_etrade(sqlite.open()) as (world, sim):
        await _confirmed(world, limit="150")
        await world.later(30)
        (order,) = await world.orders(world.alice)
        trouble = sim.fail("modify", Fault.CLOSE)

        card = await world.alice.in_dms.types("order modify", order=order.order_id, limit="151")

        assert "outcome unknown. It is being checked; do not repeat it." in card.text, card.text
        trouble.release()
        for _ in range(3):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        assert (sim.modifies_received, sim.orders_received) == (1, 1)
        assert order.state is OrderState.ACCEPTED
        assert order.request.limit_price == 151
        assert order.broker_order_id == str(sim.orders[1].id)
        assert order.intent is not None
        assert not order.intent.state.open


async def test_without_bars_it_is_told_what_the_options_imply(sqlite: Store) -> None:
    async with at_etrade(sqlite.open()) as (world, sim):
        day = sim.market.now().date() + timedelta(days=30)
        for right in ("CALL", "PUT"):
            contract = option("AAPL", day, "200", right)
            sim.market.set(contract, bid="5.00", ask="5.20")
            sim.market.greeks[contract] = {"delta": "0.5", "iv": "0.31"}
        sim.market.expirations["AAPL"] = {day: "MONTHLY"}

        card = await world.alice.in_dms.types("volatility", symbol="AAPL")

        assert "Implied (E*TRADE, just now)" in card.text
        assert "At the money 31.0 %" in card.text
        assert "No historical volatility: E*TRADE does not show bars." in card.text


async def test_two_people_see_their_own_accounts_only(sqlite: Store) -> None:
    async with at_etrade(sqlite.open()) as (world, sim):
        bobs = sim.add_person("bob", cash="777.77")
        await unlocked(world, world.bob)
        await linked(world, sim, bobs, world.bob)

        his = await world.bob.in_dms.types("balance")
        hers = await world.alice.in_dms.types("balance")

        assert "777.77" in his.text
        assert "100,000.00" not in his.text
        assert "100,000.00" in hers.text
        assert "777.77" not in hers.text
        for asked in sim.received:
            foreign = bobs.account.key if asked.person == "alice" else None
            assert foreign is None or foreign not in asked.path


async def _a_day(world: World, sim: EtradeSimulator) -> list[Seen]:
    alice = world.alice.in_dms
    seen: list[Seen] = []
    for command in ("setup accounts", "balance", "positions", "portfolio"):
        seen.append(await alice.types(command))
        await world.later(20)
    for fault in (None, Fault.BAD_GATEWAY, Fault.INVALID_JSON, Fault.RESET):
        trouble = None if fault is None else sim.fail("place", fault, times=1)
        seen.append(await _confirmed(world, limit="150"))
        if trouble is not None:
            trouble.release()
        await world.later(60)
    (token,) = sim.office.access.values()
    sim.refuse("place", code=8400, message=f"Token {token.token} may not do that", times=1)
    seen.append(await _confirmed(world, limit="150"))
    sim.fail("read", Fault.INVALID_JSON, times=1)
    seen.append(await alice.types("balance"))
    await world.later(60)
    sim.revoke(token)
    seen += [await alice.types("balance"), await alice.types("setup status")]
    return seen


async def test_no_token_is_in_a_log_a_card_or_a_metric(sqlite: Store) -> None:
    with captured_stderr(level="DEBUG") as log:
        for name in ("httpx", "httpcore", "etrade_python"):
            logging.getLogger(name).setLevel(logging.DEBUG)
        async with at_etrade(sqlite.open()) as (world, sim):
            (token,) = sim.office.access.values()
            seen = await _a_day(world, sim)
            told = [*seen, *world.public(), *world.messages_to(world.alice)]
            cards = "\n".join(f"{one.text}\n{one.raw}" for one in told)
            metrics, _ = world.app.metrics.render()

    lines = log.getvalue()
    assert ETRADE in lines  # the log was on
    assert "[hidden]" in cards
    for secret in (KEY, SECRET, token.token, token.secret, token.person.account.key):
        assert secret not in lines
        assert secret not in cards
        assert secret.encode() not in metrics

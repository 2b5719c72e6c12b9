"""Schwab in a simulated Discord, with real money as far as anybody there can tell.

The real adapter, the SDK's words and the wire, with the cards that a person sees.
"""

import logging

import pytest

from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order_state import OrderState
from floorbroker.services.callers import Caller
from tests.e2e.at_schwab import APP_SECRET, at_schwab, linked, person, priced, unlocked
from tests.e2e.people import Answer, Seen, Somebody
from tests.e2e.world import World
from tests.observability.captured import captured_stderr
from tests.simulators.schwab import Fault, SchwabSimulator
from tests.stores import Store

HALF_AN_HOUR = 30 * 60
A_WEEK = 7 * 24 * 3600


async def _review(
    world: World, command: str = "buy", who: Somebody | None = None, **options: str
) -> Answer:
    usual = {"symbol": "AAPL", "quantity": "10", **options}
    return await (who or world.alice).in_dms.types(command, **usual)


async def _confirmed(
    world: World, command: str = "buy", who: Somebody | None = None, **options: str
) -> Answer:
    review = await _review(world, command, who, **options)
    return await (who or world.alice).in_dms.clicks(review, "Confirm")


@pytest.mark.parametrize("mode", list(DeploymentMode))
async def test_a_person_links_quotes_buys_doubts_cancels_sells_and_unlinks(
    sqlite: Store, mode: DeploymentMode
) -> None:
    async with at_schwab(sqlite.open(), mode) as (world, sim):
        alice = world.alice.in_dms

        balance = await alice.types("balance")
        assert "100,000.00" in balance.text
        assert "LIVE" in balance.text

        review = await _review(world)
        assert "Review · Buy 10 AAPL LIVE" in review.title
        assert "Charles Schwab" in review.text
        assert sim.orders_received == 0
        bought = await alice.clicks(review, "Confirm")
        assert "Filled · Buy 10 AAPL LIVE" in bought.title, bought.text

        await world.later(HALF_AN_HOUR)  # the access ends between
        sim.fail("place", Fault.CLOSE, times=1)
        doubtful = await _confirmed(world, limit="100")
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
        sold = await _confirmed(world, "sell")
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


# Fault.HANG is left out: this Discord keeps time for the loop, and a deadline within it never ends.
FAULTS = [
    Fault.BAD_GATEWAY,
    Fault.GATEWAY_TIMEOUT,
    Fault.RESET,
    Fault.CLOSE,
    Fault.INVALID_JSON,
    Fault.TRUNCATED,
    Fault.EMPTY_OBJECT,
]
every_fault = pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])


@every_fault
@pytest.mark.parametrize("carried_out", [True, False], ids=["carried out", "not carried out"])
async def test_a_place_is_sent_once_and_ends_as_it_stands_at_the_broker(
    sqlite: Store, fault: Fault, carried_out: bool
) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
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
            assert "Filled · Buy 10 AAPL" in card.title
        else:
            assert order.state is OrderState.NOT_PLACED
            assert "Not placed" in card.title


@every_fault
async def test_a_cancel_is_asked_once_and_ends_as_it_stands_at_the_broker(
    sqlite: Store, fault: Fault
) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
        await _confirmed(world, limit="100")
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
    async with at_schwab(sqlite.open()) as (world, sim):
        await _confirmed(world, limit="100")
        await world.later(30)
        (order,) = await world.orders(world.alice)
        trouble = sim.fail("modify", fault)

        card = await world.alice.in_dms.types("order modify", order=order.order_id, limit="101")

        assert "outcome unknown. It is being checked; do not repeat it." in card.text, card.text
        trouble.release()
        for _ in range(3):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        assert (sim.replacements_received, sim.orders_received) == (1, 1)
        assert order.state is OrderState.ACCEPTED
        assert order.request.limit_price == 101
        assert order.broker_order_id == str(sim.orders[-1].id)
        assert order.intent is not None
        assert not order.intent.state.open


async def test_what_schwab_takes_and_rejects_is_told_in_its_words(sqlite: Store) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
        review = await _review(world)
        sim.set_cash(person(sim).account, "10")

        card = await world.alice.in_dms.clicks(review, "Confirm")

        assert "enough available cash" in card.text
        assert "No order is open." in card.text
        assert sim.orders_received == 1


async def test_what_schwab_rejects_later_is_told_then(sqlite: Store) -> None:
    async with at_schwab(sqlite.open(), order_deadline_seconds=5) as (world, sim):
        review = await _review(world)
        sim.let_orders_wait()
        card = await world.alice.in_dms.clicks(review, "Confirm")
        accepted = card.title
        sim.reject_on_arrival("No trades are currently allowed")
        sim.finish_orders()

        await world.later(10)

        assert "Accepted" in accepted
        assert "Order rejected" in card.title
        assert "No trades are currently allowed" in card.text


async def test_what_schwab_would_reject_is_told_on_the_review(sqlite: Store) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
        person(sim).account.halted = True

        review = await _review(world)

        assert "would refuse this now: No trades are currently allowed" in review.text
        assert sim.orders_received == 0


async def test_an_unreachable_broker_gets_nothing_and_the_card_says_so(sqlite: Store) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
        review = await _review(world)
        await sim.stop_listening()

        card = await world.alice.in_dms.clicks(review, "Confirm")

        assert "Not sent" in card.title or "Not placed" in card.title, card.text
        assert sim.orders_received == 0


# Two that are alike


async def test_between_two_that_fit_the_person_says_which(sqlite: Store) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
        sim.fail("place", Fault.CLOSE, times=1)
        await _confirmed(world, limit="100")
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
        await _confirmed(world, limit="100")
        sim.fail("place", Fault.CLOSE, times=1)
        await _confirmed(world, limit="100")

        for _ in range(4):
            await world.later(20)

        second, first = await world.orders(world.alice)
        assert (first.state, second.state) == (OrderState.ACCEPTED, OrderState.ACCEPTED)
        assert [first.broker_order_id, second.broker_order_id] == [
            str(one.id) for one in sim.orders
        ]


# Access


async def test_a_link_that_schwab_no_longer_renews_blocks_an_order_before_it_is_sent(
    sqlite: Store,
) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
        await world.later(27 * 60 + 30)
        priced(sim)
        review = await _review(world)
        sim.revoke(person(sim))
        await world.later(45)  # past the moment at which the access is renewed

        card = await world.alice.in_dms.clicks(review, "Confirm")
        later = await _review(world)

        (order,) = await world.orders(world.alice)
        assert "Session expired" in card.refusal.title
        assert "Nothing was sent to your broker." in card.refusal.text
        assert "Link the account again" in card.refusal.text
        assert "no longer accepts the access" in later.text
        assert order.state is OrderState.DRAFT
        assert "Confirm" not in later.buttons
        assert sim.orders_received == 0


async def test_after_a_week_the_person_signs_in_again_and_finds_the_same_account_and_orders(
    sqlite: Store,
) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
        await _confirmed(world, limit="100", time_in_force="gtc")
        await world.later(A_WEEK)
        ended = await world.alice.in_dms.types("balance")

        again = await linked(world, sim, world.alice)

        assert "Charles Schwab ends each access after a while" in ended.text
        assert again.renewed
        for _ in range(2):
            await world.later(70)
        (order,) = await world.orders(world.alice)
        assert order.state is OrderState.ACCEPTED
        assert "100,000.00" in (await world.alice.in_dms.types("balance")).text


async def test_two_people_at_once_never_see_each_others_accounts(sqlite: Store) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
        sim.set_cash(person(sim, "bob").account, "777")
        await unlocked(world, world.bob)
        await linked(world, sim, world.bob)

        for _ in range(3):
            mine = await world.alice.in_dms.types("balance")
            theirs = await world.bob.in_dms.types("balance")
            assert "100,000.00" in mine.text
            assert "777" not in mine.text
            assert "777.00" in theirs.text
            assert "100,000" not in theirs.text
            await world.later(HALF_AN_HOUR)
        priced(sim)
        await _confirmed(world, who=world.bob, quantity="1", limit="100")
        await _confirmed(world, quantity="2", limit="100")

        by_owner = {one.account.owner.name: one.quantity for one in sim.orders}
        assert by_owner == {"bob": 1, "alice": 2}
        about = {(one.person, one.path.split("/")[4]) for one in sim.received if _one(one.path)}
        own = {(one.name, one.account.hash) for one in sim.people}
        assert about <= own | {(None, account) for _, account in own}


def _one(path: str) -> bool:
    return path.startswith("/trader/v1/accounts/") and not path.endswith("accountNumbers")


async def _a_day(world: World, sim: SchwabSimulator) -> list[Seen]:
    alice = world.alice.in_dms
    seen: list[Seen] = []
    for command in ("setup accounts", "balance", "positions", "portfolio"):
        seen.append(await alice.types(command))
        await world.later(20)
    for fault in (None, Fault.BAD_GATEWAY, Fault.INVALID_JSON, Fault.RESET, Fault.LIST):
        trouble = None if fault is None else sim.fail("place", fault, times=1)
        seen.append(await _confirmed(world, limit="100"))
        if trouble is not None:
            trouble.release()
        await world.later(60)
    sim.refuse("place", message="no", times=1)
    seen.append(await _confirmed(world, limit="100"))
    sim.fail("read", Fault.INVALID_JSON, times=1)
    seen.append(await alice.types("balance"))
    await world.later(HALF_AN_HOUR)
    seen.append(await alice.types("balance"))
    sim.revoke(person(sim))
    await world.later(HALF_AN_HOUR)
    seen += [await alice.types("balance"), await alice.types("setup status")]
    return seen


async def test_no_token_and_no_secret_is_in_a_log_a_card_or_a_metric(sqlite: Store) -> None:
    with captured_stderr(level="DEBUG") as log:
        for name in ("httpx", "httpcore", "schwab", "authlib"):
            logging.getLogger(name).setLevel(logging.DEBUG)
        async with at_schwab(sqlite.open()) as (world, sim):
            seen = await _a_day(world, sim)
            told = [*seen, *world.public(), *world.messages_to(world.alice)]
            cards = "\n".join(f"{one.text}\n{one.raw}" for one in told)
            metrics, _ = world.app.metrics.render()
            refreshing = {grant.refresh_token for grant in sim.tokens._grants}
            secrets = {APP_SECRET, *sim.tokens._access, *refreshing} - {""}

    lines = log.getvalue()
    assert "link_died" in lines  # the log was on
    assert len(secrets) >= 4
    for secret in secrets:
        assert secret not in lines
        assert secret not in cards
        assert secret.encode() not in metrics

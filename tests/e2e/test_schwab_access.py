"""Access to Schwab: its end, its renewal, whose it is, and where it must not be seen."""

import logging

from floorbroker.domain.order_state import OrderState
from tests.e2e.at_schwab import (
    APP_SECRET,
    at_schwab,
    confirmed,
    linked,
    person,
    priced,
    reviewed,
    unlocked,
)
from tests.e2e.people import Seen
from tests.e2e.world import World
from tests.observability.captured import captured_stderr
from tests.simulators.schwab import Fault, SchwabSimulator
from tests.stores import Store

HALF_AN_HOUR = 30 * 60
A_WEEK = 7 * 24 * 3600


async def test_a_link_that_schwab_no_longer_renews_blocks_an_order_before_it_is_sent(
    sqlite: Store,
) -> None:
    async with at_schwab(sqlite.open()) as (world, sim):
        await world.later(27 * 60 + 30)
        priced(sim)
        review = await reviewed(world)
        sim.revoke(person(sim))
        await world.later(45)  # past the moment at which the access is renewed

        card = await world.alice.in_dms.clicks(review, "Confirm")
        later = await reviewed(world)

        (order,) = await world.orders(world.alice)
        dead = [one for one in world.messages_to(world.alice) if "no longer works" in one.title]
        assert len(dead) == 1
        assert list(dead[0].buttons) == ["Link again"]
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
        await confirmed(world, limit="100", time_in_force="gtc")
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
        await confirmed(world, who=world.bob, quantity="1", limit="100")
        await confirmed(world, quantity="2", limit="100")

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
        seen.append(await confirmed(world, limit="100"))
        if trouble is not None:
            trouble.release()
        await world.later(60)
    sim.refuse("place", message="no", times=1)
    seen.append(await confirmed(world, limit="100"))
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

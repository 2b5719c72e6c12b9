"""Access to E*TRADE that ends: asleep, at midnight in New York, or revoked there."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from floorbroker.brokers.etrade.eastern import midnight_after
from tests.e2e.at_etrade import at_etrade, linked, quoted_now
from tests.e2e.people import Answer
from tests.e2e.world import World
from tests.stores import Store

NEW_YORK = ZoneInfo("America/New_York")


async def _review(world: World, command: str = "buy", **options: str) -> Answer:
    usual = {"symbol": "AAPL", "quantity": "10", **options}
    return await world.alice.in_dms.types(command, **usual)


async def _confirmed(world: World, command: str = "buy", **options: str) -> Answer:
    return await world.alice.in_dms.clicks(await _review(world, command, **options), "Confirm")


async def test_access_that_lay_idle_is_renewed_and_the_order_goes_through(sqlite: Store) -> None:
    async with at_etrade(sqlite.open()) as (world, sim):
        (token,) = sim.office.access.values()
        token.dies_at += timedelta(days=2)  # the two idle hours alone
        await world.alice.in_dms.types("balance")
        await world.later(2.5 * 3600)
        assert token.is_idle(world.clock.now())
        quoted_now(sim)

        card = await _confirmed(world)
        await world.later(10)

        renewed = [one for one in sim.received if one.path == "/oauth/renew_access_token"]
        assert "Filled · Buy 10 AAPL LIVE" in card.title, card.text
        assert len(renewed) == 1


async def test_midnight_in_new_york_blocks_an_order_before_anything_is_sent(
    sqlite: Store,
) -> None:
    async with at_etrade(sqlite.open()) as (world, sim):
        review = await _review(world)
        midnight = midnight_after(world.clock.now())
        await world.later((midnight - world.clock.now()).total_seconds() + 1)
        asked = len(sim.received)

        late = await world.alice.in_dms.clicks(review, "Confirm")
        anew = await _review(world)

        assert world.clock.now().astimezone(NEW_YORK).hour == 0
        assert "ends each access after a while" in f"{late.text} {anew.text}"
        assert len(sim.received) == asked

        alice = next(iter(sim.office.access.values())).person
        again = await linked(world, sim, alice)
        assert again.renewed
        quoted_now(sim)
        card = await _confirmed(world)
        await world.later(10)
        assert "Filled · Buy 10 AAPL LIVE" in card.title, card.text


async def test_a_link_that_was_revoked_at_etrade_sends_no_order_and_is_told(
    sqlite: Store,
) -> None:
    async with at_etrade(sqlite.open()) as (world, sim):
        review = await _review(world)
        (token,) = sim.office.access.values()
        sim.revoke(token)

        card = await world.alice.in_dms.clicks(review, "Confirm")
        first = await world.alice.in_dms.types("balance")
        asked = len(sim.received)
        second = await world.alice.in_dms.types("balance")

        assert "Filled" not in card.title
        assert sim.orders == []
        assert sim.orders_received == 0
        assert "E*TRADE" in first.text
        assert "no longer accepts the access stored for E*TRADE live" in second.text
        assert len(sim.received) == asked

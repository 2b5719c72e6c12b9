"""What can have changed between review and Confirm: pauses, live locks, the day's count, links."""

import asyncio
from typing import Any

import pytest

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    LimitExceeded,
    NotLinked,
    Paused,
    PolicyRefused,
)
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import PositionEffect, Side
from floorbroker.domain.service_pause import ServicePause
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, held
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, BEN, SERVER, House, caller, settings
from tests.services.conftest import Build
from tests.simulators.paper_faults import Counting


async def _pause_me(house: House) -> None:
    await house.choose(ANNA, paused=True)


async def _pause_all(house: House) -> None:
    await house.stored_people.save_service_pause(ServicePause(everybody=True))


async def _pause_the_broker(house: House) -> None:
    brokers = frozenset({BrokerId("paper"), BrokerId("kraken")})
    await house.stored_people.save_service_pause(ServicePause(brokers=brokers))


async def _suspend_me(house: House) -> None:
    await house.choose(ANNA, suspended=True)


_PAUSES = [_pause_me, _pause_all, _pause_the_broker, _suspend_me]


@pytest.mark.parametrize("pause", _PAUSES)
async def test_a_pause_after_the_review_stops_an_order_that_opens(
    house: House, broker: Counting, pause: Any
) -> None:
    draft = await house.draft()
    await pause(house)

    with pytest.raises(Paused):
        await house.confirm(draft)

    assert broker.orders_received == 0
    assert (await house.stored(draft)).state is OrderState.DRAFT


@pytest.mark.parametrize("pause", _PAUSES)
async def test_a_pause_never_stops_an_order_that_closes(
    house: House, broker: Counting, pause: Any
) -> None:
    await house.bought("10")
    await pause(house)

    draft = await house.drafts.draft_close(caller(), "AAPL", None, None)
    closed = await house.confirm(draft)

    assert closed.request.effect is PositionEffect.CLOSE
    assert closed.request.side is Side.SELL
    assert closed.state is OrderState.FILLED
    assert broker.orders_received == 2


@pytest.mark.parametrize("pause", _PAUSES)
async def test_a_pause_stops_the_review_of_an_order_that_opens(house: House, pause: Any) -> None:
    await pause(house)

    with pytest.raises(Paused):
        await house.draft()

    assert await house.list.open(ANNA) == []


async def test_somebody_elses_pause_is_not_mine(house: House) -> None:
    await house.choose(BEN, paused=True)

    assert (await house.confirm(await house.draft())).state is OrderState.FILLED


async def _live_draft(house: House, guild_id: str | None) -> Any:
    """A draft made while every lock was open."""
    await house.link(environment=Environment.LIVE)
    await house.choose(ANNA, live=True)
    await house.allow_live()
    return await house.draft(caller(guild_id=guild_id), limit="90.00")


async def test_with_every_lock_open_a_live_order_goes_out(build: Build, venue: Venue) -> None:
    house = build(venue=venue, chosen=settings(live_trading="on"))
    draft = await _live_draft(house, SERVER)

    order = await house.confirm(draft, caller(guild_id=SERVER))

    assert order.environment is Environment.LIVE
    assert order.state is OrderState.ACCEPTED
    assert venue.count("place_order") == 1


async def test_the_operators_lock_stops_a_live_order(
    build: Build, venue: Venue, store: FlakyDocuments
) -> None:
    draft = await _live_draft(build(venue=venue, chosen=settings(live_trading="on")), None)
    restarted = build(venue=venue, chosen=settings(live_trading="off"))

    with pytest.raises(PolicyRefused, match="operator has not switched live trading on"):
        await restarted.confirm(draft)

    assert venue.count("place_order") == 0


async def test_the_persons_lock_stops_a_live_order(build: Build, venue: Venue) -> None:
    house = build(venue=venue, chosen=settings(live_trading="on"))
    draft = await _live_draft(house, None)
    await house.choose(ANNA, live=False)

    with pytest.raises(PolicyRefused, match="You have not switched live trading on"):
        await house.confirm(draft)

    assert venue.count("place_order") == 0


async def test_a_server_that_closed_its_lock_stops_a_live_order(build: Build, venue: Venue) -> None:
    house = build(venue=venue, chosen=settings(live_trading="on"))
    draft = await _live_draft(house, SERVER)
    await house.allow_live(live=False)

    with pytest.raises(PolicyRefused, match="server does not allow"):
        await house.confirm(draft, caller(guild_id=SERVER))

    assert venue.count("place_order") == 0


async def test_a_server_without_a_policy_stops_a_live_order_and_a_dm_does_not(
    build: Build, venue: Venue
) -> None:
    house = build(venue=venue, chosen=settings(live_trading="on"))
    draft = await _live_draft(house, None)

    with pytest.raises(PolicyRefused, match="server does not allow"):
        await house.confirm(draft, caller(guild_id="another server"))
    assert venue.count("place_order") == 0

    assert (await house.confirm(draft, caller(guild_id=None))).state is OrderState.ACCEPTED


@pytest.mark.parametrize(
    ("operator", "person", "server"),
    [("off", True, True), ("on", False, True), ("on", True, False), ("on", True, None)],
)
async def test_each_live_lock_alone_stops_the_review(
    build: Build, venue: Venue, operator: str, person: bool, server: bool | None
) -> None:
    house = build(venue=venue, chosen=settings(live_trading=operator))
    await house.link(environment=Environment.LIVE)
    await house.choose(ANNA, live=person)
    if server is not None:
        await house.allow_live(live=server)

    with pytest.raises(PolicyRefused):
        await house.draft(caller(guild_id=SERVER), limit="90.00")


async def test_paper_needs_none_of_the_live_locks(build: Build, venue: Venue) -> None:
    house = build(venue=venue)
    await house.link(environment=Environment.PAPER)

    order = await house.draft(caller(guild_id=SERVER), limit="90.00")

    assert (await house.confirm(order, caller(guild_id=SERVER))).state is OrderState.ACCEPTED


async def test_a_live_order_that_closes_still_needs_the_live_locks(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue, chosen=settings(live_trading="on"))
    await house.link(environment=Environment.LIVE)
    venue.positions = (held(10, clock.now()),)

    with pytest.raises(PolicyRefused):
        await house.drafts.draft_close(caller(), "AAPL", None, None)


async def test_the_days_count_is_looked_at_again_at_confirm(build: Build, broker: Counting) -> None:
    house = build(faults=broker, chosen=settings(max_orders_per_day=2))
    drafts = [await house.draft(quantity="1") for _ in range(3)]
    await house.confirm(drafts[0])
    await house.confirm(drafts[1])

    with pytest.raises(LimitExceeded, match="Daily order limit reached") as refused:
        await house.confirm(drafts[2])

    assert refused.value.code is ErrorCode.RISK_LIMIT_EXCEEDED
    assert broker.orders_received == 2


async def test_the_days_count_never_stops_a_close(build: Build, broker: Counting) -> None:
    house = build(faults=broker, chosen=settings(max_orders_per_day=1))
    await house.bought("10")

    draft = await house.drafts.draft_close(caller(), "AAPL", None, None)

    assert (await house.confirm(draft)).state is OrderState.FILLED


async def test_the_count_starts_anew_at_midnight_in_new_york(
    build: Build, broker: Counting, clock: ManualClock
) -> None:
    house = build(faults=broker, chosen=settings(max_orders_per_day=1))
    await house.bought("1")
    to_midnight_in_new_york = 12 * 3600
    clock.advance(to_midnight_in_new_york - 1)
    with pytest.raises(LimitExceeded):
        await house.draft(quantity="1")

    clock.advance(1)

    assert (await house.bought("1")).state is OrderState.FILLED


async def test_each_person_has_a_count_of_their_own(build: Build) -> None:
    house = build(chosen=settings(max_orders_per_day=1))
    await house.bought("1", ANNA)

    assert (await house.bought("1", BEN)).state is OrderState.FILLED


async def test_a_link_that_was_removed_since_the_review_sends_nothing(
    house: House, broker: Counting
) -> None:
    draft = await house.draft()
    await house.links.remove(ANNA, draft.link_id)

    with pytest.raises(NotLinked):
        await house.confirm(draft)

    assert broker.orders_received == 0


async def test_a_link_that_is_removed_while_its_adapter_opens_sends_nothing(
    build: Build, venue: Venue
) -> None:
    """Unlink ends the lease at once, also the one that is still on its way."""
    drafting = build(venue=venue)
    link = await drafting.link()
    draft = await drafting.draft(limit="90.00")
    house = build(venue=venue)
    venue.blocked["connect"] = asyncio.Event()
    click = asyncio.ensure_future(house.confirm(draft))
    await venue.heard("connect", times=2)
    await house.links.remove(ANNA, link.link_id)
    closed_before = venue.closed

    venue.blocked["connect"].set()

    with pytest.raises(NotLinked):
        await click
    assert venue.count("place_order") == 0
    assert venue.closed == closed_before + 1

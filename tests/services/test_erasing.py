"""Asking for an erasing: a timer that freezes the account, and ends with one word."""

from dataclasses import replace
from datetime import timedelta

import pytest

from floorbroker.domain.errors import Busy, NotLinked, Paused, PolicyRefused, StoreUnavailable
from floorbroker.domain.ids import OrderId
from floorbroker.domain.order_state import OrderState
from floorbroker.services.eraser import ON_ITS_WAY
from floorbroker.services.erasing import GRACE
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, BEN, House, caller
from tests.services.conftest import Build
from tests.simulators.paper_faults import Counting


async def actions(house: House) -> list[str]:
    found = await house.documents.find("audit", {}, limit=1_000)
    return [entry["action"] for entry in found]


async def test_nothing_that_opens_a_position_goes_through_until_the_end(
    house: House, broker: Counting
) -> None:
    await house.bought("10")
    review = await house.draft(quantity="1")

    leaving = await house.erasing.ask(ANNA)

    assert leaving.erase_at - house.clock.now() == GRACE == timedelta(days=7)
    with pytest.raises(Paused, match="/data keep"):
        await house.draft(quantity="1")
    with pytest.raises(Paused, match="/data keep"):
        await house.confirm(review)
    assert broker.orders_received == 1


async def test_closing_canceling_and_following_go_on(house: House) -> None:
    await house.bought("10")
    resting = await house.resting()
    await house.erasing.ask(ANNA)

    by = caller()
    closed = await house.confirm(await house.drafts.draft_close(by, "AAPL", None, None), by)
    canceled = await house.changes.cancel(caller(), resting.order_id)
    house.clock.advance(120)
    await house.reconciler.sweep()

    assert closed.state is OrderState.FILLED
    assert canceled.intent is not None
    assert (await house.stored(resting)).state is OrderState.CANCELED


async def test_another_person_trades_on(house: House) -> None:
    await house.erasing.ask(ANNA)

    order = await house.bought("1", BEN)

    assert order.state is OrderState.FILLED
    assert (await house.erasing.foreseen(BEN)).leaving is None


async def test_asking_again_puts_nothing_off(house: House) -> None:
    first = await house.erasing.ask(ANNA)
    house.clock.advance(3_600)

    assert await house.erasing.ask(ANNA) == first
    assert (await actions(house)).count("erase_asked") == 1


async def test_whoever_keeps_their_data_trades_again(house: House) -> None:
    await house.erasing.ask(ANNA)

    assert await house.erasing.keep(ANNA)

    assert (await house.bought("1")).state is OrderState.FILLED
    assert {"erase_asked", "erase_stopped"} <= set(await actions(house))
    house.clock.advance(GRACE.total_seconds() + 1)
    assert await house.eraser.sweep() == 0
    assert await house.list.recent(ANNA)


async def test_without_a_timer_there_is_nothing_to_stop(house: House) -> None:
    assert not await house.erasing.keep(ANNA)

    assert await house.stored_people.person(ANNA) is None


async def test_what_has_begun_cannot_be_stopped_and_nothing_is_sent_any_more(
    house: House, store: FlakyDocuments, broker: Counting
) -> None:
    await house.bought("10")
    by = caller()
    closing = await house.drafts.draft_close(by, "AAPL", None, None)
    await house.erasing.ask(ANNA)
    house.clock.advance(GRACE.total_seconds())
    await house.eraser.sweep()
    house.clock.advance(ON_ITS_WAY.total_seconds())
    store.fail("delete", "orders")
    with pytest.raises(StoreUnavailable):
        await house.eraser.sweep()
    store.recover()

    with pytest.raises(PolicyRefused, match="cannot be stopped"):
        await house.erasing.keep(ANNA)
    with pytest.raises(NotLinked):
        await house.confirm(closing, by)
    assert broker.orders_received == 1


async def test_what_would_go_is_told_and_what_stays_at_the_broker(house: House) -> None:
    await house.bought("10")
    resting = await house.resting()

    foreseen = await house.erasing.foreseen(ANNA)

    assert foreseen.counts["orders"] == 2
    assert foreseen.counts["links"] == 1
    assert [order.order_id for order in foreseen.open_orders] == [resting.order_id]
    assert foreseen.leaving is None
    assert await house.stored_people.person(ANNA) is None


async def test_taking_the_app_away_starts_the_same_timer(house: House) -> None:
    await house.bought("10")

    leaving = await house.erasing.deauthorised(ANNA)

    assert leaving is not None
    assert leaving.deauthorised
    assert leaving.erase_at - house.clock.now() == GRACE
    with pytest.raises(Paused):
        await house.draft(quantity="1")
    house.clock.advance(GRACE.total_seconds())
    assert await house.eraser.sweep() == 0
    house.clock.advance(ON_ITS_WAY.total_seconds())
    assert await house.eraser.sweep() == 1
    assert not any((await house.erasing.foreseen(ANNA)).counts.values())


async def test_taking_the_app_away_does_not_put_off_what_was_asked_before(house: House) -> None:
    asked = await house.erasing.ask(ANNA)
    house.clock.advance(60)

    assert await house.erasing.deauthorised(ANNA) == asked


async def test_of_somebody_who_never_used_the_bot_nothing_is_made_up(house: House) -> None:
    assert await house.erasing.deauthorised(ANNA) is None

    assert await house.stored_people.person(ANNA) is None
    assert await actions(house) == []


async def test_the_timer_holds_in_every_process(build: Build) -> None:
    here, there = build(), build()
    await here.bought("1")
    await here.erasing.ask(ANNA)

    with pytest.raises(Paused):
        await there.draft(quantity="1")
    assert await there.erasing.keep(ANNA)
    assert OrderId((await here.bought("1")).order_id)


async def test_once_it_has_begun_not_even_a_closing_order_leaves(
    house: House, broker: Counting
) -> None:
    """Nothing would follow it: what it belongs to is being erased."""
    await house.bought("10")
    by = caller()
    closing = await house.drafts.draft_close(by, "AAPL", None, None)
    await house.erasing.ask(ANNA)
    house.clock.advance(1)
    person = await house.stored_people.person(ANNA)
    assert person is not None
    assert person.leaving is not None
    await house.choose(leaving=replace(person.leaving, begun=True))

    with pytest.raises(Busy, match="being erased"):
        await house.confirm(closing, by)
    assert broker.orders_received == 1

"""Later news: on the card while its token lives, else by DM, else at the next command; once."""

from dataclasses import replace

import pytest

from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Receipt
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, accepted
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, BEN, House, caller
from tests.services.conftest import Build


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


async def _with_news(house: House, venue: Venue, after_seconds: float) -> Order:
    """An order that ends at the broker some time after its card was shown."""
    await house.link()
    by = caller()
    draft = await house.draft(by, limit="90.00")
    order = await house.orders.confirm(by, draft.order_id, house.address())
    await house.orders.told(order)
    venue.book[order.order_id] = Receipt(broker_order_id="X-1", state=OrderState.CANCELED)
    house.clock.advance(after_seconds)
    await house.reconciler.sweep()
    return await house.stored(order)


async def test_the_card_is_edited_while_its_token_lives(house: House, venue: Venue) -> None:
    order = await _with_news(house, venue, 10)

    assert await house.notifier.sweep() == 1

    [(shown, token)] = house.messenger.cards
    assert shown.state is OrderState.CANCELED
    assert token == f"token of {ANNA}"
    assert house.messenger.messages == []
    assert (await house.stored(order)).news_at is None
    assert await house.notifier.sweep() == 0


@pytest.mark.parametrize(("minutes", "by_card"), [(13.9, 1), (14, 0), (15, 0), (60, 0)])
async def test_a_token_that_is_too_old_is_not_tried_and_a_message_is_sent(
    house: House, venue: Venue, minutes: float, by_card: int
) -> None:
    await _with_news(house, venue, minutes * 60)

    await house.notifier.sweep()

    assert len(house.messenger.cards) == by_card
    assert len(house.messenger.messages) == 1 - by_card


async def test_a_card_that_cannot_be_edited_any_more_becomes_a_message(
    house: House, venue: Venue
) -> None:
    await _with_news(house, venue, 10)
    house.messenger.card_open = False

    await house.notifier.sweep()

    assert [order.state for order in house.messenger.messages] == [OrderState.CANCELED]


async def test_closed_messages_are_kept_and_shown_by_the_next_command_once(
    house: House, venue: Venue
) -> None:
    order = await _with_news(house, venue, 3600)
    house.messenger.dm_open = False

    await house.notifier.sweep()

    assert (await house.stored(order)).news_at is None
    [unseen] = await house.inbox.unseen(ANNA)
    assert unseen.order_id == order.order_id
    assert unseen.state is OrderState.CANCELED
    assert await house.inbox.unseen(BEN) == []
    await house.inbox.seen([unseen])
    assert await house.inbox.unseen(ANNA) == []


async def test_whoever_wants_no_messages_gets_none_and_finds_the_news_later(
    house: House, venue: Venue
) -> None:
    await house.choose(ANNA, notify=False)
    await _with_news(house, venue, 3600)

    await house.notifier.sweep()

    assert house.messenger.messages == []
    assert len(await house.inbox.unseen(ANNA)) == 1


async def test_news_is_not_lost_when_the_delivery_itself_fails(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    order = await _with_news(house, venue, 3600)
    house.messenger.broken = True
    with pytest.raises(ConnectionResetError):
        await house.notifier.sweep()
    house.messenger.broken = False
    assert (await house.stored(order)).news_at is not None

    clock.advance(60)
    await house.notifier.sweep()

    assert len(house.messenger.messages) == 1
    assert (await house.stored(order)).news_at is None


async def test_news_is_not_lost_when_the_store_fails_meanwhile(
    house: House, venue: Venue, store: FlakyDocuments, clock: ManualClock
) -> None:
    order = await _with_news(house, venue, 3600)
    house.messenger.dm_open = False
    store.fail("upsert", "notifications")
    with pytest.raises(Exception, match="storage"):
        await house.notifier.sweep()
    store.recover()

    clock.advance(60)
    await house.notifier.sweep()

    assert [one.order_id for one in await house.inbox.unseen(ANNA)] == [order.order_id]


async def test_two_processes_tell_the_same_news_once(
    house: House, build: Build, venue: Venue, store: FlakyDocuments
) -> None:
    there = build(venue=venue)
    await _with_news(house, venue, 3600)

    store.before["replace", "orders"] = there.notifier.sweep
    await house.notifier.sweep()
    await there.notifier.sweep()

    assert len(house.messenger.messages) + len(there.messenger.messages) == 1


async def test_news_that_comes_while_older_news_is_told_is_told_too(
    house: House, venue: Venue, store: FlakyDocuments, clock: ManualClock
) -> None:
    await house.link()
    order = await house.resting()
    await house.orders.told(order)
    venue.book[order.order_id] = accepted("X-1", limit_price=order.request.limit_price)
    venue.book[order.order_id] = Receipt(broker_order_id="X-1", state=OrderState.PARTIALLY_FILLED)
    clock.advance(10)
    await house.reconciler.sweep()
    venue.book[order.order_id] = Receipt(broker_order_id="X-1", state=OrderState.CANCELED)
    clock.advance(10)

    store.before["get", "users"] = house.reconciler.sweep
    await house.notifier.sweep()
    await house.notifier.sweep()

    assert [one.state for one in house.messenger.messages] == [
        OrderState.PARTIALLY_FILLED,
        OrderState.CANCELED,
    ]


async def test_a_mere_look_at_the_broker_meanwhile_does_not_tell_the_same_news_twice(
    house: House, venue: Venue, store: FlakyDocuments, clock: ManualClock
) -> None:
    await house.link()
    order = await house.resting()
    clock.advance(20)

    store.before["get", "users"] = house.reconciler.sweep
    await house.notifier.sweep()
    clock.advance(120)
    await house.notifier.sweep()

    assert [one.order_id for one in house.messenger.messages] == [order.order_id]
    assert ("get", "users") not in store.before


async def test_whoever_was_told_by_the_click_is_not_told_again(
    house: House, clock: ManualClock
) -> None:
    await house.link()
    order = await house.resting()
    assert order.news_at is not None

    await house.orders.told(order)
    clock.advance(60)

    assert await house.notifier.sweep() == 0


async def test_whoever_clicked_and_was_not_told_is_told_after_a_quarter_of_a_minute(
    house: House, clock: ManualClock
) -> None:
    await house.link()
    await house.resting()
    clock.advance(14)
    assert await house.notifier.sweep() == 0

    clock.advance(1)
    await house.notifier.sweep()

    assert len(house.messenger.messages) == 1


async def test_a_sealed_token_opens_for_its_own_person_only(house: House, venue: Venue) -> None:
    order = await _with_news(house, venue, 10)
    assert order.reply is not None
    assert house.addresses.token(ANNA, order.reply) == f"token of {ANNA}"

    assert house.addresses.token(BEN, order.reply) is None
    assert f"token of {ANNA}" not in order.reply.sealed_token
    forged = replace(order.reply, sealed_token="1.test.AAAA.AAAA.AAAA")
    assert house.addresses.token(ANNA, forged) is None


async def test_a_notice_of_an_order_that_is_gone_does_not_stay_in_the_way(
    house: House, venue: Venue
) -> None:
    order = await _with_news(house, venue, 3600)
    for number in range(5):
        await house.notices.add(ANNA, f"gone-{number}", "2020-01-01T00:00:00.000000Z")  # type: ignore[arg-type] # no such orders
    house.messenger.dm_open = False
    await house.notifier.sweep()

    shown = list(await house.inbox.unseen(ANNA)) or list(await house.inbox.unseen(ANNA))

    assert [one.order_id for one in shown] == [order.order_id]

"""Later news: on the card while its token lives, else by DM, else at the next command; once."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.domain.news import NewsKind, NewsLevel
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, Receipt
from floorbroker.services.notify import TOLD_WITHIN, answering
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


async def _filled_before_the_answer(house: House, venue: Venue) -> Order:
    """An order that is told as filled on the card while the answer to the click is under way."""
    await house.link()
    by = caller()
    draft = await house.draft(by)
    accepted_first = await house.orders.confirm(by, draft.order_id, house.address())
    fill = Fill(fill_id="1", quantity=Decimal(10), price=Decimal(100), at=house.clock.now())
    venue.book[draft.order_id] = Receipt(
        broker_order_id="X-1", state=OrderState.FILLED, fills=(fill,)
    )
    house.clock.advance(2)
    await house.reconciler.sweep()
    assert await house.notifier.sweep() == 1
    return accepted_first


async def test_an_answer_whose_sender_died_with_it_is_put_right(house: House, venue: Venue) -> None:
    order = await _filled_before_the_answer(house, venue)
    # Now the answer "Accepted" reaches the card, and its process dies before it can say so.

    house.clock.advance(TOLD_WITHIN.total_seconds() - 1)
    while await house.notifier.sweep():
        house.clock.advance(1)

    assert [shown.state for shown, _ in house.messenger.cards] == [OrderState.FILLED] * 2
    assert house.messenger.messages == []
    stored = await house.stored(order)
    assert stored.news_at is None
    assert stored.told is not None
    assert stored.told.answer_by is None


async def test_an_answer_that_came_late_is_put_right_at_once_and_once(
    house: House, venue: Venue
) -> None:
    order = await _filled_before_the_answer(house, venue)
    await house.orders.told(order)

    assert await house.notifier.sweep() == 1
    house.clock.advance(TOLD_WITHIN.total_seconds())
    assert await house.notifier.sweep() == 0

    assert [shown.state for shown, _ in house.messenger.cards] == [OrderState.FILLED] * 2
    assert (await house.stored(order)).news_at is None


async def test_a_click_while_news_is_told_keeps_its_own_answers_time(
    house: House, venue: Venue
) -> None:
    order = await _with_news(house, venue, 10)

    async def clicked() -> None:
        present = await house.stored(order)
        await house.desk.orders.change(present, lambda one: answering(one, house.clock.now()))

    house.messenger.after_card = clicked
    await house.notifier.sweep()

    stored = await house.stored(order)
    assert stored.told is not None
    assert stored.told.answer_by == stored.news_at == house.clock.now() + TOLD_WITHIN


async def test_what_no_answer_can_overwrite_is_told_once(house: House, venue: Venue) -> None:
    house.messenger.card_open = False
    await _filled_before_the_answer(house, venue)

    house.clock.advance(TOLD_WITHIN.total_seconds())

    assert await house.notifier.sweep() == 0
    assert len(house.messenger.messages) == 1


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


async def _partly(house: House, venue: Venue, order: Order, filled: int, state: OrderState) -> None:
    """What the broker tells next, and the look that finds it."""
    fills = tuple(
        Fill(fill_id=str(number), quantity=Decimal(1), price=Decimal(90), at=house.clock.now())
        for number in range(filled)
    )
    venue.book[order.order_id] = Receipt(broker_order_id="X-1", state=state, fills=fills)
    house.clock.advance(10)
    await house.reconciler.check(await house.stored(order))
    await house.notifier.sweep()


async def _working(house: House) -> Order:
    await house.link()
    order = await house.resting()
    await house.orders.told(order)
    house.clock.advance(3600)
    return order


async def test_many_partial_fills_are_one_message_that_changes_and_one_at_the_end(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    order = await _working(house)

    for filled in range(1, 7):
        await _partly(house, venue, order, filled, OrderState.PARTIALLY_FILLED)
        clock.advance(60)
    await _partly(house, venue, order, 10, OrderState.FILLED)

    told = [(one.state, one.filled_quantity) for one in house.messenger.messages]
    assert told == [(OrderState.PARTIALLY_FILLED, 1), (OrderState.FILLED, 10)]
    assert [one.state for one in house.messenger.silently] == [OrderState.PARTIALLY_FILLED]
    edits = [(one.filled_quantity, message) for one, message in house.messenger.edited]
    assert edits == [*((Decimal(n), "1") for n in range(2, 7)), (Decimal(10), "1")]


async def test_fills_that_follow_each_other_at_once_change_the_message_no_more_than_twice_a_minute(
    house: House, venue: Venue
) -> None:
    order = await _working(house)
    await _partly(house, venue, order, 1, OrderState.PARTIALLY_FILLED)

    for filled in (2, 3):
        await _partly(house, venue, order, filled, OrderState.PARTIALLY_FILLED)
    early = len(house.messenger.edited)
    house.clock.advance(30)
    await house.notifier.sweep()

    assert early == 0
    assert [one.filled_quantity for one, _ in house.messenger.edited] == [3]


async def test_the_end_waits_for_nothing(house: House, venue: Venue) -> None:
    order = await _working(house)
    await _partly(house, venue, order, 1, OrderState.PARTIALLY_FILLED)

    await _partly(house, venue, order, 1, OrderState.CANCELED)

    assert [one.state for one in house.messenger.messages][-1] is OrderState.CANCELED


async def test_a_message_that_is_gone_is_sent_anew(house: House, venue: Venue) -> None:
    order = await _working(house)
    await _partly(house, venue, order, 1, OrderState.PARTIALLY_FILLED)
    house.messenger.gone = {"1"}
    house.clock.advance(60)

    await _partly(house, venue, order, 2, OrderState.PARTIALLY_FILLED)

    assert [one.filled_quantity for one in house.messenger.messages] == [1, 2]


async def test_a_kind_that_is_off_sends_nothing_and_only_an_end_is_kept_for_later(
    house: House, venue: Venue
) -> None:
    off = {NewsKind.PARTIAL.value: NewsLevel.OFF, NewsKind.ENDED.value: NewsLevel.OFF}
    await house.choose(ANNA, levels=off)
    order = await _working(house)

    await _partly(house, venue, order, 1, OrderState.PARTIALLY_FILLED)
    after_a_part = list(await house.inbox.unseen(ANNA))
    await _partly(house, venue, order, 1, OrderState.CANCELED)

    assert house.messenger.messages == []
    assert after_a_part == []
    assert [one.state for one in await house.inbox.unseen(ANNA)] == [OrderState.CANCELED]


async def test_a_late_rejection_is_told_whatever_is_off(house: House, venue: Venue) -> None:
    await house.choose(ANNA, notify=False)
    order = await _working(house)

    await _partly(house, venue, order, 0, OrderState.REJECTED)

    assert [one.state for one in house.messenger.messages] == [OrderState.REJECTED]
    assert house.messenger.silently == []


async def test_a_fee_that_comes_later_changes_the_message_and_rings_nobody(
    house: House, venue: Venue
) -> None:
    order = await _working(house)
    await _partly(house, venue, order, 10, OrderState.PARTIALLY_FILLED)
    told = venue.book[order.order_id]
    paid = tuple(replace(fill, fee=Decimal(1)) for fill in told.fills)
    venue.book[order.order_id] = replace(told, fills=paid)
    house.clock.advance(60)

    await house.reconciler.sweep()
    await house.notifier.sweep()

    assert len(house.messenger.messages) == 1
    assert [one.fills[0].fee for one, _ in house.messenger.edited] == [1]


async def test_an_answer_that_took_long_does_not_leave_an_older_state_on_the_card(
    house: House, venue: Venue
) -> None:
    await house.link()
    by = caller()
    order = await house.orders.confirm(
        by, (await house.draft(by, limit="90.00")).order_id, house.address()
    )
    venue.book[order.order_id] = Receipt(broker_order_id="X-1", state=OrderState.CANCELED)
    house.clock.advance(10)
    await house.reconciler.sweep()
    await house.notifier.sweep()

    await house.orders.told(order)  # its edit of the card came after the notifier's
    await house.notifier.sweep()

    assert [one.state for one, _ in house.messenger.cards] == [OrderState.CANCELED] * 2
    assert house.messenger.messages == []
    assert await house.notifier.sweep() == 0


async def test_the_same_holds_while_somebody_is_telling_it(
    house: House, venue: Venue, store: FlakyDocuments
) -> None:
    await house.link()
    by = caller()
    order = await house.orders.confirm(
        by, (await house.draft(by, limit="90.00")).order_id, house.address()
    )
    venue.book[order.order_id] = Receipt(broker_order_id="X-1", state=OrderState.CANCELED)
    house.clock.advance(10)
    await house.reconciler.sweep()

    async def overtaken() -> None:
        await house.orders.told(order)

    house.messenger.after_card = overtaken
    await house.notifier.sweep()
    await house.notifier.sweep()

    assert [one.state for one, _ in house.messenger.cards] == [OrderState.CANCELED] * 2
    assert await house.notifier.sweep() == 0


async def test_what_came_after_the_card_was_drawn_is_told_all_the_same(
    house: House, venue: Venue
) -> None:
    order = await _working(house)
    shown = await house.stored(order)
    venue.book[order.order_id] = Receipt(broker_order_id="X-1", state=OrderState.CANCELED)
    await house.reconciler.sweep()

    await house.orders.told(shown)
    await house.notifier.sweep()

    assert [one.state for one in house.messenger.messages] == [OrderState.CANCELED]

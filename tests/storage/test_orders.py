"""The orders repository, on every engine: the fence, the compare-and-set, and whose is whose."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import pytest_asyncio

from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.ids import OrderId, new_order_id
from floorbroker.domain.order import (
    Claim,
    Intent,
    IntentKind,
    IntentState,
    Order,
    OrderEvent,
    ReplyAddress,
)
from floorbroker.domain.order_life import moved
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Leg, LegRole, OrderChanges
from floorbroker.storage.documents import Documents, DuplicateKey
from floorbroker.storage.orders import INDEXES, Orders
from tests.domain.building import ANNA, BEN, LATER, NOON, fill, order
from tests.stores import Store

S = OrderState
SECOND = timedelta(seconds=1)


@pytest_asyncio.fixture
async def orders(documents: Documents) -> Orders:
    await documents.start(INDEXES)
    return Orders(documents)


def everything() -> Order:
    """An order with every field in use."""
    return order(
        S.PARTIALLY_FILLED,
        events=(OrderEvent(at=NOON, what="drafted", state=S.DRAFT),),
        sent_at=NOON,
        claim=Claim(owner="me", until=LATER),
        check_at=LATER,
        broker_order_id="B-2",
        replaced=("B-1",),
        fills=(fill("1", "0.000001", "95000.01"),),
        legs=(Leg(role=LegRole.STOP_LOSS, price=Decimal("80.10")),),
        reason="Because. — “√”",
        intent=Intent(
            kind=IntentKind.MODIFY,
            origin_key="click",
            state=IntentState.UNKNOWN,
            at=NOON,
            changes=OrderChanges(quantity=Decimal("1E+2")),
        ),
        reply=ReplyAddress(
            channel_id="1", message_id="2", sealed_token="x", token_expires_at=LATER
        ),
        guild_id="9",
        news_at=LATER,
    )


async def test_an_order_comes_back_as_it_was_stored(orders: Orders) -> None:
    stored = everything()

    await orders.add(stored)

    assert await orders.get(ANNA, stored.order_id) == stored


async def test_an_id_is_stored_once(orders: Orders) -> None:
    first = order()
    await orders.add(first)

    with pytest.raises(DuplicateKey) as refused:
        await orders.add(replace(order(), order_id=first.order_id))

    assert refused.value.index == "_id"
    assert await orders.get(ANNA, first.order_id) == first


async def test_an_interaction_makes_one_order(orders: Orders) -> None:
    first = order(origin_key="interaction")
    await orders.add(first)

    with pytest.raises(DuplicateKey) as refused:
        await orders.add(order(origin_key="interaction"))

    assert refused.value.index == "user_origin"
    assert await orders.by_origin(ANNA, "interaction") == first


async def test_of_many_at_once_one_interaction_wins(orders: Orders) -> None:
    made = [order(origin_key="interaction") for _ in range(10)]

    answers = await asyncio.gather(*map(orders.add, made), return_exceptions=True)

    assert [type(a) for a in answers].count(DuplicateKey) == 9
    assert await orders.by_origin(ANNA, "interaction") in made


async def test_somebody_elses_order_is_not_there(orders: Orders) -> None:
    mine = order(S.ACCEPTED, origin_key="interaction", sent_at=NOON)
    await orders.add(mine)

    assert await orders.get(BEN, mine.order_id) is None
    assert await orders.by_origin(BEN, "interaction") is None
    assert await orders.recent(BEN, states=frozenset(OrderState), limit=10) == []
    assert await orders.sent_since(BEN, NOON - SECOND, limit=10) == 0
    account = (BEN, mine.link_id, mine.account_id)
    assert await orders.of_account(*account, states=frozenset(OrderState), limit=10) == []


async def test_an_unknown_id_is_not_there(orders: Orders) -> None:
    assert await orders.get(ANNA, new_order_id()) is None
    assert await orders.get(ANNA, OrderId("")) is None


async def test_a_step_is_stored_with_the_next_version(orders: Orders) -> None:
    draft = order()
    await orders.add(draft)

    sending = await orders.advance(draft, moved(draft, S.SENDING, "confirmed", LATER))

    assert sending is not None
    assert sending.version == draft.version + 1
    assert await orders.get(ANNA, draft.order_id) == sending


async def test_a_step_from_a_version_that_is_gone_changes_nothing(orders: Orders) -> None:
    draft = order()
    await orders.add(draft)
    first = await orders.advance(draft, moved(draft, S.SENDING, "confirmed", LATER))

    second = await orders.advance(draft, moved(draft, S.DISCARDED, "discarded", LATER))

    assert second is None
    assert await orders.get(ANNA, draft.order_id) == first


async def test_a_step_from_another_state_of_the_same_version_changes_nothing(
    orders: Orders,
) -> None:
    draft = order()
    await orders.add(draft)
    mistaken = replace(draft, state=S.ACCEPTED)

    assert await orders.advance(mistaken, replace(mistaken, state=S.FILLED)) is None
    assert await orders.get(ANNA, draft.order_id) == draft


async def test_of_many_steps_at_once_exactly_one_is_stored(orders: Orders, store: Store) -> None:
    draft = order()
    await orders.add(draft)
    elsewhere = store.open()
    await elsewhere.start(INDEXES)
    both = (orders, Orders(elsewhere))

    def step(number: int) -> Order:
        return replace(moved(draft, S.SENDING, "confirmed", LATER), reason=str(number))

    stored = await asyncio.gather(*(both[n % 2].advance(draft, step(n)) for n in range(20)))

    [winner] = [one for one in stored if one is not None]
    assert await orders.get(ANNA, draft.order_id) == winner


async def test_a_change_is_taken_again_from_what_was_stored_first(orders: Orders) -> None:
    before = order(S.ACCEPTED)
    await orders.add(before)
    await orders.advance(before, replace(before, reason="somebody else's"))
    seen: list[str] = []

    def step(now: Order) -> Order:
        seen.append(now.reason)
        return replace(now, check_at=LATER)

    after = await orders.change(before, step)

    assert seen == ["", "somebody else's"]
    assert (after.reason, after.check_at) == ("somebody else's", LATER)


async def test_ten_changes_at_once_are_all_there(orders: Orders) -> None:
    before = order(S.ACCEPTED)
    await orders.add(before)

    def with_fill(number: int) -> Callable[[Order], Order]:
        return lambda now: replace(now, fills=(*now.fills, fill(str(number))))

    await asyncio.gather(*(orders.change(before, with_fill(n)) for n in range(6)))

    after = await orders.get(ANNA, before.order_id)
    assert after is not None
    assert sorted(one.fill_id for one in after.fills) == list("012345")


async def test_a_step_that_changes_nothing_stores_nothing(orders: Orders) -> None:
    before = order(S.ACCEPTED)
    await orders.add(before)

    assert await orders.change(before, lambda now: now) is before
    assert await orders.get(ANNA, before.order_id) == before


async def test_a_change_of_an_order_that_is_gone_says_so(orders: Orders) -> None:
    with pytest.raises(StoreUnavailable):
        await orders.change(order(), lambda now: replace(now, reason="x"))


async def test_no_secret_and_no_float_is_in_a_stored_order(
    orders: Orders, documents: Documents
) -> None:
    stored = everything()
    await orders.add(stored)

    document = await documents.get("orders", stored.order_id)

    assert document is not None
    assert document["schema_version"] == 1
    assert document["intent"]["changes"]["quantity"] == "100"
    assert "float" not in {type(leaf).__name__ for leaf in _leaves(document)}


def _leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in _leaves(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in _leaves(part)]
    return [value]

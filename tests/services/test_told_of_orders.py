"""What a failure says of an order that may be at its broker: never that nothing was ever sent."""

import pytest

from floorbroker.domain.error_codes import Sent
from floorbroker.domain.errors import (
    Busy,
    FloorbrokerError,
    InvalidInput,
    NotLinked,
    Paused,
    StoreUnavailable,
)
from floorbroker.domain.money import parse_quantity
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, House, caller
from tests.services.conftest import Build
from tests.simulators.paper_faults import Silent

CHANGES = OrderChanges(quantity=parse_quantity("20"))


async def test_a_cancel_of_an_order_in_doubt_does_not_say_that_nothing_was_sent(
    build: Build,
) -> None:
    house = build(faults=Silent())
    order = await house.bought("3")
    assert order.state is OrderState.UNKNOWN

    with pytest.raises(InvalidInput, match="still being checked") as told:
        await house.changes.cancel(caller(), order.order_id)

    assert told.value.sent is Sent.NOTHING_NEW


async def test_a_refused_change_says_that_the_order_stands(house: House) -> None:
    order = await house.resting()
    await house.choose(ANNA, paused=True)

    with pytest.raises(Paused) as told:
        await house.changes.modify(caller(), order.order_id, CHANGES)

    assert told.value.sent is Sent.NOTHING_NEW
    assert (await house.stored(order)).state is OrderState.ACCEPTED


@pytest.mark.parametrize("change", ["cancel", "modify"])
async def test_a_bot_that_ends_says_so_of_the_request_and_not_of_the_order(
    house: House, change: str
) -> None:
    order = await house.resting()
    house.supervisor.draining = True

    with pytest.raises(Busy) as told:
        if change == "cancel":
            await house.changes.cancel(caller(), order.order_id)
        else:
            await house.changes.modify(caller(), order.order_id, CHANGES)

    assert told.value.sent is Sent.NOTHING_NEW


async def test_an_order_whose_account_was_removed_is_to_be_canceled_at_the_broker(
    house: House,
) -> None:
    order = await house.resting()
    await house.links.remove(ANNA, order.link_id)

    with pytest.raises(NotLinked, match="cancel it at your broker") as told:
        await house.changes.cancel(caller(), order.order_id)

    assert told.value.sent is Sent.NOTHING_NEW


async def test_a_second_click_that_meets_a_store_that_fails_does_not_deny_the_first(
    house: House, store: FlakyDocuments
) -> None:
    draft = await house.draft()
    await house.confirm(draft)
    store.fail("find", "orders")

    with pytest.raises(StoreUnavailable) as told:
        await house.confirm(draft)

    assert told.value.sent is Sent.NOTHING_NEW


async def test_what_makes_no_order_says_plainly_that_nothing_was_sent(house: House) -> None:
    with pytest.raises(FloorbrokerError) as told:
        await house.draft(quantity="0")

    assert told.value.sent is Sent.NOTHING


async def test_a_second_click_while_the_store_is_away_does_not_deny_the_first(
    house: House, store: FlakyDocuments
) -> None:
    order = await house.draft()
    await house.confirm(order)

    async def fail() -> None:
        raise StoreUnavailable

    store.before["find", "orders"] = fail
    with pytest.raises(StoreUnavailable) as told:
        await house.confirm(order)

    assert told.value.sent is Sent.NOTHING_NEW

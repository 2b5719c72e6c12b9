"""Orders that were placed elsewhere: shown as such, ours never among them, nobody waited for."""

import asyncio
from dataclasses import replace

import pytest

from floorbroker.domain.errors import ApiError, BrokerTimeout, NotSupported
from floorbroker.domain.ids import OrderId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Leg, LegRole
from floorbroker.services.elsewhere import Elsewhere
from tests.fakes.exchange.venue import Venue, accepted, filled
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, BEN, House
from tests.services.conftest import Build

FOREIGN = OrderId("z" * 18)


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


@pytest.fixture
def elsewhere(house: House) -> Elsewhere:
    return Elsewhere(house.accounts, house.sessions, house.stored_orders, patience_seconds=0.2)


async def ids(elsewhere: Elsewhere) -> list[str]:
    return [one.order.receipt.broker_order_id for one in (await elsewhere.open(ANNA)).orders]


async def change(house: House, order: Order, **fields: object) -> None:
    current = await house.stored(order)
    assert await house.stored_orders.advance(current, replace(current, **fields))


async def test_an_order_of_elsewhere_is_shown_and_ours_is_not(
    house: House, elsewhere: Elsewhere, venue: Venue
) -> None:
    await house.link()
    await house.resting()
    venue.book[FOREIGN] = accepted("X-foreign")

    found = await elsewhere.open(ANNA)

    assert [one.order.receipt.broker_order_id for one in found.orders] == ["X-foreign"]
    assert found.orders[0].account.link.user_id == ANNA
    assert not found.orders[0].perhaps_ours
    assert (found.failed, found.complete) == ([], True)


async def test_a_replaced_id_and_a_closing_order_of_ours_are_ours(
    house: House, elsewhere: Elsewhere, venue: Venue
) -> None:
    await house.link()
    order = await house.resting()
    legs = (Leg(role=LegRole.STOP_LOSS, price=order.request.limit_price or 1, broker_order_id="L"),)  # type: ignore[arg-type] # a price
    await change(house, order, replaced=("OLD",), legs=legs, state=OrderState.ACCEPTED)
    for number, broker_id in enumerate(("OLD", "L")):
        venue.book[OrderId(f"{number:018d}")] = accepted(broker_id)

    assert await ids(elsewhere) == []


async def test_an_order_that_the_store_lost_appears(
    house: House, elsewhere: Elsewhere, venue: Venue
) -> None:
    """As after a restore from an older backup."""
    await house.link()
    order = await house.resting()
    await house.documents.delete("orders", {"_id": order.order_id})

    assert await ids(elsewhere) == [order.broker_order_id]


async def test_an_order_in_doubt_may_be_the_one(
    house: House, elsewhere: Elsewhere, venue: Venue
) -> None:
    await house.link()
    order = await house.resting()
    await change(house, order, state=OrderState.UNKNOWN, broker_order_id=None)
    venue.book.clear()
    venue.book[FOREIGN] = accepted("X-foreign")

    [one] = (await elsewhere.open(ANNA)).orders

    assert one.perhaps_ours


async def test_somebody_elses_order_of_ours_is_not_the_persons(
    house: House, elsewhere: Elsewhere, venue: Venue
) -> None:
    await house.link(BEN)
    await house.resting(BEN)

    assert (await elsewhere.open(ANNA)).orders == []


@pytest.mark.parametrize(
    "error",
    [ApiError("Down.", broker="alpaca"), NotSupported("No list."), KeyError("a defect")],
)
async def test_a_broker_that_fails_is_named(
    house: House, elsewhere: Elsewhere, venue: Venue, error: Exception
) -> None:
    link = await house.link()
    venue.failing["open_orders"] = error

    found = await elsewhere.open(ANNA)

    assert [one.link.link_id for one in found.failed] == [link.link_id]
    assert found.orders == []


@pytest.mark.parametrize("hangs", ["open_orders", "connect"])
async def test_a_broker_that_hangs_is_not_waited_for(
    house: House, elsewhere: Elsewhere, venue: Venue, hangs: str
) -> None:
    await house.link()
    venue.blocked[hangs] = asyncio.Event()

    found = await asyncio.wait_for(elsewhere.open(ANNA), timeout=5)

    assert not found.complete or isinstance(found.failed[0].error, BrokerTimeout)
    venue.blocked[hangs].set()


async def test_whoever_has_no_account_has_nothing_elsewhere(elsewhere: Elsewhere) -> None:
    found = await elsewhere.open(ANNA)

    assert (list(found.orders), list(found.failed)) == ([], [])


async def test_an_order_that_ended_meanwhile_is_not_shown_as_foreign(
    house: House, elsewhere: Elsewhere, venue: Venue
) -> None:
    await house.link()
    order = await house.resting()
    done = filled("X", order.request.quantity or 1, house.clock.now())  # type: ignore[arg-type] # a size
    await change(house, order, state=OrderState.FILLED, fills=done.fills)

    assert await ids(elsewhere) == []


async def test_the_closing_orders_of_one_that_has_filled_are_ours(
    house: House, elsewhere: Elsewhere, venue: Venue
) -> None:
    await house.link()
    order = await house.resting()
    legs = (Leg(role=LegRole.STOP_LOSS, price=order.request.limit_price or 1, broker_order_id="L"),)  # type: ignore[arg-type] # a price
    await change(house, order, legs=legs, state=OrderState.FILLED)
    venue.book[FOREIGN] = accepted("L")

    assert await ids(elsewhere) == []


async def test_a_year_of_ended_orders_is_read_only_where_something_is_not_known(
    house: House, elsewhere: Elsewhere, venue: Venue, store: FlakyDocuments
) -> None:
    await house.link()
    await house.resting()
    store.calls.clear()

    assert await ids(elsewhere) == []
    assert store.calls.count(("find", "orders")) == 1

    venue.book[FOREIGN] = accepted("X-foreign")
    assert await ids(elsewhere) == ["X-foreign"]
    assert store.calls.count(("find", "orders")) == 3

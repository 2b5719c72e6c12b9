"""/orders, /order status, /order cancel, /order modify, and the buttons of a working order."""

from decimal import Decimal

import pytest

from floorbroker.domain.order_state import OrderState
from tests.e2e.people import Answer, Somebody
from tests.e2e.world import World

FAR_BELOW = "100"
"""A limit at which AAPL does not fill."""


async def _resting(person: Somebody, **options: str) -> Answer:
    usual = {"symbol": "AAPL", "quantity": "10", "limit": FAR_BELOW, **options}
    card = await person.clicks(await person.types("buy", **usual), "Confirm")
    assert "Accepted" in card.title
    return card


@pytest.fixture(params=["in the server", "in direct messages"])
def alice(world: World, request: pytest.FixtureRequest) -> Somebody:
    """Alice, once at each place."""
    return world.alice if request.param == "in the server" else world.alice.in_dms


async def test_orders_lists_open_and_ended_ones_with_their_badge(
    world: World, alice: Somebody
) -> None:
    await _resting(alice)
    await alice.clicks(await alice.types("buy", symbol="MSFT", quantity="1"), "Confirm")

    card = await alice.types("orders")

    opened, ended = card.text.split("Recent")
    assert "PAPER" in card.title
    assert "Buy 10 AAPL" in opened
    assert "Buy 1 MSFT" in ended
    assert card.private


async def test_orders_says_so_while_there_are_none(world: World, alice: Somebody) -> None:
    await alice.types("buy", symbol="AAPL", quantity="1")  # a draft is not an order

    card = await alice.types("orders")

    assert "You have not sent any orders yet." in card.text


async def test_order_status_shows_where_an_order_stands(world: World, alice: Somebody) -> None:
    await _resting(alice)
    (order,) = await world.orders(alice)

    card = await alice.types("order status", order=order.order_id)

    assert "Accepted · Buy 10 AAPL" in card.title
    assert order.order_id in card.text
    assert set(card.buttons) == {"Cancel order", "Refresh"}


async def test_order_cancel_ends_an_order_at_the_broker(world: World, alice: Somebody) -> None:
    await _resting(alice)
    (order,) = await world.orders(alice)

    card = await alice.types("order cancel", order=order.order_id)

    assert "Canceled" in card.title
    (at_broker,) = await world.at_broker(alice)
    assert at_broker.receipt.state is OrderState.CANCELED


async def test_order_modify_changes_the_order_at_the_broker(world: World, alice: Somebody) -> None:
    await _resting(alice)
    (order,) = await world.orders(alice)

    card = await alice.types("order modify", order=order.order_id, quantity="7", limit="101.5")

    assert "Change carried out." in card.text
    assert "Buy 7 AAPL" in card.title
    assert "101.50" in card.text
    (changed,) = await world.orders(alice)
    assert changed.request.quantity == Decimal(7)
    assert changed.state is OrderState.ACCEPTED


async def test_a_stop_of_a_working_order_can_be_moved(world: World) -> None:
    await world.alice.clicks(
        await world.alice.types("buy", symbol="AAPL", quantity="1", stop="400"), "Confirm"
    )
    (order,) = await world.orders(world.alice)

    card = await world.alice.types("order modify", order=order.order_id, stop="410")

    assert "410.00" in card.text
    assert "Accepted" in card.title


async def test_the_cancel_button_of_a_working_order_cancels_it(
    world: World, alice: Somebody
) -> None:
    card = await _resting(alice)

    after = await alice.clicks(card, "Cancel order")

    assert "Canceled" in after.title
    assert after.buttons == {}
    assert world.broker.operations.count("cancel_order") == 1


async def test_the_refresh_button_reads_the_order_back(world: World, alice: Somebody) -> None:
    card = await _resting(alice)
    before = world.broker.operations.count("find_order")

    after = await alice.clicks(card, "Refresh")

    assert "Accepted" in after.title
    assert world.broker.operations.count("find_order") == before + 1


async def test_an_order_of_somebody_else_is_not_there(cloud: World) -> None:
    await _resting(cloud.alice)
    (order,) = await cloud.orders(cloud.alice)

    answers = [
        await cloud.bob.types("order status", order=order.order_id),
        await cloud.bob.types("order cancel", order=order.order_id),
        await cloud.bob.types("order modify", order=order.order_id, quantity="1"),
    ]

    assert all(answer.title.endswith("Not yours") for answer in answers)
    assert "AAPL" not in "".join(answer.text for answer in answers)
    assert cloud.broker.operations.count("cancel_order") == 0
    assert cloud.broker.operations.count("modify_order") == 0


@pytest.mark.parametrize("command", ["order cancel", "order modify"])
async def test_an_order_at_its_end_is_left_alone(world: World, command: str) -> None:
    await world.alice.clicks(await world.alice.types("buy", symbol="AAPL", quantity="1"), "Confirm")
    (order,) = await world.orders(world.alice)
    extra = {"limit": "5"} if command == "order modify" else {}

    card = await world.alice.types(command, order=order.order_id, **extra)

    assert "This order is filled; there is nothing to change at the broker." in card.text


async def test_a_modify_without_anything_to_change_is_refused(world: World) -> None:
    await _resting(world.alice)
    (order,) = await world.orders(world.alice)

    card = await world.alice.types("order modify", order=order.order_id)

    assert "Nothing was sent" in card.text
    assert world.broker.operations.count("modify_order") == 0


async def test_a_bracket_shows_its_closing_orders(world: World) -> None:
    review = await world.alice.types(
        "buy", symbol="AAPL", quantity="5", take_profit="300", stop_loss="150"
    )

    receipt = await world.alice.clicks(review, "Confirm")

    assert "Take profit" in receipt.text
    assert "Stop loss" in receipt.text
    assert "300.00" in receipt.text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"limit": "100"}, "Limit $100.00"),
        ({"stop": "400"}, "Stop $400.00"),
        ({"stop": "400", "limit": "401"}, "Stop $400.00, limit $401.00"),
        ({"trail": "5%"}, "Trailing stop 5 %"),
        ({"trail": "2.50"}, "Trailing stop $2.50"),
        ({"limit": "100", "time_in_force": "gtc"}, "good til canceled"),
        ({"limit": "100", "extended_hours": True}, "extended hours"),
        ({"type": "limit", "limit": "100"}, "Limit $100.00"),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)
async def test_each_kind_of_order_is_reviewed_in_its_own_words(
    cloud: World, options: dict[str, str | bool], words: str
) -> None:
    review = await cloud.alice.types("buy", symbol="AAPL", quantity="1", **options)

    assert words in review.text
    assert "Review" in review.title
    assert "Confirm" in review.buttons


async def test_an_order_that_the_store_no_longer_knows_is_shown_as_placed_elsewhere(
    world: World,
) -> None:
    review = await world.alice.types("buy", symbol="AAPL", quantity="1", limit="9")
    await world.alice.clicks(review, "Confirm")
    (order,) = await world.orders(world.alice)
    await world.app.documents.delete("orders", {"_id": order.order_id})

    card = await world.alice.types("orders")
    panic = await world.alice.types("panic")

    assert "Placed elsewhere" in card.text
    assert "cannot be changed here: cancel it at your broker" in card.text
    assert card.buttons == {}
    assert "1 open order that was placed elsewhere stays open" in panic.text
    assert "Cancel 1 order" not in panic.buttons


async def test_a_long_list_is_turned_page_by_page(world: World) -> None:
    for _ in range(13):
        review = await world.alice.types("buy", symbol="AAPL", quantity="1", limit="9")
        await world.alice.clicks(review, "Confirm")

    first = await world.alice.types("orders")
    assert first.text.count("Buy 1 AAPL") == 12
    second = await world.alice.clicks(first, "Next")

    assert "Page 2 of 2" in second.text
    assert second.text.count("Buy 1 AAPL") == 1
    assert list(second.buttons) == ["Back"]

"""The store fails: before an order nothing is sent, after it nothing is lost or denied."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.order_state import OrderState
from tests.e2e.world import World, opened
from tests.fakes.flaky_documents import FlakyDocuments
from tests.stores import Store


@pytest.fixture
def store(sqlite: Store) -> FlakyDocuments:
    """A store that can be made to fail."""
    return FlakyDocuments(sqlite.open())


@pytest_asyncio.fixture
async def shaky(mode: DeploymentMode, store: FlakyDocuments) -> AsyncIterator[World]:
    """A world on it, in each mode."""
    async with opened(mode, store) as world:
        yield world
        store.recover()


def _all_down(store: FlakyDocuments) -> None:
    for collection in ("orders", "links", "users", "paper_books", "notifications", "switches"):
        for operation in ("insert", "get", "find", "count", "replace", "upsert"):
            store.fail(operation, collection)


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("buy", {"symbol": "AAPL", "quantity": "1"}),
        ("close", {"symbol": "AAPL"}),
        ("orders", {}),
        ("order status", {"order": "a" * 18}),
        ("positions", {}),
        ("settings", {}),
        ("setup accounts", {}),
        ("setup default", {"account": "Paper"}),
    ],
)
async def test_every_command_says_so(
    shaky: World, store: FlakyDocuments, command: str, options: dict[str, str]
) -> None:
    _all_down(store)

    card = await shaky.alice.types(command, **options)

    assert card.title.endswith("Storage not available")
    assert "Nothing was sent to your broker." in card.text
    assert shaky.broker.orders_received == 0


async def test_a_confirm_sends_nothing_and_works_once_the_store_is_back(
    shaky: World, store: FlakyDocuments
) -> None:
    review = await shaky.alice.types("buy", symbol="AAPL", quantity="1")
    _all_down(store)
    refused = await shaky.alice.clicks(review, "Confirm")
    assert refused.refusal.title.endswith("Storage not available")
    assert shaky.broker.orders_received == 0
    store.recover()

    receipt = await shaky.alice.clicks(review, "Confirm")

    assert "Filled" in receipt.title
    assert shaky.broker.orders_received == 1


async def test_an_order_whose_outcome_was_not_stored_is_found_at_the_broker(
    shaky: World, store: FlakyDocuments
) -> None:
    review = await shaky.alice.types("buy", symbol="AAPL", quantity="1")
    store.fail("replace", "orders", skip=1)

    card = await shaky.alice.clicks(review, "Confirm")
    store.recover()
    assert "Sent, outcome unknown" in card.title
    await shaky.later(31)

    assert "Filled" in card.title
    (order,) = await shaky.orders(shaky.alice)
    assert order.state is OrderState.FILLED
    assert shaky.broker.orders_received == 1
    assert len(await shaky.at_broker(shaky.alice)) == 1


async def test_a_receipt_stands_alone_if_the_store_fails_right_after_it(
    shaky: World, store: FlakyDocuments
) -> None:
    review = await shaky.alice.types("buy", symbol="AAPL", quantity="1")
    store.fail("replace", "orders", skip=2)

    card = await shaky.alice.clicks(review, "Confirm")

    assert "Filled" in card.title
    assert card.beside == []  # above all not one that says that nothing was sent


async def test_a_receipt_is_shown_though_the_servers_policy_cannot_be_read(
    shaky: World, store: FlakyDocuments
) -> None:
    review = await shaky.alice.types("buy", symbol="AAPL", quantity="1")
    store.fail("get", "policies", skip=2)  # the first two say that nothing is paused

    card = await shaky.alice.clicks(review, "Confirm")

    assert "Filled" in card.title
    assert card.beside == []


async def test_an_unseen_outcome_is_shown_though_it_cannot_be_marked_as_seen(
    shaky: World, store: FlakyDocuments
) -> None:
    await shaky.alice.wants_no_messages()
    review = await shaky.alice.types("buy", symbol="AAPL", quantity="1", limit="1")
    await shaky.alice.clicks(review, "Confirm")
    await shaky.later(86_400)
    store.fail("delete", "notifications")

    card = await shaky.alice.types("buy", symbol="AAPL", quantity="1")

    assert "Expired" in card.title
    assert "Review" in card.text


async def test_an_idea_that_could_not_be_posted_nor_taken_back_says_that_it_counts(
    shaky: World, store: FlakyDocuments
) -> None:
    shaky.env.inject_error("POST", "/webhooks/*", status=403, code=50013, times=1)
    store.fail("delete", "ideas")

    card = await shaky.alice.types("idea", symbol="AAPL", side="buy", reason="New phones.")

    assert "Not posted" in card.title
    assert "so it counts as one of this hour" in card.text
    assert shaky.public() == []

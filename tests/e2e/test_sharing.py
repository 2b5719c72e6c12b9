"""What reaches a channel: nothing by itself, and then only a redacted result."""

import re

from tests.e2e.people import Answer, Somebody
from tests.e2e.world import World

_ORDER_ID = re.compile(r"\b[a-z0-9]{18}\b")


async def _bought(person: Somebody, quantity: str = "3") -> Answer:
    review = await person.types("buy", symbol="AAPL", quantity=quantity)
    return await person.clicks(review, "Confirm")


async def _shares(world: World, receipt: Answer) -> Answer:
    """Presses Share, and not with the second half of a double click."""
    await world.later(3)
    return await world.alice.clicks(receipt, "Share")


async def _assert_redacted(world: World, person: Somebody, text: str) -> None:
    (order,) = await world.orders(person)
    account = (await world.app.floor.accounts.accounts(person.user_id))[0][0]
    for secret in (order.order_id, order.link_id, order.account_id, account.title, "Account"):
        assert secret not in text
    for figure in ("Buying power", "Paid", "Cash", "Equity", "100,000"):
        assert figure not in text
    assert _ORDER_ID.search(text) is None


async def test_share_posts_a_redacted_result_to_the_channel(world: World) -> None:
    receipt = await _bought(world.alice)
    assert world.public() == []

    await _shares(world, receipt)

    (posted,) = world.public()
    assert "Filled · AAPL PAPER" in posted.title
    assert "alice" in posted.text
    assert "3 at $" in posted.text
    assert posted.buttons == {}
    await _assert_redacted(world, world.alice, posted.text)


async def test_everybody_in_the_channel_can_read_what_was_shared_and_nothing_else(
    world: World,
) -> None:
    receipt = await _bought(world.alice)

    await _shares(world, receipt)

    seen_by_bob = [message.id for message in world.bob.sees()]
    assert seen_by_bob == [posted.message.id for posted in world.public()]


async def test_the_card_stays_as_it_was_when_it_is_shared(world: World) -> None:
    receipt = await _bought(world.alice)
    before = receipt.text

    shared = await _shares(world, receipt)

    assert shared.message.id == receipt.message.id
    assert shared.text == before
    assert shared.private


async def test_a_double_click_on_confirm_posts_nothing(world: World) -> None:
    receipt = await _bought(world.alice)

    await world.alice.clicks(receipt, "Share")

    assert world.public() == []


async def test_a_review_cannot_be_shared(world: World) -> None:
    review = await world.alice.types("buy", symbol="AAPL", quantity="3")

    assert "Share" not in review.buttons


async def test_in_direct_messages_there_is_nobody_to_share_with(world: World) -> None:
    receipt = await _bought(world.alice.in_dms)

    assert "Filled" in receipt.title
    assert "Share" not in receipt.buttons


async def test_a_server_may_have_results_posted_by_themselves(world: World) -> None:
    await world.alice.types("server policy", public_results="on")

    receipt = await _bought(world.alice)

    (posted,) = world.public()
    assert receipt.private
    assert "Filled · AAPL PAPER" in posted.title
    await _assert_redacted(world, world.alice, posted.text)


async def test_whoever_keeps_results_private_is_not_posted(world: World) -> None:
    await world.alice.types("server policy", public_results="on")
    await world.alice.clicks(await world.alice.types("settings"), "Keep private")

    receipt = await _bought(world.alice)

    assert "Filled" in receipt.title
    assert world.public() == []


async def test_nothing_is_posted_while_an_order_only_rests(world: World) -> None:
    await world.alice.types("server policy", public_results="on")
    review = await world.alice.types("buy", symbol="AAPL", quantity="3", limit="100")

    await world.alice.clicks(review, "Confirm")

    assert world.public() == []


async def test_a_channel_that_refuses_the_post_does_not_spoil_the_receipt(world: World) -> None:
    await world.alice.types("server policy", public_results="on")
    review = await world.alice.types("buy", symbol="AAPL", quantity="3")
    world.env.inject_error("POST", "/webhooks/*", status=403, code=50013, times=1)

    receipt = await world.alice.clicks(review, "Confirm")

    assert "Filled" in receipt.title
    assert world.public() == []
    assert world.broker.orders_received == 1

"""Clicks that come twice, too late, from somebody else, or with an id that somebody made up."""

import pytest

from floorbroker.domain.order_state import OrderState
from tests.e2e import forged
from tests.e2e.people import Answer
from tests.e2e.world import World


async def test_a_second_click_on_confirm_sends_nothing_more(world: World) -> None:
    review = await world.alice.types("buy", symbol="AAPL", quantity="10")
    confirm = review.buttons["Confirm"]
    await world.alice.clicks(review, "Confirm")

    again = await forged.click(world, world.alice, review, confirm).delivered()

    assert "Filled" in Answer(again).title
    assert again.followups == []
    assert world.broker.orders_received == 1
    assert len(await world.at_broker(world.alice)) == 1


async def test_two_clicks_at_the_same_moment_send_one_order(world: World) -> None:
    review = await world.alice.types("buy", symbol="AAPL", quantity="10")
    confirm = review.buttons["Confirm"]
    first = forged.click(world, world.alice, review, confirm)
    second = forged.click(world, world.alice, review, confirm)

    world.env.backend.emit("INTERACTION_CREATE", first.payload)
    await second.delivered()

    assert world.broker.orders_received == 1
    (order,) = await world.orders(world.alice)
    assert order.state is OrderState.FILLED


@pytest.mark.parametrize("apart", [True, False], ids=["one after the other", "at once"])
async def test_a_click_that_discord_delivers_three_times_sends_one_order(
    world: World, apart: bool
) -> None:
    review = await world.alice.types("buy", symbol="AAPL", quantity="10")
    click = forged.click(world, world.alice, review, review.buttons["Confirm"])

    result = await click.delivered(3, apart=apart)

    assert "Filled" in Answer(result).title
    assert result.followups == []
    assert world.broker.orders_received == 1


@pytest.mark.parametrize("apart", [True, False], ids=["one after the other", "at once"])
async def test_a_command_that_discord_delivers_three_times_makes_one_draft(
    world: World, apart: bool
) -> None:
    buy = forged.command(world, world.alice, "buy", symbol="AAPL", quantity="10")

    result = await buy.delivered(3, apart=apart)

    assert "Review" in Answer(result).title
    (order,) = await world.orders(world.alice)
    assert order.state is OrderState.DRAFT


async def test_a_redelivered_command_makes_one_draft_even_if_both_are_acknowledged(
    world: World,
) -> None:
    buy = forged.command(world, world.alice, "buy", symbol="AAPL", quantity="10")

    result = await buy.delivered(2, apart=True, forgotten=True)

    assert "Review" in Answer(result).title
    assert len(await world.orders(world.alice)) == 1


async def test_a_redelivered_confirm_sends_one_order_even_if_both_are_acknowledged(
    world: World,
) -> None:
    review = await world.alice.types("buy", symbol="AAPL", quantity="10")
    click = forged.click(world, world.alice, review, review.buttons["Confirm"])

    result = await click.delivered(2, apart=True, forgotten=True)

    assert "Filled" in Answer(result).title
    assert world.broker.orders_received == 1


@pytest.mark.parametrize("action", ["confirm", "discard", "refresh", "share", "cancel"])
async def test_nobody_elses_click_does_anything_to_an_order(cloud: World, action: str) -> None:
    review = await cloud.alice.types("buy", symbol="AAPL", quantity="10")
    (order,) = await cloud.orders(cloud.alice)

    foreign = forged.click(cloud, cloud.bob, review, f"fb:{action}:{order.order_id}")
    answer = Answer(await foreign.delivered())

    assert answer.refusal.title.endswith("Not yours")
    assert "Review" in answer.title
    assert cloud.broker.orders_received == 0
    assert await cloud.orders(cloud.alice) == [order]


async def test_nobody_else_sees_or_removes_an_account(cloud: World) -> None:
    asked = await cloud.alice.types("setup remove", account="Paper")

    foreign = forged.click(cloud, cloud.bob, asked, asked.buttons["Remove"])
    answer = Answer(await foreign.delivered())

    assert answer.refusal.title.endswith("No account")
    assert "Paper" in (await cloud.alice.types("setup accounts")).text


async def test_nobody_else_closes_a_position(cloud: World) -> None:
    review = await cloud.alice.types("buy", symbol="AAPL", quantity="10")
    await cloud.alice.clicks(review, "Confirm")
    positions = await cloud.alice.types("positions")

    foreign = forged.click(cloud, cloud.bob, positions, positions.buttons["Close AAPL"])
    answer = Answer(await foreign.delivered())

    assert answer.refusal.title.endswith("No account")
    assert await cloud.orders(cloud.bob) == []


@pytest.mark.parametrize(
    "custom_id",
    ["fb:set:live.maybe", "fb:set:operator.on", "fb:remove:../orders", "fb:close:x@y@z"],
)
async def test_a_button_that_somebody_made_up_is_refused_with_a_card(
    world: World, custom_id: str
) -> None:
    card = await world.alice.types("settings")

    answer = Answer(await forged.click(world, world.alice, card, custom_id).delivered())

    assert "Nothing was sent" in answer.refusal.text
    assert "UNKNOWN" not in answer.refusal.text
    assert world.broker.orders_received == 0


async def test_live_trading_cannot_be_switched_on_by_a_button_where_it_is_not_offered(
    world: World,
) -> None:
    card = await world.alice.types("settings")

    answer = Answer(await forged.click(world, world.alice, card, "fb:set:live.on").delivered())

    assert "Live on" not in card.buttons
    assert "The operator has not switched live trading on" in answer.refusal.text
    assert not (await world.app.floor.accounts.person(world.alice.user_id)).live


async def test_a_review_that_is_too_old_is_refused_and_says_so(world: World) -> None:
    review = await world.alice.types("buy", symbol="AAPL", quantity="10")
    await world.later(61)

    card = await world.alice.clicks(review, "Confirm")

    assert "Review expired" in card.title
    assert card.refusal.title.endswith("Review expired")
    assert card.buttons == {}
    assert world.broker.orders_received == 0


async def test_the_last_second_of_a_review_still_counts(world: World) -> None:
    review = await world.alice.types("buy", symbol="AAPL", quantity="10")
    await world.later(59)

    card = await world.alice.clicks(review, "Confirm")

    assert "Filled" in card.title


async def test_a_review_that_was_canceled_cannot_be_confirmed_any_more(world: World) -> None:
    review = await world.alice.types("buy", symbol="AAPL", quantity="10")
    confirm = review.buttons["Confirm"]
    await world.alice.clicks(review, "Cancel")

    late = Answer(await forged.click(world, world.alice, review, confirm).delivered())

    assert "You have canceled this review" in late.refusal.text
    assert world.broker.orders_received == 0

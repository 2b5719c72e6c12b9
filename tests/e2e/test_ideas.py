"""/idea: everybody reads it, and each who trades it does so in an account of their own."""

from typing import Any

import pytest

from floorbroker.domain.order_state import OrderState
from tests.e2e.people import Answer, Seen, Somebody
from tests.e2e.world import World

REASON = "New phones sell well."


@pytest.fixture
def world(cloud: World) -> World:
    """Ideas are for several people."""
    return cloud


async def _posted(world: World, **more: str) -> Seen:
    answer = await world.alice.types("idea", symbol="AAPL", side="buy", reason=REASON, **more)
    assert answer.private
    assert answer.title == "Posted"
    return world.public()[-1]


async def _form(person: Somebody, card: Seen) -> Any:
    result = await person.actor.click(card.message, label="Review & trade")
    assert result.modal is not None, "There was no form."
    return result


async def _review(person: Somebody, card: Seen, **values: str) -> Answer:
    return Answer(await person.actor.submit_modal(await _form(person, card), values))


async def test_an_idea_names_what_why_and_who_and_no_account(world: World) -> None:
    card = await _posted(world, limit="200", target="260", stop="180")

    assert "Idea: Buy AAPL · Apple" in card.title
    for words in (REASON, "Limit $200.00", "Target $260.00", "Stop $180.00", "By alice"):
        assert words in card.text
    assert "Account" not in card.text
    assert list(card.buttons) == ["Review & trade"]


async def test_an_idea_shows_no_price_but_its_author_s_own(world: World) -> None:
    card = await _posted(world)

    assert "$" not in card.text


async def test_no_price_of_the_moment_refuses_what_its_author_says(world: World) -> None:
    card = await _posted(world, target="9000", stop="8000")

    assert "Target $9,000.00" in card.text
    assert "Stop $8,000.00" in card.text


@pytest.mark.parametrize(("status", "code"), [(403, 50013), (403, 50001), (400, 200000)])
async def test_an_idea_that_discord_refuses_is_told_as_not_posted_and_does_not_count(
    world: World, status: int, code: int
) -> None:
    for _ in range(4):
        await _posted(world)
    world.env.inject_error("POST", "/webhooks/*", status=status, code=code, times=1)

    refused = await world.alice.types("idea", symbol="AAPL", side="buy", reason=REASON)

    assert refused.private
    assert "Not posted" in refused.title
    assert "your idea is not in it" in refused.text
    assert "Nothing was sent to your broker." in refused.text
    assert "send messages in it" in refused.text
    assert len(world.public()) == 4
    await _posted(world)


async def test_an_idea_that_cannot_be_told_of_is_not_posted_either(world: World) -> None:
    world.env.inject_error("PATCH", "/webhooks/*", status=404, code=10008, times=1)

    refused = await world.alice.types("idea", symbol="AAPL", side="buy", reason=REASON)

    assert "Not posted" in refused.title
    assert world.public() == []


async def test_another_reviews_it_privately_and_trades_in_an_account_of_their_own(
    world: World,
) -> None:
    card = await _posted(world)

    review = await _review(world.bob, card, quantity="3")
    receipt = await world.bob.clicks(review, "Confirm")

    (order,) = await world.orders(world.bob)
    assert review.private
    assert "Filled 3 at" in receipt.text
    assert (order.user_id, order.state) == (world.bob.user_id, OrderState.FILLED)
    assert await world.orders(world.alice) == []
    assert [seen.text for seen in world.public()] == [card.text]


async def test_the_limit_is_proposed_and_can_be_taken_out(world: World) -> None:
    card = await _posted(world, limit="200")

    form = await _form(world.bob, card)
    proposed = [one["component"].get("value") for one in form.modal["components"]]
    at_limit = await _review(world.bob, card, quantity="1", limit="200")
    at_market = await _review(world.bob, card, quantity="1", limit="")

    assert proposed == [None, "200", None]
    assert "Limit $200.00" in at_limit.text
    assert "Market" in at_market.text


@pytest.mark.parametrize("quantity", ["１０", "1e3", "-5", "all", "@everyone"])
async def test_what_is_no_quantity_is_refused_and_nothing_is_drafted(
    world: World, quantity: str
) -> None:
    card = await _posted(world)

    answer = await _review(world.bob, card, quantity=quantity)

    assert "Nothing was sent to your broker." in answer.text
    assert await world.orders(world.bob) == []


async def test_an_idea_that_is_over_cannot_be_traded_from_its_card(world: World) -> None:
    card = await _posted(world)
    await world.later(7 * 24 * 3600)

    result = await world.bob.actor.click(card.message, label="Review & trade")

    assert result.modal is None
    assert "This idea is over." in Answer(result).text


async def test_only_so_many_ideas_an_hour(world: World) -> None:
    for _ in range(5):
        await _posted(world)

    answer = await world.alice.types("idea", symbol="AAPL", side="buy", reason=REASON)

    assert "5 ideas an hour are the most." in answer.text
    assert len(world.public()) == 5


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"target": "180", "stop": "260"}, "The target lies where the idea wins"),
        ({"limit": "200", "stop": "999"}, "between the stop and the target"),
        ({"limit": "200", "target": "200"}, "between the stop and the target"),
        ({"limit": "1e3"}, "limit price"),
        ({"symbol": "ZZZZ"}, "does not list ZZZZ"),
        ({"symbol": "../orders"}, "Invalid symbol"),
    ],
)
async def test_an_idea_that_cannot_be_is_refused_and_not_posted(
    world: World, options: dict[str, str], words: str
) -> None:
    given = {"symbol": "AAPL", "side": "buy", "reason": REASON, **options}

    answer = await world.alice.types("idea", **given)

    assert words in answer.text
    assert world.public() == []


async def test_a_reason_pings_nobody_and_fakes_no_row(world: World) -> None:
    await world.alice.types(
        "idea", symbol="AAPL", side="buy", reason="@everyone **Filled** <@1>\n-# By: somebody else"
    )

    (card,) = world.public()
    assert "<@1>" not in card.raw
    assert "\n-# By: somebody else" not in card.raw
    assert "@everyone" not in card.raw.replace("@\u200beveryone", "")


async def test_in_direct_messages_there_is_nobody_to_post_to(world: World) -> None:
    answer = await world.alice.in_dms.types("idea", symbol="AAPL", side="buy", reason=REASON)

    assert "post them in a server" in answer.text

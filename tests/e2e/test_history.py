"""/history: one's own orders, what they made, pages and a file."""

import csv
from io import StringIO

import pytest

from floorbroker.bot.history_on_cards import HistoryCards
from floorbroker.domain.errors import InvalidInput
from floorbroker.services.callers import Caller
from tests.e2e.people import Answer, Somebody
from tests.e2e.world import World


async def _traded(person: Somebody, side: str, quantity: str, symbol: str = "AAPL") -> Answer:
    return await person.clicks(
        await person.types(side, symbol=symbol, quantity=quantity), "Confirm"
    )


async def test_orders_stand_with_what_they_made_and_nobody_else_s(world: World) -> None:
    await _traded(world.alice, "buy", "10")
    await world.later(60)
    await _traded(world.alice, "sell", "4")

    card = await world.alice.types("history")

    assert card.private
    assert card.title == "History · this month PAPER"
    assert "Realised today" in card.text
    assert "(1 closing)" in card.text
    assert "Sell 4 AAPL" in card.text
    assert "Buy 10 AAPL" in card.text
    if world.bob.user_id != world.app.settings.owner_id and not world.app.settings.single_user:
        assert "You sent no orders in this time." in (await world.bob.types("history")).text


async def test_another_symbol_s_orders_are_left_out(world: World) -> None:
    await _traded(world.alice, "buy", "10")
    await _traded(world.alice, "buy", "3", "KO")

    card = await world.alice.types("history", symbol="ko")

    assert "Buy 3 KO" in card.text
    assert "AAPL" not in card.text


async def test_pages_turn_both_ways_and_end(world: World) -> None:
    for _ in range(11):
        await _traded(world.alice, "buy", "1")

    first = await world.alice.types("history")
    assert "page 1 of 2" in first.text
    second = await world.alice.clicks(first, "Older")
    assert "page 2 of 2" in second.text
    assert "Older" not in second.buttons
    again = await world.alice.clicks(second, "Newer")

    assert "page 1 of 2" in again.text
    assert "Newer" not in again.buttons


async def test_the_file_holds_every_order_with_plain_numbers(world: World) -> None:
    await _traded(world.alice, "buy", "10")
    await world.later(60)
    await _traded(world.alice, "sell", "4")

    card = await world.alice.clicks(await world.alice.types("history"), "CSV")

    (file,) = card.message.attachments
    sold, bought = csv.DictReader(StringIO((await file.read()).decode()))
    assert (sold["side"], sold["filled"], bought["filled"]) == ("sell", "4", "10")
    assert sold["realised"] != ""
    assert bought["realised"] == ""
    assert bought["order_id"].isalnum()


@pytest.mark.parametrize("what", ["x.y.z.q", "csv.month.paper", "0.month.paper.../orders", "."])
async def test_a_forged_button_shows_nobody_s_orders(world: World, what: str) -> None:
    cards = HistoryCards(world.app.floor)
    caller = Caller(user_id=world.alice.user_id, guild_id=None, origin_key="forged")

    if what == "csv.month.paper":
        assert (await cards.step(caller, what)).files
        return
    with pytest.raises(InvalidInput):
        await cards.step(caller, what)

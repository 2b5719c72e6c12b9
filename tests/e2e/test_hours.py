"""/hours: private, from the person's own broker, with the calendar's holidays."""

from tests.e2e.world import World


async def test_hours_name_their_sources(world: World) -> None:
    card = await world.alice.types("hours")

    assert card.private
    assert card.title == "Market hours PAPER"
    assert "US shares · open" in card.text
    assert "Source Paper trading" in card.text
    assert "Coins · open" in card.text
    assert "holidays and early closes" in card.text
    assert "closed, Good Friday" in card.text
    assert "Source exchange_calendars" in card.text


async def test_one_market_is_shown_alone(world: World) -> None:
    card = await world.alice.types("hours", market="crypto")

    assert "Coins · open" in card.text
    assert "US shares" not in card.text


async def test_an_account_that_is_not_there(world: World) -> None:
    card = await world.alice.types("hours", account="Savings")

    assert "You have no account of that name" in card.text

"""/chart: a picture with its words, private, from the person's own account."""

from tests.e2e.world import World


async def test_a_chart_is_a_picture_with_words_and_a_source(world: World) -> None:
    card = await world.alice.types("chart", symbol="aapl", range="3m", averages="20,50", rsi=True)

    (picture,) = card.message.attachments
    assert card.private
    assert card.title == "AAPL · Apple PAPER"
    assert picture.filename == "aapl-3-months.png"
    assert "AAPL, 3 months: from" in card.text
    assert "Source Paper trading" in card.text


async def test_one_s_own_fills_are_on_the_chart_and_nobody_else_s(world: World) -> None:
    await world.alice.clicks(await world.alice.types("buy", symbol="AAPL", quantity="1"), "Confirm")

    own = await world.alice.types("chart", symbol="AAPL", range="1d")
    others = await world.bob.types("chart", symbol="AAPL", range="1d")

    assert "1 of your fills is marked." in own.text
    assert "marked" not in others.text


async def test_an_unknown_symbol_has_its_own_answer(world: World) -> None:
    card = await world.alice.types("chart", symbol="ZZZZ")

    assert "Unknown symbol" in card.title
    assert card.message.attachments == []

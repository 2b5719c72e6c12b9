"""Coins and options at Alpaca, from the command to the position."""

from datetime import timedelta

from tests.e2e.at_alpaca import at_alpaca
from tests.stores import Store


async def test_an_option_is_bought_shown_and_closed_by_its_symbol(sqlite: Store) -> None:
    async with at_alpaca(sqlite.open()) as (world, sim):
        expiry = (world.clock.now() + timedelta(days=30)).date()
        symbol = sim.catalogue.add_contract("AAPL", expiry, "195", "call")
        sim.market.set(symbol, bid="2.10", ask="2.20")

        review = await world.alice.types("buy", symbol=symbol, quantity="1", limit="2.20")
        assert "$220.00" in review.text, review.text
        await world.alice.clicks(review, "Confirm")
        await world.later(20)
        positions = await world.alice.types("positions")
        assert symbol in positions.text, positions.text

        close = await world.alice.types("close", symbol=symbol)
        await world.alice.clicks(close, "Confirm")
        await world.later(20)

        assert sim.orders_received == 2
        assert symbol not in (await world.alice.types("positions")).text


async def test_a_coin_is_bought_for_money_and_sold_again(sqlite: Store) -> None:
    async with at_alpaca(sqlite.open()) as (world, sim):
        sim.market.set("BTC/USD", bid="83500.10", ask="83510.20")

        review = await world.alice.types("buy", symbol="btc/usd", amount="500")
        await world.alice.clicks(review, "Confirm")
        await world.later(20)
        positions = await world.alice.types("positions")
        assert "BTC/USD" in positions.text, positions.text

        close = await world.alice.types("close", symbol="BTC/USD")
        await world.alice.clicks(close, "Confirm")
        await world.later(20)

        assert sim.orders_received == 2
        assert "BTC/USD" not in (await world.alice.types("positions")).text

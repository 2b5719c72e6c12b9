"""The one path through everything: buy, confirm, filled, look, sell, close."""

from floorbroker.domain.order_state import OrderState
from tests.e2e.people import Somebody
from tests.e2e.world import World


async def _the_whole_way(world: World, person: Somebody) -> None:
    """Each step rests on the one before, as it does for a person."""
    review = await person.types("buy", symbol="AAPL", quantity="10")
    assert review.private
    assert "Review · Buy 10 AAPL PAPER" in review.title
    assert world.broker.orders_received == 0

    receipt = await person.clicks(review, "Confirm")
    assert "Filled · Buy 10 AAPL PAPER" in receipt.title
    assert receipt.message.id == review.message.id
    assert receipt.private

    positions = await person.types("positions")
    assert "AAPL" in positions.text
    assert positions.private

    sale = await person.clicks(await person.types("sell", symbol="AAPL", quantity="4"), "Confirm")
    assert "Filled · Sell 4 AAPL PAPER" in sale.title

    closing = await person.clicks(await person.types("positions"), "Close AAPL")
    assert "Review · Sell 6 AAPL PAPER" in closing.title
    assert world.broker.orders_received == 2
    closed = await person.clicks(closing, "Confirm")
    assert "Filled · Sell 6 AAPL PAPER" in closed.title

    assert "No open positions." in (await person.types("positions")).text


async def test_a_person_buys_looks_sells_and_closes_in_a_server(anywhere: World) -> None:
    await _the_whole_way(anywhere, anywhere.alice)

    orders = await anywhere.at_broker(anywhere.alice)
    assert [order.receipt.state for order in orders] == [OrderState.FILLED] * 3
    assert anywhere.broker.orders_received == 3
    assert anywhere.public() == []


async def test_a_person_buys_looks_sells_and_closes_in_direct_messages(anywhere: World) -> None:
    await _the_whole_way(anywhere, anywhere.alice.in_dms)

    assert anywhere.broker.orders_received == 3


async def test_two_people_trade_side_by_side_and_see_only_their_own(cloud: World) -> None:
    for person, symbol in ((cloud.alice, "AAPL"), (cloud.bob, "MSFT")):
        await person.clicks(await person.types("buy", symbol=symbol, quantity="2"), "Confirm")

    hers = (await cloud.alice.types("positions")).text
    his = (await cloud.bob.types("positions")).text

    assert "AAPL" in hers
    assert "MSFT" not in hers
    assert "MSFT" in his
    assert "AAPL" not in his


async def test_an_amount_of_money_buys_a_part_of_a_share(world: World) -> None:
    review = await world.alice.types("buy", symbol="AAPL", amount="50")

    receipt = await world.alice.clicks(review, "Confirm")

    assert "Filled · Buy $50.00 of AAPL PAPER" in receipt.title
    (order,) = await world.orders(world.alice)
    assert 0 < order.filled_quantity < 1


async def test_coins_trade_like_shares(world: World) -> None:
    review = await world.alice.types("buy", symbol="BTC/USD", quantity="0.01")

    receipt = await world.alice.clicks(review, "Confirm")

    assert "Filled · Buy 0.01 BTC/USD PAPER" in receipt.title


async def test_a_review_that_is_canceled_sends_nothing(world: World) -> None:
    review = await world.alice.types("buy", symbol="AAPL", quantity="10")

    card = await world.alice.clicks(review, "Cancel")

    assert "Nothing was sent" in card.text
    assert card.buttons == {}
    assert world.broker.orders_received == 0


async def test_a_short_sale_is_made_only_on_purpose(world: World) -> None:
    refused = await world.alice.types("sell", symbol="AAPL", quantity="3")
    review = await world.alice.types("sell", symbol="AAPL", quantity="3", short=True)

    receipt = await world.alice.clicks(review, "Confirm")

    assert "You hold no AAPL" in refused.text
    assert "the loss is not limited" in review.text.replace("\\", "") or "short" in review.text
    assert "Filled · Sell short 3 AAPL" in receipt.title
    assert world.broker.orders_received == 1

"""A person trades coins at Binance: linked, quoted, bought, lost sight of, canceled, sold, gone."""

import pytest

from floorbroker.domain.order_state import OrderState
from tests.e2e.at_binance import KEY, SECRET, at_binance
from tests.e2e.people import Somebody
from tests.simulators.binance import Fault
from tests.stores import Store


async def test_the_whole_way(sqlite: Store) -> None:
    async with at_binance(sqlite.open()) as (world, sim):
        alice = world.alice

        quoted = await alice.types("buy", symbol="btcusdt", quantity="0.500001")
        assert "Review · Buy 0.5 BTC/USDT PAPER" in quoted.title
        assert "83,510.20 USDT" in quoted.text
        assert "Binance's spot exchange" in quoted.text
        assert "rounded down from 0.500001" in quoted.text
        assert sim.orders_received == 0

        review = await alice.types("buy", symbol="BTC-USDT", quantity="0.5")
        bought = await alice.clicks(review, "Confirm")
        assert "Filled · Buy 0.5 BTC/USDT PAPER" in bought.title
        assert "0.0005 BTC" in bought.text
        assert "41,755.10 USDT" in bought.text

        trouble = sim.fail("place", Fault.CLOSE)
        review = await alice.types("buy", symbol="BTC/USDT", quantity="0.1", limit="50000")
        lost = await alice.clicks(review, "Confirm")
        assert "Sent, outcome unknown" in lost.title
        assert "Do not repeat it." in lost.text
        trouble.lift()
        await world.later(20)
        order = (await world.orders(alice))[0]
        assert order.state is OrderState.ACCEPTED
        assert sim.orders_received == 2
        assert len(sim.orders) == 2

        await alice.types("order cancel", order=order.order_id)
        await world.later(20)
        assert (await world.orders(alice))[0].state is OrderState.CANCELED
        assert sim.order(order.order_id).status == "CANCELED"
        assert sim.cancels_received == 1

        positions = await alice.types("positions")
        assert "BTC/USDT" in positions.text
        review = await alice.types("sell", symbol="BTC/USDT", quantity="0.4995")
        sold = await alice.clicks(review, "Confirm")
        assert "Filled · Sell 0.4995 BTC/USDT PAPER" in sold.title
        assert "No open positions." in (await alice.types("positions")).text

        await _unlinked(alice)
        assert sim.orders_received == 3
        shown = "".join(seen.raw for seen in (quoted, bought, lost, positions, sold))
        assert not any(secret in shown for secret in (KEY, SECRET))


async def _unlinked(person: Somebody) -> None:
    asked = await person.types("setup remove", account="Binance paper")
    gone = await person.clicks(asked, "Remove")
    assert "Removed" in gone.title


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.GATEWAY_TIMEOUT, Fault.TRUNCATED])
@pytest.mark.parametrize("carried_out", [True, False])
async def test_an_order_without_an_answer_ends_as_it_stands_at_binance(
    sqlite: Store, fault: Fault, carried_out: bool
) -> None:
    async with at_binance(sqlite.open()) as (world, sim):
        trouble = sim.fail("place", fault, carried_out=carried_out)

        review = await world.alice.types("buy", symbol="BTC/USDT", quantity="0.5")
        card = await world.alice.clicks(review, "Confirm")

        assert "Sent, outcome unknown" in card.title, card.text
        trouble.lift()
        for _ in range(4):
            await world.later(20)
        (order,) = await world.orders(world.alice)
        expected = OrderState.FILLED if carried_out else OrderState.NOT_PLACED
        assert order.state is expected
        assert sim.orders_received == 1


async def test_an_amount_of_money_buys_a_part_of_a_coin(sqlite: Store) -> None:
    async with at_binance(sqlite.open()) as (world, sim):
        review = await world.alice.types("buy", symbol="BTC/USDT", amount="500")

        card = await world.alice.clicks(review, "Confirm")

        assert "Filled" in card.title, card.text
        (order,) = sim.orders
        assert order.turnover <= 500
        assert order.turnover > 499

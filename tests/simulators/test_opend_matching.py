"""When orders fill: at what price, in what hours, in how many parts."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.opend import LIVE_ID, PAPER_ID
from tests.simulators.opend_clients import World, account, opened

PAPER = account()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Prices for AAPL, and live trading unlocked."""
    async with opened() as opened_world:
        opened_world.sim.locked = False
        yield opened_world


async def test_a_limit_fills_when_the_price_comes(world: World) -> None:
    context = await world.trade()
    number = await world.place(context)

    world.sim.set_price("US.AAPL", bid="149.80", ask="149.90")

    made = world.sim.order(number)
    assert (made.status, made.average) == ("FILLED_ALL", Decimal("149.90"))


async def test_a_stop_waits_for_its_price(world: World) -> None:
    context = await world.trade()
    world.sim.hold(LIVE_ID, "US.AAPL", 2, 100)
    stop: dict[str, Any] = {"paper": False, "trd_side": "SELL", "aux_price": 180.0}
    plain = await world.place(context, order_type="STOP", **stop)
    limited = await world.place(context, order_type="STOP_LIMIT", **{**stop, "price": 179.5})

    world.sim.set_price("US.AAPL", bid="181", ask="181.10")
    assert [world.sim.order(one).status for one in (plain, limited)] == ["SUBMITTED"] * 2
    world.sim.set_price("US.AAPL", bid="179", ask="179.10")
    assert world.sim.order(plain).average == 179
    assert world.sim.order(limited).status == "SUBMITTED"
    world.sim.set_price("US.AAPL", bid="179.60", ask="179.70")

    assert world.sim.order(limited).average == Decimal("179.60")


async def test_a_touch_order_takes_its_gain(world: World) -> None:
    context = await world.trade()
    world.sim.hold(LIVE_ID, "US.AAPL", 1, 100)
    number = await world.place(
        context, paper=False, trd_side="SELL", order_type="MARKET_IF_TOUCHED", aux_price=200.0
    )

    world.sim.set_price("US.AAPL", bid="199", ask="199.10")
    assert world.sim.order(number).status == "SUBMITTED"
    world.sim.set_price("US.AAPL", bid="200", ask="200.10")

    assert world.sim.order(number).status == "FILLED_ALL"


async def test_a_trailing_stop_follows_the_price(world: World) -> None:
    context = await world.trade()
    world.sim.hold(LIVE_ID, "US.AAPL", 1, 100)
    number = await world.place(
        context,
        paper=False,
        trd_side="SELL",
        order_type="TRAILING_STOP",
        trail_type="RATIO",
        trail_value=10.0,
    )

    world.sim.set_price("US.AAPL", bid="219", ask="221", last="220")
    assert world.sim.order(number).aux_price == 198
    world.sim.set_price("US.AAPL", bid="198.50", ask="199")
    assert world.sim.order(number).status == "SUBMITTED"
    world.sim.set_price("US.AAPL", bid="197", ask="197.50")

    assert world.sim.order(number).average == 197


async def test_a_trailing_stop_limit_has_a_limit_once_it_is_triggered(world: World) -> None:
    context = await world.trade()
    world.sim.hold(LIVE_ID, "US.AAPL", 1, 100)
    number = await world.place(
        context,
        paper=False,
        trd_side="SELL",
        order_type="TRAILING_STOP_LIMIT",
        trail_type="AMOUNT",
        trail_value=5.0,
        trail_spread=1.0,
    )

    world.sim.set_price("US.AAPL", bid="180", ask="180.10", last="184")

    made = world.sim.order(number)
    assert (made.triggered, made.price) == (True, Decimal("183.95"))
    assert made.status == "SUBMITTED"
    world.sim.set_price("US.AAPL", bid="184", ask="184.10")
    assert made.status == "FILLED_ALL"


async def test_outside_regular_hours_only_what_may_fills(world: World) -> None:
    context = await world.trade()
    world.watch.advance(hours=5)
    plain = await world.place(context, paper=False, price=195.0)
    outside = await world.place(context, paper=False, price=195.0, fill_outside_rth=True)
    paper = await world.place(context, price=195.0)

    assert world.sim.order(outside).status == "FILLED_ALL"
    assert world.sim.order(plain).status == "WAITING_SUBMIT"
    assert world.sim.order(paper).status == "WAITING_SUBMIT"
    world.sim.order(paper).price = Decimal(100)
    world.watch.advance(hours=18)
    world.sim.match()

    assert world.sim.order(plain).status == "FILLED_ALL"
    assert world.sim.order(paper).status == "SUBMITTED"


async def test_at_night_only_orders_for_the_night_fill(world: World) -> None:
    context = await world.trade()
    world.sim.market.state = "OVERNIGHT"
    extended = await world.place(context, paper=False, price=195.0, session="ETH")
    night = await world.place(context, paper=False, price=195.0, session="OVERNIGHT")

    assert world.sim.order(extended).status == "WAITING_SUBMIT"
    assert world.sim.order(night).status == "FILLED_ALL"


async def test_an_order_may_fill_in_parts(world: World) -> None:
    context = await world.trade()
    world.sim.fill_in_parts(2)
    number = await world.place(context, price=190.0, qty=5)

    made = world.sim.order(number)
    assert (made.status, made.dealt) == ("FILLED_PART", Decimal(2))
    world.sim.match()

    assert (made.status, made.dealt) == ("FILLED_ALL", Decimal(5))
    assert len(made.deals) == 2


async def test_a_fill_can_be_given_by_hand(world: World) -> None:
    context = await world.trade()
    number = await world.place(context, qty=3)

    world.sim.fill(number, 1, "149.50")
    world.sim.fill(number)

    made = world.sim.order(number)
    assert (made.status, made.dealt) == ("FILLED_ALL", Decimal(3))
    assert [deal.price for deal in made.deals] == [Decimal("149.50"), Decimal("190.00")]
    with pytest.raises(ValueError, match="FILLED_ALL"):
        world.sim.fill(number)


async def test_an_order_that_is_being_canceled_may_still_fill(world: World) -> None:
    context = await world.trade()
    number = await world.place(context, qty=2)
    world.sim.let_cancels_wait()
    await world.ask(context.modify_order, "CANCEL", number, 0, 0, **PAPER)

    world.sim.fill(number, 1)
    assert world.sim.order(number).status == "CANCELLING_PART"
    world.sim.fill(number, 1)
    world.sim.finish_cancels()

    assert world.sim.order(number).status == "FILLED_ALL"


async def test_positions_average_their_cost_and_go_away(world: World) -> None:
    context = await world.trade()
    held = world.sim.accounts[PAPER_ID].positions
    await world.place(context, price=190.0)
    world.sim.set_price("US.AAPL", bid=100, ask=100)
    await world.place(context, price=100.0, qty=2)

    assert (held["US.AAPL"].quantity, held["US.AAPL"].cost) == (Decimal(3), Decimal(130))
    await world.place(context, trd_side="SELL", order_type="MARKET", qty=3)

    assert held == {}


async def test_a_contract_costs_a_hundred_times_its_price(world: World) -> None:
    context = await world.trade()
    code = world.sim.list_option("US.AAPL", world.watch.at.date(), "CALL", 190)
    world.sim.set_price(code, bid="1.20", ask="1.30")
    world.sim.set_cash(PAPER_ID, 1_000)

    await world.place(context, code=code, order_type="MARKET", qty=2)

    assert world.sim.accounts[PAPER_ID].cash == 740

"""The TWS simulator: orders that are refused, by TWS itself and by the server; and what-ifs."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.simulators.tws_clients import ACCOUNT, World, limit, market, opened, stock


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def refused(world: World, contract: Any, order: Any) -> int:
    """The code; there is no order afterwards."""
    trade = await world.place(contract, order)
    assert world.errors[-1][0] == trade.order.orderId
    assert world.sim.orders == []
    assert trade.orderStatus.status in {"Cancelled", "PendingSubmit"}
    return world.codes[-1]


async def test_an_unknown_contract_is_refused(world: World) -> None:
    assert await refused(world, stock("NOSUCH"), market()) == 200


async def test_a_contract_as_positions_have_it_is_refused(world: World) -> None:
    """It has no exchange."""
    import ib_insync

    assert await refused(world, ib_insync.Contract(conId=265598), market()) == 321
    assert "Missing order exchange" in world.errors[-1][2]


async def test_an_ambiguous_contract_is_refused(world: World) -> None:
    assert await refused(world, stock("VOD", currency=""), market()) == 200
    assert "ambiguous" in world.errors[-1][2]


async def test_a_price_between_two_steps_is_refused(world: World) -> None:
    trade = await world.place(stock(), limit(price=180.005))

    assert world.codes == [110]
    assert world.sim.orders == []
    assert trade.orderStatus.status == "PendingSubmit"  # 110 is a warning to ib_insync


async def test_half_a_share_is_refused(world: World) -> None:
    assert await refused(world, stock(), market(quantity=0.5)) == 10243


async def test_nothing_at_all_is_refused(world: World) -> None:
    assert await refused(world, stock(), market(quantity=0)) == 321


async def test_money_instead_of_shares_is_refused(world: World) -> None:
    assert await refused(world, stock(), market(quantity=0, cashQty=100.0)) == 10244


async def test_an_unknown_order_type_is_refused(world: World) -> None:
    import ib_insync

    order = ib_insync.Order(action="BUY", totalQuantity=1, orderType="REL")

    assert await refused(world, stock(), order) == 387


async def test_an_account_of_somebody_else_is_refused(world: World) -> None:
    assert await refused(world, stock(), market(account="DU999")) == 321


async def test_one_of_several_accounts_must_be_named() -> None:
    async with opened(accounts=("U111", "DU222")) as world:
        assert await refused(world, stock(), market()) == 435
        trade = await world.place(stock(), market(account="DU222"))

        assert trade.orderStatus.status == "Filled"
        assert (world.last.account, trade.fills[0].execution.acctNumber) == ("DU222", "DU222")


async def test_too_little_money_makes_an_order_inactive(world: World) -> None:
    trade = await world.place(stock(), market(quantity=5000))

    about, code, words = world.errors[-1]
    assert (about, code) == (trade.order.orderId, 201)
    assert words.startswith("Order rejected - reason:YOUR ORDER IS NOT ACCEPTED")
    assert trade.orderStatus.status == "Inactive"
    (done,) = await world.ib.reqCompletedOrdersAsync(False)
    assert done.orderStatus.status == "Inactive"


async def test_refused_orders_may_stay_among_the_open_ones(world: World) -> None:
    world.sim.shows_inactive = True
    await world.place(stock(), market(quantity=5000, orderRef="big"))

    (open_,) = await world.ib.reqAllOpenOrdersAsync()

    assert (open_.order.orderRef, open_.orderStatus.status) == ("big", "Inactive")
    assert await world.ib.reqCompletedOrdersAsync(False) == []


async def test_a_refusal_of_the_server_leaves_an_inactive_order(world: World) -> None:
    world.sim.reject(201, "Order rejected - reason:no trading permissions")

    trade = await world.place(stock(), market(orderRef="first"))
    second = await world.place(stock(), market())

    assert trade.orderStatus.status == "Inactive"
    assert world.sim.order("first").why == "Order rejected - reason:no trading permissions"
    assert second.orderStatus.status == "Filled"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (203, "The security AAPL is not available or allowed for this account"),
        (354, "Requested market data is not subscribed"),
        (10147, "OrderId 1 that needs to be cancelled is not found."),
    ],
)
async def test_other_refusals_leave_no_order(world: World, code: int, words: str) -> None:
    world.sim.reject(code, words, times=2)

    assert await refused(world, stock(), market()) == code
    assert await refused(world, stock(), market()) == code
    trade = await world.place(stock(), market())

    assert trade.orderStatus.status == "Filled"


async def test_a_read_only_tws_takes_no_orders() -> None:
    async with opened(read_only=True) as world:
        trade = world.ib.placeOrder(stock(), market())
        await world.settled()
        world.ib.client.cancelOrder(1)
        world.ib.reqGlobalCancel()
        await world.settled()

        assert [code for code in world.codes if code == 321] == [321] * 3
        assert "Read-Only" in world.errors[-1][2]
        assert world.sim.orders == []
        assert trade.orderStatus.status == "Cancelled"
        world.sim.read_only = False
        assert (await world.place(stock(), market())).orderStatus.status == "Filled"


# What-ifs


async def test_a_what_if_tells_margins_and_commission_and_places_nothing(world: World) -> None:
    state = await world.ib.whatIfOrderAsync(stock(), limit(quantity=10, price=180.0))

    assert state.status == "PreSubmitted"
    assert (state.commission, state.commissionCurrency) == (1.0, "USD")
    assert float(state.initMarginChange) == pytest.approx(10 * 189.95 * 0.5, abs=0.01)
    assert float(state.equityWithLoanBefore) == 100_000
    assert world.sim.orders == []
    assert world.sim.orders_received == 0
    assert world.ib.trades() == []


async def test_a_what_if_is_refused_like_an_order(world: World) -> None:
    answer = await world.ib.whatIfOrderAsync(stock(), limit(quantity=100_000, price=180.0))

    assert answer == []  # which ib_insync makes of an error
    assert world.codes == [201]
    assert world.sim.orders == []


async def test_a_what_if_does_not_use_an_order_id_up(world: World) -> None:
    told: list[int] = []
    world.ib.wrapper.nextValidId = told.append
    await world.ib.whatIfOrderAsync(stock(), limit())

    world.ib.client.reqIds(1)
    await world.settled()

    assert told == [1]


async def test_closing_a_position_needs_no_money(world: World) -> None:
    world.sim.hold(ACCOUNT, "AAPL", 1000, "150")
    world.sim.set_cash(ACCOUNT, -170_000)

    trade = await world.place(stock(), market("SELL", 1000))

    assert trade.orderStatus.status == "Filled"

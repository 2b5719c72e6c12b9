"""Brackets: an entry and its closing orders go together, and nothing is left of half of one."""

from decimal import Decimal

import pytest

from floorbroker.brokers.ibkr.adapter import IbkrAdapter
from floorbroker.domain.errors import NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import LegRole, OrderChanges, TimeInForce
from tests.brokers.ibkr.at_ibkr import NOON, order_of, read_back, resting_request
from tests.simulators.tws import Fault, TwsSimulator

BOTH = {"take_profit": Decimal(200), "stop_loss": Decimal(140)}


@pytest.fixture
def bracket() -> Order:
    """Ten AAPL far below the market, with both closing orders."""
    return order_of(resting_request(**BOTH, time_in_force=TimeInForce.GTC))


async def test_all_parts_go_together_and_start_with_the_last(
    simulator: TwsSimulator, adapter: IbkrAdapter, bracket: Order
) -> None:
    receipt = await adapter.place_order(bracket)

    entry, profit, loss = simulator.orders
    assert receipt.state is OrderState.ACCEPTED
    assert receipt.broker_order_id == str(entry.perm_id)
    assert [one.ticket.parent_id for one in (profit, loss)] == [entry.order_id] * 2
    assert (profit.ticket.type, profit.limit_price) == ("LMT", 200)
    assert (loss.ticket.type, loss.ticket.aux_price) == ("STP", 140)
    assert {one.action for one in (profit, loss)} == {"SELL"}
    assert {one.ticket.tif for one in simulator.orders} == {"GTC"}
    assert not any(one.parked for one in simulator.orders)


async def test_an_entry_whose_closing_orders_never_arrived_does_not_work(
    simulator: TwsSimulator, adapter: IbkrAdapter, bracket: Order
) -> None:
    simulator.fail("order", Fault.DROP_AFTER)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(bracket)

    assert simulator.orders[0].parked


async def test_the_receipt_shows_the_closing_orders(adapter: IbkrAdapter, bracket: Order) -> None:
    await adapter.place_order(bracket)

    legs = (await read_back(adapter, bracket)).legs

    assert {(leg.role, leg.price, leg.state) for leg in legs} == {
        (LegRole.TAKE_PROFIT, Decimal(200), OrderState.ACCEPTED),
        (LegRole.STOP_LOSS, Decimal(140), OrderState.ACCEPTED),
    }


@pytest.mark.parametrize(
    ("terms", "roles"),
    [
        ({"take_profit": Decimal(200)}, [LegRole.TAKE_PROFIT]),
        ({"stop_loss": Decimal(140)}, [LegRole.STOP_LOSS]),
    ],
)
async def test_one_closing_order_is_enough(
    simulator: TwsSimulator,
    adapter: IbkrAdapter,
    terms: dict[str, Decimal],
    roles: list[LegRole],
) -> None:
    order = order_of(resting_request(**terms))
    await adapter.place_order(order)

    receipt = await read_back(adapter, order)

    assert [leg.role for leg in receipt.legs] == roles
    assert not any(one.parked for one in simulator.orders)


async def test_when_one_closing_order_fills_the_other_one_ends(
    simulator: TwsSimulator, adapter: IbkrAdapter, bracket: Order
) -> None:
    await adapter.place_order(bracket)
    entry, profit, _ = simulator.orders
    simulator.fill(entry)
    simulator.fill(profit)

    receipt = await read_back(adapter, bracket)

    states = {leg.role: leg.state for leg in receipt.legs}
    assert receipt.state is OrderState.FILLED
    assert states[LegRole.TAKE_PROFIT] is OrderState.FILLED
    assert states[LegRole.STOP_LOSS] is OrderState.CANCELED


async def test_canceling_the_entry_ends_all_of_it_with_one_request(
    simulator: TwsSimulator, adapter: IbkrAdapter, bracket: Order
) -> None:
    await adapter.place_order(bracket)

    receipt = await adapter.cancel_order(bracket)

    assert receipt is not None
    assert receipt.state is OrderState.CANCELED
    assert simulator.cancels_received == 1
    assert {one.status for one in simulator.orders} == {"Cancelled"}


async def test_canceling_a_filled_one_ends_its_closing_orders(
    simulator: TwsSimulator, adapter: IbkrAdapter, bracket: Order
) -> None:
    placed = with_receipt(bracket, await adapter.place_order(bracket), NOON)
    simulator.fill(simulator.orders[0])

    await adapter.cancel_order(placed)

    receipt = await read_back(adapter, bracket)
    assert receipt.state is OrderState.FILLED
    assert {leg.state for leg in receipt.legs} == {OrderState.CANCELED}


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_of_a_bracket_of_which_a_part_is_refused_nothing_is_left(
    simulator: TwsSimulator, adapter: IbkrAdapter, bracket: Order, place: int
) -> None:
    refuse_part(simulator, place)

    with pytest.raises(OrderRejected, match="Invalid stop price"):
        await adapter.place_order(bracket)

    assert all(one.ended for one in simulator.orders)
    assert simulator.orders_received == 3


async def test_an_entry_that_fills_before_its_refused_part_is_told_as_filled(
    simulator: TwsSimulator, adapter: IbkrAdapter
) -> None:
    order = order_of(resting_request("195", **BOTH))
    refuse_part(simulator, 1)

    receipt = await adapter.place_order(order)

    assert receipt.state is OrderState.FILLED
    assert {leg.state for leg in receipt.legs} <= {OrderState.CANCELED, OrderState.REJECTED}


async def test_the_entrys_price_can_be_changed_and_its_quantity_not(
    simulator: TwsSimulator, adapter: IbkrAdapter, bracket: Order
) -> None:
    await adapter.place_order(bracket)

    receipt = await adapter.modify_order(bracket, OrderChanges(limit_price=Decimal(151)))
    with pytest.raises(NotSent, match="quantity"):
        await adapter.modify_order(bracket, OrderChanges(quantity=Decimal(5)))

    assert receipt.limit_price == 151
    assert simulator.changes_received == 1


async def test_closing_orders_stand_in_the_list_without_being_ours_to_follow(
    adapter: IbkrAdapter, bracket: Order
) -> None:
    await adapter.place_order(bracket)
    (account,) = await adapter.accounts()

    listed = await adapter.open_orders(account)

    assert [line.order_id for line in listed if line.order_id] == [bracket.order_id]
    assert len(listed) == 3


def refuse_part(simulator: TwsSimulator, place: int) -> None:
    """Of the next bracket, TWS itself does not take that part."""
    desk, count = simulator._desk, 0
    take = desk.draft

    def draft(client_id: int, order_id: int, ticket: object) -> object:
        nonlocal count
        count += 1
        if count == place + 1:
            from tests.simulators.tws.refusals import Refusal

            raise Refusal(403, "Invalid stop price.")
        return take(client_id, order_id, ticket)  # type: ignore[arg-type] # as it came

    desk.draft = draft  # type: ignore[method-assign,assignment] # one part, not the next orders

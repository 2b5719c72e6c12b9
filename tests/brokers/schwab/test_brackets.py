"""Take-profit and stop-loss: what hangs below an entry, what is at work, and how both end."""

from decimal import Decimal

import pytest

from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.domain.errors import OutcomeUnknown
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import can_be_canceled, with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import LegRole
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.schwab.at_schwab import looked_at, order_of, request, resting_request
from tests.fakes.clock import NOON
from tests.simulators.schwab import Fault, SchwabSimulator

BOTH = {"take_profit": Decimal(220), "stop_loss": Decimal(150)}


@pytest.fixture
async def entered(adapter: SchwabAdapter) -> Order:
    """Bought at the market, both closing orders at work."""
    order = order_of(request(**BOTH))
    return with_receipt(order, await adapter.place_order(order), NOON)


async def test_the_closing_orders_wait_for_their_entry(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    order = order_of(resting_request(take_profit=Decimal(120), stop_loss=Decimal(90)))

    receipt = await adapter.place_order(order)

    assert receipt.state is OrderState.ACCEPTED
    assert [(leg.role, leg.price, leg.state) for leg in receipt.legs] == [
        (LegRole.TAKE_PROFIT, Decimal(120), OrderState.ACCEPTED),
        (LegRole.STOP_LOSS, Decimal(90), OrderState.ACCEPTED),
    ]
    assert simulator.orders_received == 1


async def test_one_closing_order_hangs_there_alone(adapter: SchwabAdapter) -> None:
    receipt = await adapter.place_order(order_of(resting_request(stop_loss=Decimal(90))))

    assert [leg.role for leg in receipt.legs] == [LegRole.STOP_LOSS]


async def test_a_cancel_of_the_entry_ends_all_of_them(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    order = order_of(resting_request(take_profit=Decimal(120), stop_loss=Decimal(90)))
    order = with_receipt(order, await adapter.place_order(order), NOON)

    await adapter.cancel_order(order)

    told = await looked_at(adapter, order)
    assert {told.state, *(leg.state for leg in told.legs)} == {OrderState.CANCELED}
    assert simulator.cancels_received == 1


async def test_a_cancel_of_a_filled_entry_ends_both_closing_orders_and_not_the_entry(
    adapter: SchwabAdapter, entered: Order, simulator: SchwabSimulator
) -> None:
    assert entered.state is OrderState.FILLED
    assert can_be_canceled(entered)

    await adapter.cancel_order(entered)

    final = with_receipt(entered, await looked_at(adapter, entered), NOON)
    assert final.state is OrderState.FILLED
    assert {leg.state for leg in final.legs} == {OrderState.CANCELED}
    assert simulator.cancels_received == 1


async def test_one_closing_orders_fill_is_the_end_of_the_other(
    adapter: SchwabAdapter, entered: Order, simulator: SchwabSimulator
) -> None:
    simulator.market.set("AAPL", bid="221", ask="221.10")
    simulator.match()

    told = await looked_at(adapter, entered)

    assert {leg.role: leg.state for leg in told.legs} == {
        LegRole.TAKE_PROFIT: OrderState.FILLED,
        LegRole.STOP_LOSS: OrderState.CANCELED,
    }


async def test_closing_orders_have_lines_of_their_own(
    adapter: SchwabAdapter, account: BrokerAccount, entered: Order
) -> None:
    lines = await adapter.open_orders(account)

    assert {line.receipt.broker_order_id for line in lines} == {
        leg.broker_order_id for leg in entered.legs
    }
    assert [line.order_id for line in lines] == [None, None]
    assert {line.description for line in lines} == {
        "Sell 1 AAPL limit 220 day",
        "Sell 1 AAPL stop 150 day",
    }


async def test_a_bracket_whose_answer_got_lost_is_found_and_its_like_without_one_is_not(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    order = order_of(resting_request(take_profit=Decimal(120), stop_loss=Decimal(90)))
    await adapter.place_order(order_of(resting_request()))
    trouble = simulator.fail("place", Fault.CLOSE)
    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)
    trouble.lift()

    told = await looked_at(adapter, order)

    assert len(told.legs) == 2

"""Cancels and changes: asked for once, by the client that placed the order, told as they end."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.brokers.ibkr.adapter import IbkrAdapter
from floorbroker.brokers.ibkr.questions import Patience
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.errors import NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, OrderChanges, OrderType, Side
from tests.brokers.ibkr.at_ibkr import (
    SHORT,
    adapter_in,
    context_at,
    gateways_at,
    order_of,
    read_back,
    request_of,
)
from tests.fakes.clock import ManualClock
from tests.simulators.tws import Fault, TwsSimulator

HIGHER = OrderChanges(limit_price=Decimal(151))


async def test_a_cancel_ends_the_order_and_says_so(
    simulator: TwsSimulator, adapter: IbkrAdapter, placed: Order
) -> None:
    receipt = await adapter.cancel_order(placed)

    assert receipt is not None
    assert receipt.state is OrderState.CANCELED
    assert simulator.orders[0].status == "Cancelled"
    assert simulator.cancels_received == 1


async def test_a_cancel_that_is_still_under_way_tells_no_state(
    simulator: TwsSimulator, adapter: IbkrAdapter, placed: Order
) -> None:
    simulator.let_cancels_wait()

    receipt = await adapter.cancel_order(placed)

    assert receipt is None
    simulator.finish_cancels()
    assert (await read_back(adapter, placed)).state is OrderState.CANCELED


async def test_an_order_that_fills_over_its_cancel_is_filled(
    simulator: TwsSimulator, adapter: IbkrAdapter, placed: Order
) -> None:
    simulator.let_cancels_wait()
    trouble = simulator.fail("cancel", Fault.LATE)
    canceling = asyncio.ensure_future(adapter.cancel_order(placed))
    await trouble.reached.wait()
    trouble.release()
    simulator.fill(simulator.orders[0])

    receipt = await canceling

    assert receipt is not None
    assert receipt.state is OrderState.FILLED


async def test_what_tws_refuses_to_cancel_is_told_in_its_words(
    simulator: TwsSimulator, adapter: IbkrAdapter, placed: Order
) -> None:
    simulator.fail("cancel", Fault.ERROR(10148, "OrderId 2 can not be cancelled, state: Filled."))

    with pytest.raises(OrderRejected, match="can not be cancelled"):
        await adapter.cancel_order(placed)


async def test_an_ended_order_is_not_canceled_again(
    simulator: TwsSimulator, adapter: IbkrAdapter, placed: Order
) -> None:
    await adapter.cancel_order(placed)

    with pytest.raises(OrderRejected, match="ended already"):
        await adapter.cancel_order(placed)

    assert simulator.cancels_received == 1


async def test_an_order_that_is_not_there_gets_no_cancel(
    simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order
) -> None:
    with pytest.raises(NotSent, match="lists no such order"):
        await adapter.cancel_order(resting)

    assert simulator.cancels_received == 0


async def test_a_change_keeps_the_number_and_tells_the_new_terms(
    simulator: TwsSimulator, adapter: IbkrAdapter, placed: Order
) -> None:
    changes = OrderChanges(limit_price=Decimal(151), quantity=Decimal(7))

    receipt = await adapter.modify_order(placed, changes)

    assert receipt.broker_order_id == placed.broker_order_id
    assert (receipt.limit_price, receipt.quantity) == (151, 7)
    assert len(simulator.orders) == 1
    assert simulator.orders[0].limit_price == 151
    assert (simulator.orders_received, simulator.changes_received) == (1, 1)


async def test_the_rest_of_a_changed_order_stays_as_it_was(
    simulator: TwsSimulator, adapter: IbkrAdapter, placed: Order
) -> None:
    before = simulator.orders[0].ticket

    await adapter.modify_order(placed, HIGHER)

    assert simulator.orders[0].ticket == replace(before, limit_price=Decimal(151))


async def test_a_stop_can_be_moved(simulator: TwsSimulator, adapter: IbkrAdapter) -> None:
    order = order_of(request_of(type=OrderType.STOP, stop_price=Decimal(180), side=Side.SELL))
    await adapter.place_order(order)

    receipt = await adapter.modify_order(order, OrderChanges(stop_price=Decimal(181)))

    assert receipt.stop_price == 181


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (104, "Cannot modify a filled order."),
        (105, "Order being modified does not match original order."),
        (110, "The price does not conform to the minimum price variation."),
        (201, "Order rejected - reason: not at that price."),
    ],
)
async def test_a_change_that_tws_refuses_leaves_the_order_as_it_was(
    simulator: TwsSimulator, adapter: IbkrAdapter, placed: Order, code: int, words: str
) -> None:
    simulator.fail("change", Fault.ERROR(code, words))

    with pytest.raises(OrderRejected, match=words.split(" ", maxsplit=1)[0]):
        await adapter.modify_order(placed, HIGHER)

    receipt = await read_back(adapter, placed)
    assert (receipt.state, receipt.limit_price) == (OrderState.ACCEPTED, 150)
    await adapter.cancel_order(placed)
    assert (await read_back(adapter, placed)).state is OrderState.CANCELED


async def test_a_change_that_fills_the_order_tells_that(
    simulator: TwsSimulator, adapter: IbkrAdapter, placed: Order
) -> None:
    await adapter.modify_order(placed, OrderChanges(limit_price=Decimal(195)))

    assert (await read_back(adapter, placed)).state is OrderState.FILLED


async def test_a_term_that_the_order_does_not_have_is_not_changed(
    simulator: TwsSimulator, adapter: IbkrAdapter, placed: Order
) -> None:
    with pytest.raises(NotSent, match="no stop price"):
        await adapter.modify_order(placed, OrderChanges(stop_price=Decimal(1)))

    assert simulator.changes_received == 0


class TestSilence:
    """What proves nothing leaves the outcome unknown."""

    @pytest.fixture
    def patience(self) -> Patience:
        return SHORT

    @pytest.mark.parametrize("fault", [Fault.SILENCE, Fault.DROP_BEFORE, Fault.DROP_AFTER])
    async def test_of_a_cancel(
        self, simulator: TwsSimulator, adapter: IbkrAdapter, placed: Order, fault: Fault
    ) -> None:
        simulator.fail("cancel", fault)

        with pytest.raises(OutcomeUnknown):
            await adapter.cancel_order(placed)

        assert simulator.cancels_received == 1

    @pytest.mark.parametrize(
        "fault", [Fault.SILENCE, Fault.DROP_BEFORE, Fault.DROP_AFTER, Fault.RUBBISH]
    )
    async def test_of_a_change(
        self, simulator: TwsSimulator, adapter: IbkrAdapter, placed: Order, fault: Fault
    ) -> None:
        simulator.fail("change", fault)

        with pytest.raises(OutcomeUnknown):
            await adapter.modify_order(placed, HIGHER)

        assert simulator.changes_received == 1


# Who placed it


async def test_the_next_process_with_the_same_client_id_cancels_it(
    simulator: TwsSimulator, gateways: Gateways, clock: ManualClock, adapter: IbkrAdapter,
    placed: Order,
) -> None:  # fmt: skip # one fixture a line says nothing here
    await gateways.aclose()
    later = gateways_at(simulator, clock)

    receipt = await adapter_in(context_at(later, clock)).cancel_order(placed)

    assert receipt is not None
    assert receipt.state is OrderState.CANCELED
    await later.aclose()


async def test_with_another_client_id_it_is_found_and_left_alone(
    simulator: TwsSimulator, clock: ManualClock, adapter: IbkrAdapter, placed: Order
) -> None:
    other = gateways_at(simulator, clock, ib_client_id=7)
    second = adapter_in(context_at(other, clock))

    found = await read_back(second, placed)
    with pytest.raises(NotSent, match="client id 1, and the bot is connected with client id 7"):
        await second.cancel_order(placed)
    with pytest.raises(NotSent, match="client id 1"):
        await second.modify_order(placed, HIGHER)

    assert found.state is OrderState.ACCEPTED
    assert (simulator.cancels_received, simulator.changes_received) == (0, 0)
    assert simulator.orders[0].limit_price == 150
    await other.aclose()


async def test_numbers_of_two_clients_are_not_mixed_up(
    simulator: TwsSimulator, clock: ManualClock, adapter: IbkrAdapter, placed: Order
) -> None:
    other = gateways_at(simulator, clock, ib_client_id=7)
    second = adapter_in(context_at(other, clock))
    theirs = order_of(placed.request)
    await second.place_order(theirs)

    await second.cancel_order(theirs)

    assert (await read_back(adapter, placed)).state is OrderState.ACCEPTED
    assert (await read_back(adapter, theirs)).state is OrderState.CANCELED
    assert await adapter.find_order(order_of(placed.request)) == Absent()
    await other.aclose()

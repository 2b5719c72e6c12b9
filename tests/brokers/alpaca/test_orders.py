"""Orders at Alpaca: duplicates, refusals, ids, and every kind that it takes."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.brokers.alpaca.adapter import AlpacaAdapter
from floorbroker.domain.errors import ApiError, BrokerError, NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, OrderType, PositionEffect, Side, TimeInForce
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.alpaca.at_alpaca import BITCOIN, CALL, DEARER, looked_at, order_of, request
from tests.fakes.clock import NOON
from tests.simulators.alpaca import AlpacaSimulator, Fault, Person

# Duplicates


async def test_an_id_that_alpaca_knows_already_is_answered_with_the_order_that_lives(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    first = await adapter.place_order(resting)

    again = await adapter.place_order(resting)

    assert again == first
    assert len(simulator.orders) == 1


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.INVALID_JSON, Fault.CLOSE])
async def test_an_id_that_alpaca_knows_and_does_not_show_is_unknown_and_never_refused(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator, fault: Fault
) -> None:
    await adapter.place_order(resting)
    simulator.fail("/v2/orders:by_client_order_id", fault)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)

    assert len(simulator.orders) == 1


async def test_an_id_that_alpaca_knows_and_denies_is_unknown_and_never_refused(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    simulator.refuse("place", status=422, code=40010001, message="client_order_id must be unique")

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)


# Refusals


async def test_a_refusal_is_told_in_alpacas_words(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    dear = order_of(request(quantity=Decimal(100_000)), anna.account_id)

    with pytest.raises(OrderRejected, match="insufficient buying power"):
        await adapter.place_order(dear)

    assert await adapter.find_order(dear) == Absent()


async def test_what_alpaca_does_not_take_never_reaches_it(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    order = order_of(request(instrument=BITCOIN, stop_loss=Decimal(1)), anna.account_id)

    with pytest.raises(NotSent, match="take-profit or stop-loss"):
        await adapter.place_order(order)

    assert simulator.orders_received == 0


async def test_an_order_that_cannot_be_read_is_not_absent(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    for fault in (Fault.BAD_GATEWAY, Fault.EMPTY_OBJECT, Fault.INVALID_JSON, Fault.CLOSE):
        trouble = simulator.fail("read", fault)
        with pytest.raises(BrokerError):
            await adapter.find_order(resting)
        trouble.lift()


async def test_a_404_that_is_not_alpacas_is_not_absence(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    simulator.refuse("read", status=404, code=None, message="no Route matched")

    with pytest.raises(BrokerError):
        await adapter.find_order(resting)


async def test_an_answer_about_another_order_says_nothing_about_ours(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    await adapter.place_order(resting)
    other = simulator.order(resting.order_id)
    other.client_order_id = "somebody-elses"
    simulator._desk.find_by_client_id = lambda *_: other  # type: ignore[method-assign]  # mistaken

    with pytest.raises(ApiError):
        await adapter.find_order(resting)


# Ids


@pytest.mark.parametrize(
    "broker_order_id",
    ["", "../orders", "orders", "7b08df51-c1ac-453c-99f9-323a5f075f0d/../..", "%2e%2e"],
)
async def test_what_is_no_id_of_alpacas_never_reaches_an_address(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator, broker_order_id: str
) -> None:
    await adapter.place_order(resting)
    stored = replace(resting, broker_order_id=broker_order_id)

    with pytest.raises(NotSent):
        await adapter.cancel_order(stored)
    with pytest.raises(NotSent):
        await adapter.modify_order(stored, DEARER)

    assert simulator.cancels_received + simulator.modifies_received == 0
    assert not simulator.order(resting.order_id).ended


async def test_an_order_that_alpaca_never_had_cannot_be_canceled(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    with pytest.raises(NotSent):
        await adapter.cancel_order(resting)

    assert simulator.cancels_received == 0


# Kinds


async def test_a_coin_at_the_market_for_today_fills_at_once_and_never_rests(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    order = order_of(request(instrument=BITCOIN, quantity=Decimal("0.01")), anna.account_id)

    await adapter.place_order(order)

    assert (await looked_at(adapter, order)).state is OrderState.FILLED
    assert simulator.order(order.order_id).time_in_force == "ioc"


async def test_an_amount_of_money_fills_as_units(adapter: AlpacaAdapter, anna: Person) -> None:
    order = order_of(request(notional=Decimal(95)), anna.account_id)

    await adapter.place_order(order)
    receipt = await looked_at(adapter, order)

    assert receipt.state is OrderState.FILLED
    assert sum(fill.quantity for fill in receipt.fills) == Decimal("0.5")


async def test_an_option_is_bought_and_sold_again(
    adapter: AlpacaAdapter, account: BrokerAccount, anna: Person
) -> None:
    await adapter.place_order(order_of(request(instrument=CALL), anna.account_id))
    (held,) = await adapter.positions(account)
    sale = request(instrument=CALL, side=Side.SELL, effect=PositionEffect.CLOSE)
    await adapter.place_order(order_of(sale, anna.account_id))

    assert (held.instrument.symbol, held.quantity) == (CALL.symbol, 1)
    assert held.instrument.multiplier == 100
    assert await adapter.positions(account) == ()


@pytest.mark.parametrize("trail", [{"trail_percent": Decimal(2)}, {"trail_amount": Decimal(5)}])
async def test_a_trailing_stop_rests_by_percent_and_by_amount(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator, trail: dict[str, Decimal]
) -> None:
    simulator.give(anna, "AAPL", "10", "150")
    asked = request(
        side=Side.SELL,
        effect=PositionEffect.CLOSE,
        type=OrderType.TRAILING_STOP,
        time_in_force=TimeInForce.GTC,
        **trail,
    )
    order = order_of(asked, anna.account_id)

    receipt = await adapter.place_order(order)
    stored = with_receipt(order, receipt, NOON)

    assert receipt.state is OrderState.ACCEPTED
    assert stored.request == order.request

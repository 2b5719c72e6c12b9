"""The life of orders at Alpaca: duplicates, parts, brackets, changes, and what became of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.alpaca.adapter import AlpacaAdapter
from floorbroker.domain.errors import (
    ApiError,
    BrokerError,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
)
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Absent,
    Found,
    OrderChanges,
    OrderType,
    PositionEffect,
    Receipt,
    Side,
    TimeInForce,
)
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.alpaca.at_alpaca import BITCOIN, CALL, order_of, request, resting_request
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.alpaca import AlpacaSimulator, Fault, Person

DEARER = OrderChanges(limit_price=Decimal(101))


@pytest.fixture
def resting(anna: Person) -> Order:
    return order_of(resting_request(quantity=Decimal(10)), anna.account_id)


@pytest.fixture
async def account(adapter: AlpacaAdapter) -> BrokerAccount:
    return (await adapter.accounts())[0]


async def looked_at(adapter: AlpacaAdapter, order: Order) -> Receipt:
    found = await adapter.find_order(order)
    assert isinstance(found, Found)
    return found.receipt


async def followed(adapter: AlpacaAdapter, order: Order) -> Order:
    """`order` after one more look, as the service stores it."""
    return with_receipt(order, await looked_at(adapter, order), NOON)


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


# Fills


async def test_a_growing_order_is_never_counted_twice(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    await adapter.place_order(resting)
    stored = resting
    seen = []
    for part, price in (("3", "99.10"), ("5", "99.20"), ("2", "99.40")):
        simulator.fill(resting.order_id, part, price)
        stale = await looked_at(adapter, resting)  # a reader that knows of no fills yet
        stored = await followed(adapter, stored)
        seen.append((stored.state, stored.filled_quantity, sum(f.quantity for f in stale.fills)))

    assert seen == [
        (OrderState.PARTIALLY_FILLED, 3, 3),
        (OrderState.PARTIALLY_FILLED, 8, 8),
        (OrderState.FILLED, 10, 10),
    ]
    assert [fill.price for fill in stored.fills] == [
        Decimal("99.10"),
        Decimal("99.20"),
        Decimal("99.40"),
    ]
    assert stored.average_price == Decimal("99.21")


async def test_two_readers_at_once_count_each_execution_once(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    await adapter.place_order(resting)
    simulator.fill(resting.order_id, "3", "99")
    first = await looked_at(adapter, resting)
    simulator.fill(resting.order_id, "4", "98")
    second = await looked_at(adapter, resting)

    both = with_receipt(with_receipt(resting, first, NOON), second, NOON)
    other_way = with_receipt(with_receipt(resting, second, NOON), first, NOON)

    assert both.filled_quantity == other_way.filled_quantity == 7


async def test_a_canceled_order_keeps_what_was_filled_before(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    await adapter.place_order(resting)
    simulator.fill(resting.order_id, "4", "99.50")
    await adapter.cancel_order(resting)

    receipt = await looked_at(adapter, resting)

    assert receipt.state is OrderState.CANCELED
    assert [(fill.quantity, fill.price) for fill in receipt.fills] == [(4, Decimal("99.50"))]


async def test_an_end_waits_for_its_executions_and_then_does_without(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator, clock: ManualClock
) -> None:
    order = order_of(request(quantity=Decimal(2)), anna.account_id)
    await adapter.place_order(order)
    anna.activities.clear()

    soon = await looked_at(adapter, order)
    clock.advance(180)
    late = await looked_at(adapter, order)
    stored = with_receipt(order, late, NOON)

    assert (soon.state, soon.fills) == (OrderState.ACCEPTED, ())
    assert late.state is OrderState.FILLED
    assert [(fill.quantity, fill.price) for fill in late.fills] == [(2, Decimal(190))]
    assert (await looked_at(adapter, stored)).fills == late.fills


async def test_executions_that_cannot_be_read_leave_the_look_undone(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    order = order_of(request(), anna.account_id)
    await adapter.place_order(order)
    simulator.fail("/v2/account/activities/FILL", Fault.UNAVAILABLE)

    with pytest.raises(ApiError):
        await adapter.find_order(order)


async def test_fills_that_are_all_known_are_not_read_again(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator
) -> None:
    order = order_of(request(), anna.account_id)
    await adapter.place_order(order)
    stored = await followed(adapter, order)
    simulator.fail("/v2/account/activities/FILL", Fault.UNAVAILABLE)

    again = await looked_at(adapter, stored)

    assert again.fills == stored.fills


async def test_an_execution_is_found_among_hundreds_of_others(
    adapter: AlpacaAdapter, anna: Person, simulator: AlpacaSimulator, resting: Order
) -> None:
    await adapter.place_order(resting)
    other = order_of(resting_request(quantity=Decimal(500)), anna.account_id)
    await adapter.place_order(other)
    for _ in range(250):
        simulator.fill(other.order_id, "1", "99")
    simulator.fill(resting.order_id, "10", "99")

    receipt = await looked_at(adapter, resting)

    assert receipt.state is OrderState.FILLED
    assert sum(fill.quantity for fill in receipt.fills) == 10


@pytest.mark.parametrize("word", ["pending_review", "marinating"])
async def test_a_state_that_nobody_knows_is_looked_at_again(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator, word: str
) -> None:
    await adapter.place_order(resting)
    simulator.set_status(resting.order_id, word)

    assert (await looked_at(adapter, resting)).state is OrderState.ACCEPTED


async def test_a_late_refusal_is_told(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    await adapter.place_order(resting)
    simulator.set_status(resting.order_id, "rejected")

    receipt = await looked_at(adapter, resting)

    assert receipt.state is OrderState.REJECTED
    assert receipt.reason


# Changes


async def test_a_change_is_sent_once_and_followed_under_its_new_id(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    first = await adapter.place_order(resting)
    stored = with_receipt(resting, first, NOON)

    changed = await adapter.modify_order(stored, DEARER)
    stored = with_receipt(stored, changed, NOON)
    found = await looked_at(adapter, stored)

    assert simulator.modifies_received == 1
    assert changed.broker_order_id != first.broker_order_id
    assert found.broker_order_id == changed.broker_order_id == stored.broker_order_id
    assert (found.state, found.limit_price) == (OrderState.ACCEPTED, Decimal(101))


async def test_an_order_that_was_changed_three_times_is_found_as_the_newest_of_its_chain(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    stored = with_receipt(resting, await adapter.place_order(resting), NOON)
    for price in (101, 102, 103):
        changes = OrderChanges(limit_price=Decimal(price))
        stored = with_receipt(stored, await adapter.modify_order(stored, changes), NOON)
    simulator.fill(stored.broker_order_id, "4", "99")

    found = await looked_at(adapter, replace(resting, broker_order_id=None))

    assert found.broker_order_id == stored.broker_order_id
    assert found.limit_price == Decimal(103)
    assert sum(fill.quantity for fill in found.fills) == 4
    assert len(stored.replaced) == 3


async def test_fills_before_and_after_a_change_are_all_ours(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    stored = with_receipt(resting, await adapter.place_order(resting), NOON)
    simulator.fill(resting.order_id, "4", "99")
    stored = await followed(adapter, stored)
    stored = with_receipt(stored, await adapter.modify_order(stored, DEARER), NOON)
    simulator.fill(stored.broker_order_id, None, "100")

    stored = await followed(adapter, stored)

    assert stored.state is OrderState.FILLED
    assert [(fill.quantity, fill.price) for fill in stored.fills] == [(4, 99), (6, 100)]


async def test_a_change_that_came_too_late_leaves_the_order_that_it_was_for(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    stored = with_receipt(resting, await adapter.place_order(resting), NOON)
    stored = with_receipt(stored, await adapter.modify_order(stored, DEARER), NOON)
    # The exchange filled the old one first: Alpaca's reference, on replacing orders.
    old, new = simulator.order(resting.order_id), simulator.order(stored.broker_order_id)
    new.become("rejected", simulator._now())
    old.become("new", simulator._now())
    old.replaced_by = None
    simulator.fill(old.id, None, "99")

    stored = await followed(adapter, stored)

    assert stored.state is OrderState.FILLED
    assert stored.filled_quantity == 10
    assert stored.request.limit_price == Decimal(100)


async def test_after_a_change_the_order_that_lives_is_the_one_that_is_canceled(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    stored = with_receipt(resting, await adapter.place_order(resting), NOON)
    stored = with_receipt(stored, await adapter.modify_order(stored, DEARER), NOON)

    await adapter.cancel_order(stored)

    assert simulator.order(stored.broker_order_id).status == "canceled"
    assert simulator.cancels_received == 1


async def test_a_change_that_alpaca_refuses_leaves_the_order_as_it_was(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    stored = with_receipt(resting, await adapter.place_order(resting), NOON)
    simulator.fill(resting.order_id, "6", "99")

    with pytest.raises(OrderRejected):
        await adapter.modify_order(stored, OrderChanges(quantity=Decimal(5)))

    assert (await looked_at(adapter, stored)).quantity == 10


async def test_a_chain_without_an_end_is_unreadable(
    adapter: AlpacaAdapter, resting: Order, simulator: AlpacaSimulator
) -> None:
    await adapter.place_order(resting)
    order = simulator.order(resting.order_id)
    order.replaced_by = order.id
    order.become("replaced", simulator._now())

    with pytest.raises(ApiError):
        await adapter.find_order(resting)


# Brackets


@pytest.fixture
def bracket(anna: Person) -> Order:
    asked = resting_request(quantity=Decimal(10), take_profit=Decimal(120), stop_loss=Decimal(90))
    return order_of(asked, anna.account_id)


async def test_a_bracket_is_read_back_with_its_legs(adapter: AlpacaAdapter, bracket: Order) -> None:
    placed = await adapter.place_order(bracket)
    found = await looked_at(adapter, bracket)

    assert {leg.price for leg in placed.legs} == {Decimal(120), Decimal(90)}
    assert found.legs == placed.legs


async def test_the_closing_orders_of_a_filled_bracket_are_canceled_with_one_request(
    adapter: AlpacaAdapter, bracket: Order, simulator: AlpacaSimulator
) -> None:
    await adapter.place_order(bracket)
    simulator.fill(bracket.order_id, None, "100")
    filled = await followed(adapter, bracket)

    await adapter.cancel_order(filled)

    after = await followed(adapter, filled)
    assert filled.state is OrderState.FILLED
    assert simulator.cancels_received == 1
    assert {leg.state for leg in after.legs} == {OrderState.CANCELED}


async def test_a_filled_order_without_closing_orders_cannot_be_canceled(
    adapter: AlpacaAdapter, anna: Person
) -> None:
    order = order_of(request(), anna.account_id)
    await adapter.place_order(order)
    filled = await followed(adapter, order)

    with pytest.raises(OrderRejected, match="filled"):
        await adapter.cancel_order(filled)


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


# Lists


async def test_lists_tell_ours_from_others_and_show_their_fills(
    adapter: AlpacaAdapter,
    account: BrokerAccount,
    anna: Person,
    resting: Order,
    simulator: AlpacaSimulator,
) -> None:
    coin = resting_request(
        instrument=BITCOIN, limit_price=Decimal(50000), time_in_force=TimeInForce.GTC
    )
    await adapter.place_order(resting)
    await adapter.place_order(order_of(coin, anna.account_id))
    simulator.order(resting.order_id).client_order_id = "made in the dashboard"
    simulator.fill("made in the dashboard", "4", "99")

    listed = await adapter.open_orders(account)

    by_symbol = {line.instrument.symbol: line for line in listed}
    assert by_symbol["AAPL"].order_id is None
    assert by_symbol["BTC/USD"].order_id is not None
    assert sum(fill.quantity for fill in by_symbol["AAPL"].receipt.fills) == 4
    assert by_symbol["AAPL"].description == "Buy 10 AAPL limit 100 day"


async def test_a_bracket_lists_its_closing_orders_as_orders_of_nobody(
    adapter: AlpacaAdapter, account: BrokerAccount, bracket: Order
) -> None:
    await adapter.place_order(bracket)

    listed = await adapter.open_orders(account)

    assert len(listed) == 3
    assert [line.order_id for line in listed if line.order_id] == [bracket.order_id]


async def test_more_open_orders_than_a_page_holds_are_all_listed(
    adapter: AlpacaAdapter, account: BrokerAccount, anna: Person, simulator: AlpacaSimulator
) -> None:
    anna.cash = Decimal(10) ** 9
    first = order_of(resting_request(), anna.account_id)
    await adapter.place_order(first)
    model = simulator.order(first.order_id)
    for number in range(620):
        copy = replace(model, id=f"00000000-0000-4000-8000-{number:012d}")  # type: ignore[type-var]
        copy.client_order_id = f"copy-{number}"
        simulator.orders.append(copy)

    listed = await adapter.open_orders(account)

    assert len({line.receipt.broker_order_id for line in listed}) == 621


async def test_history_is_in_the_order_of_the_ends(
    adapter: AlpacaAdapter,
    account: BrokerAccount,
    anna: Person,
    clock: ManualClock,
) -> None:
    early, late = (order_of(resting_request(), anna.account_id) for _ in range(2))
    await adapter.place_order(early)
    clock.advance(1)
    await adapter.place_order(late)
    clock.advance(1)
    await adapter.cancel_order(late)
    clock.advance(1)
    await adapter.cancel_order(early)

    day = timedelta(days=1)
    listed = await adapter.order_history(account, clock.now() - day, clock.now() + day)
    nothing = await adapter.order_history(account, datetime(2020, 1, 1, tzinfo=UTC), NOON - day)

    assert [line.order_id for line in listed] == [early.order_id, late.order_id]
    assert list(nothing) == []


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

"""What an order has filled: each execution once, with its fee, and no end before all are there."""

from decimal import Decimal

import pytest

from floorbroker.brokers.coinbase import executions
from floorbroker.brokers.coinbase import order_answers as answers
from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.domain.errors import ApiError
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from tests.brokers.coinbase.at_coinbase import asked_for, request, resting_request
from tests.brokers.coinbase.conftest import Ordering
from tests.brokers.coinbase.following import followed, looked_at, placed
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.coinbase import CoinbaseSimulator, Fault, Person
from tests.simulators.serving import Answer, Refusal, json_answer

FILLS = "/orders/historical/fills"


class NothingListed(Refusal):
    """A list of executions with nothing in it, though there are some."""

    def answer(self) -> Answer:
        return json_answer({"fills": [], "cursor": ""})


@pytest.fixture
def half(ordered: Ordering) -> Order:
    return ordered(resting_request(quantity=Decimal("0.5")))


async def test_a_growing_order_is_never_counted_twice(
    adapter: CoinbaseAdapter, half: Order, simulator: CoinbaseSimulator, clock: ManualClock
) -> None:
    stored = await placed(adapter, half)
    seen = []
    for part, price in (("0.1", "50000"), ("0.25", "49900"), ("0.15", "49800")):
        simulator.fill(half.order_id, part, price)
        stale = await looked_at(adapter, half)  # a reader that knows of no fills yet
        stored = await followed(adapter, stored)
        seen.append((stored.state, stored.filled_quantity, sum(f.quantity for f in stale.fills)))
        clock.advance(30)

    assert seen == [
        (OrderState.PARTIALLY_FILLED, Decimal("0.1"), Decimal("0.1")),
        (OrderState.PARTIALLY_FILLED, Decimal("0.35"), Decimal("0.35")),
        (OrderState.FILLED, Decimal("0.5"), Decimal("0.5")),
    ]
    assert [fill.price for fill in stored.fills] == [50000, 49900, 49800]
    assert [fill.fill_id for fill in stored.fills] == [
        one.entry_id for one in simulator.order(half.order_id).executions
    ]


async def test_fees_are_those_of_the_executions_in_the_quote_currency(
    adapter: CoinbaseAdapter, ordered: Ordering
) -> None:
    stored = await followed(adapter, await placed(adapter, ordered(request())))

    assert stored.state is OrderState.FILLED
    assert sum(fill.fee for fill in stored.fills) == Decimal("54.009")  # 0.90 % of 6,001
    assert {fill.fee_currency for fill in stored.fills} == {"USD"}
    assert stored.fills[0].at == NOON


async def test_executions_are_asked_for_only_where_some_are_new(
    adapter: CoinbaseAdapter, half: Order, simulator: CoinbaseSimulator
) -> None:
    stored = await placed(adapter, half)
    await followed(adapter, stored)
    simulator.fill(half.order_id, "0.1", "50000")
    stored = await followed(adapter, stored)
    await followed(adapter, stored)

    assert asked_for(simulator, FILLS) == 1


async def test_hundreds_of_executions_are_read_page_by_page(
    adapter: CoinbaseAdapter, half: Order, simulator: CoinbaseSimulator
) -> None:
    stored = await placed(adapter, half)
    for _ in range(250):
        simulator.fill(half.order_id, "0.002", "50000")

    told = await looked_at(adapter, stored)

    assert told.state is OrderState.FILLED
    assert len({fill.fill_id for fill in told.fills}) == 250
    assert asked_for(simulator, FILLS) == 3


async def test_a_canceled_order_keeps_what_was_filled_before(
    adapter: CoinbaseAdapter, half: Order, simulator: CoinbaseSimulator
) -> None:
    stored = await placed(adapter, half)
    simulator.fill(half.order_id, "0.2", "50000")
    await adapter.cancel_order(stored)

    told = await looked_at(adapter, stored)

    assert told.state is OrderState.CANCELED
    assert [(fill.quantity, fill.price) for fill in told.fills] == [
        (Decimal("0.2"), Decimal(50000))
    ]


async def test_what_was_partly_filled_was_no_refusal(
    adapter: CoinbaseAdapter, half: Order, simulator: CoinbaseSimulator
) -> None:
    stored = await placed(adapter, half)
    simulator.fill(half.order_id, "0.2", "50000")
    simulator.set_status(half.order_id, "FAILED")

    stored = await followed(adapter, stored)

    assert (stored.state, stored.filled_quantity) == (OrderState.CANCELED, Decimal("0.2"))


async def test_an_end_waits_for_its_executions_and_then_does_without(
    adapter: CoinbaseAdapter, ordered: Ordering, simulator: CoinbaseSimulator, clock: ManualClock
) -> None:
    stored = await placed(adapter, ordered(request()))
    trouble = simulator.refuse_with(f"/api/v3/brokerage{FILLS}", NothingListed("no fills"))

    soon = await looked_at(adapter, stored)
    clock.advance(180)
    late = await looked_at(adapter, stored)
    trouble.lift()

    assert (soon.state, soon.fills) == (OrderState.ACCEPTED, ())
    assert late.state is OrderState.FILLED
    (whole,) = late.fills
    assert (whole.quantity, whole.price, whole.fee) == (
        Decimal("0.1"),
        Decimal(60010),
        Decimal("54.009"),
    )
    after = with_receipt(stored, late, NOON)
    assert (await looked_at(adapter, after)).fills == late.fills


async def test_executions_that_cannot_be_read_leave_the_look_undone(
    adapter: CoinbaseAdapter, ordered: Ordering, simulator: CoinbaseSimulator
) -> None:
    stored = await placed(adapter, ordered(request()))
    simulator.fail(f"/api/v3/brokerage{FILLS}", Fault.UNAVAILABLE)

    with pytest.raises(ApiError):
        await adapter.find_order(stored)


async def test_what_was_bought_for_an_amount_of_money_is_told_in_coins(
    adapter: CoinbaseAdapter, ordered: Ordering, simulator: CoinbaseSimulator, anna: Person
) -> None:
    stored = await placed(adapter, ordered(request(quantity=Decimal("0.01"))))
    known = simulator.order(stored.order_id)
    known.quote_size, known.base_size = known.value + known.fees, None
    known.fields = {"quote_size": str(known.quote_size)}

    told = await looked_at(adapter, stored)

    assert told.state is OrderState.FILLED
    (fill,) = told.fills
    assert fill.quantity == Decimal("0.01")
    assert told.quantity is None


@pytest.mark.parametrize("kind", ["REVERSAL", "CORRECTION", "SYNTHETIC"])
def test_what_is_no_execution_is_not_counted(kind: str) -> None:
    fill = answers.Fill.model_validate(
        {
            "entry_id": "e1",
            "order_id": "o1",
            "trade_time": NOON.isoformat(),
            "trade_type": kind,
            "price": "1",
            "size": "1",
        }
    )
    order = answers.Order.model_validate(
        {
            "order_id": "o1",
            "product_id": "BTC-USD",
            "side": "BUY",
            "status": "OPEN",
            "order_configuration": {},
            "filled_size": "1",
        }
    )

    assert executions.fills_of(order, (), [fill], "USD") == ()
    assert executions.missing(order, ()) == 1

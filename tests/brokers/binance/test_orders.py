"""Orders of every kind: what reaches Binance, and what comes back."""

from dataclasses import replace
from decimal import Decimal
from urllib.parse import parse_qsl

import pytest

from floorbroker.brokers.binance.adapter import BinanceAdapter
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import NotSent, OrderRejected
from floorbroker.domain.ids import OrderId
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Found,
    OrderRequest,
    OrderType,
    PositionEffect,
    Receipt,
    Side,
    TimeInForce,
)
from tests.brokers.binance.at_binance import (
    ETHER,
    order_of,
    request,
    resting_request,
)
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.binance import BinanceSimulator, Fault, Person

SIGNING = {"timestamp", "recvWindow", "signature"}


def asked(simulator: BinanceSimulator) -> dict[str, str]:
    """The parameters of the last order, without those of signing."""
    fields = dict(parse_qsl(simulator.orders_bodies[-1].decode()))
    assert fields.keys() > SIGNING
    assert fields["recvWindow"] == "5000"
    return {name: value for name, value in fields.items() if name not in SIGNING}


KINDS: list[tuple[OrderRequest, dict[str, str]]] = [
    (request(), {"type": "MARKET", "quantity": "1"}),
    (request(notional=Decimal("50.25")), {"type": "MARKET", "quoteOrderQty": "50.25"}),
    (
        resting_request(quantity=Decimal("0.50")),
        {"type": "LIMIT", "quantity": "0.5", "price": "50000", "timeInForce": "GTC"},
    ),
    (
        resting_request(time_in_force=TimeInForce.IOC),
        {"type": "LIMIT", "quantity": "1", "price": "50000", "timeInForce": "IOC"},
    ),
    (
        resting_request(time_in_force=TimeInForce.FOK),
        {"type": "LIMIT", "quantity": "1", "price": "50000", "timeInForce": "FOK"},
    ),
    (
        request(type=OrderType.STOP, stop_price=Decimal(90000)),
        {"type": "STOP_LOSS", "quantity": "1", "stopPrice": "90000"},
    ),
    (
        request(
            type=OrderType.STOP_LIMIT, stop_price=Decimal(90000), limit_price=Decimal("90100.5")
        ),
        {
            "type": "STOP_LOSS_LIMIT",
            "quantity": "1",
            "stopPrice": "90000",
            "price": "90100.5",
            "timeInForce": "GTC",
        },
    ),
    (
        request(type=OrderType.TRAILING_STOP, trail_percent=Decimal("1.5")),
        {"type": "STOP_LOSS", "quantity": "1", "trailingDelta": "150"},
    ),
]


@pytest.mark.parametrize(("wanted", "fields"), KINDS, ids=lambda one: None)
async def test_each_kind_goes_out_in_binances_words_with_our_id(
    adapter: BinanceAdapter,
    anna: Person,
    simulator: BinanceSimulator,
    wanted: OrderRequest,
    fields: dict[str, str],
) -> None:
    order = order_of(wanted, anna.uid)

    receipt = await adapter.place_order(order)

    assert asked(simulator) == {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "newClientOrderId": order.order_id,
        "newOrderRespType": "FULL",
        **fields,
    }
    assert receipt.broker_order_id == f"BTCUSDT:{simulator.orders[0].id}"
    found = await adapter.find_order(order)
    assert isinstance(found, Found)
    assert found.receipt.broker_order_id == receipt.broker_order_id


async def test_a_sale_is_a_sale(
    adapter: BinanceAdapter, anna: Person, simulator: BinanceSimulator
) -> None:
    simulator.give(anna, "BTC", "2")
    sale = request(side=Side.SELL, effect=PositionEffect.CLOSE)

    receipt = await adapter.place_order(order_of(sale, anna.uid))

    assert asked(simulator)["side"] == "SELL"
    assert receipt.state is OrderState.FILLED
    assert anna.free("BTC") == 1


async def test_a_market_order_comes_back_with_its_fills_and_fees_in_their_asset(
    adapter: BinanceAdapter, anna: Person, simulator: BinanceSimulator
) -> None:
    simulator.fill_in_parts(3)
    order = order_of(request(quantity=Decimal(3)), anna.uid)

    receipt = await adapter.place_order(order)
    known = with_receipt(order, receipt, NOON)
    found = await adapter.find_order(order)

    assert receipt.state is OrderState.FILLED
    assert [fill.quantity for fill in receipt.fills] == [1, 1, 1]
    assert {(fill.fee, fill.fee_currency) for fill in receipt.fills} == {(Decimal("0.001"), "BTC")}
    assert isinstance(found, Found)
    assert found.receipt.fills == receipt.fills
    assert with_receipt(known, found.receipt, NOON).filled_quantity == 3


async def test_the_price_of_a_fill_is_what_was_paid(
    adapter: BinanceAdapter, anna: Person, simulator: BinanceSimulator
) -> None:
    receipt = await adapter.place_order(order_of(request(), anna.uid))

    assert [fill.price for fill in receipt.fills] == [Decimal("83510.2")]
    assert receipt.fills[0].at == NOON


async def test_an_order_whose_fills_are_not_listed_yet_counts_as_working(
    adapter: BinanceAdapter, anna: Person, simulator: BinanceSimulator, clock: ManualClock
) -> None:
    order = order_of(resting_request(), anna.uid)
    await adapter.place_order(order)
    simulator.fill(order.order_id)

    async def looked() -> Receipt:
        found = await adapter.find_order(order)
        assert isinstance(found, Found)
        return found.receipt

    lagging = simulator.fail("/api/v3/myTrades", Fault.LIST)
    soon = await looked()
    clock.advance(121)
    late = await looked()
    lagging.lift()
    listed = await looked()

    assert (soon.state, soon.fills) == (OrderState.ACCEPTED, ())
    assert (late.state, [fill.quantity for fill in late.fills]) == (
        OrderState.FILLED,
        [Decimal(1)],
    )
    assert (listed.state, [fill.price for fill in listed.fills]) == (
        OrderState.FILLED,
        [Decimal(50000)],
    )


async def test_a_cancel_names_both_ids_and_comes_back_as_canceled(
    adapter: BinanceAdapter, anna: Person, simulator: BinanceSimulator
) -> None:
    order = order_of(resting_request(), anna.uid)
    placed = with_receipt(order, await adapter.place_order(order), NOON)

    receipt = await adapter.cancel_order(placed)

    (cancel,) = [one for one in simulator.received if "cancel" in one.kinds]
    fields = dict(parse_qsl(cancel.body.decode()))
    assert fields["symbol"] == "BTCUSDT"
    assert fields["orderId"] == str(simulator.orders[0].id)
    assert fields["origClientOrderId"] == order.order_id
    assert receipt.state is OrderState.CANCELED


async def test_a_cancel_of_a_partly_filled_order_waits_for_its_fills(
    adapter: BinanceAdapter, anna: Person, simulator: BinanceSimulator
) -> None:
    order = order_of(resting_request(), anna.uid)
    await adapter.place_order(order)
    simulator.fill(order.order_id, "0.4")

    receipt = await adapter.cancel_order(order)
    found = await adapter.find_order(order)

    assert not receipt.state.final
    assert isinstance(found, Found)
    assert found.receipt.state is OrderState.CANCELED
    assert [fill.quantity for fill in found.receipt.fills] == [Decimal("0.4")]


async def test_numbers_that_repeat_between_pairs_are_told_apart(
    adapter: BinanceAdapter, anna: Person, simulator: BinanceSimulator
) -> None:
    bitcoin = order_of(resting_request(), anna.uid)
    ether = order_of(resting_request(instrument=ETHER, limit_price=Decimal(2000)), anna.uid)

    receipts = [await adapter.place_order(one) for one in (bitcoin, ether)]
    await adapter.cancel_order(replace(ether, broker_order_id=receipts[1].broker_order_id))

    assert len({one.id for one in simulator.orders}) == 1
    assert len({one.broker_order_id for one in receipts}) == 2
    assert [one.status for one in simulator.orders] == ["NEW", "CANCELED"]


@pytest.mark.parametrize(
    "wrong", ["ETHUSDT:1", "1", "BTCUSDT:../orders", "BTCUSDT:1&symbol=ETHUSDT", "BTCUSDT:1\n"]
)
async def test_a_cancel_that_cannot_name_its_order_asks_nothing(
    adapter: BinanceAdapter, anna: Person, simulator: BinanceSimulator, wrong: str
) -> None:
    order = order_of(resting_request(), anna.uid, order_id=OrderId("abcdefghijklmnop01"))

    with pytest.raises(NotSent):
        await adapter.cancel_order(replace(order, broker_order_id=wrong))

    assert simulator.cancels_received == 0


async def test_a_cancel_whose_two_ids_disagree_is_refused(
    adapter: BinanceAdapter, anna: Person, simulator: BinanceSimulator
) -> None:
    first, second = (order_of(resting_request(), anna.uid) for _ in range(2))
    for one in (first, second):
        await adapter.place_order(one)
    number = simulator.order(first.order_id).id

    with pytest.raises(OrderRejected):
        await adapter.cancel_order(replace(second, broker_order_id=f"BTCUSDT:{number}"))

    assert {one.status for one in simulator.orders} == {"NEW"}


@pytest.mark.parametrize("order_id", ["abc", "abcdefghijklmnop0&", "x-HNA2TXFJ00000000"])
async def test_an_order_without_an_id_of_ours_is_not_sent(
    adapter: BinanceAdapter, anna: Person, simulator: BinanceSimulator, order_id: str
) -> None:
    with pytest.raises(NotSent):
        await adapter.place_order(order_of(request(), anna.uid, order_id=OrderId(order_id)))

    assert simulator.orders_received == 0


async def test_an_order_of_another_account_is_not_sent(
    adapter: BinanceAdapter, anna: Person, simulator: BinanceSimulator
) -> None:
    with pytest.raises(NotSent):
        await adapter.place_order(order_of(request(), "somebody else"))
    with pytest.raises(NotSent):
        await adapter.cancel_order(order_of(request(), "somebody else"))

    assert simulator.orders_received == simulator.cancels_received == 0


@pytest.mark.parametrize(
    ("code", "message", "reason"),
    [
        (-2010, "Account has insufficient balance for requested action.", "INSUFFICIENT_FUNDS"),
        (-1013, "Market is closed.", "MARKET_CLOSED"),
        (-1010, "Market is closed.", "MARKET_CLOSED"),
        (-1013, "Filter failure: LOT_SIZE", "ORDER_REJECTED"),
        (-1121, "Invalid symbol.", "SYMBOL_NOT_FOUND"),
        (-1111, "Parameter 'quantity' has too much precision.", "ORDER_REJECTED"),
        (-2015, "Invalid API-key, IP, or permissions for action.", "AUTHENTICATION_FAILED"),
        (-2014, "API-key format invalid.", "AUTHENTICATION_FAILED"),
        (-1022, "Signature for this request is not valid.", "AUTHENTICATION_FAILED"),
        (-1021, "Timestamp for this request is outside of the recvWindow.", "ORDER_REJECTED"),
    ],
)
async def test_a_refusal_is_proof_and_has_a_reason(
    adapter: BinanceAdapter,
    anna: Person,
    simulator: BinanceSimulator,
    code: int,
    message: str,
    reason: str,
) -> None:
    simulator.refuse("place", code=code, message=message)

    with pytest.raises(OrderRejected) as refused:
        await adapter.place_order(order_of(request(), anna.uid))

    assert refused.value.reason is ErrorCode[reason]
    assert refused.value.message
    assert simulator.orders_received == 1

"""Orders: previewed as they are meant, placed once, canceled and changed."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.etrade.adapter import EtradeAdapter
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import BrokerError, NotSent, OrderRejected, RateLimited
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    OrderType,
    PositionEffect,
    Side,
    TimeInForce,
)
from tests.brokers.etrade.at_etrade import (
    CALL,
    CONTRACT,
    Told,
    order_of,
    request,
    resting_request,
    told,
)
from tests.simulators.etrade import EtradeSimulator, Fault, Person
from tests.simulators.etrade.faults import PREVIEW


async def test_an_order_is_previewed_and_placed_word_for_word_under_our_id(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = order_of(resting_request(), anna.account)

    receipt = await adapter.place_order(order)

    (body,) = simulator.orders_bodies
    preview = next(one for one in simulator.received if one.path.endswith("/orders/preview.json"))
    asked = told(body)
    preview_ids = asked.pop("PreviewIds")
    assert asked == told(preview.body)
    assert asked["clientOrderId"] == order.order_id
    assert len(preview_ids) == 1
    assert receipt.broker_order_id == str(simulator.order(order.order_id).id)
    assert receipt.state is OrderState.ACCEPTED
    assert (simulator.previews_received, simulator.orders_received) == (1, 1)


@pytest.mark.parametrize(
    ("terms", "action", "price_type"),
    [
        ({"type": OrderType.MARKET, "limit_price": None}, "BUY", "MARKET"),
        ({"time_in_force": TimeInForce.GTC}, "BUY", "LIMIT"),
        (
            {"type": OrderType.STOP, "limit_price": None, "stop_price": Decimal(210)},
            "BUY",
            "STOP",
        ),
        (
            {"type": OrderType.STOP_LIMIT, "stop_price": Decimal(210)},
            "BUY",
            "STOP_LIMIT",
        ),
        (
            {"side": Side.SELL, "effect": PositionEffect.SHORT, "limit_price": Decimal(220)},
            "SELL_SHORT",
            "LIMIT",
        ),
        (
            {"instrument": CALL, "quantity": Decimal(2), "limit_price": Decimal(3)},
            "BUY_OPEN",
            "LIMIT",
        ),
    ],
    ids=str,
)
async def test_every_kind_of_order_arrives_as_it_was_meant(
    adapter: EtradeAdapter,
    simulator: EtradeSimulator,
    anna: Person,
    terms: dict[str, Any],
    action: str,
    price_type: str,
) -> None:
    order = order_of(resting_request(**terms), anna.account)

    await adapter.place_order(order)

    ticket = simulator.order(order.order_id).ticket
    assert (ticket.action, ticket.price_type) == (action, price_type)
    assert ticket.quantity == order.request.quantity
    assert ticket.limit == order.request.limit_price
    assert ticket.stop == order.request.stop_price
    if order.request.instrument == CALL:
        assert ticket.instrument == CONTRACT


async def test_what_is_held_is_sold_and_what_is_owed_is_covered(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    simulator.give(anna.account, "AAPL", "10")
    simulator.give(anna.account, "F", "-5")
    closing = request(side=Side.SELL, effect=PositionEffect.CLOSE)
    ford = replace(closing.instrument, symbol="F")
    covering = request(instrument=ford, quantity=Decimal(5), effect=PositionEffect.CLOSE)

    for asked in (closing, covering):
        await adapter.place_order(order_of(asked, anna.account))

    assert [one.ticket.action for one in simulator.orders] == ["SELL", "BUY_TO_COVER"]
    assert anna.account.holdings == {}


async def test_what_a_preview_refuses_is_not_placed_and_told_in_etrades_words(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = order_of(request(quantity=Decimal(100000)), anna.account)

    with pytest.raises(OrderRejected, match="insufficient funds") as refusal:
        await adapter.place_order(order)

    assert refusal.value.reason is ErrorCode.INSUFFICIENT_FUNDS
    assert simulator.orders_received == 0


@pytest.mark.parametrize(
    "fault",
    [
        Fault.BAD_GATEWAY,
        Fault.CLOSE,
        Fault.EMPTY_BODY,
        Fault.EMPTY_OBJECT,
        Fault.INVALID_JSON,
        Fault.LIST,
        Fault.RESET,
        Fault.TOO_MANY_REQUESTS,
        Fault.TRUNCATED,
    ],
)
async def test_without_a_preview_nothing_is_placed(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person, fault: Fault
) -> None:
    trouble = simulator.fail(PREVIEW, fault)

    with pytest.raises(NotSent):
        await adapter.place_order(order_of(resting_request(), anna.account))

    assert trouble.hits == 1
    assert simulator.orders_received == 0


async def test_a_preview_that_does_not_come_in_time_leaves_the_order_unsent(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    trouble = simulator.fail(PREVIEW, Fault.HANG)

    with pytest.raises(NotSent):
        await adapter.place_order(order_of(resting_request(), anna.account))

    trouble.release()
    assert simulator.orders_received == 0


async def test_a_preview_of_another_order_is_not_placed(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    body = (
        b'{"PreviewOrderResponse": {"PreviewIds": [{"previewId": 7}], "Order": [{"priceType":'
        b' "LIMIT", "orderTerm": "GOOD_FOR_DAY", "limitPrice": 1500, "Instrument": [{"quantity":'
        b' 10, "orderAction": "BUY", "Product": {"symbol": "AAPL", "securityType": "EQ"}}]}]}}'
    )
    simulator.refuse_with(PREVIEW, Told(body))

    with pytest.raises(NotSent, match="not of this order"):
        await adapter.place_order(order_of(resting_request(), anna.account))
    with pytest.raises(NotSent, match="not of this order"):
        await adapter.preview_order(order_of(resting_request(), anna.account))

    assert simulator.orders_received == 0


async def test_a_limit_on_requests_at_the_place_is_a_refusal(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    simulator.refuse("place", code=None, message="Number of requests exceeded the rate limit set")

    with pytest.raises(OrderRejected) as refusal:
        await adapter.place_order(order_of(resting_request(), anna.account))

    assert refusal.value.reason is ErrorCode.RATE_LIMIT_EXCEEDED
    assert simulator.orders_received == 1


async def test_a_refusal_in_xml_is_read_too(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    simulator.refuse("place", code=8400, message="You have insufficient funds.", xml=True)

    with pytest.raises(OrderRejected, match="insufficient funds"):
        await adapter.place_order(order_of(resting_request(), anna.account))


async def test_an_estimate_becomes_no_order_and_takes_no_id(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = order_of(request(instrument=CALL, quantity=Decimal(2)), anna.account)

    preview = await adapter.preview_order(order)
    await adapter.place_order(order)

    assert preview.cost == Decimal("1020.00")  # twice 5.10 for a hundred
    assert preview.fees == Decimal("1.3")
    assert preview.buying_power_after is not None
    assert preview.buying_power_after > 0
    ids = [told(one.body)["clientOrderId"] for one in simulator.received if one.body]
    assert ids == [f"{order.order_id}r", order.order_id, order.order_id]


async def test_the_estimate_of_a_sale_is_what_it_brings_in(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    simulator.give(anna.account, CONTRACT, "1")
    selling = request(
        instrument=CALL, quantity=Decimal(1), side=Side.SELL, effect=PositionEffect.CLOSE
    )

    preview = await adapter.preview_order(order_of(selling, anna.account))

    assert [preview.cost, preview.fees] == [Decimal(490), Decimal("0.65")]


async def test_an_estimate_fails_as_a_read_or_in_etrades_words(
    adapter: EtradeAdapter, simulator: EtradeSimulator, anna: Person
) -> None:
    order = order_of(resting_request(), anna.account)
    simulator.refuse(PREVIEW, code=1037, message="Not enough shares.", times=1)
    with pytest.raises(OrderRejected, match="Not enough shares"):
        await adapter.preview_order(order)

    simulator.be_unavailable(PREVIEW, times=1)
    with pytest.raises(BrokerError) as unwell:
        await adapter.preview_order(order)

    assert not isinstance(unwell.value, NotSent | OrderRejected)
    simulator.refuse(
        PREVIEW, code=None, message="Number of requests exceeded the rate limit set", times=1
    )
    with pytest.raises(RateLimited):
        await adapter.preview_order(order)

"""Schwab's own estimate of an order, and what it would not take."""

from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    NotSent,
    OrderRejected,
)
from tests.brokers.schwab.at_schwab import (
    ACCOUNT,
    CALL,
    Canned,
    order_of,
    request,
    resting_request,
)
from tests.simulators.schwab import Fault, SchwabSimulator


async def test_a_preview_costs_what_the_order_would_and_becomes_none(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    preview = await adapter.preview_order(order_of(resting_request()))

    assert (preview.cost, preview.fees) == (Decimal(1000), Decimal(0))
    assert preview.buying_power_after == Decimal(199000)
    assert (simulator.orders, simulator.orders_received) == ([], 0)


async def test_contracts_cost_a_commission_each(adapter: SchwabAdapter) -> None:
    asked = resting_request(instrument=CALL, limit_price=Decimal(3), quantity=Decimal(2))

    preview = await adapter.preview_order(order_of(asked))

    assert (preview.cost, preview.fees) == (Decimal(600), Decimal("1.3"))


async def test_what_schwab_would_reject_is_told_in_its_words(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    simulator.set_cash(simulator.people[0].account, "10")

    with pytest.raises(OrderRejected, match="enough available cash") as refused:
        await adapter.preview_order(order_of(request()))

    assert refused.value.reason is ErrorCode.INSUFFICIENT_FUNDS


async def test_a_rejection_without_words_is_one(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    told: dict[str, Any] = {
        "orderStrategy": {},
        "orderValidationResult": {"rejects": [{}]},
    }
    simulator.refuse_with("preview", Canned(told))

    with pytest.raises(OrderRejected, match="gives no reason"):
        await adapter.preview_order(order_of(request()))


async def test_a_preview_without_a_price_is_none(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    simulator.refuse_with("preview", Canned({"orderStrategy": {}}))

    with pytest.raises(ApiError):
        await adapter.preview_order(order_of(request()))


async def test_a_body_that_schwab_does_not_take_would_be_refused(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    simulator.refuse("preview", message="A validation error occurred")

    with pytest.raises(OrderRejected, match="validation error"):
        await adapter.preview_order(order_of(request()))


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.BAD_GATEWAY, ApiError),
        (Fault.INVALID_JSON, ApiError),
        (Fault.CLOSE, BrokerConnectionError),
    ],
)
async def test_an_unwell_schwab_says_nothing_of_the_order(
    adapter: SchwabAdapter, simulator: SchwabSimulator, fault: Fault, kind: type[BrokerError]
) -> None:
    simulator.fail("preview", fault)

    with pytest.raises(kind):
        await adapter.preview_order(order_of(request()))


async def test_what_would_not_leave_is_not_previewed(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    asked = len(simulator.received)

    with pytest.raises(NotSent):
        await adapter.preview_order(order_of(request(quantity=Decimal("0.5")), ACCOUNT))

    assert len(simulator.received) == asked

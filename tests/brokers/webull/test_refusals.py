"""What a refusal says, and what an estimate does."""

from decimal import Decimal

import pytest

from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import NotSent, NotSupported, OrderRejected
from floorbroker.domain.ids import OrderId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Session
from tests.brokers.webull.at_webull import (
    coin_request,
    contract_request,
    order_of,
    placed,
    request,
    resting_request,
)
from tests.simulators.webull import Person, WebullSimulator
from tests.simulators.webull.refusals import RouteNotFound

REFUSALS: list[tuple[int, str, str, str]] = [
    (417, "OPENAPI_DAY_BUYING_POWER_INSUFFICIENT", "Buying power", "INSUFFICIENT_FUNDS"),
    (417, "OAUTH_OPENAPI_DAY_BUYING_POWER_INSUFFICIENT_M_NEW", "", "INSUFFICIENT_FUNDS"),
    (417, "OPENAPI_CAN_NOT_TRADING_FOR_NON_TRADING_HOURS", "Non-trading", "MARKET_CLOSED"),
    (417, "OPENAPI_DAY_ORDER_NOT_ALLOWED_AFT_CORE_TIME_LIMIT", "DAY", "MARKET_CLOSED"),
    (417, "OPENAPI_PARAM_ERR", "invalid market,symbol,instrument_type", "SYMBOL_NOT_FOUND"),
    (417, "OPENAPI_TICKER_IS_DENY", "The ticker can not be traded.", "ORDER_REJECTED"),
    (417, "OPENAPI_TRADE_ORDER_NO_PERMISSION", "No permission", "ORDER_REJECTED"),
    (400, "ILLEAGAL_PARAMETER", 'property "side" is required', "ORDER_REJECTED"),
    (403, "ACCOUNT_ACCESS_DENIED", "Account access denied", "ORDER_REJECTED"),
    (401, "UNAUTHORIZED", "Insufficient permission", "AUTHENTICATION_FAILED"),
    (401, "INVALID_TOKEN", "Invalid token", "AUTHENTICATION_FAILED"),
    (401, "CLOCK_SKEW_EXCEEDED", "Timestamp offset", "ORDER_REJECTED"),
]


@pytest.mark.parametrize(("status", "code", "message", "reason"), REFUSALS, ids=str)
async def test_a_refusal_is_proof_and_has_a_reason(
    adapter: WebullAdapter,
    resting: Order,
    simulator: WebullSimulator,
    status: int,
    code: str,
    message: str,
    reason: str,
) -> None:
    simulator.refuse("place", code, message, status=status)

    with pytest.raises(OrderRejected) as refused:
        await adapter.place_order(resting)

    assert refused.value.reason is ErrorCode[reason]
    assert refused.value.message
    assert "OPENAPI" not in refused.value.message
    assert simulator.orders_received == 1


async def test_an_agreement_that_is_to_be_signed_first_is_told_as_such(
    adapter: WebullAdapter, anna: Person, simulator: WebullSimulator
) -> None:
    anna.fractions = False

    with pytest.raises(OrderRejected, match="agreement signed first: https://"):
        await adapter.place_order(order_of(request(quantity=Decimal("0.5")), anna.account.id))


async def test_a_key_that_was_deleted_is_a_refusal_in_plain_words(
    adapter: WebullAdapter, anna: Person, resting: Order, simulator: WebullSimulator
) -> None:
    simulator.revoke(anna)

    with pytest.raises(OrderRejected, match="does not accept this access"):
        await adapter.place_order(resting)


async def test_a_key_that_webull_no_longer_knows_is_a_refusal_in_plain_words(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    simulator.refuse_with("place", RouteNotFound("no such key"))

    with pytest.raises(OrderRejected, match="not the key"):
        await adapter.place_order(resting)


@pytest.mark.parametrize("order_id", ["abc", "abcdefghijklmnop0&"])
async def test_an_order_without_an_id_of_ours_is_not_sent(
    adapter: WebullAdapter, anna: Person, simulator: WebullSimulator, order_id: str
) -> None:
    with pytest.raises(NotSent):
        await adapter.place_order(order_of(request(), anna.account.id, order_id=OrderId(order_id)))

    assert simulator.orders_received == 0


# Estimates


async def test_a_preview_tells_cost_and_fees_and_places_nothing(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    preview = await adapter.preview_order(resting)

    assert preview.cost == 1000
    assert preview.fees == 0
    assert simulator.orders == []
    assert (await placed(adapter, resting)).state is OrderState.ACCEPTED


async def test_a_preview_that_is_refused_is_what_the_order_would_be(
    adapter: WebullAdapter, anna: Person
) -> None:
    order = order_of(resting_request(quantity=Decimal(100_000)), anna.account.id)

    with pytest.raises(OrderRejected) as refused:
        await adapter.preview_order(order)

    assert refused.value.reason is ErrorCode.INSUFFICIENT_FUNDS


@pytest.mark.parametrize("coins", [True, False])
async def test_what_webull_does_not_take_is_told_before_it_is_confirmed(
    adapter: WebullAdapter, anna: Person, simulator: WebullSimulator, coins: bool
) -> None:
    wanted = coin_request if coins else contract_request
    order = order_of(wanted(session=Session.EXTENDED), anna.accounts[coins].id)
    asked = len(simulator.received)

    with pytest.raises(OrderRejected, match="around the clock" if coins else "regular hours"):
        await adapter.preview_order(order)

    assert len(simulator.received) == asked


async def test_of_coins_there_is_no_estimate(
    adapter: WebullAdapter, anna: Person, simulator: WebullSimulator
) -> None:
    asked = len(simulator.received)

    with pytest.raises(NotSupported):
        await adapter.preview_order(order_of(coin_request(), anna.accounts[1].id))

    assert len(simulator.received) == asked

"""Previews: Coinbase's own estimate, what it would refuse, and no order in any case."""

from decimal import Decimal

import pytest

from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.domain.errors import (
    ApiError,
    AuthenticationFailed,
    BrokerError,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
)
from floorbroker.domain.orders import Side
from tests.brokers.coinbase.at_coinbase import KEY, bodies, request, resting_request
from tests.brokers.coinbase.conftest import Ordering
from tests.simulators.coinbase import CoinbaseSimulator, Fault, Person

PREVIEW = "/api/v3/brokerage/orders/preview"


async def test_a_preview_is_an_estimate_and_becomes_no_order(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, ordered: Ordering
) -> None:
    preview = await adapter.preview_order(ordered(request()))

    assert (preview.cost, preview.fees) == (Decimal("6001.0"), Decimal("54.009"))
    assert (simulator.orders, simulator.orders_received) == ([], 0)
    assert "client_order_id" not in bodies(simulator, "/orders/preview")[0]


async def test_a_sale_costs_what_it_is_worth_and_its_fee_besides(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, anna: Person, ordered: Ordering
) -> None:
    simulator.give(anna, "BTC", "1")

    preview = await adapter.preview_order(ordered(request(side=Side.SELL)))

    assert (preview.cost, preview.fees) == (Decimal("6000"), Decimal("54"))


async def test_a_preview_at_a_limit_costs_what_the_limit_says(
    adapter: CoinbaseAdapter, ordered: Ordering
) -> None:
    preview = await adapter.preview_order(ordered(resting_request()))

    assert (preview.cost, preview.fees) == (Decimal(5000), Decimal(25))


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ("10", "too little money"),
        ("0.000000001", "finer than Coinbase takes"),
    ],
)
async def test_what_coinbase_would_refuse_is_told_before(
    adapter: CoinbaseAdapter, ordered: Ordering, quantity: str, words: str
) -> None:
    with pytest.raises(OrderRejected, match=words):
        await adapter.preview_order(ordered(request(quantity=Decimal(quantity))))


async def test_a_pair_that_may_only_be_looked_at_is_told_before(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, ordered: Ordering
) -> None:
    await adapter.instrument("BTC/USD")
    simulator.change_product("BTC-USD", view_only=True)

    with pytest.raises(OrderRejected, match="look at this pair, but not trade it"):
        await adapter.preview_order(ordered(request()))


async def test_what_coinbase_does_not_take_is_not_asked_about(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, ordered: Ordering
) -> None:
    with pytest.raises(OrderRejected, match="No take-profit or stop-loss"):
        await adapter.preview_order(ordered(request(stop_loss=Decimal(1))))

    assert bodies(simulator, "/orders/preview") == []


async def test_a_pair_that_takes_nothing_but_cancels_is_told_before(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, ordered: Ordering
) -> None:
    simulator.change_product("BTC-USD", cancel_only=True)

    with pytest.raises(OrderRejected, match="nothing but cancels now"):
        await adapter.preview_order(ordered(request()))


async def test_a_preview_without_a_list_of_pairs_says_nothing_of_the_order(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, ordered: Ordering
) -> None:
    simulator.fail("data", Fault.BAD_GATEWAY)

    with pytest.raises(NotSent, match="does not tell of this pair"):
        await adapter.preview_order(ordered(request()))


@pytest.mark.parametrize(
    "fault", [Fault.BAD_GATEWAY, Fault.CLOSE, Fault.EMPTY_OBJECT, Fault.LIST, Fault.INVALID_JSON]
)
async def test_a_preview_that_fails_is_no_order_in_doubt(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, ordered: Ordering, fault: Fault
) -> None:
    simulator.fail(PREVIEW, fault)

    with pytest.raises(BrokerError) as failed:
        await adapter.preview_order(ordered(request()))

    assert not isinstance(failed.value, OutcomeUnknown | OrderRejected)


async def test_words_that_prove_nothing_are_no_refusal_of_a_preview(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, ordered: Ordering
) -> None:
    simulator.refuse(PREVIEW, status=503, error="UNAVAILABLE", message="try again")

    with pytest.raises(ApiError):
        await adapter.preview_order(ordered(request()))


async def test_a_dead_key_is_told_as_such(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, ordered: Ordering
) -> None:
    simulator.revoke(KEY)

    with pytest.raises(AuthenticationFailed):
        await adapter.preview_order(ordered(request()))

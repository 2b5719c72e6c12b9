"""Orders at Coinbase: placed once, duplicates, refusals, and what is not sent at all."""

import json
from decimal import Decimal
from typing import Any, Final

import pytest

from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderType, Side, TimeInForce
from tests.brokers.coinbase.at_coinbase import (
    adapter_in,
    context_at,
    order_of,
    request,
    resting_request,
)
from tests.brokers.coinbase.conftest import Ordering
from tests.brokers.coinbase.following import looked_at, placed
from tests.brokers.shared.told_server import Said, ToldServer
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.coinbase import CoinbaseSimulator, Fault, Person

T = OrderType
LISTS = "/api/v3/brokerage/orders/historical/batch"
PORTFOLIO: Final = "ca7244bc-21d1-4e4c-bfe5-80f208ac5723"
THEIRS: Final = "0b9e1c4a-5d2f-4b7e-9a3c-6f8d2e1b4a70"
RIGHTS: Final = {
    "can_view": True,
    "can_trade": True,
    "can_transfer": False,
    "portfolio_uuid": PORTFOLIO,
}
PRODUCTS: Final = {
    "products": [
        {
            "product_id": "BTC-USD",
            "base_currency_id": "BTC",
            "quote_currency_id": "USD",
            "base_increment": "0.00000001",
            "quote_increment": "0.01",
            "status": "online",
        }
    ]
}


@pytest.mark.parametrize(
    ("terms", "kind", "prices"),
    [
        ({}, "market_market_ioc", (None, None)),
        ({"side": Side.SELL}, "market_market_ioc", (None, None)),
        ({"type": T.LIMIT, "limit_price": Decimal(50000)}, "limit_limit_gtc", (50000, None)),
        (
            {"type": T.LIMIT, "limit_price": Decimal(61000), "time_in_force": TimeInForce.FOK},
            "limit_limit_fok",
            (61000, None),
        ),
        (
            {"type": T.LIMIT, "limit_price": Decimal(61000), "time_in_force": TimeInForce.IOC},
            "sor_limit_ioc",
            (61000, None),
        ),
        (
            {"type": T.STOP_LIMIT, "stop_price": Decimal(70000), "limit_price": Decimal(70100)},
            "stop_limit_stop_limit_gtc",
            (70100, 70000),
        ),
        (
            {
                "type": T.STOP_LIMIT,
                "side": Side.SELL,
                "stop_price": Decimal(55000),
                "limit_price": Decimal(54900),
            },
            "stop_limit_stop_limit_gtc",
            (54900, 55000),
        ),
    ],
)
async def test_every_kind_of_order_arrives_and_is_read_back_as_it_was_meant(
    adapter: CoinbaseAdapter,
    simulator: CoinbaseSimulator,
    anna: Person,
    ordered: Ordering,
    terms: dict[str, Any],
    kind: str,
    prices: tuple[int | None, int | None],
) -> None:
    simulator.give(anna, "BTC", "1")
    order = ordered(request(**terms))

    receipt = await adapter.place_order(order)

    known = simulator.order(order.order_id)
    assert (known.configuration, known.side.lower()) == (kind, order.request.side)
    assert (known.base_size, known.limit_price, known.stop_price) == (Decimal("0.1"), *prices)
    assert (receipt.broker_order_id, receipt.state) == (known.id, OrderState.ACCEPTED)
    told = await looked_at(adapter, order)
    assert (told.limit_price, told.stop_price) == prices
    assert with_receipt(order, told, NOON).request == order.request


async def test_an_id_that_coinbase_knows_already_is_answered_with_the_order_that_lives(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    first = await adapter.place_order(resting)
    again = await adapter.place_order(resting)

    assert again.broker_order_id == first.broker_order_id
    assert len(simulator.orders) == 1


async def test_a_known_id_that_is_refused_is_no_refusal_of_the_order(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    first = await adapter.place_order(resting)
    simulator.refuse_duplicates()

    again = await adapter.place_order(resting)

    assert (again.broker_order_id, again.state) == (first.broker_order_id, OrderState.ACCEPTED)
    assert len(simulator.orders) == 1


async def test_a_known_id_whose_order_does_not_show_is_unknown(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    simulator.let_reads_lag()
    simulator.refuse_duplicates()
    await adapter.place_order(resting)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)

    simulator.let_reads_catch_up()
    simulator.fail(LISTS, Fault.BAD_GATEWAY)
    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)


async def test_a_refusal_inside_a_200_is_one(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, ordered: Ordering
) -> None:
    with pytest.raises(OrderRejected, match="too little money"):
        await adapter.place_order(ordered(request(quantity=Decimal(10))))

    assert simulator.orders == []


async def test_an_order_that_coinbase_does_not_take_is_not_sent(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, ordered: Ordering
) -> None:
    with pytest.raises(NotSent, match="take-profit or stop-loss"):
        await adapter.place_order(ordered(request(stop_loss=Decimal(1))))

    assert simulator.orders_received == 0


async def test_without_the_list_of_products_nothing_is_sent(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator
) -> None:
    simulator.fail("/api/v3/brokerage/market/products", Fault.BAD_GATEWAY)

    with pytest.raises(NotSent, match="does not tell of this pair"):
        await adapter.place_order(resting)

    assert simulator.orders_received == 0


async def test_an_order_that_was_reviewed_waits_for_no_new_list(
    adapter: CoinbaseAdapter, resting: Order, simulator: CoinbaseSimulator, clock: ManualClock
) -> None:
    await adapter.instrument("BTC/USD")
    clock.advance(3600)
    simulator.fail("data", Fault.BAD_GATEWAY)

    receipt = await adapter.place_order(resting)

    assert receipt.broker_order_id == simulator.order(resting.order_id).id


@pytest.mark.parametrize("symbol", ["BTC/USDC", "OLD/USD", "QZX/USD"])
async def test_a_pair_that_is_not_offered_is_not_sent(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, ordered: Ordering, symbol: str
) -> None:
    other = Instrument(symbol=symbol, asset_class=AssetClass.CRYPTO)

    with pytest.raises(NotSent, match="does not tell"):
        await adapter.place_order(ordered(request(instrument=other)))

    assert simulator.orders_received == 0


async def test_a_pair_that_the_account_may_only_look_at_is_refused_in_words(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, ordered: Ordering
) -> None:
    simulator.change_product("BTC-USD", view_only=True)

    with pytest.raises(OrderRejected, match="look at this pair, but not trade it"):
        await adapter.place_order(ordered(request()))


@pytest.mark.parametrize(
    "changed",
    [{"client_order_id": "another"}, {"side": "SELL"}, {"side": ""}, {"order_id": "../orders"}],
)
async def test_an_answer_about_another_order_leaves_the_outcome_open(
    transport: Transport, clock: ManualClock, changed: dict[str, str]
) -> None:
    order = order_of(resting_request(), PORTFOLIO)
    about = {"order_id": THEIRS, "client_order_id": order.order_id, "side": "BUY", **changed}
    told = {"success": True, "success_response": about}
    said = [Said(200, json.dumps(one).encode()) for one in (RIGHTS, PRODUCTS, told)]
    async with ToldServer(*said) as server:
        adapter = adapter_in(context_at(server.url, transport, clock))
        await adapter.connect()

        with pytest.raises(OutcomeUnknown):
            await adapter.place_order(order)

        assert [one.method for one in server.heard] == ["GET", "GET", "POST"]


async def test_immediate_or_cancel_that_finds_nobody_ends_at_once(
    adapter: CoinbaseAdapter, ordered: Ordering
) -> None:
    order = await placed(adapter, ordered(resting_request(time_in_force=TimeInForce.IOC)))

    assert (await looked_at(adapter, order)).state is OrderState.CANCELED

"""Orders of every kind: what reaches Webull, what comes back, and what a refusal says."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.domain.order import Intent, IntentKind, IntentState, Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Absent,
    OrderRequest,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)
from tests.brokers.webull.at_webull import (
    bracket_request,
    coin_request,
    contract_request,
    followed,
    looked_at,
    order_of,
    placed,
    request,
    resting_request,
    sale_request,
)
from tests.fakes.clock import NOON
from tests.simulators.webull import Person, WebullSimulator

STOP = {"type": OrderType.STOP, "stop_price": Decimal(200)}

KINDS: list[tuple[str, OrderRequest]] = [
    ("at the market", request()),
    ("for money", request(notional=Decimal("50.25"))),
    ("a part", request(quantity=Decimal("0.12345"))),
    ("with a limit", resting_request()),
    ("out of hours", resting_request(session=Session.EXTENDED)),
    ("with a stop", request(**STOP)),
    (
        "with a stop and a limit",
        request(**{**STOP, "type": OrderType.STOP_LIMIT}, limit_price=Decimal(201)),
    ),
    ("trailing by percent", request(type=OrderType.TRAILING_STOP, trail_percent=Decimal(5))),
    ("trailing by money", request(type=OrderType.TRAILING_STOP, trail_amount=Decimal(5))),
    ("sold short", request(side=Side.SELL, effect=PositionEffect.SHORT)),
    ("a contract", contract_request()),
    ("a contract until canceled", contract_request(time_in_force=TimeInForce.GTC)),
    ("with exits", bracket_request()),
    ("coins with a limit", coin_request()),
    ("coins for today", coin_request(time_in_force=TimeInForce.DAY)),
    (
        "coins at the market",
        coin_request(type=OrderType.MARKET, limit_price=None, quantity=Decimal("0.5")),
    ),
]


def account_of(asked: OrderRequest, anna: Person) -> str:
    """Coins have an account of their own."""
    return anna.accounts[asked.instrument.symbol == "BTC/USD"].id


@pytest.mark.parametrize("wanted", [case[1] for case in KINDS], ids=[case[0] for case in KINDS])
async def test_each_kind_is_taken_under_our_id_and_read_back_by_it(
    adapter: WebullAdapter, anna: Person, simulator: WebullSimulator, wanted: OrderRequest
) -> None:
    order = order_of(wanted, account_of(wanted, anna))

    receipt = await adapter.place_order(order)
    found = await looked_at(adapter, order)

    known = simulator.order(order.order_id)
    assert known.account.id == order.account_id
    assert simulator.orders_received == 1
    assert receipt.state is OrderState.ACCEPTED
    assert receipt.fills == ()
    assert found.broker_order_id == receipt.broker_order_id
    assert found.broker_order_id == (known.group.id if known.group else known.id)


@pytest.mark.parametrize("wanted", [case[1] for case in KINDS], ids=[case[0] for case in KINDS])
async def test_whoever_signed_in_orders_the_same(
    guest: WebullAdapter, anna: Person, simulator: WebullSimulator, wanted: OrderRequest
) -> None:
    order = order_of(wanted, account_of(wanted, anna))

    receipt = await guest.place_order(order)

    assert (await looked_at(guest, order)).broker_order_id == receipt.broker_order_id
    assert simulator.orders_received == 1


async def test_a_sale_is_a_sale(
    adapter: WebullAdapter, anna: Person, simulator: WebullSimulator
) -> None:
    simulator.give(anna.account, "AAPL", "2")
    order = order_of(sale_request(), anna.account.id)

    after = await followed(adapter, await placed(adapter, order))

    assert after.state is OrderState.FILLED
    assert anna.account.held("AAPL") == 1


async def test_a_contract_that_is_held_is_sold_to_close(
    adapter: WebullAdapter, anna: Person, simulator: WebullSimulator
) -> None:
    simulator.give(anna.account, "AAPL261218C00240000", "1")
    sale = contract_request(side=Side.SELL, effect=PositionEffect.CLOSE)

    after = await followed(adapter, await placed(adapter, order_of(sale, anna.account.id)))

    assert after.state is OrderState.FILLED
    assert simulator.orders[0].intent == "SELL_TO_CLOSE"
    assert anna.account.held("AAPL261218C00240000") == 0


async def test_a_body_has_no_spaces_and_no_numbers_but_text(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    await adapter.place_order(resting)

    (body,) = simulator.orders_bodies
    (item,) = json.loads(body)["new_orders"]
    assert b" " not in body
    assert all(isinstance(value, str) for value in item.values())


async def test_a_cancel_is_taken_and_read_back(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, resting)

    await adapter.cancel_order(order)

    (cancel,) = [one for one in simulator.received if "cancel" in one.kinds]
    assert json.loads(cancel.body) == {
        "account_id": order.account_id,
        "client_order_id": order.order_id,
    }
    assert (await looked_at(adapter, order)).state is OrderState.CANCELED


async def test_a_cancel_that_takes_its_time_is_not_told_as_done(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, resting)
    simulator.let_cancels_wait()

    await adapter.cancel_order(order)

    assert (await looked_at(adapter, order)).state is OrderState.ACCEPTED
    simulator.finish_cancels()
    assert (await looked_at(adapter, order)).state is OrderState.CANCELED


async def test_whose_doing_an_end_was_is_told(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(adapter, resting)
    cancel = Intent(kind=IntentKind.CANCEL, origin_key="click", state=IntentState.ACCEPTED, at=NOON)
    simulator.cancel_elsewhere(order.order_id)

    by_webull = await looked_at(adapter, order)
    by_us = await looked_at(adapter, replace(order, intent=cancel))

    assert "canceled elsewhere" in by_webull.reason
    assert by_us.reason == ""


async def test_an_order_that_webull_does_not_know_is_absent(
    adapter: WebullAdapter, resting: Order
) -> None:
    assert await adapter.find_order(resting) == Absent()


async def test_an_order_in_another_of_the_persons_accounts_is_not_ours(
    adapter: WebullAdapter, anna: Person, resting: Order
) -> None:
    order = await placed(adapter, resting)

    assert (
        await adapter.find_order(
            replace(order, account_id=anna.accounts[1].id)  # type: ignore[arg-type] # a text
        )
        == Absent()
    )


STATES: list[tuple[str, OrderState]] = [
    ("PENDING", OrderState.ACCEPTED),
    ("SUBMITTED", OrderState.ACCEPTED),
    ("CANCELLED", OrderState.CANCELED),
    ("FAILED", OrderState.REJECTED),
    ("SOMETHING_NEW", OrderState.ACCEPTED),
]


@pytest.mark.parametrize(("word", "state"), STATES)
async def test_states_are_read_and_a_new_one_counts_as_working(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator, word: str, state: OrderState
) -> None:
    order = await placed(adapter, resting)
    simulator.set_status(order.order_id, word)

    assert (await looked_at(adapter, order)).state is state


async def test_an_order_that_webull_rejects_after_taking_it_says_so(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator
) -> None:
    simulator.fail_on_arrival()

    found = await looked_at(adapter, await placed(adapter, resting))

    assert found.state is OrderState.REJECTED
    assert found.reason == "Webull rejected the order and gives no reason."

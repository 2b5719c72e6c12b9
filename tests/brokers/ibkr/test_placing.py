"""Handing orders over: what TWS gets, what counts as its word, and what is never sent twice."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from floorbroker.brokers.ibkr.adapter import IbkrAdapter
from floorbroker.brokers.ibkr.questions import Patience
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    OrderType,
    PositionEffect,
    Receipt,
    Session,
    Side,
    TimeInForce,
)
from tests.brokers.ibkr.at_ibkr import (
    SHORT,
    order_of,
    read_back,
    request_of,
    resting_request,
)
from tests.simulators.tws import Fault, TwsSimulator

EURO = Instrument(symbol="EUR/USD", asset_class=AssetClass.FOREX)
FUTURE = Instrument(
    symbol="ESZ6",
    asset_class=AssetClass.FUTURE,
    multiplier=Decimal(50),
    underlying="ES",
    expiry=date(2026, 12, 18),
)


async def test_a_market_order_fills_with_its_commission(
    simulator: TwsSimulator, adapter: IbkrAdapter
) -> None:
    receipt = await adapter.place_order(order_of(request_of()))

    (fill,) = receipt.fills
    assert receipt.state is OrderState.FILLED
    assert receipt.broker_order_id == str(simulator.orders[0].perm_id)
    assert (fill.quantity, fill.price, fill.fee, fill.fee_currency) == (10, 190, 1, "USD")


async def test_our_id_and_the_account_go_with_it(
    simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order
) -> None:
    await adapter.place_order(resting)

    (order,) = simulator.orders
    assert order.order_ref == resting.order_id
    assert order.ticket.account == "DU1234567"
    assert order.ticket.transmit


@pytest.mark.parametrize(
    ("terms", "sent"),
    [
        ({}, ("MKT", None, None, None)),
        ({"type": OrderType.LIMIT, "limit_price": "150.25"}, ("LMT", "150.25", None, None)),
        (
            {"type": OrderType.STOP, "stop_price": "180", "side": Side.SELL},
            ("STP", None, "180", None),
        ),
        (
            {"type": OrderType.STOP_LIMIT, "stop_price": "195", "limit_price": "196"},
            ("STP LMT", "196", "195", None),
        ),
        (
            {"type": OrderType.TRAILING_STOP, "trail_amount": "2.5", "side": Side.SELL},
            ("TRAIL", None, "2.5", None),
        ),
        (
            {"type": OrderType.TRAILING_STOP, "trail_percent": "1.5", "side": Side.SELL},
            ("TRAIL", None, None, "1.5"),
        ),
    ],
)
async def test_each_kind_of_order_reaches_tws_as_it_was_asked(
    simulator: TwsSimulator,
    adapter: IbkrAdapter,
    terms: dict[str, str],
    sent: tuple[str, str | None, str | None, str | None],
) -> None:
    exact = {
        name: Decimal(value) if name.endswith(("price", "amount", "percent")) else value
        for name, value in terms.items()
    }
    receipt = await adapter.place_order(order_of(request_of(**exact)))

    ticket = simulator.orders[0].ticket
    prices = (ticket.limit_price, ticket.aux_price, ticket.trailing_percent)
    assert receipt.broker_order_id
    assert (ticket.type, *prices) == (
        sent[0],
        *(None if p is None else Decimal(p) for p in sent[1:]),
    )


@pytest.mark.parametrize("time_in_force", list(TimeInForce))
async def test_each_time_in_force_reaches_tws(
    simulator: TwsSimulator, adapter: IbkrAdapter, time_in_force: TimeInForce
) -> None:
    asked = request_of(type=OrderType.LIMIT, limit_price=Decimal(191), time_in_force=time_in_force)

    receipt = await adapter.place_order(order_of(asked))

    assert receipt.state is OrderState.FILLED
    assert simulator.orders[0].ticket.tif == time_in_force.value.upper()


async def test_one_that_cannot_be_filled_at_once_ends_as_canceled_not_as_refused(
    simulator: TwsSimulator, adapter: IbkrAdapter
) -> None:
    order = order_of(resting_request(time_in_force=TimeInForce.FOK))

    await adapter.place_order(order)

    assert (await read_back(adapter, order)).state is OrderState.CANCELED


async def test_extended_hours_are_asked_for(simulator: TwsSimulator, adapter: IbkrAdapter) -> None:
    await adapter.place_order(order_of(resting_request(session=Session.EXTENDED)))

    assert simulator.orders[0].ticket.outside_rth


@pytest.mark.parametrize(
    ("instrument", "price", "kind"), [(EURO, "0.95", "CASH"), (FUTURE, "5000", "FUT")]
)
async def test_other_kinds_of_instruments_go_where_they_trade(
    simulator: TwsSimulator, adapter: IbkrAdapter, instrument: Instrument, price: str, kind: str
) -> None:
    simulator.set_price("EUR.USD", bid="1.08", ask="1.0801")
    simulator.set_price("ESZ6", bid="6000", ask="6000.25")

    receipt = await adapter.place_order(
        order_of(resting_request(price, instrument=instrument, quantity=Decimal(1)))
    )

    assert receipt.state is OrderState.ACCEPTED
    assert simulator.orders[0].contract.kind == kind


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"quantity": None, "notional": Decimal(100)}, "quantities"),
        ({"quantity": Decimal("1.5")}, "whole shares"),
        ({"effect": PositionEffect.SHORT}, "opened by selling"),
        ({"session": Session.EXTENDED}, "limit orders only"),
        (
            {"take_profit": Decimal(200), "time_in_force": TimeInForce.IOC},
            "for the day or good til canceled",
        ),
        ({"take_profit": Decimal(200), "effect": PositionEffect.CLOSE}, "open a position"),
    ],
)
async def test_what_tws_does_not_take_is_not_sent(
    simulator: TwsSimulator, adapter: IbkrAdapter, terms: dict[str, object], why: str
) -> None:
    with pytest.raises(NotSent, match=why):
        await adapter.place_order(order_of(request_of(**terms)))

    assert simulator.orders_received == 0


async def test_an_order_for_another_account_is_not_sent(
    simulator: TwsSimulator, adapter: IbkrAdapter
) -> None:
    with pytest.raises(NotSent, match="does not reach this account"):
        await adapter.place_order(order_of(request_of(), account="DU999"))

    assert simulator.orders_received == 0


# TWS's word


@pytest.mark.parametrize(
    ("code", "words", "reason"),
    [
        (201, "Order rejected - reason: No trading permissions.", ErrorCode.ORDER_REJECTED),
        (
            201,
            "Order rejected - reason:YOUR ORDER IS NOT ACCEPTED. YOUR EQUITY WITH LOAN VALUE "
            "[1 USD] MUST EXCEED THE INITIAL MARGIN [2 USD]",
            ErrorCode.INSUFFICIENT_FUNDS,
        ),
        (203, "The security AAPL is not available or allowed.", ErrorCode.NOT_SUPPORTED),
        (110, "The price does not conform to the minimum variation.", ErrorCode.ORDER_REJECTED),
        (103, "Duplicate order id", ErrorCode.ORDER_REJECTED),
        (200, "No security definition has been found.", ErrorCode.SYMBOL_NOT_FOUND),
        (
            321,
            "Error validating request.-'bK' : cause - Invalid time in force",
            ErrorCode.ORDER_REJECTED,
        ),
        (10243, "Fractional-sized order cannot be placed via API.", ErrorCode.ORDER_REJECTED),
    ],
)
async def test_a_refusal_is_told_in_tws_words(
    simulator: TwsSimulator,
    adapter: IbkrAdapter,
    resting: Order,
    code: int,
    words: str,
    reason: ErrorCode,
) -> None:
    simulator.reject(code, words)

    with pytest.raises(OrderRejected) as refusal:
        await adapter.place_order(resting)

    assert refusal.value.reason is reason
    assert refusal.value.message in words
    assert refusal.value.message
    assert simulator.orders_received == 1


@pytest.mark.parametrize("code", [399, 404, 2109, 2137, 10167, 10349, 165])
async def test_a_warning_is_no_refusal(
    simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order, code: int
) -> None:
    trouble = simulator.fail("order", Fault.LATE)
    placing = asyncio.ensure_future(adapter.place_order(resting))
    await trouble.reached.wait()
    for client in simulator._clients:
        client.error(simulator.orders[0].order_id, code, "A warning.")
    trouble.release()

    assert (await placing).state is OrderState.ACCEPTED


async def test_in_a_closed_market_the_order_is_taken_with_a_warning(
    simulator: TwsSimulator, adapter: IbkrAdapter
) -> None:
    simulator.close_market()

    receipt = await adapter.place_order(order_of(request_of()))

    assert receipt.state is OrderState.ACCEPTED


async def test_a_code_that_nobody_knows_decides_nothing(
    simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order
) -> None:
    trouble = simulator.fail("order", Fault.LATE)
    placing = asyncio.ensure_future(adapter.place_order(resting))
    await trouble.reached.wait()
    for client in simulator._clients:
        client.error(simulator.orders[0].order_id, 777, "Something new.")
    trouble.release()

    assert (await placing).state is OrderState.ACCEPTED


async def test_an_error_about_something_else_refuses_nothing(
    simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order
) -> None:
    trouble = simulator.fail("order", Fault.LATE)
    placing = asyncio.ensure_future(adapter.place_order(resting))
    await trouble.reached.wait()
    for client in simulator._clients:
        client.error(simulator.orders[0].order_id + 1, 201, "Order rejected - reason: another")
        client.error(-1, 201, "Order rejected - reason: none")
    trouble.release()

    assert (await placing).state is OrderState.ACCEPTED


class TestSilence:
    """What proves nothing leaves the outcome unknown."""

    @pytest.fixture
    def patience(self) -> Patience:
        return SHORT

    async def test_pending_is_no_word_of_tws(
        self, simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order
    ) -> None:
        simulator.let_orders_wait()

        with pytest.raises(OutcomeUnknown):
            await adapter.place_order(resting)

        assert (await read_back(adapter, resting)).state is OrderState.ACCEPTED

    @pytest.mark.parametrize(
        "fault", [Fault.SILENCE, Fault.SILENCE_AFTER, Fault.RUBBISH, Fault.DROP_BEFORE]
    )
    async def test_without_an_answer_the_outcome_is_unknown_and_nothing_is_sent_again(
        self, simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order, fault: Fault
    ) -> None:
        simulator.fail("order", fault)

        with pytest.raises(OutcomeUnknown):
            await adapter.place_order(resting)

        assert simulator.orders_received == 1

    async def test_asked_again_it_looks_for_the_one_that_left(
        self, simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order
    ) -> None:
        simulator.fail("order", Fault.SILENCE_AFTER)
        with pytest.raises(OutcomeUnknown):
            await adapter.place_order(resting)

        again = await adapter.place_order(resting)

        assert again.broker_order_id == str(simulator.orders[0].perm_id)
        assert simulator.orders_received == 1

    async def test_one_that_tws_never_saw_is_not_sent_again_either(
        self, simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order
    ) -> None:
        simulator.fail("order", Fault.SILENCE)
        for _ in range(2):
            with pytest.raises(OutcomeUnknown):
                await adapter.place_order(resting)

        assert simulator.orders_received == 1


async def test_a_caller_that_goes_away_leaves_an_order_that_is_found(
    simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order
) -> None:
    trouble = simulator.fail("order", Fault.LATE)
    placing = asyncio.ensure_future(adapter.place_order(resting))
    await trouble.reached.wait()

    placing.cancel()
    await asyncio.gather(placing, return_exceptions=True)
    trouble.release()

    assert (await read_back(adapter, resting)).state is OrderState.ACCEPTED
    assert simulator.orders_received == 1


async def test_orders_at_the_same_time_each_get_their_own_answer(
    simulator: TwsSimulator, adapter: IbkrAdapter
) -> None:
    simulator.reject(201, "Order rejected - reason: the first")
    orders = [order_of(resting_request(str(100 + place))) for place in range(8)]

    ended = await asyncio.gather(
        *(adapter.place_order(order) for order in orders), return_exceptions=True
    )

    assert sum(isinstance(one, OrderRejected) for one in ended) == 1
    for order, receipt in zip(orders, ended, strict=True):
        if not isinstance(receipt, BaseException):
            assert receipt.limit_price == order.request.limit_price
    assert simulator.orders_received == 8


async def test_the_same_order_twice_at_the_same_time_leaves_once(
    simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order
) -> None:
    ended = await asyncio.gather(
        adapter.place_order(resting), adapter.place_order(resting), return_exceptions=True
    )

    assert simulator.orders_received == 1
    assert any(isinstance(one, Receipt) for one in ended)
    assert all(isinstance(one, Receipt | OutcomeUnknown) for one in ended)


async def test_one_that_was_not_sent_can_be_sent_later(
    simulator: TwsSimulator, adapter: IbkrAdapter
) -> None:
    order = order_of(resting_request(quantity=Decimal("1.5")))
    with pytest.raises(NotSent):
        await adapter.place_order(order)

    whole = replace(order, request=resting_request())

    assert (await adapter.place_order(whole)).state is OrderState.ACCEPTED


async def test_a_caller_that_goes_away_before_anything_left_can_come_back(
    simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order
) -> None:
    trouble = simulator.fail("read", Fault.SILENCE)  # the contract
    placing = asyncio.ensure_future(adapter.place_order(resting))
    await trouble.reached.wait()
    placing.cancel()
    await asyncio.gather(placing, return_exceptions=True)

    receipt = await adapter.place_order(resting)

    assert receipt.state is OrderState.ACCEPTED
    assert simulator.orders_received == 1


async def test_what_fills_before_the_rest_is_refused_is_told_as_filled(
    simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order
) -> None:
    trouble = simulator.fail("order", Fault.LATE)
    placing = asyncio.ensure_future(adapter.place_order(resting))
    await trouble.reached.wait()
    (order,) = simulator.orders
    simulator.fill(order, 4)
    for client in simulator._clients:
        client.error(order.order_id, 201, "Order rejected - reason: the rest")

    receipt = await placing

    trouble.release()
    assert sum(fill.quantity for fill in receipt.fills) == 4

"""Reading orders back by our mark: after drops, restarts and under other client ids."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.ibkr import client as sdk
from floorbroker.brokers.ibkr.adapter import IbkrAdapter
from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.ibkr.order_fields import order_fields
from floorbroker.brokers.ibkr.questions import Patience
from floorbroker.brokers.port import OrderNews
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.errors import ApiError, BrokerConnectionError, BrokerError
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Ambiguous, Found
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.ibkr.at_ibkr import (
    NOON,
    SHORT,
    adapter_in,
    context_at,
    gateways_at,
    order_of,
    read_back,
    request_of,
    resting_request,
)
from tests.fakes.clock import ManualClock
from tests.simulators.tws import Fault, TwsSimulator

DAY = timedelta(days=1)


@pytest.mark.parametrize("client_id", [1, 5])
@pytest.mark.parametrize(
    ("ends", "state"),
    [
        ("", OrderState.ACCEPTED),
        ("fill", OrderState.FILLED),
        ("part", OrderState.PARTIALLY_FILLED),
        ("cancel", OrderState.CANCELED),
    ],
)
async def test_another_process_finds_it_however_it_ended(
    simulator: TwsSimulator,
    gateways: Gateways,
    adapter: IbkrAdapter,
    clock: ManualClock,
    placed: Order,
    ends: str,
    state: OrderState,
    client_id: int,
) -> None:
    await gateways.aclose()
    order = simulator.orders[0]
    if ends == "fill":
        simulator.fill(order)
    if ends == "part":
        simulator.fill(order, 4)
    if ends == "cancel":
        simulator.cancel(order, "Cancelled by Trader")
    later = gateways_at(simulator, clock, ib_client_id=client_id)

    receipt = await read_back(adapter_in(context_at(later, clock)), placed)

    assert receipt.state is state
    assert receipt.broker_order_id == placed.broker_order_id
    assert sum(fill.quantity for fill in receipt.fills) == {"fill": 10, "part": 4}.get(ends, 0)
    await later.aclose()


async def test_one_that_was_never_sent_is_absent(adapter: IbkrAdapter, resting: Order) -> None:
    assert await adapter.find_order(resting) == Absent()


async def test_one_of_another_day_is_not_called_absent_since_tws_lists_todays_only(
    adapter: IbkrAdapter, resting: Order, clock: ManualClock
) -> None:
    sent = replace(resting, sent_at=clock.now())
    assert await adapter.find_order(sent) == Absent()
    clock.advance(DAY.total_seconds())

    with pytest.raises(ApiError, match="orders of today only"):
        await adapter.find_order(sent)


async def test_another_order_just_like_it_is_not_taken_for_it(
    adapter: IbkrAdapter, placed: Order, resting: Order
) -> None:
    like_it = order_of(resting.request)

    assert await adapter.find_order(like_it) == Absent()


async def test_two_with_the_same_mark_are_a_persons_business(
    simulator: TwsSimulator, adapter: IbkrAdapter, line: IbkrLine, placed: Order
) -> None:
    about = sdk.contract(secType="STK", symbol="AAPL", exchange="SMART", currency="USD")
    number = line.next_id()
    line.client.place([(number, about, sdk.order(**order_fields(placed), orderId=number))])

    found = await adapter.find_order(placed)

    assert isinstance(found, Ambiguous)
    assert {one.broker_order_id for one in found.candidates} == {
        str(one.perm_id) for one in simulator.orders
    }


async def test_an_order_that_was_refused_by_the_server_is_told_as_refused(
    simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order
) -> None:
    simulator.reject(201, "Order rejected - reason: Not today.")
    trouble = simulator.fail("order", Fault.DROP_AFTER)
    with pytest.raises(BrokerError):
        await adapter.place_order(resting)
    assert trouble.hits == 1

    receipt = await read_back(adapter, resting)

    assert receipt.state is OrderState.REJECTED
    assert "Not today" in receipt.reason


async def test_an_inactive_one_among_those_at_work_can_still_wake_up(
    simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order
) -> None:
    simulator.shows_inactive = True
    simulator.reject(201, "Order rejected - reason: Not today.")
    simulator.fail("order", Fault.DROP_AFTER)
    with pytest.raises(BrokerError):
        await adapter.place_order(resting)

    assert (await read_back(adapter, resting)).state is OrderState.ACCEPTED


class TestSilence:
    """Nothing is called absent as long as a question is open."""

    @pytest.fixture
    def patience(self) -> Patience:
        return SHORT

    @pytest.mark.parametrize("skipped", [0, 1, 2])
    async def test_without_all_three_answers_nothing_is_absent(
        self, simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order, skipped: int
    ) -> None:
        held = [simulator.fail("read", Fault.LATE, delay=0.001) for _ in range(skipped)]
        simulator.fail("read", Fault.SILENCE)

        with pytest.raises(BrokerError):
            await adapter.find_order(resting)

        assert all(one.hits == 1 for one in held)

    async def test_a_drop_in_the_middle_of_it_is_no_answer(
        self, simulator: TwsSimulator, adapter: IbkrAdapter, resting: Order
    ) -> None:
        simulator.fail("read", Fault.DROP_BEFORE)

        with pytest.raises(BrokerConnectionError):
            await adapter.find_order(resting)


async def test_reads_at_the_same_time_each_get_their_own_answer(
    adapter: IbkrAdapter, placed: Order, account: BrokerAccount
) -> None:
    absent = [order_of(resting_request()) for _ in range(3)]

    found = await asyncio.gather(
        *(adapter.find_order(one) for one in (placed, *absent, placed)),
        adapter.open_orders(account),
    )

    assert [type(one) for one in found[:5]] == [Found, Absent, Absent, Absent, Found]
    assert len(found[5]) == 1  # type: ignore[arg-type] # the list


# Lists


async def test_orders_of_tws_itself_are_listed_and_not_ours(
    simulator: TwsSimulator, adapter: IbkrAdapter, account: BrokerAccount
) -> None:
    simulator.place_elsewhere(
        "DU1234567", "AAPL", "BUY", 3, type="LMT", limit_price="100", tif="GTC"
    )

    (line,) = await adapter.open_orders(account)

    assert line.order_id is None
    assert line.instrument.symbol == "AAPL"
    assert line.description == "Buy 3 AAPL limit 100 gtc"
    assert line.receipt.state is OrderState.ACCEPTED


async def test_the_history_has_what_ended_within_the_range_latest_first(
    simulator: TwsSimulator, adapter: IbkrAdapter, account: BrokerAccount, clock: ManualClock
) -> None:
    first, second = order_of(request_of()), order_of(resting_request())
    await adapter.place_order(first)
    clock.advance(60)
    await adapter.place_order(second)
    await adapter.cancel_order(second)

    listed = await adapter.order_history(account, NOON - DAY, NOON + DAY)
    early = await adapter.order_history(account, NOON - DAY, NOON + timedelta(seconds=30))

    assert [line.order_id for line in listed] == [second.order_id, first.order_id]
    assert [line.receipt.state for line in listed] == [OrderState.CANCELED, OrderState.FILLED]
    assert listed[0].at == NOON + timedelta(seconds=60)
    assert [line.order_id for line in early] == [first.order_id]


async def test_what_belongs_to_another_account_of_the_login_is_not_in_the_list(
    clock: ManualClock,
) -> None:
    async with TwsSimulator(now=clock.now, accounts=("DU1", "DU2")) as simulator:
        simulator.set_price("AAPL", bid="189.90", ask="190.00")
        gateways = gateways_at(simulator, clock)
        adapter = adapter_in(context_at(gateways, clock))
        await adapter.connect()
        one, two = await adapter.accounts()
        await adapter.place_order(order_of(resting_request(), account="DU2"))

        assert await adapter.open_orders(one) == []
        assert len(await adapter.open_orders(two)) == 1
        await gateways.aclose()


# News


async def test_fills_are_pushed_with_their_commission(
    simulator: TwsSimulator, adapter: IbkrAdapter, placed: Order
) -> None:
    news = adapter.order_events()
    first = asyncio.ensure_future(anext(news))
    await asyncio.sleep(0)
    simulator.fill(simulator.orders[0], 4)

    heard = await first

    assert heard.order_id == placed.order_id
    assert heard.receipt.state is OrderState.PARTIALLY_FILLED
    assert [fill.quantity for fill in heard.receipt.fills] == [Decimal(4)]
    await news.aclose()  # type: ignore[attr-defined] # a generator


async def test_news_of_others_orders_are_not_pushed(
    simulator: TwsSimulator, adapter: IbkrAdapter, placed: Order
) -> None:
    news = adapter.order_events()
    first = asyncio.ensure_future(anext(news))
    await asyncio.sleep(0)
    simulator.place_elsewhere("DU1234567", "AAPL", "BUY", 1)
    simulator.cancel(simulator.orders[0])

    heard = await first

    assert heard.order_id == placed.order_id
    await news.aclose()  # type: ignore[attr-defined] # a generator


async def test_the_news_end_with_the_connection(
    simulator: TwsSimulator, adapter: IbkrAdapter
) -> None:
    async def listened() -> list[OrderNews]:
        return [news async for news in adapter.order_events()]

    listening = asyncio.ensure_future(listened())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    simulator.drop()

    with pytest.raises(BrokerConnectionError):
        await listening


async def test_what_was_told_is_not_told_again_by_every_look(
    simulator: TwsSimulator, adapter: IbkrAdapter, placed: Order
) -> None:
    heard: list[OrderNews] = []
    hear = heard.append

    async def listen() -> None:
        async for news in adapter.order_events():
            hear(news)

    listening = asyncio.ensure_future(listen())
    await asyncio.sleep(0)
    simulator.fill(simulator.orders[0])
    for _ in range(3):
        await adapter.find_order(placed)

    assert [news.receipt.state for news in heard][-1] is OrderState.FILLED
    assert len(heard) <= 2
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)

"""How often Webull is asked, who shares an allowance, and what a 429 means."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.shared.wire import NoAllowance
from floorbroker.brokers.webull import metering
from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.brokers.webull.errors import BROKER
from floorbroker.brokers.webull.metering import Metering
from floorbroker.domain.errors import ApiError, NotSent, OutcomeUnknown, RateLimited
from floorbroker.domain.ids import LinkId
from floorbroker.domain.order import Order
from floorbroker.domain.orders import Found
from floorbroker.observability.metrics import Metrics
from tests.brokers.webull.answering import Told
from tests.brokers.webull.at_webull import (
    APPLE,
    CHEAPER,
    adapter_in,
    context_at,
    order_of,
    placed,
    resting_request,
    sale_request,
)
from tests.contract.placing import LINK
from tests.fakes.clock import ManualClock
from tests.simulators.webull import App, Fault, Person, WebullSimulator

ORDERS = "/trading/orders/get"


async def at_once(_seconds: float) -> None:
    """Nobody waits here."""


@pytest.fixture
def metered(simulator: WebullSimulator, transport: Transport, clock: ManualClock) -> BrokerContext:
    """With the allowances that Webull documents, and nobody who waits."""
    allowances = Allowances(clock, Metrics(), pause=at_once)
    return context_at(simulator.url, transport, clock, unmetered=False, allowances=allowances)


@pytest.fixture
async def counted(metered: BrokerContext, app: App) -> AsyncIterator[WebullAdapter]:
    """Connected, and counted as Webull counts."""
    adapter = adapter_in(metered)
    await adapter.connect()
    yield adapter
    await adapter.close()


def used_up(context: BrokerContext, name: str, identity: str = LINK) -> None:
    """Nobody may ask for that any more, for a minute."""
    scope = next(one for one in metering.ALL if one.name == name)
    context.allowances.window(
        BROKER, name, identity, most=scope.most, seconds=scope.seconds
    ).stay_away(timedelta(minutes=1))


# What is counted


async def test_reading_orders_back_has_two_requests_in_two_seconds(
    metered: BrokerContext,
) -> None:
    meter = Metering(metered, by_platform=False)

    for _ in range(2):
        await meter.take(metering.ORDER)

    with pytest.raises(NoAllowance) as full:
        for _ in range(50):
            await meter.take(metering.ORDER)
    assert full.value.retry_after <= timedelta(seconds=2)


async def test_each_kind_of_request_is_counted_by_itself(
    counted: WebullAdapter, metered: BrokerContext, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(counted, resting)
    for scope in metering.ALL:
        if scope.name not in {"order", "cancel"}:
            used_up(metered, scope.name)

    assert isinstance(await counted.find_order(order), Found)
    await counted.cancel_order(order)


async def test_closing_has_a_share_of_placing_that_nothing_else_may_use(
    counted: WebullAdapter, metered: BrokerContext, anna: Person, simulator: WebullSimulator
) -> None:
    simulator.give(anna.account, "AAPL", "5")
    usual = metering.PLACE.most * 4 // 5
    window = metered.allowances.window(
        BROKER, "place", LINK, most=metering.PLACE.most, seconds=metering.PLACE.seconds
    )
    await window.take(usual)

    with pytest.raises(NotSent, match="no more requests"):
        await counted.place_order(order_of(resting_request(), anna.account.id))
    await counted.place_order(order_of(sale_request(), anna.account.id))

    assert [one.side for one in simulator.orders] == ["SELL"]


async def test_without_room_nothing_is_sent_and_it_is_said_when_to_come_back(
    counted: WebullAdapter, metered: BrokerContext, resting: Order, simulator: WebullSimulator
) -> None:
    order = await placed(counted, resting)
    for scope in metering.ALL:
        used_up(metered, scope.name)
    asked = len(simulator.received)

    for sending in (
        counted.place_order(order),
        counted.cancel_order(order),
        counted.modify_order(order, CHEAPER),
    ):
        with pytest.raises(NotSent) as unsent:
            await sending
        assert unsent.value.retry_after == timedelta(minutes=1)
    for reading in (counted.find_order(order), counted.accounts(), counted.quote(APPLE)):
        with pytest.raises(RateLimited) as limited:
            await reading
        assert limited.value.retry_after == timedelta(minutes=1)
    assert len(simulator.received) == asked


async def test_everybody_with_a_key_of_their_own_has_an_allowance_of_their_own(
    metered: BrokerContext,
) -> None:
    own = Metering(metered, by_platform=False)
    used_up(metered, "order", LinkId("link-of-somebody-else"))

    await own.take(metering.ORDER)


async def test_whoever_signed_in_shares_the_operators(metered: BrokerContext) -> None:
    guest = Metering(metered, by_platform=True)
    used_up(metered, "order", "")

    with pytest.raises(NoAllowance):
        await guest.take(metering.ORDER)
    await Metering(metered, by_platform=False).take(metering.ORDER)


# What Webull says itself


@pytest.mark.parametrize("carried_out", [True, False])
async def test_an_order_that_is_answered_429_is_unknown_and_placing_pauses(
    adapter: WebullAdapter,
    resting: Order,
    simulator: WebullSimulator,
    clock: ManualClock,
    carried_out: bool,
) -> None:
    simulator.refuse(
        "place", "TOO_MANY_REQUESTS", "Too many", status=429, carried_out=carried_out, times=1
    )

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)
    with pytest.raises(NotSent):
        await adapter.place_order(resting)

    assert isinstance(await adapter.find_order(resting), Found) is carried_out
    assert simulator.orders_received == 1
    clock.advance(11)
    assert (await adapter.place_order(resting)).broker_order_id


async def test_a_read_that_is_answered_429_pauses_reads_of_its_kind_only(
    adapter: WebullAdapter, resting: Order, simulator: WebullSimulator, clock: ManualClock
) -> None:
    order = await placed(adapter, resting)
    simulator.refuse(ORDERS, "TOO_MANY_REQUESTS", "Too many", status=429, times=1)

    with pytest.raises(RateLimited):
        await adapter.find_order(order)
    asked = len(simulator.received)
    clock.advance(-0.5)  # what is left to wait is longer than anybody waits
    with pytest.raises(RateLimited):
        await adapter.find_order(order)

    assert len(simulator.received) == asked
    assert await adapter.accounts()
    clock.advance(3)
    assert isinstance(await adapter.find_order(order), Found)


async def test_a_429_without_webulls_words_pauses_too(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    simulator.refuse_with("/trading/accounts/list", Told("slow down", status=429), times=1)

    with pytest.raises(RateLimited):
        await adapter.accounts()
    with pytest.raises(RateLimited):
        await adapter.accounts()


async def test_after_a_gateways_error_nobody_stays_away(
    adapter: WebullAdapter, simulator: WebullSimulator
) -> None:
    simulator.fail("/trading/accounts/list", Fault.BAD_GATEWAY, times=1)

    with pytest.raises(ApiError):
        await adapter.accounts()

    assert await adapter.accounts()

"""Weights, bans, and what stays possible when everything is used up."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from floorbroker.brokers.binance.adapter import BinanceAdapter
from floorbroker.brokers.binance.client import retry_after
from floorbroker.brokers.binance.metering import WEIGHT_A_MINUTE
from floorbroker.brokers.context import BrokerContext
from floorbroker.domain.errors import BrokerError, NotSent, OutcomeUnknown, RateLimited
from floorbroker.domain.orders import Found, PositionEffect, Side
from tests.brokers.binance.at_binance import (
    adapter_in,
    order_of,
    request,
    resting_request,
)
from tests.fakes.clock import ManualClock
from tests.simulators.binance import BinanceSimulator, Person
from tests.simulators.serving import Answer, Refusal, json_answer


class Nearly(Refusal):
    """An answer that says how much of the weight is used."""

    def __init__(self, used: int) -> None:
        super().__init__("used")
        self._used = used

    def answer(self) -> Answer:
        """Refuses, with the header."""
        told = {"X-MBX-USED-WEIGHT-1M": str(self._used)}
        return json_answer({"code": -1100, "msg": "no"}, 400, headers=told)


@pytest.fixture
async def bob(simulator: BinanceSimulator, context: BrokerContext) -> AsyncIterator[BinanceAdapter]:
    """Somebody else in the same process, and so at the same address."""
    simulator.add_person("Bob" * 20, "Secret" * 10)
    adapter = adapter_in(context, key="Bob" * 20, secret="Secret" * 10)
    yield adapter
    await adapter.close()


async def test_what_binance_counts_goes_before_what_we_count_and_urgent_requests_pass(
    adapter: BinanceAdapter,
    bob: BinanceAdapter,
    anna: Person,
    simulator: BinanceSimulator,
    clock: ManualClock,
) -> None:
    order = order_of(resting_request(), anna.uid)
    await adapter.place_order(order)
    simulator.give(anna, "BTC", "1")
    simulator.refuse_with("/api/v3/account", Nearly(WEIGHT_A_MINUTE - 200), times=1)
    with pytest.raises(BrokerError, match="no"):
        await adapter.accounts()

    with pytest.raises(RateLimited) as full:
        await adapter.accounts()
    with pytest.raises(RateLimited):
        await bob.connect()
    with pytest.raises(NotSent):
        await adapter.place_order(order_of(resting_request(), anna.uid))
    sale = request(side=Side.SELL, effect=PositionEffect.CLOSE)
    await adapter.place_order(order_of(sale, anna.uid))
    assert isinstance(await adapter.find_order(order), Found)
    await adapter.cancel_order(order)
    clock.advance(60)

    assert full.value.retry_after is not None
    assert timedelta(0) < full.value.retry_after <= timedelta(minutes=1)
    assert await adapter.accounts()


async def test_an_order_that_is_answered_429_is_unknown_and_everybody_stays_away(
    adapter: BinanceAdapter,
    bob: BinanceAdapter,
    anna: Person,
    simulator: BinanceSimulator,
    clock: ManualClock,
) -> None:
    order = order_of(resting_request(), anna.uid)
    simulator.refuse("place", status=429, code=-1003, carried_out=True, times=1)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order)
    asked = len(simulator.received)
    with pytest.raises(RateLimited):
        await bob.connect()
    with pytest.raises(RateLimited):
        await adapter.find_order(order)

    assert len(simulator.received) == asked
    clock.advance(61)
    assert isinstance(await adapter.find_order(order), Found)
    assert simulator.orders_received == 1


async def test_a_ban_lasts_as_long_as_binance_says(
    adapter: BinanceAdapter, simulator: BinanceSimulator, clock: ManualClock
) -> None:
    simulator.ban()

    with pytest.raises(RateLimited) as banned:
        await adapter.accounts()
    asked = len(simulator.received)
    clock.advance(100)
    with pytest.raises(RateLimited):
        await adapter.accounts()

    assert len(simulator.received) == asked
    assert banned.value.retry_after is not None
    assert banned.value.retry_after > timedelta(seconds=110)


async def test_too_many_orders_of_one_person_are_no_other_persons_business(
    adapter: BinanceAdapter, anna: Person, simulator: BinanceSimulator
) -> None:
    simulator.refuse("place", status=429, code=-1015, times=1)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(order_of(resting_request(), anna.uid))
    with pytest.raises(NotSent):
        await adapter.place_order(order_of(resting_request(), anna.uid))

    assert await adapter.accounts()
    assert simulator.orders_received == 1


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("30", 30),
        ("0", 0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("٣", None),
        ("9" * 9, 259200),
    ],
)
def test_what_a_retry_after_says(said: str, seconds: int | None) -> None:
    told = retry_after({"Retry-After": said})

    assert told == (None if seconds is None else timedelta(seconds=seconds))


async def test_the_list_of_pairs_is_fetched_once_for_everybody(
    adapter: BinanceAdapter, bob: BinanceAdapter, simulator: BinanceSimulator
) -> None:
    for one in (adapter, bob, adapter):
        assert await one.search_instruments("BTC")

    paths = [one.path for one in simulator.received]
    assert paths.count("/api/v3/exchangeInfo") == 1

"""Prices as Coinbase pushes them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.brokers.coinbase.talk import CoinbaseTalk
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.errors import BrokerError, NotSupported, RateLimited
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Quote
from floorbroker.domain.modes import Environment
from tests.brokers.coinbase.at_coinbase import BITCOIN
from tests.brokers.following import follow
from tests.contract.streaming import SetPrice, StreamContract
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.coinbase import CoinbaseSimulator
from tests.simulators.coinbase.streaming import MarketDataStream

ETHER = Instrument(symbol="ETH/USD", asset_class=AssetClass.CRYPTO)


@pytest.fixture
def stream(simulator: CoinbaseSimulator) -> MarketDataStream:
    return simulator.stream


class TestStream(StreamContract):
    """What streams have in common."""

    @pytest.fixture
    def stream(self, simulator: CoinbaseSimulator) -> MarketDataStream:
        return simulator.stream

    @pytest.fixture
    def pair(self) -> tuple[Instrument, Instrument]:
        return BITCOIN, ETHER

    @pytest.fixture
    def set_price(self, simulator: CoinbaseSimulator) -> SetPrice:
        return lambda about, bid, ask: simulator.market.set(
            about.symbol.replace("/", "-"), bid=bid, ask=ask
        )

    def as_asked(self, pushed: Quote) -> Quote:
        """The book that is asked for has no last price, and no volume."""
        return replace(pushed, last=None, volume=None)


async def test_the_first_price_comes_with_the_subscription_and_has_coinbases_time(
    adapter: CoinbaseAdapter, clock: ManualClock
) -> None:
    follower = follow(adapter, BITCOIN)

    quote = await follower.next()

    assert (quote.bid, quote.ask, quote.last) == (60000, 60010, 60005)
    assert isinstance(quote.bid, Decimal)
    assert (quote.at, quote.volume, quote.delayed) == (NOON, 1000, False)
    await follower.leave()


async def test_heartbeats_are_asked_for_once_and_keep_a_quiet_channel_open(
    adapter: CoinbaseAdapter, stream: MarketDataStream, simulator: CoinbaseSimulator
) -> None:
    first = follow(adapter, BITCOIN)
    await stream.until(lambda: bool(stream.beating))
    second = follow(adapter, ETHER)
    await second.next()

    stream.beat()
    simulator.market.set("ETH-USD", bid="100", ask="102")
    while (await second.next()).bid != 100:
        pass

    assert stream.heard == [
        {"type": "subscribe", "channel": "ticker", "product_ids": ["BTC-USD"]},
        {"type": "subscribe", "channel": "heartbeats"},
        {"type": "subscribe", "channel": "ticker", "product_ids": ["ETH-USD"]},
    ]
    await first.leave()
    await second.leave()


async def test_a_side_that_nobody_quotes_is_none(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator
) -> None:
    simulator.market.set("BTC-USD", bid="0", ask="60010", last="60000")
    follower = follow(adapter, BITCOIN)

    quote = await follower.next()

    assert (quote.bid, quote.ask, quote.last) == (None, 60010, 60000)
    await follower.leave()


async def test_a_product_of_which_nothing_is_told_yet_is_waited_for(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, stream: MarketDataStream
) -> None:
    simulator.market.forget("BTC-USD")
    follower = follow(adapter, BITCOIN)
    await stream.until(lambda: bool(stream.beating))

    simulator.market.set("BTC-USD", bid="100", ask="102")

    assert (await follower.next()).bid == 100
    await follower.leave()


async def test_an_error_of_coinbases_ends_the_connection_in_its_words(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator
) -> None:
    await adapter.quote(BITCOIN)  # the list of products is known from here on
    del simulator.catalogue.products["BTC-USD"]

    why = await follow(adapter, BITCOIN).failure()

    assert type(why) is BrokerError
    assert why.message == "failed to subscribe: unknown product"


async def test_connections_keep_within_what_one_address_may_open(
    adapter: CoinbaseAdapter, context: BrokerContext, stream: MarketDataStream
) -> None:
    allowance = context.allowances.decaying("coinbase", "connections", most=4, per_second=2)
    allowance.stay_away(timedelta(minutes=1))

    refused = await follow(adapter, BITCOIN).failure()

    assert isinstance(refused, RateLimited)
    assert stream.opened == 0


async def test_another_address_for_requests_alone_has_no_stream(context: BrokerContext) -> None:
    endpoints = {**get_broker("coinbase").endpoints, "live": "https://a.example"}
    talk = CoinbaseTalk(endpoints, Environment.LIVE, context.allowances)

    with pytest.raises(NotSupported, match="no address"):
        await talk.address()

"""Prices as Kraken pushes them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.kraken.adapter import KrakenAdapter
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import BrokerError, NotSupported, RateLimited
from floorbroker.domain.instruments import AssetClass, Instrument
from tests.brokers.following import follow
from tests.brokers.kraken.at_kraken import BITCOIN, adapter_in, context_at
from tests.contract.streaming import SetPrice, StreamContract
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.kraken import KrakenSimulator
from tests.simulators.kraken.streaming import TickerStream

ETHER = Instrument(symbol="ETH/USD", asset_class=AssetClass.CRYPTO)


@pytest.fixture
def stream(simulator: KrakenSimulator) -> TickerStream:
    return simulator.stream


class TestStream(StreamContract):
    """What streams have in common."""

    @pytest.fixture
    def stream(self, simulator: KrakenSimulator) -> TickerStream:
        return simulator.stream

    @pytest.fixture
    def pair(self) -> tuple[Instrument, Instrument]:
        return BITCOIN, ETHER

    @pytest.fixture
    def set_price(self, simulator: KrakenSimulator) -> SetPrice:
        return lambda about, bid, ask: simulator.market.set(about.symbol, bid=bid, ask=ask)


async def test_the_first_price_comes_with_the_subscription(
    adapter: KrakenAdapter, clock: ManualClock
) -> None:
    clock.advance(5)
    follower = follow(adapter, BITCOIN)

    quote = await follower.next()

    assert (quote.bid, quote.ask, quote.last) == (60000, 60010, 60005)
    assert isinstance(quote.bid, Decimal)
    assert (quote.at, quote.source, quote.delayed) == (NOON, "Kraken's spot exchange", False)
    assert quote.volume == 1000
    await follower.leave()


async def test_each_change_of_the_best_prices_is_asked_for(
    adapter: KrakenAdapter, stream: TickerStream
) -> None:
    follower = follow(adapter, BITCOIN)
    await follower.next()

    (asked,) = stream.heard
    assert asked["method"] == "subscribe"
    assert asked["params"] == {
        "channel": "ticker",
        "symbol": ["BTC/USD"],
        "event_trigger": "bbo",
    }
    await follower.leave()


async def test_a_ticker_without_a_time_has_that_of_its_arrival(
    adapter: KrakenAdapter, stream: TickerStream, clock: ManualClock
) -> None:
    stream.tells_time = False
    clock.advance(7)
    follower = follow(adapter, BITCOIN)

    assert (await follower.next()).at == NOON + timedelta(seconds=7)
    await follower.leave()


async def test_a_side_that_nobody_quotes_is_none(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    simulator.market.set("XBTUSD", bid="0", ask="60010.0", last="60000.0")
    follower = follow(adapter, BITCOIN)

    quote = await follower.next()

    assert (quote.bid, quote.ask, quote.last) == (None, 60010, 60000)
    await follower.leave()


async def test_a_halted_pair_is_told_as_such(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    simulator.set_pair_status("XXBTZUSD", "cancel_only")
    follower = follow(adapter, BITCOIN)

    assert (await follower.next()).halted
    await follower.leave()


@pytest.mark.parametrize("named", [True, False])
async def test_a_pair_that_is_refused_is_told_in_krakens_words(
    adapter: KrakenAdapter, simulator: KrakenSimulator, stream: TickerStream, named: bool
) -> None:
    await adapter.quote(BITCOIN)  # the list of pairs is known from here on
    del simulator.catalogue.pairs["XXBTZUSD"]
    stream.names_refused = named

    why = await follow(adapter, BITCOIN).failure()

    assert "Currency pair not supported BTC/USD" in why.message


async def test_one_refused_pair_of_two_leaves_the_other_its_prices(
    adapter: KrakenAdapter, simulator: KrakenSimulator, stream: TickerStream
) -> None:
    await adapter.quote(BITCOIN)
    del simulator.catalogue.pairs["XETHZUSD"]
    refused = follow(adapter, ETHER)
    follower = follow(adapter, BITCOIN)

    assert isinstance(await refused.failure(), BrokerError)
    assert (await follower.next()).bid == 60000
    await follower.leave()


async def test_connections_keep_within_what_one_address_may_open(
    adapter: KrakenAdapter, context: BrokerContext, stream: TickerStream
) -> None:
    allowance = context.allowances.window("kraken", "connections", most=150, seconds=600)
    await allowance.take(120)

    refused = await follow(adapter, BITCOIN).failure()

    assert isinstance(refused, RateLimited)
    assert stream.opened == 0


async def test_another_address_for_requests_alone_has_no_stream(
    context: BrokerContext, simulator: KrakenSimulator, transport: Transport, clock: ManualClock
) -> None:
    own = get_broker("kraken").endpoints["live_stream"]
    elsewhere = context_at(
        simulator.url, transport, clock, endpoints={"live": simulator.url, "live_stream": own}
    )
    adapter = adapter_in(elsewhere)

    why = await follow(adapter, BITCOIN).failure()

    assert isinstance(why, NotSupported)
    assert "no address" in why.message
    await adapter.close()

"""Prices as Binance pushes them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.binance.adapter import BinanceAdapter
from floorbroker.brokers.binance.talk import BinanceTalk
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.domain.errors import NotSupported, RateLimited, RegionRefused
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.modes import Environment
from tests.brokers.binance.at_binance import BITCOIN, ETHER
from tests.brokers.following import follow
from tests.contract.streaming import SetPrice, StreamContract
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.binance import BinanceSimulator
from tests.simulators.binance.streaming import MarketStream


@pytest.fixture
def stream(simulator: BinanceSimulator) -> MarketStream:
    return simulator.stream


class TestStream(StreamContract):
    """What streams have in common."""

    @pytest.fixture
    def stream(self, simulator: BinanceSimulator) -> MarketStream:
        return simulator.stream

    @pytest.fixture
    def pair(self) -> tuple[Instrument, Instrument]:
        return BITCOIN, ETHER

    @pytest.fixture
    def set_price(self, simulator: BinanceSimulator) -> SetPrice:
        return lambda about, bid, ask: simulator.market.set(
            about.symbol.replace("/", ""), bid=bid, ask=ask
        )


async def test_a_ticker_has_everything_and_binances_own_time(
    adapter: BinanceAdapter, stream: MarketStream, clock: ManualClock
) -> None:
    follower = follow(adapter, BITCOIN)

    quote = await follower.next()

    assert (quote.bid, quote.ask) == (Decimal("83500.1"), Decimal("83510.2"))
    assert quote.last == Decimal("83505.15")
    assert (quote.at, quote.source, quote.delayed) == (NOON, "Binance's spot exchange", False)
    assert quote.volume == 0
    assert stream.heard == [{"method": "SUBSCRIBE", "params": ["btcusdt@ticker"], "id": 1}]
    await follower.leave()


async def test_a_clock_that_is_ahead_makes_no_price_of_the_future(
    adapter: BinanceAdapter, stream: MarketStream, clock: ManualClock
) -> None:
    await adapter.quote(BITCOIN)
    stream._now = lambda: clock.now() + timedelta(seconds=30)
    follower = follow(adapter, BITCOIN)

    assert (await follower.next()).at == NOON
    await follower.leave()


async def test_a_side_that_nobody_quotes_is_none(
    adapter: BinanceAdapter, simulator: BinanceSimulator
) -> None:
    simulator.market.set_book("BTCUSDT", bids=[], asks=[("83510.20", "1")], last="83500")
    follower = follow(adapter, BITCOIN)

    quote = await follower.next()

    assert (quote.bid, quote.ask, quote.last) == (None, Decimal("83510.2"), 83500)
    await follower.leave()


async def test_a_request_that_is_refused_is_told_in_binances_words(
    adapter: BinanceAdapter, stream: MarketStream
) -> None:
    stream.refuses_requests = True

    why = await follow(adapter, BITCOIN).failure()

    assert why.message == "Invalid request: too many parameters"


async def test_a_region_that_is_not_served_is_told_for_good(
    adapter: BinanceAdapter, stream: MarketStream
) -> None:
    stream.refuses = 451

    assert isinstance(await follow(adapter, BITCOIN).failure(), RegionRefused)


async def test_connections_keep_within_what_one_address_may_open(
    adapter: BinanceAdapter, context: BrokerContext, stream: MarketStream
) -> None:
    allowance = context.allowances.window("binance", "connections", most=300, seconds=300)
    await allowance.take(240)

    refused = await follow(adapter, BITCOIN).failure()

    assert isinstance(refused, RateLimited)
    assert stream.opened == 0


# Where prices are pushed


def talk(allowances: Allowances, environment: Environment, **changed: str) -> BinanceTalk:
    endpoints = {**get_broker("binance").endpoints, **changed}
    return BinanceTalk(endpoints, environment, ManualClock(), allowances)


@pytest.mark.parametrize(
    ("environment", "changed", "address"),
    [
        (Environment.LIVE, {}, "https://stream.binance.com/stream"),
        (Environment.PAPER, {}, "https://stream.testnet.binance.vision/stream"),
        (
            Environment.LIVE,
            {"live": "https://api.binance.us"},
            "https://stream.binance.us:9443/stream",
        ),
        (
            Environment.LIVE,
            {"live": "https://api1.binance.com"},
            "https://stream.binance.com/stream",
        ),
        (
            Environment.LIVE,
            {"live": "https://a.example", "live_stream": "https://b.example"},
            "https://b.example/stream",
        ),
        (
            Environment.PAPER,
            {"live": "https://api.binance.us"},
            "https://stream.testnet.binance.vision/stream",
        ),
    ],
)
async def test_the_stream_is_that_of_the_exchange_that_is_asked(
    context: BrokerContext, environment: Environment, changed: dict[str, str], address: str
) -> None:
    assert await talk(context.allowances, environment, **changed).address() == address


async def test_another_address_for_requests_alone_has_no_stream(context: BrokerContext) -> None:
    elsewhere = talk(context.allowances, Environment.LIVE, live="https://a.example")

    with pytest.raises(NotSupported, match="no address"):
        await elsewhere.address()

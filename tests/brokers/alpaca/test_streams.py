"""Prices as Alpaca pushes them: over one connection, on top of what was asked, and when not."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.alpaca.adapter import AlpacaAdapter
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import (
    ApiError,
    AuthenticationFailed,
    BrokerConnectionError,
    BrokerTimeout,
    NotSupported,
    RateLimited,
)
from floorbroker.domain.instruments import AssetClass, Instrument
from tests.brokers.alpaca.at_alpaca import APPLE, BITCOIN, CALL, KEY, SECRET, adapter_at
from tests.brokers.following import follow, open_lines
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.alpaca import AlpacaSimulator, Person
from tests.simulators.alpaca.streams import COINS, IEX, SIP, PriceStream

OCUGEN = Instrument(symbol="OCGN", asset_class=AssetClass.EQUITY)
MARKER = Instrument(symbol="MARK", asset_class=AssetClass.EQUITY)
SECOND = timedelta(seconds=1)


@pytest.fixture
def iex(simulator: AlpacaSimulator) -> PriceStream:
    return simulator.streams[IEX]


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = Transport()
    yield transport
    await transport.aclose()


@pytest.fixture
async def hasty(
    simulator: AlpacaSimulator, anna: Person, transport: Transport, clock: ManualClock
) -> AsyncIterator[AlpacaAdapter]:
    """Waits a tenth of the usual time."""
    url = simulator.url
    adapter = adapter_at(url, simulator.data_url, transport, clock, patience=0.1)
    await adapter.connect()
    yield adapter
    await adapter.close()


async def followed(stream: PriceStream, *symbols: str) -> None:
    await stream.until(lambda: set(symbols) <= set(stream.followed()))


def push(stream: PriceStream, **fields: object) -> None:
    """One data point, later than anything before."""
    at = (NOON + 10 * SECOND).isoformat().replace("+00:00", "Z")
    stream.say([{"S": "AAPL", "t": at, **fields}])


async def until_heard(adapter: AlpacaAdapter, stream: PriceStream) -> None:
    """All that was pushed so far has been read: so has what is said after it."""
    marker = follow(adapter, MARKER)
    await followed(stream, MARKER.symbol)
    push(stream, S=MARKER.symbol, T="t", p=1)
    await marker.next()
    await marker.leave()


# When it is not to be had


async def test_a_key_that_rest_refuses_too_is_refused_for_good(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator
) -> None:
    await adapter.quote(APPLE)
    simulator.revoke(KEY)

    failure = await follow(adapter, APPLE).failure()

    assert isinstance(failure, AuthenticationFailed)


async def test_an_access_that_only_the_stream_refuses_ends_no_link(
    simulator: AlpacaSimulator, anna: Person, transport: Transport, clock: ManualClock
) -> None:
    simulator.add_token("a-token-of-annas-0123", anna)
    simulator.streams[IEX].refuses_tokens = True
    adapter = adapter_at(
        simulator.url, simulator.data_url, transport, clock, token="a-token-of-annas-0123"
    )
    await adapter.connect()

    failure = await follow(adapter, APPLE).failure()

    assert isinstance(failure, NotSupported)
    assert (await adapter.quote(APPLE)).last is not None
    await adapter.close()


async def test_the_one_place_that_another_program_has_is_asked_for_again_after_a_minute(
    adapter: AlpacaAdapter, iex: PriceStream, anna: Person, clock: ManualClock
) -> None:
    iex.elsewhere.add(anna.name)

    failures = [await follow(adapter, one).failure() for one in (APPLE, OCUGEN, APPLE)]
    opened = iex.opened
    iex.elsewhere.clear()
    clock.advance(61)
    follower = follow(adapter, APPLE)
    await followed(iex, "AAPL")

    assert all(isinstance(one, RateLimited) for one in failures)
    assert (opened, iex.opened) == (1, 2)
    await follower.leave()


async def test_a_feed_that_is_not_paid_for_as_a_stream_is_asked(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator, anna: Person
) -> None:
    anna.sip = True
    await adapter.quote(APPLE)
    simulator.streams[SIP].unwelcome = 409

    assert isinstance(await follow(adapter, APPLE).failure(), NotSupported)


async def test_one_symbol_too_many_is_refused_alone(
    adapter: AlpacaAdapter, iex: PriceStream, simulator: AlpacaSimulator
) -> None:
    iex.most_symbols = 1
    first = follow(adapter, APPLE)
    await followed(iex, "AAPL")

    failure = await follow(adapter, OCUGEN).failure()
    simulator.market.set("AAPL", bid="1", ask="2")

    assert isinstance(failure, RateLimited)
    assert (await first.next()).bid == 1
    await first.leave()


async def test_a_symbol_that_alpaca_cannot_read_is_refused_alone(
    adapter: AlpacaAdapter, iex: PriceStream, simulator: AlpacaSimulator
) -> None:
    first = follow(adapter, APPLE)
    await followed(iex, "AAPL")

    strange = Instrument(symbol="aapl", asset_class=AssetClass.EQUITY)
    failure = await follow(adapter, strange).failure()
    simulator.market.set("AAPL", bid="1", ask="2")

    assert isinstance(failure, NotSupported)
    assert (await first.next()).bid == 1
    await first.leave()


@pytest.mark.parametrize("kind", [CALL, Instrument(symbol="ESZ6", asset_class=AssetClass.FUTURE)])
async def test_what_has_no_stream_is_asked(adapter: AlpacaAdapter, kind: Instrument) -> None:
    assert isinstance(await follow(adapter, kind).failure(), NotSupported)


async def test_another_address_for_data_alone_has_no_stream_and_sends_no_key_to_alpacas_own(
    simulator: AlpacaSimulator, anna: Person, transport: Transport, clock: ManualClock
) -> None:
    adapter = adapter_at(simulator.url, simulator.data_url, transport, clock, stream=None)
    await adapter.connect()

    for one in (APPLE, BITCOIN):
        failure = await follow(adapter, one).failure()

        assert isinstance(failure, NotSupported)
        assert "no address" in failure.message
    await adapter.close()


async def test_a_stream_that_does_not_greet_is_given_up(
    hasty: AlpacaAdapter, iex: PriceStream
) -> None:
    iex.silent = True

    assert isinstance(await follow(hasty, APPLE).failure(), BrokerTimeout)


async def test_a_subscription_that_nobody_answers_is_given_up(
    hasty: AlpacaAdapter, iex: PriceStream
) -> None:
    follower = follow(hasty, APPLE)
    await iex.until(lambda: any(one.logged_in for one in iex.standing))
    iex.silent = True

    # The subscription may have been answered before; then silence is nothing new.
    other = follow(hasty, OCUGEN)

    assert isinstance(await other.failure(), BrokerTimeout)
    await follower.leave()


@pytest.mark.parametrize(
    ("status", "error"), [(429, RateLimited), (503, ApiError), (404, ApiError)]
)
async def test_a_host_that_opens_no_websocket_is_told_as_such(
    adapter: AlpacaAdapter, iex: PriceStream, status: int, error: type[Exception]
) -> None:
    iex.refuses = status

    assert isinstance(await follow(adapter, APPLE).failure(), error)


# When it breaks


async def test_a_connection_that_breaks_ends_all_and_the_next_opens_anew(
    adapter: AlpacaAdapter, iex: PriceStream
) -> None:
    both = follow(adapter, APPLE), follow(adapter, OCUGEN)
    await followed(iex, "AAPL", "OCGN")

    iex.cut()
    failures = [await one.failure() for one in both]
    again = follow(adapter, APPLE)
    await iex.until(lambda: iex.opened == 2)

    assert all(isinstance(one, BrokerConnectionError) for one in failures)
    await again.leave()


@pytest.mark.parametrize(
    "words",
    [
        "no json",
        '{"T": "q"}',
        '[{"T": "q", "S": "AAPL"}]',
        '[{"T":"q","S":"AAPL","bp":"x"}]',
        "[1]",
    ],
)
async def test_what_cannot_be_read_ends_the_connection(
    adapter: AlpacaAdapter, iex: PriceStream, words: str
) -> None:
    follower = follow(adapter, APPLE)
    await followed(iex, "AAPL")

    iex.say(words)

    assert isinstance(await follower.failure(), ApiError)


@pytest.mark.parametrize("code", [401, 407, 500])
async def test_an_error_of_the_stream_ends_the_connection(
    adapter: AlpacaAdapter, iex: PriceStream, code: int
) -> None:
    follower = follow(adapter, APPLE)
    await followed(iex, "AAPL")

    iex.error(code)

    assert isinstance(await follower.failure(), ApiError)


async def test_closing_ends_those_who_listen_and_lets_nobody_in(
    adapter: AlpacaAdapter, iex: PriceStream
) -> None:
    follower = follow(adapter, APPLE)
    await followed(iex, "AAPL")

    await adapter.close()

    await follower.end()
    await iex.until(lambda: not iex.standing)
    assert isinstance(await follow(adapter, APPLE).failure(), BrokerConnectionError)
    assert iex.opened == 1
    assert not open_lines()


# What is pushed


async def test_a_pushed_quote_is_the_one_that_asking_gives(
    adapter: AlpacaAdapter, iex: PriceStream, simulator: AlpacaSimulator, clock: ManualClock
) -> None:
    follower = follow(adapter, APPLE)
    await followed(iex, "AAPL")
    clock.advance(1)

    simulator.market.set("AAPL", bid="189.95", ask="190.05", last="190.01")
    pushed = await follower.next()

    assert pushed == await adapter.quote(APPLE)
    assert pushed.source == "Alpaca, IEX exchange only"
    assert pushed.at > NOON
    await follower.leave()


async def test_a_plan_with_all_exchanges_has_a_stream_of_all_exchanges(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator, anna: Person, iex: PriceStream
) -> None:
    anna.sip = True
    sip = simulator.streams[SIP]
    follower = follow(adapter, APPLE)
    await followed(sip, "AAPL")

    simulator.market.set("AAPL", bid="1", ask="2")

    assert (await follower.next()).source == "Alpaca, all US exchanges"
    assert iex.opened == 0
    await follower.leave()


async def test_coins_are_pushed_over_a_line_of_their_own(
    adapter: AlpacaAdapter, simulator: AlpacaSimulator, iex: PriceStream
) -> None:
    coins = simulator.streams[COINS]
    follower, share = follow(adapter, BITCOIN), follow(adapter, APPLE)
    await followed(coins, "BTC/USD")
    await followed(iex, "AAPL")

    simulator.market.set("BTC/USD", bid="83500.123456789", ask="83510.2", last="83505")
    pushed = await follower.next()

    assert pushed == await adapter.quote(BITCOIN)
    assert pushed.bid == Decimal("83500.123456789")
    assert not share.quotes
    await follower.leave()
    await share.leave()


async def test_a_token_opens_the_stream_too(
    simulator: AlpacaSimulator, anna: Person, transport: Transport, clock: ManualClock
) -> None:
    simulator.add_token("a-token-of-annas-0123", anna)
    adapter = adapter_at(
        simulator.url, simulator.data_url, transport, clock, token="a-token-of-annas-0123"
    )
    await adapter.connect()
    follower = follow(adapter, APPLE)

    await followed(simulator.streams[IEX], "AAPL")

    await follower.leave()
    await adapter.close()


async def test_all_shares_of_a_link_come_over_one_connection_until_the_last_one_leaves(
    adapter: AlpacaAdapter, iex: PriceStream, simulator: AlpacaSimulator
) -> None:
    apple, other, ocugen = (follow(adapter, one) for one in (APPLE, APPLE, OCUGEN))
    await followed(iex, "AAPL", "OCGN")
    simulator.market.set("AAPL", bid="1", ask="2")
    heard = [(await one.next()).bid for one in (apple, other)]

    await apple.leave()
    await other.leave()
    await iex.until(lambda: iex.followed() == iex.followed("trades") == ["OCGN"])
    standing = len(iex.standing)
    await ocugen.leave()
    await iex.until(lambda: not iex.standing)

    assert heard == [1, 1]
    assert (iex.opened, standing) == (1, 1)


async def test_the_key_stands_in_no_address(adapter: AlpacaAdapter, iex: PriceStream) -> None:
    follower = follow(adapter, APPLE)
    await followed(iex, "AAPL")

    (visitor,) = iex.standing

    assert not visitor.query
    assert {KEY, SECRET} <= {str(one) for one in iex.heard[0].values()}
    await follower.leave()


# Quotes and trades come apart


async def test_a_quote_waits_for_the_last_price_that_belongs_to_it(
    adapter: AlpacaAdapter, iex: PriceStream
) -> None:
    follower = follow(adapter, APPLE)
    await followed(iex, "AAPL")

    push(iex, T="q", bp=1.10, ap=250)
    push(iex, T="t", p=1.15, c=["@", "I"])
    quote = await follower.next()

    assert [one.last for one in follower.quotes] == [Decimal("1.15")]
    assert (quote.bid, quote.ask) == (Decimal("1.1"), 250)
    await follower.leave()


async def test_the_last_price_may_come_from_an_answer(
    adapter: AlpacaAdapter, iex: PriceStream
) -> None:
    follower = follow(adapter, APPLE)
    await followed(iex, "AAPL")
    asked = await adapter.quote(APPLE)

    push(iex, T="q", bp=1, ap=0)
    quote = await follower.next()

    assert (quote.bid, quote.ask, quote.last) == (1, None, asked.last)
    await follower.leave()


async def test_a_quote_that_waited_is_not_told_after_a_newer_one(
    adapter: AlpacaAdapter, iex: PriceStream
) -> None:
    follower = follow(adapter, APPLE)
    await followed(iex, "AAPL")
    push(iex, T="q", bp=1, ap=2)
    await until_heard(adapter, iex)
    await adapter.quote(APPLE)
    push(iex, T="q", bp=3, ap=4)
    await follower.next()

    push(iex, T="t", p="3.5")
    quote = await follower.next()

    assert [(one.bid, one.ask) for one in follower.quotes] == [(3, 4), (3, 4)]
    assert quote.last == Decimal("3.5")
    await follower.leave()


async def test_what_came_after_the_end_of_a_subscription_is_not_told_in_the_next_one(
    adapter: AlpacaAdapter, iex: PriceStream
) -> None:
    stays, leaves = follow(adapter, OCUGEN), follow(adapter, APPLE)
    await followed(iex, "AAPL", "OCGN")
    await leaves.leave()
    await iex.until(lambda: iex.followed() == ["OCGN"])
    push(iex, T="q", bp=1, ap=2)
    await until_heard(adapter, iex)

    again = follow(adapter, APPLE)
    await followed(iex, "AAPL", "OCGN")
    push(iex, T="t", p=3)
    quote = await again.next()

    assert (quote.bid, quote.ask, quote.last) == (None, None, 3)
    await again.leave()
    await stays.leave()


async def test_an_answer_from_before_is_no_last_price(
    adapter: AlpacaAdapter, iex: PriceStream
) -> None:
    await adapter.quote(APPLE)
    follower = follow(adapter, APPLE)
    await followed(iex, "AAPL")

    push(iex, T="q", bp=1, ap=2)
    push(iex, T="t", p=3)
    await follower.next()

    assert [one.last for one in follower.quotes] == [3]
    await follower.leave()


@pytest.mark.parametrize("trade", [{"p": 9, "c": ["@", "W"]}, {"p": 0}])
async def test_a_trade_that_was_not_made_now_or_has_no_price_moves_nothing(
    adapter: AlpacaAdapter, iex: PriceStream, trade: dict[str, object]
) -> None:
    follower = follow(adapter, APPLE)
    await followed(iex, "AAPL")

    push(iex, T="t", **trade)
    push(iex, T="t", p=3)
    await follower.next()

    assert [one.last for one in follower.quotes] == [3]
    await follower.leave()


async def test_what_is_of_no_interest_is_passed_over(
    adapter: AlpacaAdapter, iex: PriceStream
) -> None:
    follower = follow(adapter, APPLE)
    await followed(iex, "AAPL")

    push(iex, T="c", x="V")
    push(iex, T="nobody knows")
    iex.say([{"T": "t", "S": "OCGN", "p": 5, "t": "2026-03-04T17:00:10Z"}])
    push(iex, T="t", p=3)

    assert (await follower.next()).last == 3
    await follower.leave()

"""Prices as Schwab's streamer pushes them: one connection, only what changes, and when not."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.domain.errors import (
    ApiError,
    AuthenticationFailed,
    BrokerConnectionError,
    BrokerTimeout,
    NotSupported,
    RateLimited,
    SessionExpired,
    SymbolNotFound,
)
from floorbroker.domain.instruments import AssetClass, Instrument
from tests.brokers.following import follow, open_lines
from tests.brokers.schwab.at_schwab import APPLE, CALL, SCHWABS_CALL, Access, adapter_in
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.schwab import Fault, Person, SchwabSimulator
from tests.simulators.schwab.refusals import unauthorized
from tests.simulators.schwab.streamer import OPTIONS, SHARES, Streamer

MICRO = Instrument(symbol="MSFT", asset_class=AssetClass.EQUITY)
BERKSHIRE = Instrument(symbol="BRK.B", asset_class=AssetClass.EQUITY)
BITCOIN = Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO)


@pytest.fixture
def streamer(simulator: SchwabSimulator) -> Streamer:
    return simulator.streamer


@pytest.fixture
async def hasty(context: BrokerContext) -> AsyncIterator[SchwabAdapter]:
    """Waits a tenth of the usual time."""
    adapter = adapter_in(context, patience=0.1)
    await adapter.connect()
    yield adapter
    await adapter.close()


async def followed(streamer: Streamer, *symbols: str) -> None:
    await streamer.until(lambda: set(symbols) <= set(streamer.followed()))


def push(streamer: Streamer, *content: object, service: str = SHARES) -> None:
    """News at noon and a second."""
    stamp = int(NOON.timestamp() * 1000) + 1000
    told = {"service": service, "timestamp": stamp, "command": "SUBS", "content": content}
    streamer.say({"data": [told]})


# When it is not to be had


async def test_an_access_that_has_ended_is_refused_for_good(
    adapter: SchwabAdapter, simulator: SchwabSimulator, anna: Person, access: Access
) -> None:
    simulator.revoke(anna)
    access.renews = False

    assert isinstance(await follow(adapter, APPLE).failure(), SessionExpired)


async def test_an_access_that_only_the_preferences_refuse_ends_no_link(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    simulator.refuse_with("/trader/v1/userPreference", unauthorized())

    assert isinstance(await follow(adapter, APPLE).failure(), NotSupported)


async def test_an_access_that_nothing_takes_is_refused_for_good(
    adapter: SchwabAdapter, simulator: SchwabSimulator
) -> None:
    simulator.refuse_with("/trader/.*", unauthorized())

    assert isinstance(await follow(adapter, APPLE).failure(), AuthenticationFailed)


async def test_a_login_that_is_denied_ends_no_link(
    adapter: SchwabAdapter, streamer: Streamer
) -> None:
    streamer.unwelcome = 3

    assert isinstance(await follow(adapter, APPLE).failure(), ApiError)


async def test_the_one_place_that_another_program_has_is_asked_for_again_after_minutes(
    adapter: SchwabAdapter, streamer: Streamer, anna: Person, clock: ManualClock
) -> None:
    streamer.elsewhere.add(anna.name)

    failures = [await follow(adapter, one).failure() for one in (APPLE, MICRO, APPLE)]
    opened = streamer.opened
    streamer.elsewhere.clear()
    clock.advance(301)
    follower = follow(adapter, APPLE)
    await followed(streamer, "AAPL")

    assert all(isinstance(one, RateLimited) for one in failures)
    assert (opened, streamer.opened) == (1, 2)
    await follower.leave()


@pytest.mark.parametrize(
    ("code", "error"), [(12, RateLimited), (30, BrokerConnectionError), (20, BrokerConnectionError)]
)
async def test_what_the_streamer_says_at_its_end_ends_all(
    adapter: SchwabAdapter, streamer: Streamer, code: int, error: type[Exception]
) -> None:
    follower = follow(adapter, APPLE)
    await follower.next()

    streamer.stop(code)

    assert isinstance(await follower.failure(), error)


@pytest.mark.parametrize(
    ("code", "error"), [(19, RateLimited), (24, NotSupported), (11, NotSupported)]
)
async def test_a_subscription_that_is_refused_leaves_the_others_as_they_are(
    adapter: SchwabAdapter,
    streamer: Streamer,
    simulator: SchwabSimulator,
    code: int,
    error: type[Exception],
) -> None:
    first = follow(adapter, APPLE)
    await first.next()
    streamer.answers["ADD"] = code

    failure = await follow(adapter, MICRO).failure()
    simulator.market.set("AAPL", bid="1", ask="2")

    assert isinstance(failure, error)
    assert (await first.next()).bid == 1
    await first.leave()


async def test_more_symbols_than_are_allowed_are_refused_alone(
    adapter: SchwabAdapter, streamer: Streamer
) -> None:
    streamer.most_symbols = 1
    first = follow(adapter, APPLE)
    await first.next()

    assert isinstance(await follow(adapter, MICRO).failure(), RateLimited)
    assert streamer.followed() == ["AAPL"]
    await first.leave()


@pytest.mark.parametrize(
    "address",
    [
        "wss://streamer.example.com/ws",
        "wss://evilschwab.com/ws",
        "ws://streamer-api.schwab.com/ws",
        "wss://anna@streamer-api.schwab.com/ws",
        "http://127.0.0.1:1/ws",
        "wss://[",
    ],
)
async def test_the_access_goes_to_no_other_host_than_schwabs(
    adapter: SchwabAdapter, simulator: SchwabSimulator, streamer: Streamer, address: str
) -> None:
    simulator.streamer_at = address

    failure = await follow(adapter, APPLE).failure()

    assert isinstance(failure, ApiError)
    assert "cannot be read" in failure.message
    assert not streamer.opened


async def test_a_streamer_that_says_nothing_is_given_up(
    hasty: SchwabAdapter, streamer: Streamer
) -> None:
    streamer.silent = True

    assert isinstance(await follow(hasty, APPLE).failure(), BrokerTimeout)


async def test_preferences_that_cannot_be_read_open_nothing(
    adapter: SchwabAdapter, simulator: SchwabSimulator, streamer: Streamer
) -> None:
    simulator.fail("/trader/v1/userPreference", Fault.EMPTY_OBJECT)

    assert isinstance(await follow(adapter, APPLE).failure(), ApiError)
    assert not streamer.opened


async def test_what_can_be_no_symbol_of_schwabs_is_not_asked_for(adapter: SchwabAdapter) -> None:
    assert isinstance(await follow(adapter, BITCOIN).failure(), SymbolNotFound)


# When it breaks


async def test_a_connection_that_breaks_ends_all_and_the_next_opens_anew(
    adapter: SchwabAdapter, streamer: Streamer
) -> None:
    both = follow(adapter, APPLE), follow(adapter, MICRO)
    for one in both:
        await one.next()

    streamer.cut()
    failures = [await one.failure() for one in both]
    again = follow(adapter, APPLE)
    await again.next()

    assert all(isinstance(one, BrokerConnectionError) for one in failures)
    assert streamer.opened == 2
    await again.leave()


@pytest.mark.parametrize(
    "words",
    [
        "no json",
        "[]",
        '{"data": [{"service": "LEVELONE_EQUITIES"}]}',
        '{"data": [{"service": "LEVELONE_EQUITIES", "content": [{"1": 2}], "timestamp": 0}]}',
        '{"response": [{}]}',
        '{"notify": [{"content": {}}]}',
    ],
)
async def test_what_cannot_be_read_ends_the_connection(
    adapter: SchwabAdapter, streamer: Streamer, words: str
) -> None:
    follower = follow(adapter, APPLE)
    await follower.next()

    streamer.say(words)

    assert isinstance(await follower.failure(), ApiError)


async def test_closing_ends_those_who_listen_and_lets_nobody_in(
    adapter: SchwabAdapter, streamer: Streamer
) -> None:
    follower = follow(adapter, APPLE)
    await follower.next()

    await adapter.close()

    await follower.end()
    await streamer.until(lambda: not streamer.standing)
    assert isinstance(await follow(adapter, APPLE).failure(), BrokerConnectionError)
    assert streamer.opened == 1
    assert not open_lines()


# What is pushed


@pytest.mark.parametrize(
    ("instrument", "symbol"), [(APPLE, "AAPL"), (BERKSHIRE, "BRK/B"), (CALL, SCHWABS_CALL)]
)
async def test_a_pushed_quote_is_the_one_that_asking_gives(
    adapter: SchwabAdapter,
    simulator: SchwabSimulator,
    clock: ManualClock,
    instrument: Instrument,
    symbol: str,
) -> None:
    follower = follow(adapter, instrument)
    first, asked = await follower.next(), await adapter.quote(instrument)
    clock.advance(1)

    simulator.market.set(symbol, bid="1.05", ask="1.10", last="1.07")
    second = await follower.next()

    assert first == asked
    assert second == await adapter.quote(instrument)
    assert second.at > first.at
    assert second.volume is not None
    await follower.leave()


async def test_a_delayed_price_says_so(adapter: SchwabAdapter, simulator: SchwabSimulator) -> None:
    simulator.market.set("AAPL", bid="1", ask="2", delayed=True)
    follower = follow(adapter, APPLE)

    assert (await follower.next()).delayed
    await follower.leave()


async def test_a_price_of_which_nothing_says_that_it_is_of_now_counts_as_delayed(
    adapter: SchwabAdapter, simulator: SchwabSimulator, streamer: Streamer
) -> None:
    simulator.market.forget("AAPL")
    follower = follow(adapter, APPLE)
    await followed(streamer, "AAPL")

    push(streamer, {"key": "AAPL", "1": 3.5, "2": 0, "3": 3.5})
    quote = await follower.next()

    assert quote.delayed
    assert (quote.bid, quote.ask, quote.volume) == (Decimal("3.5"), None, None)
    assert quote.at > NOON
    await follower.leave()


async def test_a_halt_is_told(adapter: SchwabAdapter, streamer: Streamer) -> None:
    follower = follow(adapter, APPLE)
    before = await follower.next()

    push(streamer, {"key": "AAPL", "32": "Halted"})
    after = await follower.next()

    assert (before.halted, after.halted) == (False, True)
    assert after.last == before.last
    await follower.leave()


async def test_a_heartbeat_and_other_services_are_passed_over(
    adapter: SchwabAdapter, streamer: Streamer
) -> None:
    follower = follow(adapter, APPLE)
    await follower.next()

    streamer.beat()
    push(streamer, {"key": "AAPL", "1": 5}, service="CHART_EQUITY")
    push(streamer, {"key": "AAPL", "1": 7})

    assert (await follower.next()).bid == 7
    await follower.leave()


async def test_shares_and_options_share_one_connection_until_the_last_one_leaves(
    adapter: SchwabAdapter, streamer: Streamer
) -> None:
    share, option = follow(adapter, APPLE), follow(adapter, CALL)
    for one in (share, option):
        await one.next()

    await share.leave()
    await streamer.until(lambda: streamer.followed() == [SCHWABS_CALL])
    standing = len(streamer.standing)
    await option.leave()
    await streamer.until(lambda: not streamer.standing)

    services = {one["service"] for message in streamer.heard for one in message["requests"]}
    assert services == {"ADMIN", SHARES, OPTIONS}
    assert (streamer.opened, standing) == (1, 1)


async def test_the_access_stands_in_no_address(
    adapter: SchwabAdapter, streamer: Streamer, access: Access
) -> None:
    follower = follow(adapter, APPLE)
    await follower.next()

    (visitor,) = streamer.standing
    (login,) = streamer.heard[0]["requests"]

    assert not visitor.query
    assert login["parameters"]["Authorization"] == access.given["access_token"]
    await follower.leave()

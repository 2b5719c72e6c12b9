"""The contract of brokers whose prices come over one websocket of the adapter's own."""

from collections.abc import Callable

import pytest

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.domain.errors import ApiError, BrokerConnectionError
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Quote
from tests.brokers.following import follow, open_lines
from tests.simulators.serving import Stream

SetPrice = Callable[[Instrument, str, str], None]
"""Sets bid and ask of an instrument at the simulator; its last price is between them."""


class StreamContract:
    """A test module gives the fixtures that raise here, and its `adapter`."""

    @pytest.fixture
    def stream(self) -> Stream:
        """The simulator's websocket."""
        raise NotImplementedError

    @pytest.fixture
    def pair(self) -> tuple[Instrument, Instrument]:
        """Two instruments with prices."""
        raise NotImplementedError

    @pytest.fixture
    def set_price(self) -> SetPrice:
        """See `SetPrice`."""
        raise NotImplementedError

    def as_asked(self, pushed: Quote) -> Quote:
        """What asking for it gives, where the two differ."""
        return pushed

    async def subscribed(self, stream: Stream, count: int) -> None:
        """Waits until one connection has so many subscriptions."""
        await stream.until(lambda: any(len(one.subscribed) >= count for one in stream.standing))

    async def test_what_is_pushed_is_what_asking_gives(
        self,
        adapter: BrokerAdapter,
        stream: Stream,
        pair: tuple[Instrument, Instrument],
        set_price: SetPrice,
    ) -> None:
        follower = follow(adapter, pair[0])
        await self.subscribed(stream, 1)

        set_price(pair[0], "100", "102")
        while (pushed := await follower.next()).ask != 102:
            pass

        assert pushed.last == 101
        assert self.as_asked(pushed) == await adapter.quote(pair[0])
        await follower.leave()

    async def test_two_instruments_share_one_connection_and_the_last_one_closes_it(
        self,
        adapter: BrokerAdapter,
        stream: Stream,
        pair: tuple[Instrument, Instrument],
        set_price: SetPrice,
    ) -> None:
        first, second = (follow(adapter, one) for one in pair)
        await self.subscribed(stream, 2)
        set_price(pair[0], "100", "102")
        set_price(pair[1], "200", "202")
        while (await first.next()).bid != 100:
            pass
        while (await second.next()).bid != 200:
            pass
        opened = stream.opened

        await first.leave()
        await stream.until(lambda: len(stream.standing[0].subscribed) == 1)
        set_price(pair[1], "300", "302")
        while (await second.next()).bid != 300:
            pass
        await second.leave()

        await stream.until(lambda: not stream.standing)
        assert opened == 1
        for follower, about in zip((first, second), pair, strict=True):
            assert {quote.instrument.symbol for quote in follower.quotes} == {about.symbol}
        assert not open_lines()

    async def test_a_broken_connection_is_told_and_the_next_listener_opens_a_new_one(
        self,
        adapter: BrokerAdapter,
        stream: Stream,
        pair: tuple[Instrument, Instrument],
    ) -> None:
        followers = [follow(adapter, one) for one in pair]
        await self.subscribed(stream, 2)

        stream.cut()

        for follower in followers:
            assert isinstance(await follower.failure(), BrokerConnectionError)
        assert not open_lines()
        again = follow(adapter, pair[0])
        await again.next()
        assert stream.opened == 2
        await again.leave()

    @pytest.mark.parametrize("said", ["no json", "7", '"words"', "null"])
    async def test_what_cannot_be_read_ends_the_connection(
        self,
        adapter: BrokerAdapter,
        stream: Stream,
        pair: tuple[Instrument, Instrument],
        said: str,
    ) -> None:
        follower = follow(adapter, pair[0])
        await self.subscribed(stream, 1)

        stream.say(said)

        assert isinstance(await follower.failure(), ApiError)
        assert not open_lines()

    async def test_what_is_new_is_passed_over(
        self,
        adapter: BrokerAdapter,
        stream: Stream,
        pair: tuple[Instrument, Instrument],
        set_price: SetPrice,
    ) -> None:
        follower = follow(adapter, pair[0])
        await self.subscribed(stream, 1)

        stream.say({"channel": "weather", "event": "rain", "e": "rain", "type": "rain"})
        set_price(pair[0], "100", "102")
        while (await follower.next()).bid != 100:
            pass

        await follower.leave()

    async def test_closing_the_adapter_ends_who_listens(
        self,
        adapter: BrokerAdapter,
        stream: Stream,
        pair: tuple[Instrument, Instrument],
    ) -> None:
        followers = [follow(adapter, one) for one in pair]
        await self.subscribed(stream, 2)

        await adapter.close()

        for follower in followers:
            await follower.end()
        await stream.until(lambda: not stream.standing)
        assert not open_lines()
        late = follow(adapter, pair[0])
        assert isinstance(await late.failure(), BrokerConnectionError)

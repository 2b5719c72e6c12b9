"""A word of one replica is heard by the others, and what may have been lost counts as said."""

import asyncio

import pytest
from redis.asyncio import Redis

from floorbroker.observability.metrics import Metrics
from floorbroker.replicas.word import What, Word, channel_of
from tests.redis_server import RedisServer
from tests.replicas.hearing import Heard, heard, listening, words


async def test_the_others_hear_a_word_and_whoever_says_it_does_not(
    redis_server: RedisServer,
) -> None:
    async with words(redis_server, 3) as three, heard(*three):
        ears = [Heard() for _ in three]
        for word, ear in zip(three, ears, strict=True):
            word.on(What.LINK, ear)
        await listening(redis_server, 3)

        three[0].tell(What.LINK, "link-1")
        three[1].tell(What.LINK, "link-2")

        # Of two senders neither is first.
        heard_of = {await ears[2].next() for _ in range(2)}
        assert heard_of == {("link-1",), ("link-2",)}
        assert await ears[0].next() == ("link-2",)
        assert await ears[1].next() == ("link-1",)
        assert all(ear.nothing for ear in ears)


async def test_whoever_begins_to_listen_may_have_missed_anything(redis_server: RedisServer) -> None:
    async with words(redis_server, 1) as (word,):
        ear = Heard()
        word.on(What.ANYTHING, ear)

        async with heard(word):
            assert await ear.next() == ()


async def test_after_a_redis_that_was_gone_anything_may_have_been_said(
    redis_server: RedisServer, capfd: pytest.CaptureFixture[str]
) -> None:
    async with words(redis_server, 1, anew=0.01) as (word,):
        ear = Heard()
        word.on(What.ANYTHING, ear)
        async with heard(word):
            await ear.next()

            redis_server.stop()
            redis_server.start()

            await ear.next()
    said = "".join(capfd.readouterr())
    assert said.count("redis_away") == said.count("redis_back") == 1


async def test_a_redis_that_says_nothing_is_given_up_and_listened_to_anew(
    redis_server: RedisServer,
) -> None:
    async with words(redis_server, 1, beat=0.05, anew=0.01) as (word,):
        ear = Heard()
        word.on(What.ANYTHING, ear)
        async with heard(word):
            await ear.next()
            redis_server.suspend()
            async with Redis.from_url(redis_server.url, socket_timeout=0.5) as other:
                with pytest.raises(TimeoutError):
                    await _answers(other)
            redis_server.resume()

            await ear.next()


async def test_a_word_that_could_not_be_said_is_said_later_as_anything(
    redis_server: RedisServer,
) -> None:
    async with (
        Redis.from_url(redis_server.url) as redis,
        words(redis_server, 1, anew=0.01) as (other,),
        heard(other),
    ):
        said: list[asyncio.Task[None]] = []
        one = Word(redis, Metrics(), lambda work: said.append(asyncio.ensure_future(work)))
        ear = Heard()
        other.on(What.ANYTHING, ear)
        await listening(redis_server, 1)
        redis_server.stop()
        one.tell(What.LINK, "link-1")
        await said[0]
        redis_server.start()
        await listening(redis_server, 1)
        while not ear.nothing:
            await ear.next()

        async with heard(one):
            assert await ear.next() == ()


async def test_what_nobody_understands_is_passed_over(redis_server: RedisServer) -> None:
    async with words(redis_server, 1) as (word,), heard(word):
        ear = Heard()
        word.on(What.LINK, ear)
        await listening(redis_server, 1)
        async with Redis.from_url(redis_server.url) as stranger:
            for text in (
                *(b"", b"other", b"other future 1", b"other link \xff", b"other link " + b"x" * 99),
                *(b"other link a b c d e f", b"other link\n1", b"other  link 1"),
            ):
                await stranger.publish(channel_of(stranger), text)
            await stranger.publish(channel_of(stranger), b"other link link-1")

        assert await ear.next() == ("link-1",)


async def test_a_word_that_cannot_be_done_keeps_no_other_from_being_heard(
    redis_server: RedisServer,
) -> None:
    async with words(redis_server, 2) as (one, other), heard(other):

        async def fails(link_id: str) -> None:
            raise ZeroDivisionError(link_id)

        ear = Heard()
        other.on(What.LINK, fails)
        other.on(What.CARD, ear)
        await listening(redis_server, 1)

        one.tell(What.LINK, "link-1")
        one.tell(What.CARD, "too", "few")

        assert await ear.next() == ("too", "few")


async def test_what_could_not_be_done_counts_as_not_heard(redis_server: RedisServer) -> None:
    """As where the store is away when Redis is back: the look at everything comes again."""
    async with words(redis_server, 1, beat=0.05) as (word,):
        ear, times = Heard(), iter((ZeroDivisionError, None))

        async def looks() -> None:
            if (fails := next(times)) is not None:
                raise fails
            await ear()

        word.on(What.ANYTHING, looks)
        async with heard(word):
            assert await ear.next() == ()


async def test_a_service_on_another_database_of_the_same_redis_hears_nothing(
    redis_server: RedisServer,
) -> None:
    async with (
        words(redis_server, 2) as (one, same),
        Redis.from_url(redis_server.url[:-1] + "1") as other_database,
        heard(same),
    ):
        ear = Heard()
        same.on(What.LINK, ear)
        await listening(redis_server, 1)
        said: list[asyncio.Task[None]] = []
        stranger = Word(
            other_database, Metrics(), lambda work: said.append(asyncio.ensure_future(work))
        )
        stranger.tell(What.LINK, "of-another-service")
        await said[0]
        one.tell(What.LINK, "link-1")

        assert await ear.next() == ("link-1",)


async def test_without_redis_nothing_is_said_and_listening_is_over_at_once() -> None:
    begun: list[object] = []
    word = Word(None, Metrics(), begun.append)

    word.tell(What.LINK, "link-1")
    await word.listen()

    assert begun == []


async def _answers(redis: Redis) -> None:
    from redis.exceptions import TimeoutError as Silent

    try:
        await redis.get("anything")
    except Silent:
        raise TimeoutError from None

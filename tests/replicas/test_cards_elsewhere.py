"""A live card that another replica answers for is let go of: no two processes edit one message."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from floorbroker.bot.live_cards import LiveCards
from floorbroker.bot.replies.watch_cards import Standing
from floorbroker.services.supervisor import Supervisor
from tests.bot.test_live_cards import Screen, began, begin, ended
from tests.fakes.clock import ManualClock
from tests.floor import ANNA, BEN
from tests.redis_server import RedisServer
from tests.replicas.hearing import heard, listening, soon, words


@asynccontextmanager
async def desks(server: RedisServer) -> AsyncIterator[tuple[LiveCards, LiveCards, Supervisor]]:
    """The cards of two processes that hear each other, and the first one's tasks."""
    async with words(server, 2) as several, heard(*several):
        here, there = Supervisor(), Supervisor()
        await listening(server, 2)
        one, other = (
            LiveCards(supervisor, ManualClock(), word, every=0.01)
            for supervisor, word in zip((here, there), several, strict=True)
        )
        yield one, other, here
        await here.stop()
        await there.stop()


async def test_a_card_of_another_replica_takes_the_place_of_the_one_here_which_says_so(
    redis_server: RedisServer,
) -> None:
    async with desks(redis_server) as (here, there, tasks):
        mine, others = Screen(), Screen()
        live = await begin(here, mine)
        await mine.next()

        await begin(there, others, "two")

        await soon(live.over.wait())
        assert (await mine.next()).title == Standing.REPLACED
        await ended(tasks)


async def test_a_card_that_is_refreshed_in_another_replica_is_edited_there_only(
    redis_server: RedisServer,
) -> None:
    async with desks(redis_server) as (here, there, tasks):
        mine, others = Screen(), Screen()
        live = await begin(here, mine)
        await mine.next()

        await began(there, others)

        await soon(live.over.wait())
        await ended(tasks)
        assert [card.title for card in mine.shown] == [Standing.LIVE]


async def test_a_card_that_is_stopped_in_another_replica_is_edited_no_more(
    redis_server: RedisServer,
) -> None:
    async with desks(redis_server) as (here, there, tasks):
        mine = Screen()
        live = await begin(here, mine)
        await mine.next()

        assert await there.stop(ANNA, "one") is None

        await soon(live.over.wait())
        await ended(tasks)
        assert [card.title for card in mine.shown] == [Standing.LIVE]


async def test_another_card_and_another_person_s_are_left_alone(redis_server: RedisServer) -> None:
    async with desks(redis_server) as (here, there, _):
        mine, bens = Screen(), Screen()
        live = await begin(here, mine)
        of_ben = await begin(here, bens, user_id=BEN)

        await there.stop(ANNA, "two")
        await there.stop(BEN, "one")

        await soon(of_ben.over.wait())
        assert not live.over.is_set()

"""A credential that one replica takes away is let go of by the others at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from floorbroker.bootstrap import App, running
from floorbroker.domain.errors import NotLinked, Paused
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.orders import Side
from floorbroker.services.choices import PersonalSwitch
from floorbroker.services.other_replicas import OtherReplicas
from floorbroker.services.ticket import Ticket
from floorbroker.storage.documents import Documents
from floorbroker.vault.keyring import new_key, parse_keyring
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, KEYED, House, built, caller, opened, settings
from tests.redis_server import RedisServer
from tests.replicas.hearing import heard, listening, soon, words
from tests.services.following import APPLE, hub_of, next_of, paper_of
from tests.services.test_linking import FIRST, KEYS, connect
from tests.simulators.paper_faults import Counting
from tests.stores import Store

RING = parse_keyring(new_key("test"))
PAPER = BrokerId("paper")


@pytest_asyncio.fixture
async def documents(tmp_path: Path) -> AsyncIterator[Documents]:
    documents = await opened(tmp_path / "floor.db")
    yield documents
    await documents.close()


@asynccontextmanager
async def houses(
    server: RedisServer, documents: Documents, **parts: object
) -> AsyncIterator[tuple[House, House]]:
    """Two processes that hear each other."""
    async with words(server, 2, beat=0.05, anew=0.01) as several:
        made = []
        for word in several:
            house = built(documents, ManualClock(), **parts)  # type: ignore[arg-type]
            OtherReplicas(word, house.stored_people, house.sessions)
            made.append(house)
        async with heard(*several):
            await listening(server, 2)
            yield made[0], made[1]
        for house in made:
            await house.stop()


@asynccontextmanager
async def apps(server: RedisServer, store: Store) -> AsyncIterator[tuple[App, App, Counting]]:
    """Two whole processes, and what the second one's paper broker was asked."""
    broker = Counting()
    chosen = settings(redis_url=SecretStr(server.url), reconcile_seconds=60)
    options = {PAPER: {"latency_seconds": 0, "push_seconds": 0.01, "faults": broker}}
    clock = ManualClock()
    async with (
        running(chosen, clock=clock, documents=store.open(), keyring=RING) as one,
        running(
            chosen, clock=clock, documents=store.open(), keyring=RING, broker_options=options
        ) as other,
    ):
        await listening(server, 2)
        yield one, other, broker


async def test_a_link_that_is_removed_here_ends_its_session_and_its_feed_there(
    redis_server: RedisServer, documents: Documents
) -> None:
    async with houses(redis_server, documents, push_seconds=0.001) as (here, there):
        link = await paper_of(there)
        async with hub_of(there).subscribe(link, APPLE) as events:
            await next_of(events)
            over = there.sessions.over(link.link_id)

            await here.links.remove(ANNA, link.link_id)

            await soon(over.wait())
            with pytest.raises(NotLinked):
                while True:
                    await next_of(events)
        assert not there.sessions.is_open(link.link_id)


async def test_a_link_that_is_linked_anew_here_is_opened_anew_there(
    redis_server: RedisServer, documents: Documents
) -> None:
    venue = Venue()
    venue.keys = {("AK-ONE", "secret-one"): (FIRST,)}
    chosen = settings(live_trading="on")
    parts = {"venue": venue, "scripted": KEYED, "chosen": chosen}
    async with houses(redis_server, documents, **parts) as (here, there):
        link = (await connect(here)).link
        async with there.sessions.lease(link):
            pass
        over = there.sessions.over(link.link_id)

        again = await connect(here, KEYS, relinks=link.link_id)

        assert again.renewed
        await soon(over.wait())
        async with there.sessions.lease(again.link):
            assert there.sessions.is_open(link.link_id)


async def test_the_session_of_another_link_stays_open(
    redis_server: RedisServer, documents: Documents
) -> None:
    async with houses(redis_server, documents) as (here, there):
        paper, other = await paper_of(there), await there.link()
        for link in (paper, other):
            async with there.sessions.lease(link):
                pass
        over = there.sessions.over(paper.link_id)

        await here.links.remove(ANNA, paper.link_id)

        await soon(over.wait())
        assert there.sessions.is_open(other.link_id)


async def test_what_was_said_while_redis_was_gone_is_found_in_the_store(
    redis_server: RedisServer, documents: Documents
) -> None:
    async with houses(redis_server, documents) as (here, there):
        removed, renewed, same = [await there.link(name=name) for name in ("a", "b", "c")]
        for link in (removed, renewed, same):
            async with there.sessions.lease(link):
                pass
        overs = [there.sessions.over(link.link_id) for link in (removed, renewed)]

        redis_server.stop()
        await here.links.remove(ANNA, removed.link_id)
        present = await here.accounts.link(ANNA, renewed.link_id)
        anew = replace(present, linked_at=here.clock.now())
        assert await here.stored_people.save_link(anew)
        redis_server.start()

        for over in overs:
            await soon(over.wait())
        assert there.sessions.is_open(same.link_id)


async def test_without_redis_a_removed_link_is_refused_there_all_the_same(
    redis_server: RedisServer, documents: Documents
) -> None:
    async with houses(redis_server, documents) as (here, there):
        link = await paper_of(there)
        async with there.sessions.lease(link):
            pass
        redis_server.stop()

        await here.links.remove(ANNA, link.link_id)

        with pytest.raises(NotLinked):
            await there.accounts.link(ANNA, link.link_id)


async def test_whole_processes_hear_each_other_of_links(
    redis_server: RedisServer, store: Store
) -> None:
    async with apps(redis_server, store) as (here, there, _):
        link = await there.floor.accounts.open_paper(ANNA)
        await there.floor.watching.add(ANNA, "AAPL", None)
        board = await there.floor.watching.board(ANNA, None)
        watching = asyncio.create_task(board.watch())
        await board.filled(20)
        over = there.floor.sessions.over(link.link_id)

        await here.floor.links.remove(ANNA, link.link_id)

        await soon(over.wait())
        await soon(watching)
        assert isinstance(board.lines[0].error, NotLinked)


async def test_a_pause_set_here_holds_there_at_once(
    redis_server: RedisServer, store: Store
) -> None:
    async with apps(redis_server, store) as (here, there, broker):
        ticket = Ticket(symbol="AAPL", side=Side.BUY, quantity="1")
        draft = await there.floor.drafts.draft(caller(), ticket)

        await here.floor.choices.switch(ANNA, PersonalSwitch.PAUSED, True)

        with pytest.raises(Paused):
            await there.floor.orders.confirm(caller(), draft.order_id, None)
    assert broker.orders_received == 0

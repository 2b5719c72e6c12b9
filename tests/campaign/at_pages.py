"""The link pages on a loopback port, for rows that knock at them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from floorbroker.domain.ids import UserId
from floorbroker.domain.modes import Environment
from floorbroker.web.connection import PATIENCE, Patience
from floorbroker.web.rate import Visits
from tests.fakes.clock import ManualClock
from tests.fakes.signed.provider import SITE, Provider
from tests.floor import ANNA, KEYED, SIGNED, built, opened
from tests.left_behind import folder, keep
from tests.simulators.discord_oauth import discord_oauth
from tests.web.link_page import Page
from tests.web.link_world import (
    LinkWorld,
    Visitor,
    chosen_settings,
    free_port,
    keyed_venue,
    link_world,
)

_ENOUGH_SECONDS = 601
"""After that nobody has asked for too many links."""


@asynccontextmanager
async def pages(
    name: str,
    *,
    provider: Provider | None = None,
    visits: Visits | None = None,
    patience: Patience = PATIENCE,
) -> AsyncIterator[LinkWorld]:
    """With forms for keys, or where people sign in at `provider` instead."""
    async with AsyncExitStack() as stack:
        place = stack.enter_context(folder(name))
        documents = await opened(place / "floor.db")
        stack.push_async_callback(documents.close)
        discord = await stack.enter_async_context(discord_oauth())
        clock = ManualClock() if provider is None else provider.clock
        venue = keyed_venue()
        house = built(
            documents,
            clock,
            venue=venue,
            provider=provider,
            scripted=KEYED if provider is None else SIGNED,
            chosen=chosen_settings(free_port()),
        )
        stack.push_async_callback(house.stop)
        world = await stack.enter_async_context(
            link_world(house, venue, discord, visits=visits, patience=patience)
        )
        yield world
        keep("metrics", house.metrics.render()[0].decode())


async def fresh_token(world: LinkWorld, user_id: UserId = ANNA) -> str:
    """A link's, also for somebody who has asked often."""
    world.house.clock.advance(_ENOUGH_SECONDS)
    return await world.token(user_id, Environment.PAPER)


async def way_back(visitor: Visitor, token: str) -> str:
    """The address with which Discord sends this browser back; not visited yet."""
    return visitor.world.discord.decide(await visitor.leave(token))


async def address_at_broker(visitor: Visitor, token: str) -> str:
    """Where the page sends this browser to sign in; its person is proven."""
    shown = await visitor.form(token)
    before = await visitor.get(f"{shown.url.rpartition('/')[0]}/sign-in")
    away = await visitor.send(before, {})
    return next(one for one in away.resources if one.startswith(SITE))


def kept(page: Page) -> Page:
    """The same; a page may be searched later."""
    keep("pages", f"{page.status} {page.text}")
    return page

"""Houses, a Discord that says who is there, and the link page in front of them."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.fakes.exchange.venue import Venue
from tests.floor import KEYED, House
from tests.services.conftest import Build, build, clock, documents, store
from tests.simulators.discord_oauth import DiscordOAuth, discord_oauth
from tests.web.link_world import (
    LinkWorld,
    Visitor,
    chosen_settings,
    free_port,
    keyed_venue,
    link_world,
)

__all__ = ["build", "clock", "documents", "store"]


@pytest.fixture
def venue() -> Venue:
    return keyed_venue()


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue, scripted=KEYED, chosen=chosen_settings(free_port()))


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[DiscordOAuth]:
    async with discord_oauth() as server:
        yield server


@pytest_asyncio.fixture
async def world(house: House, venue: Venue, discord: DiscordOAuth) -> AsyncIterator[LinkWorld]:
    async with link_world(house, venue, discord) as world:
        yield world


@pytest_asyncio.fixture
async def anna(world: LinkWorld) -> AsyncIterator[Visitor]:
    """Who asked for the link, at her browser."""
    async with world.browser() as visitor:
        yield visitor

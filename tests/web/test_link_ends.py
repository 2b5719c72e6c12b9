"""Links that ended meanwhile, and two windows at once."""

import asyncio

from floorbroker.domain.modes import Environment
from floorbroker.services.link_tickets import TICKET_LIFE
from tests.floor import ANNA, KEYED
from tests.services.conftest import Build
from tests.simulators.discord_oauth import DiscordOAuth
from tests.web.link_world import (
    LinkWorld,
    Visitor,
    chosen_settings,
    free_port,
    keyed_venue,
    link_world,
    links,
)


async def test_a_form_outlives_its_link_in_vain(world: LinkWorld, anna: Visitor) -> None:
    form = await anna.form(await world.token())
    world.house.clock.advance(TICKET_LIFE.total_seconds())

    seen, sent = await anna.get(form.url), await anna.send(form)

    for page in (seen, sent):
        assert page.status == 410
        assert "This link has expired" in page.words
    assert world.venue.requests == []


async def test_a_second_use_is_refused(world: LinkWorld, anna: Visitor) -> None:
    token = await world.token()
    form = await anna.form(token)
    ((name, cookie),) = anna.cookies()
    await anna.send(form)

    async with world.browser() as kept:  # the cookie of before
        kept.headers["Cookie"] = f"{name}={cookie}"
        sent, seen = await kept.send(form), await kept.get(form.url)
    forgotten = await anna.send(form)

    for page in (sent, seen):
        assert page.status == 410
        assert page.title.startswith("This link was used already")
        assert "/setup accounts" in page.words
    assert forgotten.status == 403
    assert len(await links(world)) == 1
    assert len(world.told) == 1


async def test_live_that_was_switched_off_is_told_before_keys_are_typed(
    build: Build, discord: DiscordOAuth
) -> None:
    chosen = chosen_settings(free_port(), live_trading="off")
    venue = keyed_venue()
    house = build(venue=venue, scripted=KEYED, chosen=chosen)
    async with link_world(house, venue, discord) as world, world.browser() as anna:
        page = await anna.come_back(await world.token(environment=Environment.LIVE))

    assert (page.status, page.forms) == (403, 0)
    assert "has not switched live trading on" in page.words


async def test_a_link_that_is_gone_cannot_be_renewed(world: LinkWorld, anna: Visitor) -> None:
    await anna.send(await anna.form(await world.token()))
    (link,) = await links(world)
    token = await world.token(relinks=link.link_id)
    await world.house.links.remove(ANNA, link.link_id)

    page = await anna.come_back(token)

    assert (page.status, page.forms) == (409, 0)
    assert "Nothing was stored." in page.words


async def test_two_windows_at_once_link_one_account(world: LinkWorld, anna: Visitor) -> None:
    token = await world.token()
    one = await anna.form(token)
    other = await anna.get(one.url)

    pages = await asyncio.gather(anna.send(one), anna.send(other))

    assert sorted(page.status for page in pages) == [200, 410]
    assert len(await links(world)) == 1
    assert len(world.told) == 1


async def test_a_second_click_while_the_broker_is_asked_links_one_account(
    world: LinkWorld, anna: Visitor
) -> None:
    """The browser shows the answer to the second one; it must be the good one."""
    form = await anna.form(await world.token())
    world.venue.blocked["connect"] = asyncio.Event()

    first = asyncio.ensure_future(anna.send(form))
    await world.venue.heard("connect")
    second = asyncio.ensure_future(anna.send(form))
    await world.venue.heard("connect", 2)
    world.venue.blocked["connect"].set()
    pages = await asyncio.gather(first, second)

    assert [page.status for page in pages] == [410, 200]
    assert len(await links(world)) == 1
    assert len(world.told) == 1


async def test_a_browser_that_hangs_up_does_not_leave_half_a_link(
    world: LinkWorld, anna: Visitor
) -> None:
    form = await anna.form(await world.token())
    world.venue.blocked["connect"] = asyncio.Event()
    sending = asyncio.ensure_future(anna.send(form))
    await world.venue.heard("connect")

    sending.cancel()
    await asyncio.wait([sending])
    world.venue.blocked["connect"].set()
    async with asyncio.timeout(10):
        await world.news.wait()

    assert len(await links(world)) == 1

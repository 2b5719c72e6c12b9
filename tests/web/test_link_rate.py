"""How often one may knock, and who "one" is."""

from collections.abc import Sequence
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request
from limits import RateLimitItemPerMinute
from multidict import CIMultiDict

from floorbroker.web.rate import TooMany, Visits, remote_address
from tests.fakes.exchange.venue import Venue
from tests.floor import House
from tests.simulators.discord_oauth import DiscordOAuth
from tests.web.link_page import Page
from tests.web.link_world import UNLIMITED, link_world

FIVE = RateLimitItemPerMinute(5)


def assert_too_many(page: Page) -> None:
    assert page.status == 429
    assert page.title.startswith("Too many requests")
    assert "Nothing was stored." in page.words
    assert 1 <= int(page.headers["Retry-After"]) <= 60


async def test_one_address_may_not_knock_without_end(
    house: House, venue: Venue, discord: DiscordOAuth
) -> None:
    visits = Visits(per_address=FIVE, per_link=UNLIMITED)
    async with (
        link_world(house, venue, discord, visits=visits) as world,
        world.browser() as anna,
    ):
        pages = [await anna.get(f"/link/{await world.token()}") for _ in range(5)]
        paths = ("/link/x", "/identity", "/link/0123456789abcdef/keys", "/link/a/b/c")
        refused = [await anna.get(path) for path in paths]
        elsewhere = [await anna.get("/healthz"), await anna.get("/static/floor.css")]

    assert {page.status for page in pages} == {200}
    for page in refused:
        assert_too_many(page)
    assert {page.status for page in elsewhere} == {200}


async def test_one_link_may_not_be_knocked_at_without_end(
    house: House, venue: Venue, discord: DiscordOAuth
) -> None:
    visits = Visits(per_address=UNLIMITED, per_link=FIVE)
    async with link_world(house, venue, discord, visits=visits) as world:
        token = await world.token()
        async with world.browser() as anna:
            form = await anna.form(token)  # there, back, form
            await anna.get(f"/link/{token}")
            await anna.get(form.url)
            refused = [await anna.get(form.url), await anna.get(f"/link/{token}")]
            refused.append(await anna.send(form))
            other = await anna.get(f"/link/{await world.token()}")

    for page in refused:
        assert_too_many(page)
    assert other.status == 200
    assert venue.requests == []


async def test_who_has_no_cookie_cannot_shut_a_link_for_others(
    house: House, venue: Venue, discord: DiscordOAuth
) -> None:
    """The beginning of a digest is no secret, so naming it counts for nothing."""
    visits = Visits(per_address=UNLIMITED, per_link=FIVE)
    async with (
        link_world(house, venue, discord, visits=visits) as world,
        world.browser() as anna,
        world.browser() as other,
    ):
        form = await anna.form(await world.token())
        for _ in range(10):
            assert (await other.get(form.url)).status == 403

        assert (await anna.get(form.url)).status == 200


async def test_a_forged_header_makes_nobody_somebody_else(
    house: House, venue: Venue, discord: DiscordOAuth
) -> None:
    visits = Visits(per_address=FIVE, per_link=UNLIMITED)
    async with (
        link_world(house, venue, discord, visits=visits) as world,
        world.browser() as anna,
    ):
        pages = [
            await anna.get("/link/x", **{"X-Forwarded-For": f"203.0.113.{number}"})
            for number in range(8)
        ]

    assert [page.status for page in pages] == [410] * 5 + [429] * 3


async def test_behind_a_proxy_people_are_told_apart(
    house: House, venue: Venue, discord: DiscordOAuth
) -> None:
    visits = Visits(proxy_hops=1, per_address=FIVE, per_link=UNLIMITED)
    async with (
        link_world(house, venue, discord, visits=visits) as world,
        world.browser() as anna,
    ):
        crowd = [
            await anna.get("/link/x", **{"X-Forwarded-For": f"203.0.113.{number}"})
            for number in range(8)
        ]
        one = [
            await anna.get("/link/x", **{"X-Forwarded-For": f"10.0.0.{number}, 203.0.113.77"})
            for number in range(8)
        ]

    assert [page.status for page in crowd] == [410] * 8
    assert [page.status for page in one] == [410] * 5 + [429] * 3


def asked(peer: str | None, *forwarded: str) -> Any:
    headers = CIMultiDict([("X-Forwarded-For", one) for one in forwarded])
    request = make_mocked_request("GET", "/", headers=headers)
    return request.clone(remote=peer) if peer is not None else request


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, ["1.1.1.1"], "192.0.2.1"),
        (1, ["1.1.1.1"], "1.1.1.1"),
        (1, ["9.9.9.9, 1.1.1.1"], "1.1.1.1"),
        (1, ["9.9.9.9", "1.1.1.1"], "1.1.1.1"),
        (2, ["9.9.9.9, 1.1.1.1, 10.0.0.1"], "1.1.1.1"),
        (2, ["1.1.1.1"], "192.0.2.1"),  # it did not come through both
        (1, [], "192.0.2.1"),
        (1, [""], "192.0.2.1"),
        (1, ["rubbish"], "192.0.2.1"),
        (1, ["1.1.1.1, unknown"], "192.0.2.1"),
        (1, ["1.1.1.1:443"], "192.0.2.1"),
        (1, ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        (1, ["::ffff:1.1.1.1"], "1.1.1.1"),
    ],
)
def test_whose_request_it_is(hops: int, forwarded: Sequence[str], address: str) -> None:
    assert remote_address(asked("192.0.2.1", *forwarded), hops) == address


def test_a_network_of_ipv6_is_one_knocker() -> None:
    near, far = asked("2001:db8:1:2::1"), asked("2001:db8:1:2:ffff::9")

    assert remote_address(near, 0) == remote_address(far, 0) == "2001:db8:1:2::/64"


async def test_a_flood_of_addresses_fills_no_memory() -> None:
    visits = Visits(per_link=FIVE, most_remembered=100)

    for number in range(1_000):
        await visits.count_link(f"link {number}")

    assert len(visits._storage.events) <= 101


async def test_who_knocks_too_often_is_told_when_to_come_back() -> None:
    visits = Visits(per_link=FIVE)
    for _ in range(5):
        await visits.count_link("a link")

    with pytest.raises(TooMany) as refusal:
        await visits.count_link("a link")

    assert 55 <= refusal.value.seconds <= 60


async def test_the_usual_limits_let_a_person_make_every_mistake(
    house: House, venue: Venue, discord: DiscordOAuth
) -> None:
    """Five tries, each with a way to Discord and back: nobody is stopped by counting."""
    async with link_world(house, venue, discord, visits=Visits()) as world:
        token = await world.token()
        async with world.browser() as anna:
            pages = []
            for _ in range(5):
                form = await anna.form(token)
                pages.append(await anna.send(form, {"field.api_key": "x" * 3}))

    assert {page.status for page in pages} == {422}

"""The first page, and off to Discord: what a token opens, and what it does not."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from floorbroker.services.link_tickets import MOST_TRIES, TICKET_LIFE
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import KEYED
from tests.services.conftest import Build
from tests.simulators.discord_oauth import CLIENT_ID, DiscordOAuth
from tests.web.link_world import (
    KEYS,
    LinkWorld,
    Visitor,
    chosen_settings,
    keyed_venue,
    link_world,
)

WRITING = ("insert", "replace", "upsert", "increment", "delete")


def written(store: FlakyDocuments) -> list[tuple[str, str]]:
    return [call for call in store.calls if call[0] in WRITING]


@pytest.mark.parametrize(
    "token",
    [
        "A" * 43,
        "xylophone",
        "A" * 4000,
        "%00" * 43,
        "%ff" * 43,
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "..%2f..%2fetc",
        "' OR 1=1 --",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_link_that_never_was_has_expired(anna: Visitor, token: str, method: str) -> None:
    path = f"/link/{token}"
    page = await (anna.get(path) if method == "GET" else anna.post(path))

    assert page.status == 410
    assert "This link has expired" in page.words
    assert "Nothing was stored." in page.words
    assert "/setup broker" in page.words
    assert "alert(1)" not in page.text
    assert token not in page.text
    assert anna.cookies() == []


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_link_expires(world: LinkWorld, anna: Visitor, method: str) -> None:
    token = await world.token()
    world.house.clock.advance(TICKET_LIFE.total_seconds())

    path = f"/link/{token}"
    page = await (anna.get(path) if method == "GET" else anna.post(path))

    assert page.status == 410
    assert "This link has expired" in page.words
    assert "Ask for a fresh one with /setup broker." in page.words


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_link_works_once(world: LinkWorld, anna: Visitor, method: str) -> None:
    token = await world.token()
    await anna.send(await anna.form(token))

    path = f"/link/{token}"
    page = await (anna.get(path) if method == "GET" else anna.post(path))

    assert page.status == 410
    assert "This link was used already" in page.words
    assert "/setup accounts shows what is connected" in page.words


async def test_a_link_that_was_tried_too_often_is_over(world: LinkWorld, anna: Visitor) -> None:
    token = await world.token()
    for _ in range(MOST_TRIES):
        await world.house.tickets.tried(await world.ticket(token))

    page = await anna.get(f"/link/{token}")

    assert page.status == 410
    assert "This link was tried too often." in page.words


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {}),
        ("HEAD", {}),
        ("GET", {"Sec-Purpose": "prefetch;prerender"}),
        ("GET", {"User-Agent": "Mozilla/5.0 (compatible; Discordbot/2.0)"}),
    ],
)
async def test_looking_changes_nothing(
    world: LinkWorld,
    anna: Visitor,
    store: FlakyDocuments,
    method: str,
    headers: dict[str, str],
) -> None:
    token = await world.token()
    before = await world.ticket(token)
    store.calls.clear()

    page = await anna.get(f"/link/{token}", method, **headers)

    assert page.status == 200
    assert written(store) == []
    assert await world.ticket(token) == before
    assert anna.cookies() == []
    assert world.discord.asked == []


async def test_going_to_discord_changes_nothing_in_the_store(
    world: LinkWorld, anna: Visitor, store: FlakyDocuments
) -> None:
    token = await world.token()
    store.calls.clear()

    await anna.leave(token)

    assert written(store) == []


async def test_discord_is_asked_for_the_id_and_nothing_else(
    world: LinkWorld, anna: Visitor
) -> None:
    token = await world.token()

    asked = await anna.leave(token)

    assert {**asked, "state": "", "code_challenge": ""} == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "scope": "identify",
        "redirect_uri": f"{world.url}/identity",
        "prompt": "none",
        "code_challenge_method": "S256",
        "state": "",
        "code_challenge": "",
    }
    assert len(asked["code_challenge"]) == 43
    assert token not in str(asked)


async def test_two_departures_have_nothing_in_common(world: LinkWorld, anna: Visitor) -> None:
    token = await world.token()

    first, second = await anna.leave(token), await anna.leave(token)

    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
async def test_another_site_cannot_send_a_browser_off(
    world: LinkWorld, anna: Visitor, headers: dict[str, str]
) -> None:
    page = await anna.post(f"/link/{await world.token()}", "", **headers)

    assert page.status == 403
    assert "This form is not from here" in page.words
    assert anna.cookies() == []


async def test_what_browsers_send_under_no_referrer_is_taken(
    world: LinkWorld, anna: Visitor
) -> None:
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}

    assert (await anna.post(f"/link/{await world.token()}", "", **headers)).status == 303


async def test_the_cookie_is_the_browsers_own_and_short_lived(
    world: LinkWorld, anna: Visitor
) -> None:
    token = await world.token()
    world.house.clock.advance(60)

    page = await anna.post(f"/link/{token}")

    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("link-")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=240"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "Secure" not in cookie  # http, on this machine only


@pytest_asyncio.fixture
async def public(build: Build, discord: DiscordOAuth) -> AsyncIterator[LinkWorld]:
    """As behind a proxy that speaks https."""
    chosen = chosen_settings(0, public_url="https://bot.example.com/floor/")
    venue = keyed_venue()
    house = build(venue=venue, scripted=KEYED, chosen=chosen)
    async with link_world(house, venue, discord) as world:
        yield world


async def test_over_https_no_other_site_can_set_the_cookie(public: LinkWorld) -> None:
    async with public.browser() as anna:
        page = await anna.post(f"/link/{await public.token()}")

    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-link-")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


async def test_everything_leads_to_the_address_that_people_see(public: LinkWorld) -> None:
    async with public.browser() as anna:
        start = await anna.get(f"/link/{await public.token()}")
        asked = await anna.leave(await public.token())

    assert asked["redirect_uri"] == "https://bot.example.com/floor/identity"
    assert "You are at bot.example.com ." in start.words
    assert set(start.resources) == {
        "/floor/static/icon.svg",
        "/floor/static/floor.css",
        "/floor/static/link.js",
    }


@pytest.mark.parametrize(
    "path", ["/link/", "/link/a/b", "/link/a/identify", "/link/a/keys/b", "/link/a/keys/"]
)
async def test_what_is_not_there_is_a_page_too(anna: Visitor, path: str) -> None:
    page = await anna.get(path)

    assert page.status == 404
    assert "There is no such page." in page.words


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
async def test_other_methods_are_refused_on_a_page(
    world: LinkWorld, anna: Visitor, method: str
) -> None:
    page = await anna.get(f"/link/{await world.token()}", method)

    assert page.status == 405
    assert page.headers["Allow"] == "GET,HEAD,POST"
    assert "does not take this kind of request" in page.words


async def test_unknown_parameters_do_not_matter_and_doubled_ones_are_refused(
    world: LinkWorld, anna: Visitor
) -> None:
    token = await world.token()

    assert (await anna.get(f"/link/{token}?utm=1&x=2")).status == 200
    assert (await anna.get(f"/link/{token}?x=1&x=2")).status == 400


async def test_two_links_in_one_browser_do_not_get_in_each_others_way(
    world: LinkWorld, anna: Visitor
) -> None:
    first, second = await world.token(), await world.token()
    one, other = await anna.form(first), await anna.form(second)

    found = await anna.send(one)
    again = await anna.send(other, KEYS)

    assert found.title.startswith("Account found")
    assert again.title.startswith("Account found")
    assert anna.cookies() == []

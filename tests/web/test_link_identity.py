"""Back from Discord: whose browser it is, and every way in which that is not shown."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floorbroker.domain.errors import NotYours
from floorbroker.services.link_tickets import TICKET_LIFE
from tests.fakes.exchange.venue import Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import BEN, House
from tests.observability.captured import captured_stderr
from tests.simulators.discord_oauth import (
    ME_PATH,
    REVOKE_PATH,
    TOKEN_PATH,
    DiscordOAuth,
    Fault,
    moved,
    silence,
    status,
    text,
)
from tests.web.link_page import Page
from tests.web.link_world import KEYS, LinkWorld, Visitor, free_port, link_world
from tests.web.test_link_start import written

HEX: Final = "0123456789abcdef"


async def unproven(world: LinkWorld, token: str) -> bool:
    return (await world.ticket(token)).browser == ""


def exchanged(world: LinkWorld) -> list[str]:
    return [one.path for one in world.discord.asked]


def assert_over(page: Page, title: str, code: int = 400) -> None:
    assert (page.status, page.title) == (code, f"{title} · floorbroker")
    assert "Nothing was stored." in page.words
    assert "Open the link in Discord again" in page.words or "open the link in Discord" in page.words


# A state is `ref.version.mac`. These are near misses, wild guesses, and texts of any kind.
_MACS = st.text(HEX, min_size=64, max_size=64)
_FORGED = st.one_of(
    st.tuples(st.just("own"), st.integers(0, 3).map(str), _MACS),
    st.tuples(st.text(HEX, min_size=16, max_size=16), st.just("1"), _MACS),
    st.tuples(st.just("own"), st.text(max_size=8), st.text(max_size=80)),
    st.tuples(st.just("real"), st.integers(0, 255)),
    st.tuples(st.just("cut"), st.integers(0, 82)),
    st.tuples(st.text(max_size=120)),
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(parts=_FORGED)
async def test_a_forged_state_is_refused(world: LinkWorld, parts: tuple[Any, ...]) -> None:
    world.house.clock.advance(601)  # so that nobody has asked for too many links
    async with world.browser() as anna:
        token = await world.token()
        asked = await anna.leave(token)
        real = asked["state"]
        if parts[0] == "real":  # one bit of it is another
            place, bit = divmod(parts[1] * 7 % (len(real) * 7), 7)
            state = real[:place] + chr(ord(real[place]) ^ 1 << bit) + real[place + 1 :]
        elif parts[0] == "cut":
            state = real[: parts[1] % len(real)]
        else:
            state = ".".join(parts).replace("own", real.partition(".")[0])
        code = world.discord.code(asked)

        page = await anna.get(f"/identity?{urlencode({'code': code, 'state': state})}")

        assert page.status == 400, state
        assert page.title.startswith(("This step is over", "Started in another browser"))
        assert exchanged(world) == []
        assert await unproven(world, token)


async def test_without_a_state_nothing_is_asked(world: LinkWorld, anna: Visitor) -> None:
    asked = await anna.leave(await world.token())

    page = await anna.get(f"/identity?code={world.discord.code(asked)}")

    assert_over(page, "This step is over")
    assert exchanged(world) == []


async def test_a_state_works_once(world: LinkWorld, anna: Visitor) -> None:
    token = await world.token()
    asked = await anna.leave(token)
    ((name, cookie),) = anna.cookies()
    back = world.discord.decide(asked)
    assert (await anna.get(back)).status == 303

    with_new_cookie = await anna.get(back)
    async with world.browser() as kept:  # somebody kept the cookie of before
        kept.headers["Cookie"] = f"{name}={cookie}"
        fresh = world.discord.code(asked)
        again = f"/identity?{urlencode({'code': fresh, 'state': asked['state']})}"
        with_old_cookie = await kept.get(again)

    assert_over(with_new_cookie, "This step is over")
    assert_over(with_old_cookie, "This step is over")
    assert exchanged(world) == [TOKEN_PATH, ME_PATH]


async def test_a_replayed_way_back_leaves_the_proven_browser_alone(
    world: LinkWorld, anna: Visitor
) -> None:
    asked = await anna.leave(await world.token())
    back = world.discord.decide(asked)
    form = await anna.get((await anna.get(back)).headers["Location"])

    await anna.get(back)

    assert (await anna.send(form)).title.startswith("Account found")


async def test_a_state_of_another_browser_is_refused(world: LinkWorld, anna: Visitor) -> None:
    token = await world.token()
    async with world.browser() as other:
        theirs = await other.leave(token)
    await anna.leave(token)

    page = await anna.get(world.discord.decide(theirs))

    assert_over(page, "This step is over")
    assert exchanged(world) == []


async def test_a_browser_that_did_not_leave_from_here_is_refused(
    world: LinkWorld, anna: Visitor
) -> None:
    asked = await anna.leave(await world.token())

    async with world.browser() as victim:  # is sent the attacker's way back
        page = await victim.get(world.discord.decide(asked))

    assert_over(page, "Started in another browser")
    assert "keeps no cookies" in page.words
    assert exchanged(world) == []


async def test_states_of_two_links_are_not_swapped(world: LinkWorld, anna: Visitor) -> None:
    first, second = await world.token(), await world.token()
    one, other = await anna.leave(first), await anna.leave(second)
    ref, _, _ = one["state"].partition(".")
    _, _, rest = other["state"].partition(".")

    page = await anna.get(world.discord.decide({**other, "state": f"{ref}.{rest}"}))

    assert_over(page, "This step is over")
    assert await unproven(world, first)
    assert await unproven(world, second)


async def test_a_state_ends_with_its_link(world: LinkWorld, anna: Visitor) -> None:
    asked = await anna.leave(await world.token())
    world.house.clock.advance(TICKET_LIFE.total_seconds())

    page = await anna.get(world.discord.decide(asked))

    assert page.status == 410
    assert "This link has expired" in page.words
    assert exchanged(world) == []


async def test_a_code_of_another_browser_does_not_fit_the_verifier(
    world: LinkWorld, anna: Visitor
) -> None:
    """Somebody makes this browser come back with a code that they got themselves."""
    token = await world.token()
    async with world.browser() as other:
        theirs = world.discord.code(await other.leave(token))
    asked = await anna.leave(token)

    back = {"code": theirs, "state": asked["state"]}
    page = await anna.get(f"/identity?{urlencode(back)}")

    assert_over(page, "Discord does not confirm it")
    assert exchanged(world) == [TOKEN_PATH]
    assert await unproven(world, token)


async def test_a_code_works_once(world: LinkWorld, anna: Visitor) -> None:
    first = await anna.leave(await world.token())
    back = world.discord.decide(first)
    await anna.get(back)
    code = back.partition("code=")[2].partition("&")[0]
    second = await anna.leave(await world.token())

    page = await anna.get(f"/identity?{urlencode({'code': code, 'state': second['state']})}")

    assert_over(page, "Discord does not confirm it")


@pytest.mark.parametrize("issuer", ["https://evil.example", "", "https://discord.com"])
async def test_an_answer_that_somebody_else_issued_is_refused(
    world: LinkWorld, anna: Visitor, issuer: str
) -> None:
    token = await world.token()
    asked = await anna.leave(token)
    back = {"code": world.discord.code(asked), "state": asked["state"], "iss": issuer}

    page = await anna.get(f"/identity?{urlencode(back)}")

    assert_over(page, "This step is over")
    assert exchanged(world) == []
    assert anna.cookies() == []


async def test_an_answer_need_not_name_its_issuer(world: LinkWorld, anna: Visitor) -> None:
    world.discord.issuer = ""

    assert (await anna.form(await world.token())).status == 200


async def test_who_does_not_agree_is_told_how_to_go_on(world: LinkWorld, anna: Visitor) -> None:
    token = await world.token()

    page = await anna.come_back(token, agrees=False)

    assert_over(page, "You did not agree", 403)
    assert "resource owner" not in page.text
    assert exchanged(world) == []
    assert anna.cookies() == []
    assert (await anna.form(token)).status == 200


@pytest.mark.parametrize("error", ["server_error", "<script>alert(1)</script>", ""])
async def test_another_refusal_is_a_page_and_is_not_repeated(
    world: LinkWorld, anna: Visitor, error: str
) -> None:
    asked = await anna.leave(await world.token())
    back = {"error": error, "error_description": "<b>planted</b>", "state": asked["state"]}

    page = await anna.get(f"/identity?{urlencode(back)}")

    assert_over(page, "Discord does not confirm it")
    assert "alert" not in page.text
    assert "planted" not in page.text


@pytest.mark.parametrize("doubled", ["code=a&code=b", "state=1", "iss=1&iss=2", "x=1&x=2"])
async def test_a_doubled_parameter_is_refused(
    world: LinkWorld, anna: Visitor, doubled: str
) -> None:
    token = await world.token()
    back = world.discord.decide(await anna.leave(token))

    page = await anna.get(f"{back}&{doubled}")

    assert page.status == 400
    assert exchanged(world) == []
    assert await unproven(world, token)


@pytest.mark.parametrize(
    ("method", "headers", "code"),
    [
        ("HEAD", {}, 405),
        ("POST", {}, 405),
        ("OPTIONS", {}, 405),
        ("GET", {"Sec-Purpose": "prefetch"}, 503),
        ("GET", {"Sec-Purpose": "prefetch;anonymous-client-ip"}, 503),
        ("GET", {"Purpose": "prefetch"}, 503),
        ("GET", {"X-Moz": "prefetch"}, 503),
    ],
)
async def test_only_a_person_comes_back(
    world: LinkWorld, anna: Visitor, method: str, headers: dict[str, str], code: int
) -> None:
    token = await world.token()
    back = world.discord.decide(await anna.leave(token))

    page = await anna.get(back, method, **headers)
    asked, unchanged = exchanged(world), await unproven(world, token)
    then = await anna.get(back)

    assert (page.status, asked, unchanged) == (code, [], True)
    assert then.status == 303  # the real visit is not spoilt by it


async def test_another_person_gets_nowhere_and_is_warned(world: LinkWorld, anna: Visitor) -> None:
    token = await world.token()
    world.discord.person = BEN

    page = await anna.come_back(token)

    assert page.status == 403
    assert page.title.startswith("This link was made for another person")
    assert "Nothing was stored." in page.words
    assert "If somebody sent you this link, do not use it" in page.words
    assert anna.cookies() == []
    assert await unproven(world, token)


async def test_a_forwarded_link_still_works_for_who_asked(
    world: LinkWorld, anna: Visitor
) -> None:
    token = await world.token()
    world.discord.person = BEN
    async with world.browser() as ben:
        await ben.come_back(token)
    world.discord.person = "100000000000000001"

    assert (await anna.form(token)).status == 200


async def test_the_last_browser_that_proved_itself_counts(
    world: LinkWorld, anna: Visitor
) -> None:
    token = await world.token()
    old = await anna.form(token)
    async with world.browser() as phone:
        new = await phone.form(token)
        from_the_old_one = await anna.send(old)
        found = await phone.send(new)

    assert from_the_old_one.status == 403
    assert from_the_old_one.title.startswith("This browser has not shown whose it is")
    assert found.title.startswith("Account found")


async def test_the_browsers_secret_changes_when_it_is_proven(
    world: LinkWorld, anna: Visitor
) -> None:
    token = await world.token()
    asked = await anna.leave(token)
    ((name, before),) = anna.cookies()

    back = await anna.get(world.discord.decide(asked))
    ((same_name, after),) = anna.cookies()

    async with world.browser() as planter:  # who knew the secret before
        planter.headers["Cookie"] = f"{name}={before}"
        stolen = await planter.get(back.headers["Location"])
    assert (name, before.partition(".")[0]) == (same_name, after.partition(".")[0])
    assert before != after
    assert stolen.status == 403


async def test_no_address_behind_the_first_holds_the_token(
    world: LinkWorld, anna: Visitor
) -> None:
    token = await world.token()
    asked = await anna.leave(token)

    back = await anna.get(world.discord.decide(asked))
    form = await anna.get(back.headers["Location"])

    ref = asked["state"].partition(".")[0]
    assert back.headers["Location"] == f"/link/{ref}/keys"
    assert token not in form.text
    assert token not in str(back.headers.get("Location")) + str(asked)


async def test_the_secret_travels_in_basic_authentication_and_the_bot_says_its_name(
    world: LinkWorld, anna: Visitor
) -> None:
    await anna.form(await world.token())

    exchange, me = world.discord.asked
    assert exchange.authorization.startswith("Basic ")
    assert me.authorization.startswith("Bearer access-")
    assert "client_secret" not in exchange.form
    assert exchange.user_agent.startswith(f"DiscordBot ({world.url}, ")


FAULTS: Final[dict[str, Fault]] = {
    "500": status(500),
    "502 with a page": text("<html>Bad Gateway</html>", 502),
    "429": status(429, {"message": "You are being rate limited.", "retry_after": 1.5}),
    "403": status(403),
    "404": status(404),
    "400": status(400, {"error": "invalid_request"}),
    "204": status(204),
    "rubbish": text("rubbish"),
    "a list": text("[]"),
    "a number": text("17"),
    "empty": text(""),
    "deep": text("[" * 60_000),
    "no fields": text("{}"),
    "huge": text('{"access_token": "' + "a" * 200_000 + '"}'),
    "a token that is none": text('{"access_token": "a b\\n", "scope": "identify"}'),
    "a token of another type": text('{"access_token": 7, "scope": "identify", "id": 7}'),
    "another scope": text('{"access_token": "abc", "scope": "email"}'),
    "an odd id": text('{"id": "1 OR 1=1"}'),
    "a short id": text('{"id": "17"}'),
    "an id of other digits": text('{"id": "１００００００００００００００００１"}'),
}


@pytest.mark.parametrize("path", [TOKEN_PATH, ME_PATH])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_a_discord_that_fails_is_a_page(
    world: LinkWorld, anna: Visitor, path: str, fault: Fault
) -> None:
    token = await world.token()
    world.discord.faults[path] = fault

    page = await anna.come_back(token)

    assert_over(page, "Discord does not answer", 503)
    assert page.headers["Retry-After"] == "60"
    assert anna.cookies() == []
    assert await unproven(world, token)
    world.discord.faults.clear()
    assert (await anna.form(token)).status == 200


async def test_nothing_is_sent_to_where_discord_points(
    world: LinkWorld, anna: Visitor
) -> None:
    world.discord.faults[TOKEN_PATH] = moved(f"{world.url}/healthz")

    page = await anna.come_back(await world.token())

    assert_over(page, "Discord does not answer", 503)
    assert exchanged(world) == [TOKEN_PATH]


@pytest.mark.parametrize("path", [TOKEN_PATH, ME_PATH])
async def test_a_discord_that_does_not_answer_is_not_waited_for(
    house: House, venue: Venue, discord: DiscordOAuth, path: str
) -> None:
    for_ever = asyncio.Event()
    discord.faults[path] = silence(for_ever)
    async with (
        link_world(house, venue, discord, discord_seconds=0.1) as world,
        world.browser() as anna,
    ):
        page = await anna.come_back(await world.token())
        for_ever.set()

    assert_over(page, "Discord does not answer", 503)


async def test_a_discord_out_of_reach_is_a_page(
    house: House, venue: Venue, discord: DiscordOAuth
) -> None:
    discord.base = f"http://127.0.0.1:{free_port()}"
    async with link_world(house, venue, discord) as world, world.browser() as anna:
        page = await anna.come_back(await world.token())

    assert_over(page, "Discord does not answer", 503)


@pytest.mark.parametrize(
    "fault", [status(401, {"error": "invalid_client"}), status(400, {"error": "invalid_client"})]
)
async def test_a_wrong_client_secret_is_the_operators_to_mend(
    world: LinkWorld, anna: Visitor, fault: Fault
) -> None:
    world.discord.faults[TOKEN_PATH] = fault

    with captured_stderr() as log:
        page = await anna.come_back(await world.token())

    assert page.status == 503
    assert "DISCORD_CLIENT_ID and DISCORD_CLIENT_SECRET do not fit." in page.words
    assert [(line["event"], line["error"]) for line in log.records()] == [
        ("identity_not_shown", "ClientRefused")
    ]


async def test_a_refused_token_is_not_the_operators_fault(
    world: LinkWorld, anna: Visitor
) -> None:
    world.discord.faults[ME_PATH] = status(401, {"message": "401: Unauthorized", "code": 0})

    page = await anna.come_back(await world.token())

    assert_over(page, "Discord does not answer", 503)


async def test_access_is_not_given_back_unasked(world: LinkWorld, anna: Visitor) -> None:
    """Discord would take it for the person throwing the bot out."""
    await anna.form(await world.token())

    assert exchanged(world) == [TOKEN_PATH, ME_PATH]


@pytest_asyncio.fixture
async def thrifty(
    house: House, venue: Venue, discord: DiscordOAuth
) -> AsyncIterator[LinkWorld]:
    """Gives its access back."""
    async with link_world(house, venue, discord, revokes=True) as world:
        yield world


@pytest.mark.parametrize("me", [None, status(500)])
async def test_access_is_given_back_whatever_came_of_it(
    thrifty: LinkWorld, me: Fault | None
) -> None:
    if me is not None:
        thrifty.discord.faults[ME_PATH] = me
    async with thrifty.browser() as anna:
        await anna.come_back(await thrifty.token())

    assert exchanged(thrifty) == [TOKEN_PATH, ME_PATH, REVOKE_PATH]
    assert thrifty.discord.live == {}


async def test_access_that_cannot_be_given_back_stops_nobody(thrifty: LinkWorld) -> None:
    thrifty.discord.faults[REVOKE_PATH] = status(500)
    async with thrifty.browser() as anna:
        with captured_stderr() as log:
            form = await anna.form(await thrifty.token())

    assert form.status == 200
    assert [line["event"] for line in log.records()] == ["discord_access_not_given_back"]


async def test_what_discord_gave_is_not_stored(
    world: LinkWorld, anna: Visitor, store: FlakyDocuments
) -> None:
    token = await world.token()
    store.calls.clear()

    await anna.form(token)

    assert written(store) == [("replace", "link_tokens")]


async def test_nobody_is_proven_by_a_ticket_that_is_not_theirs(world: LinkWorld) -> None:
    token = await world.token(BEN)

    with pytest.raises(NotYours):
        await world.house.tickets.proven(token, "")


async def test_two_ways_back_at_once_prove_one_browser(world: LinkWorld, anna: Visitor) -> None:
    """A reload before the answer came: the code works once, and the page says so."""
    token = await world.token()
    back = world.discord.decide(await anna.leave(token))

    pages = await asyncio.gather(anna.get(back), anna.get(back))

    assert sorted(page.status for page in pages) == [303, 400]


async def test_a_form_that_was_proven_can_be_sent_after_coming_back_again(
    world: LinkWorld, anna: Visitor
) -> None:
    token = await world.token()
    await anna.form(token)

    form = await anna.form(token)

    assert (await anna.send(form, KEYS)).title.startswith("Account found")

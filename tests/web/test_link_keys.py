"""The form for the keys: who may send it, what happens to what is sent, and when it is over."""

import asyncio
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from floorbroker.domain.errors import (
    ApiError,
    AuthenticationFailed,
    BrokerConnectionError,
    BrokerTimeout,
    FloorbrokerError,
    NotSupported,
    RateLimited,
    RegionRefused,
)
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link
from floorbroker.services.link_tickets import MOST_TRIES, TICKET_LIFE
from floorbroker.web.app import LARGEST_BODY_BYTES
from tests.floor import ANNA, BEN, KEYED
from tests.observability.captured import captured_stderr
from tests.services.conftest import Build
from tests.simulators.discord_oauth import DiscordOAuth
from tests.web.link_page import Page
from tests.web.link_world import (
    FIRST,
    KEYS,
    LinkWorld,
    Visitor,
    chosen_settings,
    free_port,
    keyed_venue,
    link_world,
)

SECRET: Final = KEYS["field.api_secret"]
WRONG: Final = {**KEYS, "field.api_secret": "canary-wrong-secret"}


async def links(world: LinkWorld) -> list[Link]:
    return list(await world.house.stored_people.links(ANNA))


async def assert_nothing_linked(world: LinkWorld) -> None:
    assert await links(world) == []
    assert world.told == []


def assert_form_again(page: Page, title: str) -> None:
    """The empty form, with words above it."""
    assert page.status == 422
    assert page.title.startswith("Not linked: ")
    assert title in page.words
    assert "Nothing was stored." in page.words
    assert page.forms == 1
    for value in (*KEYS.values(), *WRONG.values()):
        assert value not in page.text
    for name in KEYS:
        assert page.controls[name].value == ""


# --- Who may see and send it


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_without_the_cookie_nobody_sees_the_form(
    world: LinkWorld, anna: Visitor, method: str
) -> None:
    form = await anna.form(await world.token())

    async with world.browser() as stranger:
        page = await (
            stranger.get(form.url) if method == "GET" else stranger.send(form)
        )

    assert page.status == 403
    assert page.title.startswith("This browser has not shown whose it is")
    await assert_nothing_linked(world)
    assert world.venue.requests == []


async def test_a_cookie_that_was_not_proven_opens_nothing(
    world: LinkWorld, anna: Visitor
) -> None:
    asked = await anna.leave(await world.token())
    ref = asked["state"].partition(".")[0]

    page = await anna.get(f"/link/{ref}/keys")

    assert page.status == 403


async def test_somebody_elses_proof_opens_nothing(world: LinkWorld, anna: Visitor) -> None:
    """Ben proves himself at a link of his own and bends its cookie to Anna's link."""
    token = await world.token()
    form = await anna.form(token)
    world.discord.person = BEN
    async with world.browser() as ben:
        await ben.form(await world.token(BEN))
        ((_, his),) = ben.cookies()
        ((name, _),) = anna.cookies()
        ben.session.cookie_jar.clear()
        ben.headers["Cookie"] = f"{name}={token}.{his.partition('.')[2]}"
        page = await ben.send(form)

    assert page.status == 403
    await assert_nothing_linked(world)


@pytest.mark.parametrize("cookie", ["", "x", "a.b", "{token}.", ".{token}", "{token}.{token}."])
async def test_a_cookie_out_of_shape_opens_nothing(
    world: LinkWorld, anna: Visitor, cookie: str
) -> None:
    token = await world.token()
    form = await anna.form(token)
    ((name, _),) = anna.cookies()

    async with world.browser() as forger:
        forger.headers["Cookie"] = f"{name}={cookie.format(token=token)}"
        page = await forger.get(form.url)

    assert page.status == 403


@pytest.mark.parametrize(
    "form_token", [None, "", "0" * 64, "é" * 64, "\udcff", "own and more", "another browser's",
                   "another link's", "in capitals"],
)  # fmt: skip
async def test_a_form_that_was_not_made_for_this_browser_and_link_is_refused(
    world: LinkWorld, anna: Visitor, form_token: str | None
) -> None:
    other_link = await anna.form(await world.token())
    token = await world.token()
    async with world.browser() as phone:
        other_browser = await phone.form(token)
    form = await anna.form(token)
    own = form.controls["form"].value
    made = {
        "own and more": f"{own}0",
        "another browser's": other_browser.controls["form"].value,
        "another link's": other_link.controls["form"].value,
        "in capitals": own.upper(),
    }
    sent = dict(KEYS) if form_token is None else {**KEYS, "form": made.get(form_token, form_token)}

    page = await anna.post(form.url, urlencode(sent, errors="surrogateescape"))

    assert page.status in ({400} if form_token == "\udcff" else {403})
    assert "Nothing was stored." in page.words
    await assert_nothing_linked(world)
    assert world.venue.requests == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
async def test_a_form_that_another_site_sends_is_refused(
    world: LinkWorld, anna: Visitor, headers: dict[str, str]
) -> None:
    form = await anna.form(await world.token())

    page = await anna.send(form, **headers)

    assert page.status == 403
    assert page.title.startswith("This form is not from here")
    await assert_nothing_linked(world)
    assert world.venue.requests == []


async def test_what_a_browser_says_of_our_own_form_is_taken(
    world: LinkWorld, anna: Visitor
) -> None:
    form = await anna.form(await world.token())

    found = await anna.send(form, **{"Sec-Fetch-Site": "same-origin", "Origin": world.url})

    assert found.title.startswith("Account found")


# --- What is no form


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{}", "application/json", 415),
        ("--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415),
        ("form=a", "text/plain", 415),
        ("form=a&form=b", "application/x-www-form-urlencoded", 400),
        ("form=%ff", "application/x-www-form-urlencoded", 400),
        ("form=é", "application/x-www-form-urlencoded", 400),
        ("&".join(f"f{n}=" for n in range(65)), "application/x-www-form-urlencoded", 400),
        ("a" * (LARGEST_BODY_BYTES + 1), "application/x-www-form-urlencoded", 413),
        ("", "application/x-www-form-urlencoded", 403),
    ],
)
async def test_what_is_no_form_is_refused_on_a_page(
    world: LinkWorld, anna: Visitor, body: str, kind: str, status: int
) -> None:
    form = await anna.form(await world.token())

    page = await anna.post(form.url, body, **{"Content-Type": kind})

    assert page.status == status
    assert "Nothing was stored." in page.words
    assert world.venue.requests == []


async def test_a_field_that_is_sent_twice_is_refused(world: LinkWorld, anna: Visitor) -> None:
    form = await anna.form(await world.token())
    own = form.controls["form"].value

    body = urlencode([("form", own), *KEYS.items(), ("field.api_secret", "another")])
    page = await anna.post(form.url, body)

    assert page.status == 400
    assert world.venue.requests == []


# --- What the broker is not asked for


@pytest.mark.parametrize(
    ("changes", "titles"),
    [
        ({"field.api_secret": ""}, ["API secret"]),
        ({"field.api_secret": "   "}, ["API secret"]),
        ({"field.api_key": "", "field.api_secret": ""}, ["API key", "API secret"]),
        ({"field.api_key": "../orders"}, ["API key"]),
        ({"field.api_key": "k" * 41}, ["API key"]),
        ({"field.api_secret": "s" * 81}, ["API secret"]),
        ({"field.api_secret": "canary\r\nX-Header: 1"}, ["API secret"]),
        ({"field.api_secret": "canary\x00"}, ["API secret"]),
    ],
)
async def test_what_does_not_fit_costs_no_try_and_is_not_repeated(
    world: LinkWorld, anna: Visitor, changes: dict[str, str], titles: list[str]
) -> None:
    token = await world.token()
    form = await anna.form(token)

    page = await anna.send(form, {**KEYS, **changes})

    assert_form_again(page, "Look at what you entered")
    assert f"the broker gives: {' '.join(titles)} Nothing was stored." in page.words
    assert "canary" not in page.text
    assert (await world.ticket(token)).tries == 0
    assert world.venue.requests == []


async def test_a_name_that_cannot_be_one_costs_no_try(world: LinkWorld, anna: Visitor) -> None:
    token = await world.token()

    page = await anna.send(await anna.form(token), {**KEYS, "label": "<b>@everyone</b>"})

    assert_form_again(page, "at most 32 letters, digits and spaces")
    assert "@everyone" not in page.text
    assert (await world.ticket(token)).tries == 0


@pytest.mark.parametrize("ticked", [None, "", "off", "ON"])
async def test_live_is_not_tried_before_the_terms_are_accepted(
    world: LinkWorld, anna: Visitor, ticked: str | None
) -> None:
    token = await world.token(environment=Environment.LIVE)
    form = await anna.form(token)

    page = await anna.send(form, KEYS if ticked is None else {**KEYS, "terms": ticked})

    assert_form_again(page, "Accept the terms first")
    assert "terms" in page.controls
    assert (await world.ticket(token)).tries == 0
    assert (await world.house.accounts.person(ANNA)).accepted_terms == 0
    assert world.venue.requests == []


async def test_terms_stay_accepted_when_the_keys_are_wrong(
    world: LinkWorld, anna: Visitor
) -> None:
    form = await anna.form(await world.token(environment=Environment.LIVE))

    page = await anna.send(form, {**WRONG, "terms": "on"})

    assert_form_again(page, "Access refused")
    assert "terms" not in page.controls


# --- What the broker says


async def test_wrong_keys_are_told_with_the_tries_that_are_left(
    world: LinkWorld, anna: Visitor
) -> None:
    token = await world.token()
    form = await anna.form(token)

    page = await anna.send(form, WRONG)

    assert_form_again(page, "The exchange does not know these keys.")
    assert "4 tries left with this link." in page.words
    assert (await world.ticket(token)).tries == 1
    await assert_nothing_linked(world)


async def test_after_a_mistake_the_right_keys_work(world: LinkWorld, anna: Visitor) -> None:
    again = await anna.send(await anna.form(await world.token()), WRONG)

    found = await anna.send(again)

    assert found.title.startswith("Account found")
    assert len(await links(world)) == 1


async def test_the_last_try_is_the_last(world: LinkWorld, anna: Visitor) -> None:
    page = await anna.form(await world.token())
    for left in range(MOST_TRIES - 1, 0, -1):
        page = await anna.send(page, WRONG)
        assert f"{left} {'try' if left == 1 else 'tries'} left" in page.words
    form = page

    over = await anna.send(form, WRONG)
    after_that = await anna.send(form)

    assert over.status == 410
    assert over.title.startswith("This link was tried too often")
    assert "The exchange does not know these keys." in over.words
    assert "/setup broker" in over.words
    assert anna.cookies() == []
    assert after_that.status == 403
    await assert_nothing_linked(world)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BrokerTimeout(broker="alpaca"), "The broker did not answer in time."),
        (BrokerConnectionError(broker="alpaca"), "Unable to connect to broker"),
        (ApiError(broker="alpaca"), "The broker answered with an error."),
        (RateLimited(broker="alpaca"), "Rate limit exceeded"),
        (RegionRefused(broker="alpaca"), "does not serve the region"),
        (NotSupported("Your account is closed.", broker="alpaca"), "Your account is closed."),
        (AuthenticationFailed(broker="alpaca"), "The broker does not accept these keys."),
    ],
)
async def test_every_failure_of_a_broker_is_told_on_the_form(
    world: LinkWorld, anna: Visitor, error: FloorbrokerError, words: str
) -> None:
    form = await anna.form(await world.token())
    world.venue.failing["connect"] = error

    page = await anna.send(form)

    assert_form_again(page, words)
    await assert_nothing_linked(world)
    assert world.venue.closed == 1


async def test_words_of_a_broker_are_data(world: LinkWorld, anna: Visitor) -> None:
    form = await anna.form(await world.token())
    hostile = "<script>alert(1)</script>{{ 7*7 }}\u202e\r\n" + "x" * 5000
    world.venue.failing["connect"] = ApiError(hostile, broker="alpaca")

    page = await anna.send(form)

    assert_form_again(page, "<script>alert(1)</script>{{ 7*7 }}")
    assert "<script>alert" not in page.text
    assert "49" not in page.words.partition("Nothing was stored")[0]
    assert "\u202e" not in page.text
    assert len(page.words) < 3000


async def test_names_of_accounts_are_data(world: LinkWorld, anna: Visitor) -> None:
    hostile = replace(FIRST, name="<img src=https://evil.example>", number="</li>1234")
    world.venue.keys["AK-ONE", SECRET] = (hostile,)

    page = await anna.send(await anna.form(await world.token()))

    assert "…1234 <img src=https://evil.example> PAPER" in page.words
    assert "https://evil.example" not in page.resources


async def test_keys_that_reach_no_account_are_not_kept(world: LinkWorld, anna: Visitor) -> None:
    form = await anna.form(await world.token())
    world.venue.keys["AK-ONE", SECRET] = ()

    page = await anna.send(form)

    assert_form_again(page, "These credentials reach no account.")
    await assert_nothing_linked(world)


async def test_a_renewal_must_reach_the_same_account(world: LinkWorld, anna: Visitor) -> None:
    await anna.send(await anna.form(await world.token()))
    (before,) = await links(world)
    world.told.clear()
    form = await anna.form(await world.token(relinks=before.link_id))
    world.venue.keys["AK-ONE", SECRET] = (replace(FIRST, account_id="X-9"),)

    page = await anna.send(form)

    assert_form_again(page, "These credentials reach another account")
    assert await links(world) == [before]


async def test_a_mistake_of_ours_is_a_page_without_a_traceback(
    world: LinkWorld, anna: Visitor
) -> None:
    form = await anna.form(await world.token())
    world.venue.failing["connect"] = ZeroDivisionError("planted detail")

    with captured_stderr() as log:
        page = await anna.send(form)

    (line,) = log.records()
    assert page.status == 500
    assert page.title.startswith("Something went wrong")
    assert "planted" not in page.text
    assert "Traceback" not in page.text
    assert line["event"] == "link_page_failed"
    assert SECRET not in log.getvalue()
    await assert_nothing_linked(world)


# --- What changed since the link was made


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


# --- Two at once


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
    await _until(lambda: bool(world.told))

    assert len(await links(world)) == 1


async def _until(true: Any) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0)

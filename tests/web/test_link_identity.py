"""Back from Discord: whose browser it is, and everybody who gets nowhere."""

import asyncio
from urllib.parse import urlencode

import pytest

from floorbroker.domain.errors import NotYours
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import BEN
from tests.web.link_world import (
    KEYS,
    LinkWorld,
    Visitor,
    assert_over,
    exchanged,
    unproven,
)
from tests.web.test_link_start import written


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


async def test_a_forwarded_link_still_works_for_who_asked(world: LinkWorld, anna: Visitor) -> None:
    token = await world.token()
    world.discord.person = BEN
    async with world.browser() as ben:
        await ben.come_back(token)
    world.discord.person = "100000000000000001"

    assert (await anna.form(token)).status == 200


async def test_the_last_browser_that_proved_itself_counts(world: LinkWorld, anna: Visitor) -> None:
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


async def test_no_address_behind_the_first_holds_the_token(world: LinkWorld, anna: Visitor) -> None:
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

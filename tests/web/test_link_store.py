"""A store that fails at each step: a page that says so, and never half a link."""

from typing import Final

import pytest

from floorbroker.domain.modes import Environment
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA
from tests.web.link_page import Page
from tests.web.link_world import KEYS, LinkWorld, Visitor

TERMS: Final = {**KEYS, "terms": "on"}


def assert_down(page: Page) -> None:
    assert page.status == 503
    assert page.title.startswith("Storage not available")
    assert "Nothing was stored." in page.words
    assert int(page.headers["Retry-After"]) > 0


async def linked(world: LinkWorld) -> int:
    return len(await world.house.stored_people.links(ANNA))


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_at_the_first_page(
    world: LinkWorld, anna: Visitor, store: FlakyDocuments, method: str
) -> None:
    path = f"/link/{await world.token()}"
    store.fail("get", "link_tokens")

    page = await (anna.get(path) if method == "GET" else anna.post(path))
    store.recover()

    assert_down(page)
    assert (await anna.get(path)).status == 200


@pytest.mark.parametrize(
    ("operation", "skip", "asked"),
    [("get", 0, 0), ("get", 1, 2), ("replace", 0, 2)],
)
async def test_on_the_way_back_from_discord(
    world: LinkWorld,
    anna: Visitor,
    store: FlakyDocuments,
    operation: str,
    skip: int,
    asked: int,
) -> None:
    token = await world.token()
    back = world.discord.decide(await anna.leave(token))
    store.fail(operation, "link_tokens", skip=skip)

    page = await anna.get(back)
    store.recover()

    assert_down(page)
    assert len(world.discord.asked) == asked
    assert (await world.ticket(token)).browser == ""
    assert (await anna.form(token)).status == 200


async def test_a_proof_whose_answer_got_lost_is_asked_for_again(
    world: LinkWorld, anna: Visitor, store: FlakyDocuments
) -> None:
    token = await world.token()
    back = world.discord.decide(await anna.leave(token))
    store.fail("replace", "link_tokens", done=True)

    page = await anna.get(back)
    store.recover()

    assert_down(page)
    assert (await anna.form(token)).status == 200


@pytest.mark.parametrize("collection", ["link_tokens", "links", "users"])
async def test_when_the_form_is_shown(
    world: LinkWorld, anna: Visitor, store: FlakyDocuments, collection: str
) -> None:
    form = await anna.form(await world.token(environment=Environment.LIVE))
    store.fail("get", collection)
    store.fail("find", collection)

    page = await anna.get(form.url)
    store.recover()

    assert_down(page)
    assert (await anna.get(form.url)).status == 200


@pytest.mark.parametrize(
    ("operation", "collection", "skip", "asked"),
    [
        ("get", "link_tokens", 0, 0),  # whose browser is it?
        ("find", "links", 0, 0),  # may another one be linked?
        ("get", "users", 0, 0),  # are the terms accepted?
        ("insert", "users", 0, 0),  # they are now
        ("replace", "link_tokens", 0, 0),  # a try is counted
        ("find", "links", 1, 0),  # once more, right before the broker is asked
        ("find", "links", 2, 1),  # does it reach an account that is linked already?
        ("replace", "link_tokens", 1, 1),  # the ticket is used
    ],
)
async def test_before_the_account_is_stored(
    world: LinkWorld,
    anna: Visitor,
    store: FlakyDocuments,
    operation: str,
    collection: str,
    skip: int,
    asked: int,
) -> None:
    form = await anna.form(await world.token(environment=Environment.LIVE))
    store.fail(operation, collection, skip=skip, times=1)

    page = await anna.send(form, TERMS)
    store.recover()

    assert_down(page)
    assert world.venue.count("connect") == asked
    assert await linked(world) == 0
    assert world.told == []
    again = await anna.get(form.url)
    assert (await anna.send(again, TERMS)).title.startswith("Account found")


async def test_a_ticket_whose_end_got_lost_links_nothing(
    world: LinkWorld, anna: Visitor, store: FlakyDocuments
) -> None:
    form = await anna.form(await world.token())
    store.fail("replace", "link_tokens", skip=1, done=True)

    page = await anna.send(form)
    store.recover()

    assert_down(page)
    assert await linked(world) == 0
    assert (await anna.send(form)).status == 410


@pytest.mark.parametrize(("lost", "number"), [(False, 0), (True, 1)])
async def test_while_the_account_is_stored_nobody_claims_to_know(
    world: LinkWorld, anna: Visitor, store: FlakyDocuments, lost: bool, number: int
) -> None:
    form = await anna.form(await world.token())
    store.fail("insert", "links", done=lost)

    page = await anna.send(form)
    store.recover()

    assert page.status == 503
    assert page.title.startswith("Not certain whether it was stored")
    assert "Nothing was stored." not in page.words
    assert "Look at /setup accounts in Discord." in page.words
    assert await linked(world) == number
    assert world.told == []
    assert anna.cookies() == []


async def test_an_audit_trail_that_fails_stops_nobody(
    world: LinkWorld, anna: Visitor, store: FlakyDocuments
) -> None:
    store.fail("insert", "audit")
    store.fail("find", "audit")

    found = await anna.send(await anna.form(await world.token()))

    assert found.title.startswith("Account found")
    assert await linked(world) == 1

"""What is entered: what the broker need not be asked, and what it says."""

from dataclasses import replace
from typing import Final

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
from floorbroker.domain.ids import AccountId
from floorbroker.domain.modes import Environment
from floorbroker.services.link_tickets import MOST_TRIES
from tests.floor import ANNA
from tests.observability.captured import captured_stderr
from tests.web.link_page import Page
from tests.web.link_world import (
    FIRST,
    KEYS,
    LinkWorld,
    Visitor,
    assert_nothing_linked,
    links,
)

SECRET: Final = KEYS["field.api_secret"]
WRONG: Final = {**KEYS, "field.api_secret": "canary-wrong-secret"}


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


async def test_terms_stay_accepted_when_the_keys_are_wrong(world: LinkWorld, anna: Visitor) -> None:
    form = await anna.form(await world.token(environment=Environment.LIVE))

    page = await anna.send(form, {**WRONG, "terms": "on"})

    assert_form_again(page, "Access refused")
    assert "terms" not in page.controls


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


async def test_an_account_that_another_link_has_is_told_by_that_links_name(
    world: LinkWorld, anna: Visitor
) -> None:
    second = replace(FIRST, account_id=AccountId("X-2"), number="ACC0005678")
    world.venue.keys |= {
        ("AK-TWO", "canary-second-secret"): (second,),
        ("AK-BOTH", "canary-both-secrets"): (FIRST, second),
    }
    known = (
        ("AK-ONE", KEYS["field.api_secret"], "Savings"),
        ("AK-TWO", "canary-second-secret", "Old"),
    )
    for key, secret, label in known:
        world.house.clock.advance(601)
        form = await anna.form(await world.token())
        given = {"field.api_key": key, "field.api_secret": secret, "label": label}
        assert (await anna.send(form, given)).title.startswith("Account found")
    form = await anna.form(await world.token())

    page = await anna.send(
        form, {"field.api_key": "AK-BOTH", "field.api_secret": "canary-both-secrets"}
    )

    assert page.status == 422
    assert "This key is not taken" in page.words
    assert "is linked already, as Old." in page.words
    assert "Renew that one with /setup renew, or remove it with /setup remove." in page.words
    assert [link.label for link in await links(world)] == ["Savings", "Old"]

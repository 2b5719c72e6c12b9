"""From a link to an account, as it should go."""

from urllib.parse import urlencode

import pytest

from floorbroker.domain.ids import AccountId
from floorbroker.domain.link_ticket import LinkUsed
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import ANY
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.domain.terms import TERMS, TERMS_VERSION
from tests.floor import ANNA
from tests.observability.captured import captured_stderr
from tests.web.link_world import FIRST, KEYS, LinkWorld, Visitor

SECOND = BrokerAccount(account_id=AccountId("X-2"), number="ACC0005678", name="Retirement")


async def test_the_first_page_says_what_is_to_be_linked(world: LinkWorld, anna: Visitor) -> None:
    page = await anna.get(f"/link/{await world.token()}")

    assert page.status == 200
    assert "Link Alpaca PAPER No real money" in page.words
    assert "Did somebody send you this link? Then close this page." in page.words
    assert page.buttons == ["Continue with Discord"]
    assert page.controls == {}


async def test_real_money_is_named_on_every_page(world: LinkWorld, anna: Visitor) -> None:
    token = await world.token(environment=Environment.LIVE)

    start = await anna.get(f"/link/{token}")
    form = await anna.form(token)
    found = await anna.send(form, {**KEYS, "terms": "on"})

    for page in (start, form, found):
        assert "LIVE Real money" in page.words
    assert "Orders with real money also need your own switch" in found.words


async def test_the_form_asks_for_what_the_broker_asks_for(world: LinkWorld, anna: Visitor) -> None:
    form = await anna.form(await world.token())

    key, secret = form.controls["field.api_key"], form.controls["field.api_secret"]
    assert list(form.controls) == ["form", "field.api_key", "field.api_secret", "label"]
    assert form.labels["field-1"] == "API key"
    assert form.labels["field-2"] == "API secret"
    assert key.attributes["type"] == "text"
    assert secret.attributes["type"] == "password"
    assert secret.attributes["maxlength"] == "80"
    for one in (key, secret):
        assert one.attributes["autocomplete"] == "off"
        assert one.attributes["spellcheck"] == "false"
        assert one.attributes["autocapitalize"] == "off"
        assert "required" in one.attributes
        assert one.value == ""


async def test_the_form_says_where_keys_come_from_and_what_they_may_do(
    world: LinkWorld, anna: Visitor
) -> None:
    form = await anna.form(await world.token())

    assert "An API key and its secret" in form.words
    assert "generate an API key." in form.words
    assert "/setup broker" not in form.words
    assert "Leave withdrawals and transfers switched off" in form.words
    assert "This page is good for 5 more minutes." in form.words


async def test_an_account_is_tried_sealed_and_stored(world: LinkWorld, anna: Visitor) -> None:
    token = await world.token()

    found = await anna.send(await anna.form(token))

    (link,) = await world.house.stored_people.links(ANNA)
    assert (found.status, found.title) == (200, "Account found · floorbroker")
    assert "…1234 Alpaca PAPER" in found.words
    assert "Orders that name no account go there from now on." in found.words
    assert "You can close this page and go on in Discord: /balance" in found.words
    assert FIRST.number not in found.text
    assert KEYS["field.api_secret"] not in link.sealed
    assert world.house.credentials.opened(link)["api_secret"] == KEYS["field.api_secret"]
    assert await world.house.sessions.accounts(link) == (FIRST,)
    with pytest.raises(LinkUsed):
        await world.ticket(token)


async def test_every_account_that_was_reached_is_listed(world: LinkWorld, anna: Visitor) -> None:
    world.venue.keys["AK-ONE", KEYS["field.api_secret"]] = (FIRST, SECOND)

    found = await anna.send(await anna.form(await world.token()))

    assert "…1234 Alpaca PAPER …5678 Retirement PAPER" in found.words
    assert SECOND.number not in found.text


async def test_a_name_of_ones_own_is_kept(world: LinkWorld, anna: Visitor) -> None:
    found = await anna.send(await anna.form(await world.token()), {**KEYS, "label": " Savings "})

    (link,) = await world.house.stored_people.links(ANNA)
    assert link.label == "Savings"
    assert "Your cards call it Savings ." in found.words


async def test_blanks_around_a_pasted_key_are_not_meant(world: LinkWorld, anna: Visitor) -> None:
    pasted = {name: f"  {value}\t" for name, value in KEYS.items()}

    found = await anna.send(await anna.form(await world.token()), pasted)

    assert found.title.startswith("Account found")


async def test_the_card_that_asked_is_told(world: LinkWorld, anna: Visitor) -> None:
    await anna.send(await anna.form(await world.token()))

    ((ticket, connected),) = world.told
    assert ticket.user_id == ANNA
    assert connected.link.user_id == ANNA


async def test_a_card_that_cannot_be_told_takes_nothing_back(
    world: LinkWorld, anna: Visitor
) -> None:
    world.fails_to_tell = ZeroDivisionError("planted")

    form = await anna.form(await world.token())
    with captured_stderr() as log:
        found = await anna.send(form)

    assert found.title.startswith("Account found")
    assert [line["event"] for line in log.records()] == ["connected_not_told"]


async def test_live_needs_the_terms_once(world: LinkWorld, anna: Visitor) -> None:
    first = await anna.form(await world.token(environment=Environment.LIVE))
    await anna.send(first, {**KEYS, "terms": "on"})
    second = await anna.form(await world.token(environment=Environment.LIVE))

    person = await world.house.accounts.person(ANNA)
    assert "required" in first.controls["terms"].attributes
    assert all(" ".join(paragraph.split()) in first.words for paragraph in TERMS)
    assert person.accepted_terms == TERMS_VERSION
    assert "terms" not in second.controls
    assert TERMS[0] not in second.words


async def test_the_same_account_again_is_renewed(world: LinkWorld, anna: Visitor) -> None:
    await anna.send(await anna.form(await world.token()))

    again = await anna.send(await anna.form(await world.token()))

    assert len(await world.house.stored_people.links(ANNA)) == 1
    assert "the new access took the place of the old one" in again.words


async def test_a_link_that_renews_says_so_and_keeps_the_name(
    world: LinkWorld, anna: Visitor
) -> None:
    await anna.send(await anna.form(await world.token()), {**KEYS, "label": "Savings"})
    (link,) = await world.house.stored_people.links(ANNA)

    form = await anna.form(await world.token(relinks=link.link_id))
    found = await anna.send(form)

    assert "This renews the access of an account that you have linked already." in form.words
    assert "Left empty, it keeps the one it has." in form.words
    assert "Your cards call it Savings ." in found.words
    person = await world.house.accounts.person(ANNA)
    assert person.defaults[ANY].link_id == link.link_id


async def test_whoever_agreed_before_is_asked_nothing_at_discord(
    world: LinkWorld, anna: Visitor
) -> None:
    asked = await anna.leave(await world.token())
    world.discord.agreed.add(ANNA)

    at_discord = await anna.get(f"{world.discord.base}/oauth2/authorize?{urlencode(asked)}")
    back = await anna.get(at_discord.headers["Location"])
    form = await anna.get(back.headers["Location"])

    assert asked["prompt"] == "none"
    assert at_discord.status == 302
    assert form.forms == 1

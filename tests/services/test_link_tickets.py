"""One-time links: for one person, once, within minutes, in the browser that proved itself."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.domain.errors import Busy, NotYours
from floorbroker.domain.ids import UserId
from floorbroker.domain.link_ticket import LinkExpired, LinkUsed
from floorbroker.domain.modes import Environment
from floorbroker.services.link_tickets import MOST_TICKETS, MOST_TRIES, PER, TICKET_LIFE, digest
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, BEN, EXCHANGE, House
from tests.services.conftest import Build

BROWSER = "the secret of one browser"


@pytest.fixture
def house(build: Build) -> House:
    return build()


async def issued(house: House, user_id: UserId = ANNA) -> str:
    return await house.tickets.issue(user_id, EXCHANGE, Environment.PAPER)


async def test_a_link_is_over_after_five_minutes(house: House) -> None:
    token = await issued(house)
    house.clock.advance(TICKET_LIFE.total_seconds() - 1)
    await house.tickets.open(token)

    house.clock.advance(1)

    with pytest.raises(LinkExpired):
        await house.tickets.open(token)
    assert timedelta(minutes=5) == TICKET_LIFE


@given(token=st.text(max_size=60))
def test_a_token_that_was_never_issued_opens_nothing(token: str) -> None:
    assert len(digest(token)) == 64  # whatever it is, it becomes a document's id and no path


@pytest.mark.parametrize("token", ["", "x" * 5000, "../../links", "\x00", "＄", "a" * 43])
async def test_a_guessed_token_is_told_like_an_old_one(house: House, token: str) -> None:
    await issued(house)

    with pytest.raises(LinkExpired):
        await house.tickets.open(token)


async def test_the_token_is_not_in_the_store(house: House, store: FlakyDocuments) -> None:
    token = await issued(house)
    await house.tickets.prove(token, ANNA, BROWSER)

    ticket = await store.get("link_tokens", digest(token))

    assert ticket is not None
    assert token not in str(ticket)
    assert BROWSER not in str(ticket)


async def test_another_person_cannot_prove_themselves_with_my_link(house: House) -> None:
    token = await issued(house)

    with pytest.raises(NotYours):
        await house.tickets.prove(token, BEN, BROWSER)

    with pytest.raises(NotYours):
        await house.tickets.proven(token, BROWSER)


async def test_a_browser_that_did_not_prove_itself_sees_no_form(house: House) -> None:
    token = await issued(house)
    await house.tickets.prove(token, ANNA, BROWSER)

    for other in ("", "another browser", BROWSER + " "):
        with pytest.raises(NotYours):
            await house.tickets.proven(token, other)


async def test_an_unproven_link_is_not_open_to_an_empty_secret(house: House) -> None:
    token = await issued(house)

    with pytest.raises(NotYours):
        await house.tickets.proven(token, "")


async def test_the_last_browser_of_the_same_person_counts(house: House) -> None:
    token = await issued(house)
    await house.tickets.prove(token, ANNA, BROWSER)

    await house.tickets.prove(token, ANNA, "their phone")

    assert (await house.tickets.proven(token, "their phone")).user_id == ANNA
    with pytest.raises(NotYours):
        await house.tickets.proven(token, BROWSER)


async def test_a_used_link_is_used_for_everybody(house: House) -> None:
    token = await issued(house)
    ticket = await house.tickets.prove(token, ANNA, BROWSER)

    await house.tickets.used(ticket)

    for again in (
        house.tickets.open(token),
        house.tickets.prove(token, ANNA, BROWSER),
        house.tickets.proven(token, BROWSER),
        house.tickets.used(ticket),
    ):
        with pytest.raises(LinkUsed):
            await again


async def test_of_two_windows_at_once_one_tries(house: House) -> None:
    token = await issued(house)
    ticket = await house.tickets.prove(token, ANNA, BROWSER)

    answers = await asyncio.gather(
        *(house.tickets.tried(ticket) for _ in range(5)), return_exceptions=True
    )

    assert sum(isinstance(answer, LinkUsed) for answer in answers) == 4


async def test_keys_can_be_tried_a_few_times_only(house: House) -> None:
    token = await issued(house)
    await house.tickets.prove(token, ANNA, BROWSER)
    for _ in range(MOST_TRIES):
        await house.tickets.tried(await house.tickets.proven(token, BROWSER))

    with pytest.raises(LinkUsed):
        await house.tickets.proven(token, BROWSER)


async def test_nobody_gets_links_without_end(house: House) -> None:
    for _ in range(MOST_TICKETS):
        await issued(house)

    with pytest.raises(Busy):
        await issued(house)

    await issued(house, BEN)
    house.clock.advance(PER.total_seconds() + 1)
    await issued(house)


async def test_ended_tickets_are_forgotten_after_a_while(
    house: House, store: FlakyDocuments
) -> None:
    token = await issued(house)
    house.clock.advance(timedelta(hours=1).total_seconds())
    await house.tickets.sweep()
    assert await store.get("link_tokens", digest(token)) is not None

    house.clock.advance(TICKET_LIFE.total_seconds())
    await house.tickets.sweep()

    assert await store.get("link_tokens", digest(token)) is None

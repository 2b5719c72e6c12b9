"""A one-time link lives longer for who is away signing in, and not for ever."""

from datetime import timedelta

import pytest

from floorbroker.domain.link_ticket import LinkExpired, LinkTicket
from floorbroker.domain.modes import Environment
from floorbroker.services.link_tickets import LONGEST_LIFE, SIGN_IN_LIFE, TICKET_LIFE
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.fakes.signed.provider import Provider
from tests.floor import ANNA, EXCHANGE, SIGNED, House
from tests.services.conftest import Build
from tests.services.signed_in import REDIRECT, VERIFIER, wanted

BROWSER = "the secret of one browser"


@pytest.fixture
def provider(clock: ManualClock) -> Provider:
    return Provider(clock)


@pytest.fixture
def house(build: Build, venue: Venue, provider: Provider) -> House:
    return build(venue=venue, scripted=SIGNED, provider=provider)


async def issued(house: House) -> str:
    token = await house.tickets.issue(ANNA, EXCHANGE, Environment.PAPER)
    await house.tickets.prove(token, ANNA, BROWSER)
    return token


async def left(house: House, token: str) -> LinkTicket:
    ticket, _ = await house.signing_in.leave(
        await house.tickets.proven(token, BROWSER),
        wanted(),
        state=lambda away: away.ticket_id,
        verifier=VERIFIER,
        redirect=REDIRECT,
    )
    return ticket


async def test_who_leaves_at_the_last_moment_has_ten_minutes(
    house: House, clock: ManualClock
) -> None:
    token = await issued(house)
    clock.advance(TICKET_LIFE.total_seconds() - 1)

    ticket = await left(house, token)

    assert ticket.expires_at == clock.now() + SIGN_IN_LIFE
    clock.advance(SIGN_IN_LIFE.total_seconds() - 1)
    await house.tickets.proven(token, BROWSER)
    clock.advance(1)
    with pytest.raises(LinkExpired):
        await house.tickets.proven(token, BROWSER)


async def test_leaving_again_and_again_ends_after_twenty_minutes(
    house: House, clock: ManualClock
) -> None:
    token, begun = await issued(house), clock.now()

    while clock.now() < begun + LONGEST_LIFE:
        ticket = await left(house, token)
        assert ticket.expires_at <= begun + LONGEST_LIFE
        clock.advance(60)

    with pytest.raises(LinkExpired):
        await left(house, token)


async def test_leaving_never_shortens_a_ticket(house: House, clock: ManualClock) -> None:
    token = await issued(house)
    first = await left(house, token)
    clock.advance(-60)  # a clock that is set right

    second = await left(house, token)

    assert second.expires_at == first.expires_at


async def test_an_ended_ticket_is_forgotten_with_what_is_sealed_in_it(
    house: House, clock: ManualClock
) -> None:
    ticket = await left(house, await issued(house))

    clock.advance(timedelta(hours=2).total_seconds())
    await house.tickets.sweep()

    assert await house.documents.get("link_tokens", ticket.ticket_id) is None

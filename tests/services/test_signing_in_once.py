"""What the way back needs is sealed in the ticket, and good for one return."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from floorbroker.domain.link_ticket import LinkUsed
from floorbroker.domain.modes import Environment
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.fakes.signed.provider import Provider
from tests.floor import ANNA, BEN, SIGNED, House, settings
from tests.services.away import back, leave, proven, tries_of
from tests.services.conftest import Build
from tests.services.signed_in import REDIRECT, VERIFIER


@pytest.fixture
def provider(clock: ManualClock) -> Provider:
    return Provider(clock)


@pytest.fixture
def house(build: Build, venue: Venue, provider: Provider) -> House:
    chosen = settings(live_trading="on")
    return build(venue=venue, scripted=SIGNED, provider=provider, chosen=chosen)


# Sealed


async def test_the_store_alone_shows_nothing_of_what_the_way_back_needs(
    house: House, provider: Provider
) -> None:
    ticket, departure = await leave(house, await proven(house), label="Savings")

    document = await house.documents.get("link_tokens", ticket.ticket_id)

    assert document is not None
    assert document["away"]
    for secret in (VERIFIER, REDIRECT, "Savings", "verifier"):
        assert secret not in str(document)
    assert VERIFIER not in repr(departure)
    assert VERIFIER not in departure.address


@pytest.mark.parametrize(
    "changed",
    [
        {"ticket_id": "0" * 64},
        {"user_id": BEN},
        {"broker": "kraken"},
        {"environment": Environment.LIVE},
    ],
    ids=lambda fields: next(iter(fields)),
)
async def test_what_is_sealed_in_a_ticket_opens_in_no_other(
    house: House, provider: Provider, changed: dict[str, Any]
) -> None:
    ticket, departure = await leave(house, await proven(house))
    answer = provider.visit(departure.address, ANNA)

    with pytest.raises(LinkUsed):
        await back(house, replace(ticket, **changed), answer)

    assert provider.exchanges == 0
    assert await tries_of(house, ticket) == 0


async def test_what_is_sealed_in_a_ticket_opens_in_no_other_of_the_same_person(
    house: House, provider: Provider
) -> None:
    ticket, departure = await leave(house, await proven(house))
    other = await proven(house)

    with pytest.raises(LinkUsed):
        await back(house, replace(other, away=ticket.away), provider.visit(departure.address, ANNA))

    assert provider.exchanges == 0
    assert await tries_of(house, other) == 0


async def test_what_was_tampered_with_does_not_open(house: House, provider: Provider) -> None:
    ticket, departure = await leave(house, await proven(house))
    answer = provider.visit(departure.address, ANNA)
    head, dot, text = ticket.away.rpartition(".")
    other = "B" if text.startswith("A") else "A"

    with pytest.raises(LinkUsed):
        await back(house, replace(ticket, away=f"{head}{dot}{other}{text[1:]}"), answer)

    assert provider.exchanges == 0


# Once


async def test_nobody_comes_back_who_did_not_leave(house: House, provider: Provider) -> None:
    with pytest.raises(LinkUsed, match="did not leave"):
        await back(house, await proven(house), {"code": "code-1"})

    assert provider.exchanges == 0


async def test_nobody_comes_back_twice(house: House, provider: Provider) -> None:
    away, departure = await leave(house, await proven(house))
    answer = provider.visit(departure.address, ANNA)
    ticket, _ = await back(house, away, answer)

    for again in (ticket, away):  # as it is, and as it was
        with pytest.raises(LinkUsed):
            await back(house, again, answer)

    assert provider.exchanges == 1
    assert await tries_of(house, ticket) == 1


async def test_of_two_who_come_back_at_once_one_does(
    build: Build, house: House, venue: Venue, provider: Provider
) -> None:
    other = build(venue=venue, scripted=SIGNED, provider=provider)
    ticket, departure = await leave(house, await proven(house))
    answer = provider.visit(departure.address, ANNA)

    answers = await asyncio.gather(
        *(back(one, ticket, answer) for one in (house, other) * 3), return_exceptions=True
    )

    assert sum(isinstance(answer, LinkUsed) for answer in answers) == 5
    assert provider.exchanges == 1


async def test_of_two_windows_that_leave_at_once_one_does(house: House, provider: Provider) -> None:
    ticket = await proven(house)

    answers = await asyncio.gather(
        *(leave(house, ticket) for _ in range(3)), return_exceptions=True
    )

    assert sum(isinstance(answer, LinkUsed) for answer in answers) == 2


async def test_who_leaves_again_comes_back_from_the_second_time_only(
    house: House, provider: Provider
) -> None:
    first, one = await leave(house, await proven(house), verifier="1" * 43)
    second, two = await leave(house, first, verifier="2" * 43)
    early, late = provider.visit(one.address, ANNA), provider.visit(two.address, ANNA)

    with pytest.raises(LinkUsed):
        await back(house, first, early)
    await back(house, second, late)

    assert provider.exchanges == 1

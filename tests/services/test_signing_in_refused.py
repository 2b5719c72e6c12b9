"""What a person comes back with and the broker does not stand by is worth nothing."""

import asyncio

import pytest

from floorbroker.brokers.shared.grants import GrantRefused
from floorbroker.domain.errors import AuthenticationFailed, SessionExpired
from floorbroker.domain.link_ticket import LinkUsed
from floorbroker.domain.modes import Environment
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.fakes.signed.provider import Provider
from tests.floor import ANNA, BEN, EXCHANGE, SIGNED, House, settings
from tests.services.away import BROWSER, back, leave, links, proven, tries_of
from tests.services.conftest import Build
from tests.services.signed_in import signed_in


@pytest.fixture
def provider(clock: ManualClock) -> Provider:
    return Provider(clock)


@pytest.fixture
def house(build: Build, venue: Venue, provider: Provider) -> House:
    chosen = settings(live_trading="on")
    return build(venue=venue, scripted=SIGNED, provider=provider, chosen=chosen)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"code": "code-99-of-nobody"},
        {"iss": "https://another.example"},
    ],
    ids=lambda fields: next(iter(fields)),
)
async def test_an_answer_that_the_broker_does_not_stand_by_costs_a_try_and_stores_nothing(
    house: House, provider: Provider, spoiled: dict[str, str]
) -> None:
    ticket, departure = await leave(house, await proven(house))
    answer = {**provider.visit(departure.address, ANNA), **spoiled}

    with pytest.raises(GrantRefused):
        await back(house, ticket, answer)

    assert provider.exchanges == 0
    assert await links(house) == []
    assert await tries_of(house, ticket) == 1


async def test_an_answer_that_names_the_right_issuer_is_taken(
    house: House, provider: Provider
) -> None:
    ticket, departure = await leave(house, await proven(house))
    answer = {**provider.visit(departure.address, ANNA), "iss": "https://exchange.example"}

    await back(house, ticket, answer)

    assert provider.exchanges == 1


async def test_the_code_of_one_departure_is_worth_nothing_after_another(
    house: House, provider: Provider
) -> None:
    _, theirs = await leave(house, await proven(house), verifier="2" * 43)
    mine, _ = await leave(house, await proven(house))
    stolen = provider.visit(theirs.address, BEN)

    with pytest.raises(GrantRefused):
        await back(house, mine, stolen)

    assert await links(house) == []


async def test_after_enough_tries_the_ticket_is_over(house: House, provider: Provider) -> None:
    token = await house.tickets.issue(ANNA, EXCHANGE, Environment.PAPER)
    await house.tickets.prove(token, ANNA, BROWSER)
    for _ in range(5):
        ticket, _departure = await leave(house, await house.tickets.proven(token, BROWSER))
        with pytest.raises(GrantRefused):
            await back(house, ticket, {"code": "wrong"})

    with pytest.raises(LinkUsed, match="too often"):
        await house.tickets.proven(token, BROWSER)


async def test_access_that_the_broker_takes_back_at_once_is_not_stored(
    house: House, provider: Provider, venue: Venue
) -> None:
    ticket, departure = await leave(house, await proven(house))
    answer = provider.visit(departure.address, ANNA)
    venue.failing["accounts"] = AuthenticationFailed(broker="alpaca")

    with pytest.raises(AuthenticationFailed):
        await back(house, ticket, answer)

    assert await links(house) == []
    entries = await house.documents.find("audit", {}, order=("number", 1), limit=50)
    assert entries[-1]["action"] == "link_refused"


async def test_a_trial_does_not_renew_what_is_refused(
    house: House, provider: Provider, venue: Venue
) -> None:
    venue.blocked["connect"] = asyncio.Event()
    trying = asyncio.create_task(signed_in(house, provider))
    await venue.heard("connect")
    provider.end_access()
    venue.blocked["connect"].set()

    with pytest.raises(SessionExpired):
        await trying

    assert provider.asked == 0

"""Off to the broker to sign in, and back: to what one left for."""

from datetime import timedelta

import pytest

from floorbroker.domain.errors import InvalidInput, NotSupported, PolicyRefused
from floorbroker.domain.modes import Environment
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.fakes.signed.provider import ACCESS_LIFE, REFRESH_LIFE, Provider
from tests.floor import ANNA, BEN, KEYED, SIGNED, House, settings
from tests.services.away import back, leave, links, proven
from tests.services.conftest import Build
from tests.services.signed_in import REDIRECT, VERIFIER, linked, use, wanted


@pytest.fixture
def provider(clock: ManualClock) -> Provider:
    return Provider(clock)


@pytest.fixture
def house(build: Build, venue: Venue, provider: Provider) -> House:
    chosen = settings(live_trading="on")
    return build(venue=venue, scripted=SIGNED, provider=provider, chosen=chosen)


# There and back


async def test_who_signs_in_and_comes_back_has_a_link_with_the_times_of_its_access(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    ticket, departure = await leave(house, await proven(house))
    answer = provider.visit(departure.address, ANNA)

    _, tried = await back(house, ticket, answer)
    assert await links(house) == []  # tried, and not stored yet
    connected = await house.linking.keep(tried)

    (link,) = await links(house)
    assert link == connected.link
    assert link.renew_at == clock.now() + ACCESS_LIFE - timedelta(minutes=5)
    assert link.ends_at == clock.now() + REFRESH_LIFE
    assert link.remind_at == link.ends_at - timedelta(hours=48)
    assert connected.made_default
    await use(house, link)


async def test_the_state_is_made_of_the_ticket_as_it_is_while_the_person_is_away(
    house: House, provider: Provider
) -> None:
    left, departure = await leave(house, await proven(house))

    state = provider.visit(departure.address, ANNA)["state"]

    assert state == f"{left.ticket_id}.{left.version}"
    document = await house.documents.get("link_tokens", left.ticket_id)
    assert document is not None
    assert document["version"] == left.version


async def test_any_process_takes_the_person_back(
    build: Build, house: House, venue: Venue, provider: Provider
) -> None:
    other = build(venue=venue, scripted=SIGNED, provider=provider)
    ticket, departure = await leave(house, await proven(house))

    _, tried = await back(other, ticket, provider.visit(departure.address, ANNA))

    assert (await other.linking.keep(tried)).link.user_id == ANNA


async def test_in_one_process_no_ticket_is_needed(house: House, provider: Provider) -> None:
    link = await linked(house, provider, label="Savings")

    assert link.label == "Savings"
    await use(house, link)


async def test_a_code_that_is_shown_is_told_as_such(house: House, provider: Provider) -> None:
    provider.by_hand = True

    _, departure = await leave(house, await proven(house))

    assert departure.by_hand


async def test_the_name_given_before_leaving_is_kept(house: House, provider: Provider) -> None:
    ticket, departure = await leave(house, await proven(house), label="Savings")

    _, tried = await back(house, ticket, provider.visit(departure.address, ANNA))

    assert (await house.linking.keep(tried)).link.label == "Savings"


async def test_a_name_that_could_mislead_is_refused_before_leaving(
    house: House, provider: Provider
) -> None:
    ticket = await proven(house)

    with pytest.raises(InvalidInput):
        await leave(house, ticket, label="@everyone")

    document = await house.documents.get("link_tokens", ticket.ticket_id)
    assert document is not None
    assert (document["version"], document["away"]) == (ticket.version, "")


async def test_signing_in_is_offered_where_the_broker_has_it(
    build: Build, house: House, venue: Venue
) -> None:
    keyed = build(venue=venue, scripted=KEYED)

    assert house.signing_in.offered(wanted())
    assert not keyed.signing_in.offered(wanted())
    with pytest.raises(NotSupported):
        await keyed.signing_in.depart(wanted(), state="s", verifier=VERIFIER, redirect=REDIRECT)


# What it leads to


async def test_signing_in_again_must_reach_the_same_account(
    house: House, provider: Provider
) -> None:
    before = await linked(house, provider)
    ticket, departure = await leave(house, await proven(house, relinks=before.link_id))

    with pytest.raises(InvalidInput, match="another account"):
        await back(house, ticket, provider.visit(departure.address, BEN))

    assert await links(house) == [before]


async def test_signing_in_again_renews_the_link_in_place(
    house: House, provider: Provider, clock: ManualClock
) -> None:
    before = await linked(house, provider, label="Savings")
    clock.advance(3600)
    ticket, departure = await leave(house, await proven(house, relinks=before.link_id))

    _, tried = await back(house, ticket, provider.visit(departure.address, ANNA))
    connected = await house.linking.keep(tried)

    (link,) = await links(house)
    assert (link.link_id, link.label) == (before.link_id, "Savings")
    assert connected.renewed
    assert link.ends_at == clock.now() + REFRESH_LIFE
    await use(house, link)
    assert provider.asked == 0


async def test_a_live_account_needs_the_terms(house: House, provider: Provider) -> None:
    ticket, departure = await leave(house, await proven(house, Environment.LIVE))

    with pytest.raises(PolicyRefused, match="terms"):
        await back(house, ticket, provider.visit(departure.address, ANNA))

    assert await links(house) == []


async def test_a_live_account_is_linked_once_the_terms_are_accepted(
    house: House, provider: Provider
) -> None:
    await house.linking.accept_terms(ANNA)
    ticket, departure = await leave(house, await proven(house, Environment.LIVE))

    _, tried = await back(house, ticket, provider.visit(departure.address, ANNA))

    connected = await house.linking.keep(tried)
    assert connected.link.environment is Environment.LIVE
    assert not connected.made_default


async def test_without_the_operators_consent_nobody_leaves_for_a_live_account(
    build: Build, venue: Venue, provider: Provider
) -> None:
    house = build(venue=venue, scripted=SIGNED, provider=provider)

    with pytest.raises(PolicyRefused):
        await leave(house, await proven(house, Environment.LIVE))

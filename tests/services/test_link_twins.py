"""One account is linked once: else it would be shown twice, and closed twice by /panic."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from floorbroker.domain.errors import PolicyRefused
from floorbroker.domain.ids import AccountId, LinkId
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Leaving, Link, Person
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.services.link_requests import Connected, Wanted
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, BEN, EXCHANGE, KEYED, House
from tests.services.conftest import Build

ONE, TWO, BOTH = (
    {"api_key": f"AK-{name}", "api_secret": f"secret-{name}"} for name in ("ONE", "TWO", "BOTH")
)
FIRST, SECOND = (
    BrokerAccount(account_id=AccountId(f"X-{number}"), number=f"ACC{number}") for number in (1, 2)
)


@pytest.fixture
def doors(venue: Venue) -> Venue:
    reached = ((ONE, (FIRST,)), (TWO, (SECOND,)), (BOTH, (FIRST, SECOND)))
    venue.keys = {(given["api_key"], given["api_secret"]): accounts for given, accounts in reached}
    return venue


@pytest.fixture
def house(build: Build, doors: Venue) -> House:
    return build(venue=doors, scripted=KEYED)


def wanted(**changes: Any) -> Wanted:
    usual = {"user_id": ANNA, "broker": EXCHANGE, "environment": Environment.PAPER}
    return Wanted(**{**usual, **changes})


async def connect(house: House, given: dict[str, str], **changes: Any) -> Connected:
    return await house.linking.keep(await house.linking.try_out(wanted(**changes), given))


async def links(house: House) -> list[Link]:
    return list(await house.stored_people.links(ANNA))


async def test_keys_that_reach_the_accounts_of_two_links_renew_neither(house: House) -> None:
    await connect(house, ONE, label="Savings")
    await connect(house, TWO, label="Pension")
    before = await links(house)

    with pytest.raises(PolicyRefused, match="linked already, as Pension"):
        await connect(house, BOTH)

    assert await links(house) == before


async def test_a_renewal_does_not_take_in_the_account_of_another_link(house: House) -> None:
    savings = (await connect(house, ONE, label="Savings")).link
    await connect(house, TWO, label="Pension")
    before = await links(house)

    with pytest.raises(PolicyRefused, match="linked already, as Pension"):
        await connect(house, BOTH, relinks=savings.link_id)

    assert await links(house) == before


async def test_a_renewal_may_take_in_an_account_that_is_new(house: House) -> None:
    savings = (await connect(house, ONE)).link

    again = await connect(house, BOTH)

    assert again.renewed
    assert again.link.link_id == savings.link_id
    accounts, _ = await house.accounts.accounts(ANNA)
    assert [one.account for one in accounts] == [FIRST, SECOND]


async def test_a_removed_link_and_another_persons_stand_in_nobodys_way(house: House) -> None:
    gone = (await connect(house, ONE)).link
    await house.links.remove(ANNA, gone.link_id)
    await connect(house, ONE, user_id=BEN)

    assert not (await connect(house, BOTH)).renewed


async def test_the_same_account_linked_in_two_windows_at_once_is_not_linked_twice(
    house: House,
) -> None:
    tried = [await house.linking.try_out(wanted(), keys) for keys in (ONE, BOTH)]

    done = await asyncio.gather(*map(house.linking.keep, tried), return_exceptions=True)

    refused = [one for one in done if isinstance(one, BaseException)]
    assert refused
    assert all(isinstance(one, PolicyRefused) for one in refused)
    assert len(await links(house)) == 2 - len(refused)
    assert all(link.removed == (link.sealed == "") for link in await _all(house))


async def _all(house: House) -> list[Link]:
    found = await house.documents.find("links", {"user_id": ANNA}, limit=9)
    stored = [await house.stored_people.link(ANNA, LinkId(one["_id"])) for one in found]
    return [link for link in stored if link is not None]


async def test_while_everything_is_erased_nothing_is_linked(house: House) -> None:
    tried = await house.linking.try_out(wanted(), ONE)
    now = house.clock.now()
    person = await house.stored_people.person(ANNA) or Person(user_id=ANNA)
    asked = await house.stored_people.save_person(
        replace(person, leaving=Leaving(asked_at=now, erase_at=now))
    )
    await house.linking.check(wanted())
    assert asked is not None
    assert await house.eraser.sweep() == 0

    with pytest.raises(PolicyRefused, match="being erased"):
        await house.linking.check(wanted())
    with pytest.raises(PolicyRefused, match="being erased"):
        await house.linking.try_out(wanted(), ONE)
    with pytest.raises(PolicyRefused, match="being erased"):
        await house.linking.keep(tried)

    assert await links(house) == []

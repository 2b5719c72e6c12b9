"""The people repository, on every engine: links, choices, rules and the service's own switch."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest_asyncio

from floorbroker.domain.ids import AccountId, BrokerId, LinkId, UserId
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import ANY, AccountKey, Link, Person, ServerPolicy
from floorbroker.storage.documents import Documents
from floorbroker.storage.people import INDEXES, People
from tests.domain.building import ANNA, BEN, NOON

KEY = AccountKey(link_id=LinkId("l1"), account_id=AccountId("a1"))


@pytest_asyncio.fixture
async def people(documents: Documents) -> People:
    await documents.start(INDEXES)
    return People(documents)


def link(link_id: str = "l1", user_id: UserId = ANNA, minutes: int = 0) -> Link:
    return Link(
        link_id=LinkId(link_id),
        user_id=user_id,
        broker=BrokerId("paper"),
        environment=Environment.PAPER,
        label=link_id,
        created_at=NOON + timedelta(minutes=minutes),
        sealed="1.k.x.y.z",
    )


async def test_choices_come_back_as_they_were_stored(people: People) -> None:
    chosen = Person(
        user_id=ANNA, live=True, paused=True, always_private=True, notify=False,
        defaults={ANY: KEY, AssetClass.CRYPTO.value: KEY},
    )  # fmt: skip

    stored = await people.save_person(chosen)

    assert stored == replace(chosen, version=1)
    assert await people.person(ANNA) == stored
    assert await people.person(BEN) is None


async def test_choices_over_a_version_that_is_gone_are_not_stored(people: People) -> None:
    first = await people.save_person(Person(user_id=ANNA))
    assert first is not None
    second = await people.save_person(replace(first, paused=True))

    assert await people.save_person(replace(first, paused=False)) is None
    assert await people.save_person(Person(user_id=ANNA)) is None
    assert await people.person(ANNA) == second


async def test_of_many_first_choices_at_once_one_is_stored(people: People) -> None:
    answers = await asyncio.gather(
        *(people.save_person(Person(user_id=ANNA, paused=bool(n % 2))) for n in range(6))
    )

    [stored] = [one for one in answers if one is not None]
    assert await people.person(ANNA) == stored


async def test_a_persons_links_come_oldest_first_without_the_removed_ones(
    people: People,
) -> None:
    for made in (link("l2", minutes=2), link("l1", minutes=1), link("l3", minutes=3)):
        await people.save_link(made)
    third = await people.link(ANNA, LinkId("l3"))
    assert third is not None
    removed = await people.save_link(replace(third, removed=True, sealed=""))

    assert [one.link_id for one in await people.links(ANNA)] == ["l1", "l2"]
    assert await people.link(ANNA, LinkId("l3")) == removed


async def test_somebody_elses_link_is_not_there(people: People) -> None:
    await people.save_link(link("l1", ANNA))

    assert await people.link(BEN, LinkId("l1")) is None
    assert await people.links(BEN) == []


async def test_a_link_of_an_id_that_exists_is_not_stored_over_it(people: People) -> None:
    mine = await people.save_link(link("l1", ANNA))

    assert await people.save_link(link("l1", BEN)) is None
    assert await people.link(ANNA, LinkId("l1")) == mine


async def test_rules_come_back_and_keep_their_version(people: People) -> None:
    assert await people.policy("9") is None
    first = await people.save_policy(ServerPolicy(guild_id="9", live=True))
    assert first is not None

    assert await people.policy("9") == first
    assert await people.save_policy(ServerPolicy(guild_id="9")) is None
    assert await people.save_policy(replace(first, live=False)) is not None
    assert await people.policy("8") is None


async def test_the_service_is_not_paused_until_somebody_does(people: People) -> None:
    nothing = await people.service_pause()

    stored = await people.save_service_pause(
        replace(nothing, everybody=True, brokers=frozenset({BrokerId("kraken")}))
    )

    assert not nothing.holds_at(BrokerId("kraken"))
    assert stored is not None
    assert await people.service_pause() == stored
    assert await people.save_service_pause(replace(stored, everybody=False)) is not None
    assert (await people.service_pause()).brokers == {"kraken"}


async def test_of_two_operators_who_pause_at_once_the_second_reads_again(people: People) -> None:
    nothing = await people.service_pause()
    first = await people.save_service_pause(replace(nothing, everybody=True))
    assert first is not None

    assert await people.save_service_pause(nothing) is None
    second = await people.save_service_pause(replace(first, everybody=False))
    assert await people.save_service_pause(first) is None
    assert await people.service_pause() == second


async def test_a_pause_from_before_there_were_versions_holds_and_can_be_lifted(
    people: People, documents: Documents
) -> None:
    await documents.upsert("switches", {"_id": "service", "schema_version": 1, "paused": True})

    pause = await people.service_pause()

    assert pause.everybody
    assert await people.save_service_pause(replace(pause, everybody=False)) is not None
    assert not (await people.service_pause()).everybody
    assert await people.save_service_pause(pause) is None


async def test_whoever_was_stored_before_there_were_suspensions_is_not_suspended(
    people: People, documents: Documents
) -> None:
    await people.save_person(Person(user_id=ANNA, suspended=True))
    await people.save_policy(ServerPolicy(guild_id="9", suspended=True))
    for collection, key in (("users", ANNA), ("policies", "9")):
        stored = await documents.get(collection, key)
        assert stored is not None
        assert stored.pop("suspended") is True
        await documents.upsert(collection, stored)

    person, policy = await people.person(ANNA), await people.policy("9")

    assert person is not None
    assert policy is not None
    assert (person.suspended, policy.suspended) == (False, False)

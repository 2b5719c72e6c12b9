"""Switches: set by whom they belong to, read at once, and written into the audit trail."""

import pytest

from floorbroker.domain.errors import PolicyRefused
from floorbroker.domain.people import ServerPolicy
from floorbroker.services.choices import PersonalSwitch
from tests.floor import ANNA, BEN, SERVER, House, caller, settings
from tests.services.conftest import Build


@pytest.mark.parametrize("which", [s for s in PersonalSwitch if s is not PersonalSwitch.LIVE])
async def test_a_person_sets_their_own_switches(house: House, which: PersonalSwitch) -> None:
    before = getattr(await house.accounts.person(ANNA), which.value)

    after = await house.choices.switch(ANNA, which, not before)

    assert getattr(after, which.value) is not before
    assert await house.accounts.person(ANNA) == after
    assert getattr(await house.accounts.person(BEN), which.value) is before
    assert await house.audit.verify(ANNA) is None


async def test_live_trading_cannot_be_chosen_where_the_operator_has_it_off(house: House) -> None:
    with pytest.raises(PolicyRefused, match="operator has not switched"):
        await house.choices.switch(ANNA, PersonalSwitch.LIVE, True)

    assert not (await house.accounts.person(ANNA)).live
    assert not (await house.choices.switch(ANNA, PersonalSwitch.LIVE, False)).live


async def test_live_trading_can_be_chosen_where_the_operator_has_it_on(build: Build) -> None:
    house = build(chosen=settings(live_trading="on"))

    assert (await house.choices.switch(ANNA, PersonalSwitch.LIVE, True)).live


async def test_the_defaults_are_the_careful_ones(house: House) -> None:
    person = await house.accounts.person(ANNA)
    policy = await house.choices.policy(SERVER)

    assert (person.live, person.paused, person.notify) == (False, False, True)
    assert policy == ServerPolicy(guild_id=SERVER, live=False, public_results=False)


async def test_whoever_manages_the_server_sets_its_rules_one_at_a_time(house: House) -> None:
    by = caller(guild_id=SERVER)

    await house.choices.set_policy(by, manages_server=True, live=True)
    policy = await house.choices.set_policy(by, manages_server=True, public_results=True)

    assert (policy.live, policy.public_results) == (True, True)
    assert await house.choices.policy(SERVER) == policy
    assert not (await house.choices.policy("another server")).live


async def test_a_member_sets_no_rules(house: House) -> None:
    with pytest.raises(PolicyRefused, match="may manage this server"):
        await house.choices.set_policy(caller(guild_id=SERVER), manages_server=False, live=True)

    assert not (await house.choices.policy(SERVER)).live


async def test_a_direct_message_has_no_rules_to_set(house: House) -> None:
    with pytest.raises(PolicyRefused, match="into a server"):
        await house.choices.set_policy(caller(), manages_server=True, live=True)


async def test_a_pause_outlives_the_process(build: Build) -> None:
    house = build(chosen=settings(operator_ids=ANNA))
    await house.choices.pause_service(caller(ANNA), True)
    await house.choices.switch(ANNA, PersonalSwitch.PAUSED, True)
    await house.stop()

    restarted = build()

    assert (await restarted.choices.service_pause()).everybody
    assert (await restarted.accounts.person(ANNA)).paused


async def test_without_operators_and_an_owner_nobody_is_one(house: House) -> None:
    assert not house.choices.is_operator(ANNA)
    assert not house.choices.is_operator("")  # type: ignore[arg-type]  # nobody's id

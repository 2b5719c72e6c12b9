"""Keys that may do too much are refused; what else one should know of them is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from floorbroker.brokers.port import KeyRights
from floorbroker.brokers.spec import Capability
from floorbroker.domain.errors import ApiError, PolicyRefused
from floorbroker.domain.modes import Environment
from floorbroker.services.key_lint import remarks
from floorbroker.services.link_requests import Connected
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, KEYED, House
from tests.services.conftest import Build
from tests.services.test_linking import FIRST, KEYS, wanted

GOOD: dict[str, Any] = {
    "trade": True,
    "withdraw": False,
    "ip_restricted": True,
    "expires_at": None,
}


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    venue.keys = {("AK-ONE", "secret-one"): (FIRST,)}
    return build(venue=venue, scripted=KEYED, offers=frozenset({Capability.KEY_RIGHTS}))


async def _connected(house: House, venue: Venue, **rights: Any) -> Connected:
    venue.rights = KeyRights(**{**GOOD, **rights})
    return await house.linking.keep(await house.linking.try_out(wanted(), KEYS))


@pytest.mark.parametrize("rights", [{"withdraw": True}, {"trade": False}])
async def test_a_key_that_may_withdraw_or_may_not_trade_is_not_stored(
    house: House, venue: Venue, rights: dict[str, Any]
) -> None:
    with pytest.raises(PolicyRefused) as failure:
        await _connected(house, venue, **rights)

    assert "Alpaca" in failure.value.message
    assert await house.stored_people.links(ANNA) == []


async def test_rights_that_cannot_be_read_link_nothing(house: House, venue: Venue) -> None:
    venue.failing["key_rights"] = ApiError(broker="alpaca")

    with pytest.raises(ApiError):
        await _connected(house, venue)

    assert await house.stored_people.links(ANNA) == []


async def test_of_a_good_key_nothing_is_remarked(house: House, venue: Venue) -> None:
    assert (await _connected(house, venue)).warnings == []


@pytest.mark.parametrize(
    ("rights", "remark"),
    [
        ({"ip_restricted": False}, "works from any address"),
    ],
)
async def test_what_one_should_know_is_told(
    house: House, venue: Venue, rights: dict[str, Any], remark: str
) -> None:
    (told,) = (await _connected(house, venue, **rights)).warnings

    assert remark in told


async def test_a_key_that_expires_soon_is_told_with_its_day(house: House, venue: Venue) -> None:
    day = house.clock.now() + timedelta(days=7)

    (told,) = (await _connected(house, venue, expires_at=day)).warnings

    assert f"expires on {day:%Y-%m-%d}" in told


async def test_a_broker_that_does_not_tell_is_not_asked(build: Build, venue: Venue) -> None:
    venue.keys = {("AK-ONE", "secret-one"): (FIRST,)}
    house = build(venue=venue, scripted=KEYED)

    await house.linking.keep(await house.linking.try_out(wanted(), KEYS))

    assert venue.count("key_rights") == 0


@pytest.mark.parametrize(("environment", "count"), [(Environment.LIVE, 1), (Environment.PAPER, 0)])
def test_a_broker_that_does_not_tell_of_withdrawals_matters_with_real_money_only(
    environment: Environment, count: int
) -> None:
    rights = KeyRights(**{**GOOD, "withdraw": None})

    assert len(remarks(rights, environment, datetime(2026, 3, 4, tzinfo=UTC))) == count

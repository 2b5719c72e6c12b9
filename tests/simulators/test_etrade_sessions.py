"""The E*TRADE simulator: two idle hours, midnight in New York, and both changes of its clock."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from etrade_python import AuthorizationExpired, ETradeApiError, ETradeAuthenticationError
from etrade_python.auth import TokenStatus

from tests.simulators.etrade import Fault
from tests.simulators.etrade.faults import RENEW
from tests.simulators.etrade_clients import World, opened

EXPIRED = "oauth_problem=token_expired"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def problem(world: World) -> str | None:
    """What a request meets; None where it is answered."""
    await world.link.forget_the_time()
    try:
        await world.client.accounts.list()
    except ETradeApiError as error:
        assert error.status_code == 401
        assert error.broker_code is None
        return error.broker_message
    return None


async def relink(world: World, at: datetime) -> None:
    """A token that is given at that time."""
    world.watch.at = at
    token = world.sim.grant(world.person, world.app.key)
    await world.link.use(token.token, token.secret)


async def test_two_idle_hours_make_a_token_inactive_until_it_is_renewed(world: World) -> None:
    world.watch.advance(hours=2)
    idle = await problem(world)
    credentials = await world.link.session.load()
    assert credentials is not None

    renewal = await world.link.oauth.renew_access_token(credentials)

    assert idle == EXPIRED
    assert renewal.message == "Access Token has been renewed"
    assert renewal.credentials.access_token == credentials.access_token
    assert await problem(world) is None


async def test_every_request_puts_the_two_hours_off(world: World) -> None:
    for _ in range(3):
        world.watch.advance(hours=1, minutes=59)
        assert await problem(world) is None


async def test_a_refused_request_does_not(world: World) -> None:
    world.watch.advance(hours=2)
    await problem(world)
    world.watch.advance(hours=1)

    assert await problem(world) == EXPIRED


async def test_the_sdk_renews_by_itself_a_little_before(world: World) -> None:
    """At 115 minutes: two hours less its buffer of five."""
    world.watch.advance(minutes=115)

    await world.client.accounts.list()

    paths = [one.path for one in world.sim.received]
    assert paths == ["/oauth/renew_access_token", "/v1/accounts/list.json"]


async def test_renewing_before_the_two_hours_puts_them_off_too(world: World) -> None:
    world.watch.advance(hours=1, minutes=30)
    await world.link.session.renew()
    world.watch.advance(hours=1, minutes=30)

    assert await problem(world) is None


@pytest.mark.parametrize(
    ("given", "midnight"),
    [
        pytest.param("2026-11-18T17:00", "2026-11-19T05:00", id="winter"),
        pytest.param("2026-07-01T17:00", "2026-07-02T04:00", id="summer"),
        pytest.param("2026-10-31T17:00", "2026-11-01T04:00", id="the evening before winter time"),
        pytest.param("2026-11-01T05:30", "2026-11-02T05:00", id="in the hour that comes twice"),
        pytest.param("2026-11-01T04:00", "2026-11-02T05:00", id="the day of 25 hours"),
        pytest.param("2026-03-07T17:00", "2026-03-08T05:00", id="the evening before summer time"),
        pytest.param("2026-03-08T06:59", "2026-03-09T04:00", id="before the hour that is missing"),
        pytest.param("2026-03-08T05:00", "2026-03-09T04:00", id="the day of 23 hours"),
    ],
)
async def test_midnight_in_new_york_ends_a_token_for_good(
    world: World, given: str, midnight: str
) -> None:
    end = datetime.fromisoformat(midnight).replace(tzinfo=UTC)
    await relink(world, datetime.fromisoformat(given).replace(tzinfo=UTC))
    credentials = await world.link.session.load()
    assert credentials is not None
    while world.watch.at < end - timedelta(hours=1, minutes=30):
        world.watch.advance(hours=1, minutes=30)
        assert await problem(world) is None

    world.watch.at = end - timedelta(seconds=1)
    assert await problem(world) is None
    world.watch.at = end
    assert await problem(world) == EXPIRED

    with pytest.raises(ETradeApiError) as failure:
        await world.link.oauth.renew_access_token(credentials)
    assert failure.value.status_code == 401


async def test_the_sdk_s_own_midnight_is_the_same(world: World) -> None:
    """Both changes of the clock among them."""
    for given, midnight in (
        ("2026-10-31T17:00", "2026-11-01T04:00"),
        ("2026-11-01T05:30", "2026-11-02T05:00"),
        ("2026-03-08T06:59", "2026-03-09T04:00"),
    ):
        await relink(world, datetime.fromisoformat(given).replace(tzinfo=UTC))
        end = datetime.fromisoformat(midnight).replace(tzinfo=UTC)
        credentials = await world.link.session.load()

        before = world.link.session.status(credentials, now=end - timedelta(seconds=1))
        after = world.link.session.status(credentials, now=end)

        assert before is not TokenStatus.EXPIRED
        assert after is TokenStatus.EXPIRED


async def test_the_sdk_asks_nothing_with_a_token_of_yesterday(world: World) -> None:
    world.watch.advance(hours=13)

    with pytest.raises(AuthorizationExpired):
        await world.client.accounts.list()

    assert world.sim.received == []


async def test_an_order_whose_renewal_fails_is_not_sent(world: World) -> None:
    """The SDK's error for that is the plain one; the one with a status comes after sending."""
    builder = world.builder()
    request = builder.build_place_request([await world.preview(builder)])
    world.watch.advance(minutes=119)
    world.sim.fail(RENEW, Fault.BAD_GATEWAY)

    with pytest.raises(ETradeAuthenticationError) as failure:
        await world.client.orders.place(world.account.key, request)

    assert not isinstance(failure.value, ETradeApiError)
    assert world.sim.orders_received == 0


async def test_an_order_that_meets_a_dead_token_was_sent_and_refused(world: World) -> None:
    builder = world.builder()
    request = builder.build_place_request([await world.preview(builder)])
    [token] = world.sim.office.access.values()
    world.sim.revoke(token)

    with pytest.raises(ETradeAuthenticationError) as failure:
        await world.client.orders.place(world.account.key, request)

    assert isinstance(failure.value, ETradeApiError)
    assert (world.sim.orders_received, world.sim.orders) == (1, [])

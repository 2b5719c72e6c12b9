"""Signing in at E*TRADE: where a person is sent, what a code gives, and when access ends."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from floorbroker.brokers.etrade.oauth import EtradeOAuth
from floorbroker.brokers.oauth import Grant, OAuthContext
from floorbroker.brokers.shared.grants import GrantRefused
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.errors import SessionExpired
from floorbroker.domain.modes import Environment
from tests.brokers.etrade.at_etrade import endpoints_at
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.etrade import App, EtradeSimulator, Person

REDIRECT = "https://bot.example.com/oauth/etrade"


def flow_at(
    simulator: EtradeSimulator, app: App, transport: Transport, clock: ManualClock, **options: Any
) -> EtradeOAuth:
    application = {
        "etrade_consumer_key": app.key,
        "etrade_consumer_secret": SecretStr(app.secret),
    }
    return EtradeOAuth(
        OAuthContext(
            environment=Environment.LIVE,
            clock=clock,
            transport=transport,
            endpoints=endpoints_at(simulator.url),
            options={**application, **options},
        )
    )


@pytest.fixture
def flow(
    simulator: EtradeSimulator, app: App, transport: Transport, clock: ManualClock
) -> EtradeOAuth:
    return flow_at(simulator, app, transport, clock)


async def away(flow: EtradeOAuth, simulator: EtradeSimulator, person: Person) -> tuple[Any, str]:
    """A departure, and the code that E*TRADE shows to a person who agreed."""
    departure = await flow.depart(state="state", verifier="v" * 43, redirect=REDIRECT)
    query = parse_qs(urlsplit(departure.address).query)
    return departure, simulator.accept(query["token"][0], person)


async def granted(flow: EtradeOAuth, simulator: EtradeSimulator, person: Person) -> Grant:
    departure, code = await away(flow, simulator, person)
    return await flow.grant(departure.keep, {"code": code}, redirect=REDIRECT)


async def test_a_person_is_sent_to_etrades_own_page_and_brings_a_code(
    flow: EtradeOAuth, simulator: EtradeSimulator, app: App
) -> None:
    departure = await flow.depart(state="state", verifier="v" * 43, redirect=REDIRECT)

    address = urlsplit(departure.address)
    query = parse_qs(address.query)
    assert departure.by_hand
    assert f"{address.scheme}://{address.netloc}{address.path}" == (
        f"{simulator.url}/e/t/etws/authorize"
    )
    assert query == {"key": [app.key], "token": [departure.keep["token"]]}
    assert departure.keep["secret"] not in repr(departure)


async def test_a_code_becomes_access_until_midnight_in_new_york(
    flow: EtradeOAuth, simulator: EtradeSimulator, anna: Person
) -> None:
    grant = await granted(flow, simulator, anna)

    token = next(iter(simulator.office.access.values()))
    assert grant.credentials["access_token"] == token.token
    assert grant.credentials["access_token_secret"] == token.secret
    assert grant.renew_at == NOON + timedelta(minutes=100)
    assert grant.ends_at == token.dies_at == datetime(2026, 3, 5, 5, tzinfo=UTC)
    assert token.secret not in repr(grant)


async def test_the_address_of_a_page_is_taken_for_the_code_in_it(
    flow: EtradeOAuth, simulator: EtradeSimulator, anna: Person
) -> None:
    departure, code = await away(flow, simulator, anna)
    page = f"https://registered.example.com/?oauth_verifier={code}"

    grant = await flow.grant(departure.keep, {"code": f"  {page} "}, redirect=REDIRECT)

    assert grant.credentials["access_token"] in simulator.office.access


async def test_the_address_of_another_attempt_is_refused_unasked(
    flow: EtradeOAuth, simulator: EtradeSimulator, anna: Person
) -> None:
    departure, code = await away(flow, simulator, anna)
    asked = len(simulator.received)
    page = f"https://registered.example.com/?oauth_token=another&oauth_verifier={code}"

    with pytest.raises(GrantRefused):
        await flow.grant(departure.keep, {"code": page}, redirect=REDIRECT)

    assert len(simulator.received) == asked


@pytest.mark.parametrize("answer", [{}, {"code": ""}, {"code": "WRONG"}, {"code": "../x"}])
async def test_no_code_and_a_wrong_code_are_refused(
    flow: EtradeOAuth, simulator: EtradeSimulator, anna: Person, answer: Mapping[str, str]
) -> None:
    departure, _ = await away(flow, simulator, anna)

    with pytest.raises(GrantRefused):
        await flow.grant(departure.keep, answer, redirect=REDIRECT)

    assert simulator.office.access == {}


async def test_a_code_works_once_in_its_own_attempt_and_for_five_minutes(
    flow: EtradeOAuth, simulator: EtradeSimulator, anna: Person, clock: ManualClock
) -> None:
    first, code = await away(flow, simulator, anna)
    second, other = await away(flow, simulator, anna)
    old, late = await away(flow, simulator, anna)

    await flow.grant(first.keep, {"code": code}, redirect=REDIRECT)

    with pytest.raises(GrantRefused):
        await flow.grant(first.keep, {"code": code}, redirect=REDIRECT)
    with pytest.raises(GrantRefused):
        await flow.grant(second.keep, {"code": code if code != other else "X"}, redirect=REDIRECT)
    clock.advance(301)
    with pytest.raises(GrantRefused):
        await flow.grant(old.keep, {"code": late}, redirect=REDIRECT)


async def test_a_renewal_keeps_the_token_and_its_end_and_looks_new(
    flow: EtradeOAuth, simulator: EtradeSimulator, anna: Person, clock: ManualClock
) -> None:
    before = await granted(flow, simulator, anna)
    clock.advance(100 * 60)

    after = await flow.renew(before.credentials)

    assert after.credentials["access_token"] == before.credentials["access_token"]
    assert after.credentials != before.credentials
    assert after.ends_at == before.ends_at
    assert after.renew_at == clock.now() + timedelta(minutes=100)


async def test_access_that_lay_idle_for_hours_is_renewed(
    flow: EtradeOAuth, simulator: EtradeSimulator, anna: Person, clock: ManualClock
) -> None:
    before = await granted(flow, simulator, anna)
    clock.advance(5 * 3600)

    after = await flow.renew(before.credentials)

    token = simulator.office.access[after.credentials["access_token"]]
    assert not token.is_idle(clock.now())


async def test_after_midnight_and_after_a_revocation_the_person_has_to_sign_in_again(
    flow: EtradeOAuth, simulator: EtradeSimulator, anna: Person, clock: ManualClock
) -> None:
    one = await granted(flow, simulator, anna)
    other = await granted(flow, simulator, anna)
    simulator.revoke(simulator.office.access[other.credentials["access_token"]])

    with pytest.raises(SessionExpired):
        await flow.renew(other.credentials)
    assert one.ends_at is not None
    clock.move_to(one.ends_at)
    with pytest.raises(SessionExpired):
        await flow.renew(one.credentials)


@pytest.mark.parametrize(
    ("linked", "ends"),
    [
        # Clocks go forward at 2 on 8 March 2026, and back at 2 on 1 November.
        (datetime(2026, 3, 7, 20, tzinfo=UTC), datetime(2026, 3, 8, 5, tzinfo=UTC)),
        (datetime(2026, 3, 8, 5, 1, tzinfo=UTC), datetime(2026, 3, 9, 4, tzinfo=UTC)),
        (datetime(2026, 10, 31, 20, tzinfo=UTC), datetime(2026, 11, 1, 4, tzinfo=UTC)),
        (datetime(2026, 11, 1, 4, 1, tzinfo=UTC), datetime(2026, 11, 2, 5, tzinfo=UTC)),
        (datetime(2026, 7, 1, 3, 59, 59, tzinfo=UTC), datetime(2026, 7, 1, 4, tzinfo=UTC)),
    ],
    ids=["before spring", "day of 23 hours", "before autumn", "day of 25 hours", "last second"],
)
async def test_midnight_is_new_yorks_on_both_changes_of_the_clock(
    flow: EtradeOAuth,
    simulator: EtradeSimulator,
    anna: Person,
    clock: ManualClock,
    linked: datetime,
    ends: datetime,
) -> None:
    clock.move_to(linked)

    grant = await granted(flow, simulator, anna)

    assert grant.ends_at == ends
    assert grant.ends_at == simulator.office.access[grant.credentials["access_token"]].dies_at


async def test_a_renewal_just_before_midnight_does_not_move_the_end(
    flow: EtradeOAuth, simulator: EtradeSimulator, anna: Person, clock: ManualClock
) -> None:
    before = await granted(flow, simulator, anna)
    clock.move_to(datetime(2026, 3, 5, 4, 59, 59, tzinfo=UTC))

    after = await flow.renew(before.credentials)

    assert after.ends_at == before.ends_at

"""A flow of signing in, and browsers that come back from it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from floorbroker.brokers.oauth import OAuthContext
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.webull.oauth import WebullOAuth
from floorbroker.domain.modes import Environment
from tests.brokers.webull.at_webull import (
    REDIRECT,
    application,
)
from tests.fakes.clock import ManualClock
from tests.simulators.webull import Person, WebullSimulator

STATE, VERIFIER = "state-of-one-browser", "v" * 43


def flow_at(
    simulator: WebullSimulator, transport: Transport, clock: ManualClock, **options: Any
) -> WebullOAuth:
    return WebullOAuth(
        OAuthContext(
            environment=Environment.LIVE,
            clock=clock,
            transport=transport,
            endpoints={
                "sign_in_live": f"{simulator.url}/oauth2/authenticate/login",
                "connect_live": simulator.url,
            },
            options={**application(), **options},
        )
    )


async def came_back(
    flow: WebullOAuth, simulator: WebullSimulator, person: Person | None
) -> Mapping[str, str]:
    """The query with which a browser comes back; without a person it was declined."""
    departure = await flow.depart(state=STATE, verifier=VERIFIER, redirect=REDIRECT)
    query = dict(parse_qsl(urlsplit(departure.address).query))
    return dict(parse_qsl(urlsplit(simulator.decide(query, person)).query))

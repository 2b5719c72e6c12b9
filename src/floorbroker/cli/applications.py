"""Checks of the operator's own applications at brokers where people sign in."""

import asyncio
from typing import Final

from floorbroker.brokers.availability import availability
from floorbroker.brokers.endpoints import EndpointProblem, chosen_endpoints
from floorbroker.brokers.loading import flow_maker
from floorbroker.brokers.oauth import OAuthContext
from floorbroker.brokers.operators_options import operators_options
from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.shared.grants import ApplicationRefused
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.cli.findings import Finding, Level
from floorbroker.config import PAGE_SETTINGS, Settings
from floorbroker.domain.clock import SystemClock
from floorbroker.domain.errors import BrokerError, NotSupported

APPLICATION_SECONDS: Final = 10.0


async def application_findings(settings: Settings) -> list[Finding]:
    """Whether each broker knows the application that the settings name; nobody's access changes."""
    asked = [spec for spec in all_brokers() if spec.sign_in and _begun(spec, settings)]
    transport = Transport()
    try:
        return [await _finding(spec, settings, transport) for spec in asked]
    finally:
        await transport.aclose()


def _begun(spec: BrokerSpec, settings: Settings) -> bool:
    names = set(spec.registration)
    present = availability(
        spec, settings.deployment_mode, settings.configured | PAGE_SETTINGS | names
    )
    return present.selectable and bool(names & settings.configured)


async def _finding(spec: BrokerSpec, settings: Settings, transport: Transport) -> Finding:
    about = f"{spec.name} sign-in"
    lacking = [name for name in spec.registration if name not in settings.configured]
    if lacking:
        names = " and ".join(lacking)
        todo = f"Set {names} too, or none of {', '.join(spec.registration)}."
        return Finding(level=Level.WARN, about=about, what=f"{names} missing.", todo=todo)
    try:
        endpoints = {
            **spec.endpoints,
            **chosen_endpoints(settings.broker_endpoints).get(spec.id, {}),
        }
    except EndpointProblem as problem:
        return Finding(level=Level.FAIL, about=about, what=f"BROKER_ENDPOINTS: {problem}", todo="")
    context = OAuthContext(
        environment=max(spec.environments, key=lambda one: one == "live"),
        clock=SystemClock(),
        transport=transport,
        endpoints=endpoints,
        options=operators_options(settings, {})[spec.id],
    )
    try:
        async with asyncio.timeout(APPLICATION_SECONDS):
            await flow_maker(spec)(context).check()
    except ApplicationRefused:
        what = f"{spec.name} does not know this application."
        todo = f"Compare {' and '.join(spec.registration)} with what {spec.name} shows."
        return Finding(level=Level.FAIL, about=about, what=what, todo=todo)
    except NotSupported:
        what = f"Set. {spec.name} cannot be asked whether it knows them."
        return Finding(level=Level.INFO, about=about, what=what)
    except (BrokerError, TimeoutError) as error:
        what = f"{spec.name} does not answer ({type(error).__name__})."
        return Finding(level=Level.WARN, about=about, what=what, todo="Try again in a few minutes.")
    return Finding(level=Level.OK, about=about, what=f"{spec.name} knows the application.")

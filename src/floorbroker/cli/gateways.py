"""Checks of the gateways on the machine of a bot at home. In the cloud nobody looks for one."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from floorbroker.brokers.availability import sdk_installed
from floorbroker.brokers.gateway_checks import GatewayCheck, Outcome, examiner
from floorbroker.brokers.operators_options import operators_options
from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.brokers.shared.ports import check_listening
from floorbroker.brokers.spec import BrokerSpec, Gateway
from floorbroker.cli.findings import Finding, Level
from floorbroker.config import Settings
from floorbroker.domain.clock import SystemClock
from floorbroker.domain.errors import GatewayNotRunning

GATEWAY_SECONDS: Final = 20.0
"""For one gateway that takes connections: one attempt, and what is read then."""

_LEVELS: Final = {
    Outcome.GOOD: Level.OK,
    Outcome.NOTE: Level.INFO,
    Outcome.WARNING: Level.WARN,
    Outcome.BAD: Level.FAIL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the settings say that a gateway listens.

    Attributes:
        setting: The name of the setting of the port.
        set_by_hand: Whether anything about this gateway is set, rather than left as it is.
    """

    host: str
    port: int
    setting: str
    set_by_hand: bool


def place_of(settings: Settings, gateway: Gateway) -> Place:
    """Where the settings say that it listens."""
    named = {name.rpartition("_")[2]: name for name in gateway.settings}
    return Place(
        host=getattr(settings, named["HOST"].lower()),
        port=getattr(settings, named["PORT"].lower()),
        setting=named["PORT"],
        set_by_hand=any(name.lower() in settings.model_fields_set for name in gateway.settings),
    )


async def gateway_findings(
    settings: Settings,
    seconds: float = GATEWAY_SECONDS,
    brokers: Iterable[BrokerSpec] | None = None,
) -> list[Finding]:
    """A look at each gateway whose broker's package is installed, all at once.

    Args:
        seconds: For one gateway that takes connections.
        brokers: Stands in for the registry's.
    """
    if not settings.single_user:
        return []
    gateways = Gateways(SystemClock())
    try:
        looks = [
            _look(spec, spec.gateway, settings, gateways, seconds)
            for spec in (all_brokers() if brokers is None else brokers)
            if spec.gateway is not None and sdk_installed(spec)
        ]
        return [finding for found in await asyncio.gather(*looks) for finding in found]
    finally:
        await gateways.aclose()


async def _look(
    spec: BrokerSpec, gateway: Gateway, settings: Settings, gateways: Gateways, seconds: float
) -> list[Finding]:
    place = place_of(settings, gateway)
    about = f"{spec.name} gateway"
    try:
        await check_listening(spec, place.host, place.port)
    except GatewayNotRunning as error:
        # One that nobody set up is no fault: the bot trades elsewhere without it.
        level = Level.FAIL if place.set_by_hand else Level.INFO
        return [Finding(level=level, about=about, what=error.message, todo=error.words.now)]
    if gateway.examiner is None:
        what = f"{gateway.process} listens on {place.host}:{place.port}."
        return [Finding(level=Level.OK, about=about, what=what)]
    options = operators_options(settings, {})[spec.id]
    try:
        async with asyncio.timeout(seconds):
            checks = await examiner(spec)(options, gateways)
    except TimeoutError:
        what = f"{gateway.process} takes connections, and says nothing for {seconds:g} s."
        todo = f"Look at its window for a question, or start {gateway.process} again."
        return [Finding(level=Level.FAIL, about=about, what=what, todo=todo)]
    return list(_findings(spec, checks))


def _findings(spec: BrokerSpec, checks: Sequence[GatewayCheck]) -> Iterator[Finding]:
    for check in checks:
        about = f"{spec.name} {check.about}"
        yield Finding(level=_LEVELS[check.outcome], about=about, what=check.found, todo=check.now)

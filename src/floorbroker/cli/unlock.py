"""`floorbroker unlock`: opens trading at a gateway that asks for a trade password.

The password is asked for here, in the owner's own terminal, goes to the gateway on this machine
and is kept nowhere.
"""

import asyncio
from typing import Final

import typer

from floorbroker.brokers.availability import install_command, sdk_installed
from floorbroker.brokers.operators_options import operators_options
from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.shared.ports import check_listening
from floorbroker.brokers.spec import BrokerSpec, Gateway
from floorbroker.cli.answers import Answers
from floorbroker.cli.gateways import place_of
from floorbroker.cli.giving_up import FAILED, MISCONFIGURED, GivenUp
from floorbroker.cli.printable import printable
from floorbroker.config import Settings
from floorbroker.domain.errors import (
    AuthenticationFailed,
    BrokerError,
    GatewayNotRunning,
    NotLinked,
    NotSupported,
)

UNLOCK_SECONDS: Final = 30.0
_LOCKED: Final = "moomoo"
_REFUSED: Final = (AuthenticationFailed, GatewayNotRunning, NotLinked, NotSupported)
_IN_DOUBT: Final = (
    "If the password had reached it before that, trading may be unlocked: its window shows it."
)


async def unlock(settings: Settings, broker: str, source: Answers) -> None:
    """The whole command.

    Raises:
        GivenUp: It is not done here, or the gateway refused.
    """
    spec, gateway = unlockable(settings, broker)
    place = place_of(settings, gateway)
    try:
        await check_listening(spec, place.host, place.port)
    except BrokerError as error:
        raise GivenUp(f"{error.message} {error.words.now}", FAILED) from None
    typer.echo(
        f"The trade password of {spec.name}, not the one that you log in with. It goes to "
        f"{gateway.process} on {place.host}:{place.port} once, and is kept nowhere."
    )
    password = source.secret("Trade password")
    source.complete()
    if not password:
        raise GivenUp("No password, so nothing was sent.", MISCONFIGURED)
    await _unlock(settings, spec, password)
    typer.echo(
        f"Unlocked. {gateway.process} takes orders with real money now, from every program that is "
        "connected to it."
    )


def unlockable(settings: Settings, broker: str) -> tuple[BrokerSpec, Gateway]:
    """The manifest of a broker whose gateway is unlocked here, and the gateway.

    Raises:
        GivenUp: There is nothing to unlock, or not by this bot.
    """
    if not settings.single_user:
        raise GivenUp(
            "A bot for many people talks to no gateway. `floorbroker unlock` is for the bot of one "
            "person at home: DEPLOYMENT_MODE=single-user.",
            MISCONFIGURED,
        )
    spec = next((one for one in all_brokers() if one.id == broker), None)
    if spec is None or spec.gateway is None or spec.id != _LOCKED:
        raise GivenUp(
            f"Only the gateway of {_LOCKED} is unlocked with a password here.", MISCONFIGURED
        )
    if not sdk_installed(spec):
        raise GivenUp(
            f"The package for this broker is not installed: {install_command(spec)}", MISCONFIGURED
        )
    return spec, spec.gateway


async def _unlock(settings: Settings, spec: BrokerSpec, password: str) -> None:
    from floorbroker.brokers.moomoo.unlock import unlock as unlock_gateway

    options = operators_options(settings, {})[spec.id]
    try:
        async with asyncio.timeout(UNLOCK_SECONDS):
            await unlock_gateway(options, password)
    except _REFUSED as error:
        said = printable(error.message, without=[password])
        raise GivenUp(f"Not unlocked. {said}", FAILED) from None
    except (BrokerError, TimeoutError) as error:
        words = error.message if isinstance(error, BrokerError) else "No answer."
        said = printable(words, without=[password])
        raise GivenUp(f"{said} {_IN_DOUBT}", FAILED) from None

"""What `floorbroker init` hears on the gateways' ports, and which port it sets."""

from collections.abc import Iterable, Mapping
from typing import Final

import typer

from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.shared.ports import listening, listens
from floorbroker.brokers.spec import BrokerSpec, Gateway
from floorbroker.cli.answers import Answers
from floorbroker.cli.gateways import Place, place_of
from floorbroker.cli.giving_up import MISCONFIGURED, GivenUp
from floorbroker.cli.init_asked import agreed
from floorbroker.config import Settings

HIGHEST_PORT: Final = 65_535


async def chosen_ports(
    settings: Settings,
    named: Mapping[str, int],
    source: Answers | None,
    brokers: Iterable[BrokerSpec] | None = None,
) -> dict[str, str]:
    """The settings of ports, for each gateway that is heard or was named.

    Paper goes before live. A live port is set only if the owner says yes to it, or has named it
    and asked for no questions.

    Args:
        named: Ports from the command line, by setting.
        source: Left out, nobody is asked.
        brokers: Stands in for the registry's.

    Raises:
        GivenUp: A port that is none.
    """
    chosen = {}
    typer.echo("\nGateways on this machine:")
    for spec in all_brokers() if brokers is None else brokers:
        if spec.gateway is None:
            continue
        place = place_of(settings, spec.gateway)
        port = named.get(place.setting)
        if port is not None and not 0 < port <= HIGHEST_PORT:
            raise GivenUp(f"{place.setting}: a port is 1 to {HIGHEST_PORT}.", MISCONFIGURED)
        found = await _heard(place, spec.gateway)
        _tell(place, spec.gateway, found)
        port = _chosen(place, spec.gateway, found, port, source)
        if port is not None:
            typer.echo(f"  {place.setting}={port}")
            chosen[place.setting] = str(port)
    return chosen


async def _heard(place: Place, gateway: Gateway) -> tuple[int, ...]:
    """The ports on which something listens, the usual ones in the manifest's order."""
    found = [port for port, _ in await listening(place.host, gateway)]
    if place.port not in dict(gateway.ports) and await listens(place.host, place.port):
        found.insert(0, place.port)
    return tuple(found)


def _tell(place: Place, gateway: Gateway, found: tuple[int, ...]) -> None:
    for port in found:
        what = dict(gateway.ports).get(port, "a port of your own choice")
        typer.echo(f"- {gateway.process}: listens on {place.host}:{port} ({what}).")
    if not found:
        ports = ", ".join(str(port) for port, _ in gateway.ports)
        typer.echo(f"- {gateway.process}: nothing listens on {place.host} ({ports}).")


def _chosen(
    place: Place,
    gateway: Gateway,
    found: tuple[int, ...],
    named: int | None,
    source: Answers | None,
) -> int | None:
    """None leaves the setting as it is."""
    present = place.port if place.set_by_hand and place.port in found else None
    practice = [port for port in found if not _live(gateway, port)]
    port = named or present or next(iter([*practice, *found]), None)
    if port is None or not _live(gateway, port):
        return port
    what = dict(gateway.ports)[port]
    typer.echo(f"  HIGH RISK: {port} is {what}. With LIVE_TRADING=on orders there are real.")
    wanted = f"  Set {place.setting}={port}?"
    if (named or present) if source is None else agreed(wanted, source):
        return port
    typer.echo("  Not set. Log in to the paper account, then run this again.")
    return gateway.port if place.set_by_hand and _live(gateway, place.port) else None


def _live(gateway: Gateway, port: int) -> bool:
    """Whether nothing but real money is behind it, by the manifest's own words."""
    what = dict(gateway.ports).get(port, "")
    return "live" in what and "paper" not in what

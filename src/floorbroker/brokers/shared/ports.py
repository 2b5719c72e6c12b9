"""Whether a gateway listens, asked before its SDK is: SDKs wait long, or for ever."""

import asyncio
from contextlib import suppress
from typing import Final

from floorbroker.brokers.spec import BrokerSpec, Gateway
from floorbroker.domain.errors import GatewayNotRunning

PATIENCE: Final = 0.6
"""Seconds for a port of this machine or the next; three looks, one after another, stay below 2."""


async def listens(host: str, port: int, seconds: float = PATIENCE) -> bool:
    """Whether something takes a connection there; it is let go at once."""
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


async def listening(host: str, gateway: Gateway) -> tuple[tuple[int, str], ...]:
    """The known ports of the gateway on which something listens, and what each stands for."""
    found = await asyncio.gather(*(listens(host, port) for port, _ in gateway.ports))
    return tuple(known for known, there in zip(gateway.ports, found, strict=True) if there)


async def check_listening(spec: BrokerSpec, host: str, port: int) -> None:
    """That something listens where the operator's settings say.

    Raises:
        GatewayNotRunning: Nothing does; it tells what listens elsewhere.
    """
    if await listens(host, port) or await listens(host, port):  # a busy machine may miss one look
        return
    if spec.gateway is None:
        raise ValueError("Only a gateway has a port.")
    gateway = spec.gateway
    stands_for = dict(gateway.ports).get(port)
    words = [f"{gateway.process} is not running: nothing listens on {host}:{port}"]
    words.append(f" ({stands_for})." if stands_for else ".")
    setting = next(name for name in gateway.settings if name.endswith("_PORT"))
    words += [
        f" {what} answers on port {other}: set {setting}={other} if you mean that one."
        for other, what in await listening(host, gateway)
    ]
    raise GatewayNotRunning("".join(words), broker=spec.id)

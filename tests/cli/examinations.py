"""Looks at gateways whose outcome is known before; manifests name them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from floorbroker.brokers.gateway_checks import GatewayCheck, Outcome
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.ids import BrokerId
from tests.fakes.gateway_wire import ScriptedWire


async def every_outcome(options: Mapping[str, Any], gateways: Gateways) -> Sequence[GatewayCheck]:
    """One line of each kind, and the port that it was told of."""
    del gateways
    port = f"Port {options['ib_port']}."
    return [GatewayCheck(about=one.value, outcome=one, found=port, now="Do it.") for one in Outcome]


async def connected(options: Mapping[str, Any], gateways: Gateways) -> Sequence[GatewayCheck]:
    """Opens the gateway, and leaves it open."""
    del options
    gateway = gateways.of(BrokerId("ibkr"), ScriptedWire)
    await gateway.up()
    return [GatewayCheck(about="handshake", outcome=Outcome.GOOD, found=gateway.status().state)]


async def silent(options: Mapping[str, Any], gateways: Gateways) -> Sequence[GatewayCheck]:
    """Opens the gateway, and never comes back."""
    await connected(options, gateways)
    await asyncio.Event().wait()
    return ()

"""The gateways of this process: one connection a broker, whoever asks for it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from floorbroker.brokers.shared.gateway import Gateway, Listener
from floorbroker.brokers.shared.gateway_wire import Pace, Wire
from floorbroker.domain.clock import Clock
from floorbroker.domain.connections import ConnectionStatus
from floorbroker.domain.ids import BrokerId

_W = TypeVar("_W", bound=Wire)


class Gateways:
    """Built once with the process; nothing is opened before somebody needs it."""

    def __init__(self, clock: Clock, pace: Pace | None = None) -> None:
        """`pace` stands in for the usual patience."""
        self._clock = clock
        self._pace = pace
        self._gateways: dict[BrokerId, Gateway[Any]] = {}
        self._listeners: list[Listener] = []

    def of(self, broker: BrokerId, make: Callable[[], _W]) -> Gateway[_W]:
        """The broker's gateway; `make` is called for the first who asks, inside the loop."""
        known = self._gateways.get(broker)
        if known is None:
            known = self._gateways[broker] = Gateway(broker, make(), self._clock, self._pace)
            for listener in self._listeners:
                known.listen(listener)
        return cast("Gateway[_W]", known)

    def listen(self, listener: Listener) -> None:
        """Tells `listener` of every change of every gateway."""
        self._listeners.append(listener)
        for gateway in self._gateways.values():
            gateway.listen(listener)

    def statuses(self) -> Mapping[BrokerId, ConnectionStatus]:
        """How each gateway that was asked for is doing."""
        return {broker: gateway.status() for broker, gateway in self._gateways.items()}

    async def aclose(self) -> None:
        """Ends every connection."""
        for gateway in self._gateways.values():
            await gateway.close()
        self._gateways.clear()

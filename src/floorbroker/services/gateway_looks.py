"""A look at each gateway that a person's links go through."""

from collections.abc import Iterable, Mapping, Sequence

from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.gateway_checks import GatewayCheck
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.people import Link


class GatewayLooks:
    """Asks the gateways; of brokers without one nothing is said."""

    def __init__(self, factory: BrokerFactory) -> None:
        """See the module's first line."""
        self._factory = factory

    async def looks(self, links: Iterable[Link]) -> Mapping[BrokerId, Sequence[GatewayCheck]]:
        """What each gateway showed, by broker."""
        brokers = sorted({one.broker for one in links if get_broker(one.broker).gateway})
        return {broker: await self._factory.examine(broker) for broker in brokers}

"""Where a broker pushes its prices: the place that is asked and traded at, never another one."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.errors import BrokerConnectionError
from floorbroker.domain.modes import Environment

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


def stream_address(
    spec: BrokerSpec,
    endpoints: Mapping[str, str],
    environment: Environment,
    known: Mapping[str, str] = _NONE,
) -> str:
    """The endpoint `live_stream` or `paper_stream`.

    Where the operator gave another address for requests and none for the stream, the vendor's own
    would push the prices of another market.

    Args:
        known: Streams of other addresses for requests, by these.

    Raises:
        BrokerConnectionError: There is no address that belongs to the one for requests.
    """
    asked, stream = endpoints[environment], endpoints[f"{environment}_stream"]
    if stream != spec.endpoints[f"{environment}_stream"] or asked == spec.endpoints[environment]:
        return stream
    if asked in known:
        return known[asked]
    raise BrokerConnectionError(
        "The operator has set no address for the stream of prices.", broker=spec.id
    )

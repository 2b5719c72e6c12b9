"""Where a broker pushes its prices: the place that is asked and traded at, never another one."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.errors import NotSupported

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


def stream_address(
    spec: BrokerSpec,
    endpoints: Mapping[str, str],
    asked: str,
    stream: str,
    known: Mapping[str, str] = _NONE,
) -> str:
    """The endpoint named `stream`, which belongs to the one for requests that is named `asked`.

    Where the operator gave another address for requests and none for the stream, the vendor's own
    would push the prices of another market, and get the access of another place.

    Args:
        known: Streams of other addresses for requests, by these.

    Raises:
        NotSupported: There is no address that belongs to the one for requests.
    """
    if endpoints[stream] != spec.endpoints[stream] or endpoints[asked] == spec.endpoints[asked]:
        return endpoints[stream]
    if endpoints[asked] in known:
        return known[endpoints[asked]]
    raise NotSupported("The operator has set no address for the stream of prices.", broker=spec.id)

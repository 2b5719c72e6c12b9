"""Binance's public market streams; nobody logs in.

The ticker of one pair once a second, with all that a quote holds and Binance's own time. The stream
of best prices tells more often, hundreds of times a second, and no time.
https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Final

from floorbroker.brokers.binance import answers, mapping
from floorbroker.brokers.binance.errors import BROKER
from floorbroker.brokers.binance.spec import SPEC
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.price_talk import PriceTalk, Refused, Taken, Told, Update
from floorbroker.brokers.shared.stream_address import stream_address
from floorbroker.brokers.shared.wire import sentence
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.modes import Environment

CONNECTIONS_IN_FIVE_MINUTES: Final = 300
"""Of one address: "Websocket Limits" there."""

_STREAM: Final = SPEC.endpoints["live_stream"]
ELSEWHERE: Final = MappingProxyType(
    {
        # https://github.com/binance-us/binance-us-api-docs/blob/master/web-socket-streams.md
        "https://api.binance.us": "https://stream.binance.us:9443",
        # The same exchange: rest-api.md, "General API Information".
        **dict.fromkeys((f"https://api{n}.binance.com" for n in ("-gcp", 1, 2, 3, 4)), _STREAM),
    }
)
"""Streams that belong to other addresses for requests."""


class BinanceTalk(PriceTalk):
    """One connection. Pairs are named as Binance names them: `BTCUSDT`."""

    source = mapping.SOURCE
    apart_seconds: ClassVar[float] = 0.5
    """Five messages a second are allowed, pings and pongs among them."""

    def __init__(
        self,
        endpoints: Mapping[str, str],
        environment: Environment,
        clock: Clock,
        allowances: Allowances,
    ) -> None:
        """Asks nobody."""
        self._endpoints = endpoints
        self._environment = environment
        self._clock = clock
        self._allowance = allowances.window(
            BROKER, "connections", most=CONNECTIONS_IN_FIVE_MINUTES, seconds=300
        )
        self._requests = 0
        self._asked: dict[int, tuple[str, ...]] = {}

    async def address(self) -> str:
        """See the base.

        Raises:
            NoAllowance: This address has opened as many of late as Binance allows.
        """
        asked = self._environment.value
        found = stream_address(SPEC, self._endpoints, asked, f"{asked}_stream", ELSEWHERE)
        await self._allowance.take()
        return f"{found}/stream"

    def subscribe(self, keys: Sequence[str]) -> Iterable[Any]:
        """See the base."""
        asked = self._request("SUBSCRIBE", keys)
        self._asked[asked["id"]] = tuple(keys)
        return [asked]

    def unsubscribe(self, keys: Sequence[str]) -> Iterable[Any]:
        """See the base."""
        return [self._request("UNSUBSCRIBE", keys)]

    def heard(self, message: Any) -> Iterable[Update]:
        """See the base."""
        if "stream" in message:
            return self._told(message["data"])
        keys = self._asked.pop(message.get("id"), None)
        if keys is None:
            return ()  # an answer about an end, and what is yet to be invented
        if "result" in message and message["result"] is None:
            return [Taken(keys)]
        told = message.get("error", message)
        return [Refused(keys, BrokerError(sentence(str(told["msg"])), broker=BROKER))]

    def _request(self, method: str, keys: Sequence[str]) -> dict[str, Any]:
        self._requests += 1
        names = [f"{key.lower()}@ticker" for key in keys]
        return {"method": method, "params": names, "id": self._requests}

    def _told(self, data: Any) -> Iterable[Update]:
        if data.get("e") != "24hrTicker":
            return ()
        ticker = answers.StreamedTicker.model_validate(data)
        at = min(ticker.at, self._clock.now())
        return [Told(ticker.symbol, at, mapping.prices(ticker))]

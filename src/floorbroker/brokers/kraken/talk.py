"""Kraken's public ticker channel, version 2 of its WebSocket API; nobody logs in.

https://docs.kraken.com/exchange/api-reference/spot-websocket-v2/ticker
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from floorbroker.brokers.kraken import answers, mapping
from floorbroker.brokers.kraken.errors import BROKER
from floorbroker.brokers.kraken.spec import SPEC
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.price_talk import PriceTalk, Refused, Taken, Told, Update
from floorbroker.brokers.shared.stream_address import stream_address
from floorbroker.brokers.shared.wire import sentence
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.modes import Environment

CONNECTIONS_IN_TEN_MINUTES: Final = 150
"""Of one address, and beyond it ten minutes without any: Kraken's introduction to its WebSockets,
docs.kraken.com/api/docs/guides/spot-ws-intro."""


class KrakenTalk(PriceTalk):
    """One connection. Pairs are named as we name them: `BTC/USD`, in words of today."""

    source = mapping.SOURCE

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
            BROKER, "connections", most=CONNECTIONS_IN_TEN_MINUTES, seconds=600
        )
        self._requests = 0
        self._asked: dict[int, tuple[str, ...]] = {}

    async def address(self) -> str:
        """See the base.

        Raises:
            NoAllowance: This address has opened as many of late as Kraken allows.
        """
        asked = self._environment.value
        found = stream_address(SPEC, self._endpoints, asked, f"{asked}_stream")
        await self._allowance.take()
        return f"{found}/v2"

    def subscribe(self, keys: Sequence[str]) -> Iterable[Any]:
        """See the base; each change of the best bid or ask is told, with the last price."""
        asked = self._request("subscribe", keys)
        asked["params"]["event_trigger"] = "bbo"
        self._asked = {self._requests: tuple(keys)}
        return [asked]

    def unsubscribe(self, keys: Sequence[str]) -> Iterable[Any]:
        """See the base."""
        asked = self._request("unsubscribe", keys)
        asked["params"]["event_trigger"] = "bbo"
        return [asked]

    def heard(self, message: Any) -> Iterable[Update]:
        """See the base."""
        if message.get("method") == "subscribe":
            return self._answered(message)
        if message.get("channel") == "ticker":
            return [self._told(one) for one in message["data"]]
        return ()  # heartbeats, the exchange's status, and what is yet to be invented

    def _request(self, method: str, keys: Sequence[str]) -> dict[str, Any]:
        self._requests += 1
        params = {"channel": "ticker", "symbol": list(keys)}
        return {"method": method, "params": params, "req_id": self._requests}

    def _answered(self, message: Any) -> Iterable[Update]:
        """One answer comes for each pair; a refusal need not say which one it is for."""
        if message["success"] is True:
            return [Taken([message["result"]["symbol"]])]
        keys = self._asked.get(message.get("req_id"), ())
        if message.get("symbol") in keys:
            keys = (message["symbol"],)
        if len(keys) != 1:
            return ()  # whoever waits for it does not wait for ever
        return [Refused(keys, BrokerError(sentence(str(message.get("error"))), broker=BROKER))]

    def _told(self, one: Any) -> Told:
        ticker = answers.StreamedTicker.model_validate(one)
        at: datetime = ticker.timestamp or self._clock.now()
        return Told(ticker.symbol, at, mapping.prices(ticker))

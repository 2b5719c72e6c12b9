"""Coinbase's public ticker channel; nobody logs in, though one may.

A ticker is told with the subscription and with every match. Channels that say nothing for a minute
are closed, unless the channel of heartbeats is subscribed too.
https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

from floorbroker.brokers.coinbase import answers, mapping
from floorbroker.brokers.coinbase.errors import BROKER
from floorbroker.brokers.coinbase.spec import SPEC
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.price_talk import PriceTalk, Taken, Told, Update
from floorbroker.brokers.shared.stream_address import stream_address
from floorbroker.brokers.shared.wire import sentence
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.modes import Environment

CONNECTIONS_AT_ONCE: Final = 4
CONNECTIONS_A_SECOND: Final = 2
"""Eight connections and eight messages a second are allowed to one address, and each connection
begins with two messages:
https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-rate-limits"""

_TICKER: Final = "ticker"
_HEARTBEATS: Final = "heartbeats"


class CoinbaseTalk(PriceTalk):
    """One connection. Pairs are named as Coinbase names them: `BTC-USD`."""

    source = mapping.SOURCE
    apart_seconds: ClassVar[float] = 0.25

    def __init__(
        self, endpoints: Mapping[str, str], environment: Environment, allowances: Allowances
    ) -> None:
        """Asks nobody."""
        self._endpoints = endpoints
        self._environment = environment
        self._allowance = allowances.decaying(
            BROKER, "connections", most=CONNECTIONS_AT_ONCE, per_second=CONNECTIONS_A_SECOND
        )
        self._beats = False

    async def address(self) -> str:
        """See the base.

        Raises:
            NoAllowance: This address has opened as many of late as Coinbase allows.
        """
        asked = self._environment.value
        found = stream_address(SPEC, self._endpoints, asked, f"{asked}_stream")
        # None of them is more urgent than others: there is nothing to keep a share back for.
        await self._allowance.take(urgent=True)
        return found

    def subscribe(self, keys: Sequence[str]) -> Iterable[Any]:
        """See the base; the first one asks for heartbeats too."""
        asked = [_request("subscribe", _TICKER, keys)]
        if not self._beats:
            asked.append({"type": "subscribe", "channel": _HEARTBEATS})
            self._beats = True
        return asked

    def unsubscribe(self, keys: Sequence[str]) -> Iterable[Any]:
        """See the base."""
        return [_request("unsubscribe", _TICKER, keys)]

    def heard(self, message: Any) -> Iterable[Update]:
        """See the base.

        Raises:
            BrokerError: Coinbase's error. It does not say what it is about, so that nobody knows
                which prices would come.
        """
        if message.get("type") == "error":
            raise BrokerError(sentence(str(message.get("message"))), broker=BROKER)
        match message.get("channel"):
            case "subscriptions":
                return [Taken(one["subscriptions"].get(_TICKER, ())) for one in message["events"]]
            case "ticker":
                told = answers.StreamedTickers.model_validate(message)
                return [
                    Told(one.product_id, told.timestamp, mapping.prices(one))
                    for event in told.events
                    for one in event.tickers
                ]
        return ()  # heartbeats, and what is yet to be invented


def _request(kind: str, channel: str, keys: Sequence[str]) -> dict[str, Any]:
    return {"type": kind, "channel": channel, "product_ids": list(keys)}

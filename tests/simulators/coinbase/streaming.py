"""The market data WebSocket: the ticker channel, and heartbeats.

Messages as in https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/websocket/ticker and
the guide beside it. Real tickers are told with each match; here with each price that is set.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from tests.simulators.coinbase.market import Market
from tests.simulators.coinbase.products import Catalogue
from tests.simulators.coinbase.wire import moment, text
from tests.simulators.serving import Stream, Visitor

PATH: Final = "/"
_BEATS: Final = "heartbeats"


class MarketDataStream(Stream):
    """Takes products that are listed; for another one there is an error and nothing else.

    Attributes:
        beating: Who subscribed heartbeats.
    """

    def __init__(self, market: Market, catalogue: Catalogue, now: Callable[[], datetime]) -> None:
        """Hears of every price from `market`."""
        super().__init__()
        self.beating: list[Visitor] = []
        self._market = market
        self._catalogue = catalogue
        self._now = now
        self._said = 0
        market.heard.append(self._push)

    def answer(self, visitor: Visitor, message: Any) -> None:
        """Subscribes or ends it, and lists what stands."""
        products = message.get("product_ids", [])
        if message["channel"] == _BEATS:
            self.beating.append(visitor)
        elif any(one not in self._catalogue.products for one in products):
            visitor.say({"type": "error", "message": "failed to subscribe: unknown product"})
            return
        elif message["type"] == "subscribe":
            visitor.subscribed |= set(products)
            self._tell(visitor, "snapshot", products)
        else:
            visitor.subscribed -= set(products)
        stands: dict[str, list[str]] = {"ticker": sorted(visitor.subscribed)}
        if visitor in self.beating:
            stands[_BEATS] = [_BEATS]
        self._say(visitor, "subscriptions", {"subscriptions": stands})

    def beat(self) -> None:
        """A heartbeat to everybody who subscribed them."""
        for visitor in self.beating:
            self._say(visitor, _BEATS, {"current_time": str(self._now()), "heartbeat_counter": 1})

    def _push(self, product_id: str) -> None:
        for visitor in self.standing:
            if product_id in visitor.subscribed:
                self._tell(visitor, "update", [product_id])

    def _tell(self, visitor: Visitor, kind: str, products: list[str]) -> None:
        tickers = [self._ticker(one) for one in products if one in self._market.quotes]
        if tickers:
            self._say(visitor, "ticker", {"type": kind, "tickers": tickers})

    def _ticker(self, product_id: str) -> dict[str, str]:
        quote = self._market.quotes[product_id]
        return {
            "type": "ticker",
            "product_id": product_id,
            "price": text(quote.last),
            "volume_24_h": "1000",
            "low_24_h": text(quote.last),
            "high_24_h": text(quote.last),
            "low_52_w": text(quote.last),
            "high_52_w": text(quote.last),
            "price_percent_chg_24_h": "0",
            "best_bid": text(quote.bid),
            "best_bid_quantity": text(quote.bid_size),
            "best_ask": text(quote.ask),
            "best_ask_quantity": text(quote.ask_size),
        }

    def _say(self, visitor: Visitor, channel: str, event: dict[str, Any]) -> None:
        self._said += 1
        visitor.say(
            {
                "channel": channel,
                "client_id": "",
                "timestamp": moment(self._now()),
                "sequence_num": self._said,
                "events": [event],
            }
        )

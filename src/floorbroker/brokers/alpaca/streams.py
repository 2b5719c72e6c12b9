"""One person's streams of prices: one for shares, one for coins.

Alpaca lets one account be connected to an endpoint once, so that another process of ours or the
person's own program may have the place: then it is asked for again after a while, and whoever
follows prices asks for them meanwhile. Options come in MessagePack only and are asked for.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta
from functools import partial
from typing import Any, Final

from floorbroker.brokers.alpaca import errors
from floorbroker.brokers.alpaca.client import AlpacaClient
from floorbroker.brokers.alpaca.market_data import MarketData
from floorbroker.brokers.alpaca.price_talk import HELD_ELSEWHERE, AlpacaTalk, not_pushed
from floorbroker.brokers.alpaca.spec import SPEC
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.shared.price_line import PriceLine
from floorbroker.brokers.shared.stream_address import stream_address
from floorbroker.brokers.shared.wire import NoAllowance, NotBegun
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Quote

_SHARES: Final = AssetClass.EQUITY
_COINS: Final = AssetClass.CRYPTO


class Streams:
    """The websockets of one adapter."""

    def __init__(
        self,
        context: BrokerContext,
        client: AlpacaClient,
        market: MarketData,
        opens: Mapping[str, Any],
        *,
        patience: float = 1.0,
    ) -> None:
        """Connects to nobody yet. `patience` stretches or shortens every deadline."""
        self._endpoints = context.endpoints
        self._clock = context.clock
        self._client = client
        self._market = market
        self._opens: Mapping[str, Any] | None = opens
        self._not_before = dict.fromkeys((_SHARES, _COINS), 0.0)
        self._lines = {
            kind: PriceLine(
                context.transport, partial(self._talk, kind), errors.for_read, patience=patience
            )
            for kind in (_SHARES, _COINS)
        }

    async def quotes(self, instruments: Sequence[Instrument]) -> AsyncGenerator[Quote, None]:
        """As they are pushed, all of one kind.

        Raises:
            NotSupported: They are not pushed.
        """
        kinds = {one.asset_class for one in instruments}
        line = self._lines.get(kinds.pop()) if len(kinds) == 1 else None
        if line is None:
            raise not_pushed()
        async with aclosing(line.quotes({one.symbol: one for one in instruments})) as quotes:
            async for quote in quotes:
                yield quote

    async def close(self) -> None:
        """Ends them and lets go of the access."""
        self._opens = None
        for line in self._lines.values():
            await line.close()

    def _talk(self, kind: AssetClass) -> AlpacaTalk:
        return AlpacaTalk(
            partial(self._find, kind),
            self._access,
            self._refused,
            partial(self._taken_elsewhere, kind),
            self._market.lasts,
        )

    async def _find(self, kind: AssetClass) -> tuple[str, str]:
        left = self._not_before[kind] - self._clock.steady()
        if left > 0:
            raise NoAllowance(timedelta(seconds=left))
        host = stream_address(SPEC, self._endpoints, "data", "stream")
        if kind is _COINS:
            return "crypto", f"{host}/v1beta3/crypto/us"
        feed = await self._market.stock_feed()
        return feed, f"{host}/v2/{feed}"

    def _access(self) -> Mapping[str, Any]:
        if self._opens is None:
            raise NotBegun("closed")
        return self._opens

    async def _refused(self) -> None:
        """A stream's word alone does not end a link: REST is asked whether the access still opens.

        Tokens were refused by streams for years while REST took them:
        https://forum.alpaca.markets/t/market-data-real-time-websocket-oauth-support/10380
        """
        await self._client.get_account()

    def _taken_elsewhere(self, kind: AssetClass) -> None:
        self._not_before[kind] = self._clock.steady() + HELD_ELSEWHERE.total_seconds()

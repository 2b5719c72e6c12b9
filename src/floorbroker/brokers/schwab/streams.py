"""One person's stream of prices, shares and options alike.

A user of Schwab's has one connection to the streamer. If another process of ours or the person's
own program has it, it is asked for again after a while, and whoever follows prices asks meanwhile.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.schwab import errors
from floorbroker.brokers.schwab.calls import SchwabCalls
from floorbroker.brokers.schwab.errors import UNAUTHORIZED, Refusal
from floorbroker.brokers.schwab.market_answers import StreamerInfo
from floorbroker.brokers.schwab.market_data import symbol_of
from floorbroker.brokers.schwab.price_talk import HELD_ELSEWHERE, SchwabTalk, not_pushed
from floorbroker.brokers.shared.price_line import PriceLine
from floorbroker.brokers.shared.wire import NoAllowance, Unreadable
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Quote

_SCHWABS: Final = (".schwab.com", ".schwabapi.com")


class Streams:
    """The websocket of one adapter."""

    def __init__(
        self, context: BrokerContext, calls: SchwabCalls, *, patience: float = 1.0
    ) -> None:
        """Connects to nobody yet. `patience` stretches or shortens every deadline."""
        self._host = context.endpoints["api"]
        self._clock = context.clock
        self._calls = calls
        self._not_before = 0.0
        self._line = PriceLine(context.transport, self._talk, errors.for_read, patience=patience)

    def quotes(self, instruments: Sequence[Instrument]) -> AsyncIterator[Quote]:
        """As they are pushed.

        Raises:
            SymbolNotFound: It can be no symbol of Schwab's.
        """
        return self._line.quotes({symbol_of(one): one for one in instruments})

    async def close(self) -> None:
        """Ends it."""
        await self._line.close()

    def _talk(self) -> SchwabTalk:
        return SchwabTalk(self._find, self._calls.access_token, self._taken_elsewhere)

    async def _find(self) -> StreamerInfo:
        left = self._not_before - self._clock.steady()
        if left > 0:
            raise NoAllowance(timedelta(seconds=left))
        try:
            info = await self._calls.get_streamer()
        except Refusal as refusal:
            if refusal.status != UNAUTHORIZED:
                raise
            # This alone does not end a link: what everything else rests on is asked.
            await self._calls.get_account_numbers()
            raise not_pushed(refusal.status) from refusal
        if not _trusted(info.address, self._host):
            raise Unreadable(200)
        return info

    def _taken_elsewhere(self) -> None:
        self._not_before = self._clock.steady() + HELD_ELSEWHERE.total_seconds()


def _trusted(address: str, host: str) -> bool:
    """Whether an address that an answer names may get the access: Schwab's own, or the host's."""
    try:
        told, own = urlsplit(address), urlsplit(host)
        same = (told.hostname, told.port) == (own.hostname, own.port)
    except ValueError:
        return False
    if told.username is not None or not told.hostname:
        return False
    if same:
        return told.scheme == own.scheme.replace("http", "ws", 1)
    return told.scheme == "wss" and told.hostname.endswith(_SCHWABS)

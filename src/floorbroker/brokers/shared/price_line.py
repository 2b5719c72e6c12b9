"""All prices that one adapter follows, over one websocket.

It is opened with the first who listens and closed with the last; an instrument is subscribed once,
however many listen to it. The line never connects again by itself: when the connection breaks,
everybody who listens hears why, and whoever asks next opens a new one.

A reader who is slow finds the latest quote of each instrument, and none before it.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Final

from floorbroker.brokers.shared.open_line import Listener, OpenLine
from floorbroker.brokers.shared.price_talk import PriceTalk
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.shared.wire import Failure, Unanswered
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Quote

START_SECONDS: Final = 15.0
"""From the wish to listen until the vendor has taken it, a new connection included."""


class PriceLine:
    """The line of one adapter."""

    def __init__(
        self,
        transport: Transport,
        new_talk: Callable[[], PriceTalk],
        made_of: Callable[[Failure], BrokerError],
        *,
        patience: float = 1.0,
    ) -> None:
        """Connects to nobody yet.

        Args:
            new_talk: The vendor's words for one connection.
            made_of: The broker's `for_read`.
            patience: Stretches or shortens every deadline.
        """
        self._transport = transport
        self._new_talk = new_talk
        self._made_of = made_of
        self._patience = patience
        self._open: OpenLine | None = None
        self._closed = False

    async def quotes(self, wanted: Mapping[str, Instrument]) -> AsyncGenerator[Quote, None]:
        """Quotes of these instruments, by the vendor's names for them, until `close`.

        Raises:
            BrokerError: The connection cannot be made or has ended, or one of them is refused.
        """
        if self._closed:
            return
        line, listener = self._line(), Listener(wanted)
        deadline = asyncio.get_running_loop().time() + START_SECONDS * self._patience
        line.join(wanted, listener)
        try:
            while not listener.over:
                try:
                    async with asyncio.timeout_at(deadline if listener.waiting else None):
                        news = await listener.heard()
                except TimeoutError:
                    raise self._made_of(Unanswered(sent=True, late=True)) from None
                for quote in news:
                    yield quote
        finally:
            line.leave(wanted, listener)
            if line.unheard:
                await self._hang_up(line)

    async def close(self) -> None:
        """Ends the connection and all who listen; nothing is opened any more."""
        self._closed = True
        if self._open is not None:
            await self._hang_up(self._open)

    def _line(self) -> OpenLine:
        if self._open is None or self._open.over:
            self._open = OpenLine(self._transport, self._new_talk(), self._made_of, self._patience)
        return self._open

    async def _hang_up(self, line: OpenLine) -> None:
        if self._open is line:
            self._open = None
        line.life.cancel()
        await asyncio.wait({line.life})

"""Cards that are edited while somebody looks at them: at most one a person, and not for ever.

Discord takes edits of a private card for 15 minutes after the command or click that it answers.
Everything that a card needs to go on after that, or after a restart, is in its Refresh button.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.watch_cards import Standing
from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import UserId
from floorbroker.services.supervisor import Supervisor
from floorbroker.services.watching import Board

LASTS: Final = timedelta(minutes=10)
EVERY: Final = 3.0
"""Seconds between two edits at the least."""

Show = Callable[[Card], Awaitable[bool]]
"""Edits the card; False where Discord does not take it."""

Draw = Callable[[Standing], Awaitable[Card]]
"""The card as it stands now."""

_log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class LiveCard:
    """One that is refreshed, or was.

    Attributes:
        standing: Why it ended; LIVE while it has not.
        silent: Somebody else shows its end.
    """

    card_id: str
    board: Board
    draw: Draw
    show: Show
    ends_at: float
    standing: Standing = Standing.LIVE
    silent: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, standing: Standing, *, silent: bool) -> None:
        """It is not refreshed any more."""
        self.standing, self.silent = standing, silent
        self.over.set()


class LiveCards:
    """The cards of everybody that this process refreshes."""

    def __init__(self, supervisor: Supervisor, clock: Clock, *, every: float = EVERY) -> None:
        """`every` stands in for the usual pause between edits."""
        self._supervisor = supervisor
        self._clock = clock
        self._every = every
        self._live: dict[UserId, LiveCard] = {}

    def until(self) -> datetime:
        """When a card that begins now would end."""
        return self._clock.now() + LASTS

    def begin(self, user_id: UserId, card_id: str, board: Board, *, draw: Draw, show: Show) -> None:
        """Refreshes a card from now on, and the person's card of before no more."""
        self._end(user_id, Standing.REPLACED, by=card_id)
        live = LiveCard(
            card_id=card_id,
            board=board,
            draw=draw,
            show=show,
            ends_at=self._clock.steady() + LASTS.total_seconds(),
        )
        self._live[user_id] = live
        self._supervisor.keep("live card", self._refresh(user_id, live))

    def stop(self, user_id: UserId, card_id: str) -> Board | None:
        """Ends that card if it is the one that is refreshed; its board, for the last look."""
        live = self._live.get(user_id)
        if live is None or live.card_id != card_id:
            return None
        live.end(Standing.STOPPED, silent=True)
        return live.board

    def _end(self, user_id: UserId, standing: Standing, *, by: str) -> None:
        before = self._live.get(user_id)
        if before is not None:
            # A card that is refreshed anew is the same message: its end is not shown on it.
            before.end(standing, silent=before.card_id == by)

    async def _refresh(self, user_id: UserId, live: LiveCard) -> None:
        watching = asyncio.ensure_future(live.board.watch())
        try:
            await self._edited(live)
        except Exception as error:  # noqa: BLE001  # the edge: the card stays as it is
            _log.exception("live_card_failed", error=type(error).__name__)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            if self._live.get(user_id) is live:
                del self._live[user_id]

    async def _edited(self, live: LiveCard) -> None:
        shown: Card | None = None
        while await self._rested(live):
            card = await live.draw(Standing.LIVE)
            if card == shown or live.over.is_set():
                continue
            if not await live.show(card):
                return
            shown = card
        if not live.silent:
            await live.show(await live.draw(live.standing))

    async def _rested(self, live: LiveCard) -> bool:
        """Whether it goes on, after a pause that its end cuts short."""
        left = live.ends_at - self._clock.steady()
        try:
            async with asyncio.timeout(max(min(self._every, left), 0)):
                await live.over.wait()
        except TimeoutError:
            pass
        if live.over.is_set():
            return False
        if live.board.over or self._clock.steady() >= live.ends_at:
            live.standing = Standing.OVER
            return False
        return True

"""Cards that are edited while somebody looks at them: at most one a person, and not for ever.

Discord takes edits of a private card for 15 minutes after the command or click that it answers.
Everything that a card needs to go on after that, or after a restart, is in its Refresh button.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from floorbroker.bot.card_edits import Edit
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.watch_cards import Standing
from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import UserId
from floorbroker.replicas.word import What, Word
from floorbroker.services.supervisor import Supervisor
from floorbroker.services.watching import Board

LASTS: Final = timedelta(minutes=10)
EVERY: Final = 3.0
"""Seconds between two edits at the least."""

LET_GO: Final = 2.0
"""Seconds that an edit on its way may take before whoever wants the message goes on without it."""

LAST_WORD: Final = 5.0
"""Seconds in which the cards of a process that ends say so."""

LAST_TRIES: Final = 3
_BEGUN: Final = "begun"
_STOPPED: Final = "stopped"

Show = Callable[[Card], Awaitable[Edit]]
"""Edits the card."""

Draw = Callable[[Standing], Awaitable[Card]]
"""The card as it stands now."""

_log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class LiveCard:
    """One that is refreshed, or was.

    Attributes:
        standing: Why it ended; LIVE while it has not.
        silent: Somebody else shows its end.
        answered: The answer that it began with is on the screen; an edit before would be lost.
    """

    card_id: str
    board: Board
    draw: Draw
    show: Show
    ends_at: float
    standing: Standing = Standing.LIVE
    silent: bool = False
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    task: "asyncio.Task[None] | None" = None

    def end(self, standing: Standing, *, silent: bool) -> None:
        """It is not refreshed any more."""
        self.standing, self.silent = standing, silent
        self.over.set()

    async def let_go(self, seconds: float) -> None:
        """Waits until no edit of it is on its way any more; one that takes longer is given up."""
        if self.task is not None:
            await asyncio.wait({self.task}, timeout=seconds)
            self.task.cancel()


class LiveCards:
    """The cards of everybody that this process refreshes."""

    def __init__(
        self,
        supervisor: Supervisor,
        clock: Clock,
        word: Word,
        *,
        every: float = EVERY,
        let_go: float = LET_GO,
    ) -> None:
        """`word` reaches other replicas; `every` and `let_go` stand in for the usual pauses."""
        self._word = word
        word.on(What.CARD, self._done_elsewhere)
        self._supervisor = supervisor
        self._clock = clock
        self._every = every
        self._let_go = let_go
        self._live: dict[UserId, LiveCard] = {}
        supervisor.at_drain(self.end_all)

    def until(self) -> datetime:
        """When a card that begins now would end."""
        return self._clock.now() + LASTS

    async def begin(
        self, user_id: UserId, card_id: str, board: Board, *, draw: Draw, show: Show
    ) -> LiveCard:
        """Follows a board from now on, and the person's card of before no more.

        The card is edited once whoever answers with it sets `answered`.
        """
        before = self._live.get(user_id)
        anew = before is not None and before.card_id == card_id
        if before is not None:
            # A card that is refreshed anew is the same message: its end is not shown on it.
            before.end(Standing.REPLACED, silent=anew)
        live = LiveCard(
            card_id=card_id,
            board=board,
            draw=draw,
            show=show,
            ends_at=self._clock.steady() + LASTS.total_seconds(),
        )
        self._live[user_id] = live
        self._word.tell(What.CARD, user_id, card_id, _BEGUN)
        live.task = self._supervisor.keep("live card", self._refresh(user_id, live))
        if before is not None and anew:
            await before.let_go(self._let_go)
        return live

    async def stop(self, user_id: UserId, card_id: str) -> Board | None:
        """Ends that card if it is the one that is refreshed; its board, for the last look."""
        self._word.tell(What.CARD, user_id, card_id, _STOPPED)
        live = self._live.get(user_id)
        if live is None or live.card_id != card_id:
            return None
        live.end(Standing.STOPPED, silent=True)
        await live.let_go(self._let_go)
        return live.board

    async def _done_elsewhere(self, user_id: str, card_id: str, done: str) -> None:
        """A click or command that another replica answered: it shows what there is to see."""
        live = self._live.get(UserId(user_id))
        if live is None:
            return
        same = live.card_id == card_id
        if done == _BEGUN:
            live.end(Standing.REPLACED, silent=same)
        elif done == _STOPPED and same:
            live.end(Standing.STOPPED, silent=True)

    async def end_all(self) -> None:
        """Ends every card, since the process does; each says so if Discord takes it in time."""
        lives = [live for live in self._live.values() if not live.over.is_set()]
        for live in lives:
            live.end(Standing.RESTARTING, silent=False)
        tasks = {live.task for live in lives if live.task is not None}
        if tasks:
            await asyncio.wait(tasks, timeout=LAST_WORD)

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
            if not live.answered.is_set():
                continue
            card = await live.draw(Standing.LIVE)
            if card == shown or live.over.is_set():
                continue
            edit = await live.show(card)
            if edit is Edit.GONE:
                return
            shown = card if edit is Edit.SHOWN else None  # else nobody knows what is there
        if not live.silent:
            await self._last_words(live)

    async def _last_words(self, live: LiveCard) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORD):
                await live.answered.wait()
        for _ in range(LAST_TRIES):
            if live.silent or await live.show(await live.draw(live.standing)) is not Edit.NOT_NOW:
                return
            await asyncio.sleep(self._every)

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
        if (live.board.over and live.answered.is_set()) or self._clock.steady() >= live.ends_at:
            live.standing = Standing.OVER
            return False
        return True

"""A person's watch list, and the board on which its prices stand while somebody looks."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import structlog

from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import FloorbrokerError, InvalidInput, StoreUnavailable
from floorbroker.domain.ids import UserId
from floorbroker.domain.instruments import Instrument, parse_symbol
from floorbroker.domain.market import MarketEvent
from floorbroker.domain.watch_list import WatchList
from floorbroker.services.accounts import Accounts
from floorbroker.services.chosen import Chosen, choose, choose_of
from floorbroker.services.quote_feed import Subscription
from floorbroker.services.quote_streams import QuoteStreams
from floorbroker.services.reachable import LinkedAccount, Reachable
from floorbroker.services.sessions import Sessions
from floorbroker.services.supervisor import Supervisor
from floorbroker.storage.watch_lists import WatchLists

_log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Line:
    """One symbol of a board.

    Attributes:
        chosen: The account that shows it; None where `error` tells why there is none.
        event: The latest; None before the first.
        opened: The first price that the board had.
        error: Why nothing more comes.
        following: Where it is heard; None before and after.
    """

    symbol: str
    chosen: Chosen | None = None
    event: MarketEvent | None = None
    opened: Decimal | None = None
    error: FloorbrokerError | None = None
    following: Subscription | None = None

    @property
    def trouble(self) -> FloorbrokerError | None:
        """What keeps prices away, for good or at present."""
        if self.error is not None or self.following is None:
            return self.error
        return self.following.trouble

    @property
    def account(self) -> LinkedAccount | None:
        """Where the price comes from."""
        return None if self.chosen is None else self.chosen.account

    @property
    def instrument(self) -> Instrument | None:
        """As that account knows it."""
        return None if self.chosen is None else self.chosen.instrument


class Board:
    """The lines of one person's list, kept up to date while `watch` runs.

    Attributes:
        opened_at: Changes are counted from here.
        named: The account that was named, as `LinkedAccount.value`; empty: each symbol's default.
    """

    def __init__(
        self, lines: list[Line], streams: QuoteStreams, opened_at: datetime, named: str = ""
    ) -> None:
        """Nothing is followed yet."""
        self.lines = lines
        self.opened_at = opened_at
        self.named = named
        self._streams = streams
        self._waits = {line.symbol for line in lines if line.error is None}
        self._filled = asyncio.Event()
        self._heard_of_all()

    @property
    def over(self) -> bool:
        """Whether no line will change any more."""
        return all(line.error is not None for line in self.lines)

    async def filled(self, seconds: float) -> None:
        """Waits until every line has a price or a reason, or for so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._filled.wait()

    async def watch(self) -> None:
        """Follows every line, until it is canceled or nothing will change any more."""
        async with asyncio.TaskGroup() as group:
            for line in self.lines:
                if line.chosen is not None:
                    group.create_task(self._follow(line, line.chosen))

    async def _follow(self, line: Line, chosen: Chosen) -> None:
        link, instrument = chosen.account.link, chosen.instrument
        try:
            async with self._streams.subscribe(link, instrument) as events:
                line.following = events
                async for heard in events:
                    line.event = heard.event
                    if line.opened is None:
                        line.opened = heard.event.price
                    self._told(line)
        except FloorbrokerError as error:
            line.error = error
        except Exception as error:  # noqa: BLE001  # the edge: one line must not end the others
            _log.exception("line_failed", broker=link.broker, error=type(error).__name__)
            line.error = FloorbrokerError(broker=link.broker)
        finally:
            line.following = None
        self._told(line)

    def _told(self, line: Line) -> None:
        self._waits.discard(line.symbol)
        self._heard_of_all()

    def _heard_of_all(self) -> None:
        if not self._waits:
            self._filled.set()


class Watching:
    """Acts on the list of the person who asks."""

    def __init__(
        self,
        lists: WatchLists,
        accounts: Accounts,
        sessions: Sessions,
        streams: QuoteStreams,
        supervisor: Supervisor,
        clock: Clock,
    ) -> None:
        """See the module's first line."""
        self._lists = lists
        self._accounts = accounts
        self._sessions = sessions
        self._streams = streams
        self.supervisor = supervisor
        self._clock = clock

    async def watched(self, user_id: UserId) -> WatchList:
        """The person's list."""
        return await self._lists.get(user_id)

    async def add(
        self, user_id: UserId, symbol: str, named: str | None
    ) -> tuple[WatchList, Instrument]:
        """Puts a symbol on the list, once an account of the person's knows it.

        Raises:
            InvalidInput: It is no symbol, or the list is full.
            FloorbrokerError: No account, or none that knows it.
        """
        (await self._lists.get(user_id)).with_symbol(parse_symbol(symbol))  # full: ask nobody
        chosen = await choose(self._accounts, self._sessions, user_id, symbol, named)
        instrument = chosen.instrument
        changed = await self._change(user_id, lambda known: known.with_symbol(instrument.symbol))
        return changed, instrument

    async def remove(self, user_id: UserId, symbol: str) -> WatchList:
        """Takes a symbol off the list.

        Raises:
            InvalidInput: It is not on it.
        """
        wanted = parse_symbol(symbol)
        return await self._change(user_id, lambda known: known.without(wanted))

    async def board(self, user_id: UserId, named: str | None) -> Board:
        """The list's board, of the account named, else of each symbol's default.

        Raises:
            InvalidInput: The list is empty.
            FloorbrokerError: There is no account, or none of that name.
        """
        symbols = (await self._lists.get(user_id)).symbols
        if not symbols:
            raise InvalidInput("Your watch list is empty. Put something on it: /watch add.")
        own = await self._accounts.reachable(user_id)
        chosen = own.choose(named)  # of a wrong name the person hears once, not on every line
        lines = await asyncio.gather(*(self._line(own, symbol, named) for symbol in symbols))
        value = chosen.value if named else ""
        return Board(list(lines), self._streams, self._clock.now(), value)

    async def _line(self, own: Reachable, symbol: str, named: str | None) -> Line:
        try:
            chosen = await choose_of(own, self._sessions, symbol, named)
        except FloorbrokerError as error:
            return Line(symbol=symbol, error=error)
        return Line(symbol=symbol, chosen=chosen)

    async def _change(self, user_id: UserId, change: Callable[[WatchList], WatchList]) -> WatchList:
        for _ in range(5):
            known = await self._lists.get(user_id)
            changed = change(known)
            if changed == known:
                return known
            stored = await self._lists.save(changed)
            if stored is not None:
                return stored
        raise StoreUnavailable(detail="watch list kept changing")

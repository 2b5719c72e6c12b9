"""The paper broker: no wire, but every way in which a broker can answer or not."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from random import Random
from typing import Any, Final

from floorbroker.bootstrap import App
from floorbroker.brokers.port import BrokerOrder
from floorbroker.domain.errors import NotSent, OrderRejected, OutcomeUnknown
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.orders import Side
from floorbroker.services.callers import Caller
from floorbroker.services.ticket import Ticket
from tests.campaign.faults.venue import Entry, Kind, Planted, Venue
from tests.fakes.clock import NOON

KINDS: Final = {f"{kind}_order": kind for kind in Kind}
BEFORE: Final = ("no answer", "hang", "defect", "canceled", "not sent", "refusal")
AFTER: Final = ("no answer", "hang", "defect", "canceled")


class Trouble:
    """What happens to one request."""

    def __init__(self, name: str, *, carried_out: bool) -> None:
        """`name` is one of those above."""
        self.name, self.carried_out = name, carried_out
        self.met = False
        self.released = asyncio.Event()

    async def strike(self) -> None:
        """Raises, or waits until it is released."""
        match self.name:
            case "hang":
                await self.released.wait()
            case "defect":
                raise RuntimeError("a defect of the adapter's own")
            case "canceled":
                raise asyncio.CancelledError
            case "not sent":
                raise NotSent(broker="paper")
            case "refusal":
                raise OrderRejected("Insufficient funds for this trade", broker="paper")
            case _:
                raise OutcomeUnknown(broker="paper")


class Troubles:
    """See `floorbroker.brokers.paper.faults.Faults`; each request takes the oldest trouble."""

    def __init__(self) -> None:
        """All is well."""
        self.received: Counter[Kind] = Counter()
        self.planted: dict[Kind, list[Trouble]] = {kind: [] for kind in Kind}
        self._struck: dict[asyncio.Task[Any] | None, Trouble] = {}

    async def before(self, operation: str) -> None:
        """See the port."""
        kind = KINDS.get(operation)
        if kind is None:
            return
        trouble = self.planted[kind].pop(0) if self.planted[kind] else None
        if trouble is None or trouble.name != "not sent":
            self.received[kind] += 1
        if trouble is None:
            return
        trouble.met = True
        if not trouble.carried_out:
            await trouble.strike()
        self._struck[asyncio.current_task()] = trouble

    async def after(self, operation: str) -> None:
        """See the port."""
        trouble = self._struck.pop(asyncio.current_task(), None)
        if operation in KINDS and trouble is not None and trouble.carried_out:
            await trouble.strike()


class AtPaper(Venue):
    """See the module's first line."""

    broker = "paper"
    symbol = "KO"
    app: App

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """See the base."""
        self.troubles = Troubles()
        self.users: list[UserId] = []
        yield

    def settings(self) -> Mapping[str, Any]:
        """See the base."""
        return {}

    def options(self) -> Mapping[BrokerId, Mapping[str, Any]]:
        """See the base."""
        return {BrokerId(self.broker): {"latency_seconds": 0, "faults": self.troubles}}

    async def link(self, app: App, user: UserId, number: int) -> None:
        """Everybody has a paper account; here it holds something."""
        self.app = app
        self.users.append(user)
        caller = Caller(user_id=user, guild_id=None, origin_key=f"first {number}")
        wanted = Ticket(symbol=self.symbol, side=Side.BUY, quantity="500")
        draft = await app.floor.drafts.draft(caller, wanted)
        bought = await app.floor.orders.confirm(caller, draft.order_id, None)
        assert bought.average_price is not None
        self.price = bought.average_price.quantize(Decimal("0.01"))
        self.troubles.received.clear()

    def priced(self) -> None:
        """It always is."""

    def plant(self, kind: Kind, chance: Random) -> Planted | None:
        """See the base."""
        if chance.random() < 0.1:
            return None
        carried_out = chance.random() < 0.5
        trouble = Trouble(chance.choice(AFTER if carried_out else BEFORE), carried_out=carried_out)
        self.troubles.planted[kind].append(trouble)

        def release() -> None:
            trouble.released.set()
            if trouble in self.troubles.planted[kind]:
                self.troubles.planted[kind].remove(trouble)

        return Planted(
            name=f"{trouble.name}, {'' if carried_out else 'not '}carried out",
            silent=trouble.name not in {"not sent", "refusal"},
            refuses=trouble.name == "refusal",
            met=lambda: trouble.met,
            release=release,
        )

    def received(self, kind: Kind) -> int:
        """See the base."""
        return self.troubles.received[kind]

    async def book(self) -> Sequence[Entry]:
        """See the base."""
        return [_entry(one) for user in self.users for one in await self._of(user)]

    async def _of(self, user: UserId) -> Sequence[BrokerOrder]:
        (account,), _ = await self.app.floor.accounts.accounts(user)
        async with self.app.floor.sessions.lease(account.link) as adapter:
            working = await adapter.open_orders(account.account)
            ended = await adapter.order_history(account.account, NOON, self.clock.now())
        return [*working, *ended]


def _entry(one: BrokerOrder) -> Entry:
    receipt = one.receipt
    return Entry(
        quantity=receipt.quantity or Decimal(0),
        state=receipt.state,
        filled=sum((fill.quantity for fill in receipt.fills), Decimal(0)),
        limit=receipt.limit_price,
        stop=receipt.stop_price,
        ref=one.order_id,
    )

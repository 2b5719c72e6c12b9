"""What the operators see of the service: how it is doing, and who is linked where."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from floorbroker.brokers.registry import brokers_in
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.connections import ConnectionStatus
from floorbroker.domain.errors import InvalidInput, StoreUnavailable
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.service_pause import ServicePause
from floorbroker.services.callers import Caller
from floorbroker.services.choices import Choices
from floorbroker.services.desk import Desk
from floorbroker.services.listing import SENT
from floorbroker.storage.overview import LinksAt, Overview, PersonSeen

PAGE: Final = 8
SOON: Final = timedelta(days=2)
RECENT: Final = timedelta(days=1)
MOST_SUSPENDED: Final = 10
_ID: Final = re.compile(r"[0-9]{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThisProcess:
    """What only the process that answers knows, and only of itself.

    Attributes:
        waiting: Orders that wait for their turn, by broker.
        resting: Brokers that are left alone after several failures in a row.
        lag_seconds: How late the event loop ran a timer last.
    """

    name: str
    since: datetime
    sessions: int
    waiting: Mapping[BrokerId, int]
    resting: Sequence[tuple[BrokerId, Environment]]
    gateways: Mapping[BrokerId, ConnectionStatus]
    lag_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the store says of everybody; numbers end at `overview.MOST` and one more.

    Attributes:
        seconds: How long it took to answer at all.
        suspended_people: At most `MOST_SUSPENDED`, and one more that says that there are more.
        recent: Orders that were sent within `RECENT`, by the state that they have reached.
        in_doubt_since: When the oldest order whose outcome is unknown was sent.
        to_read_back: Orders that are due to be looked up at their broker.
        to_tell: Orders with news that are due to be told.
        untold: Outcomes that wait for their person's next command.
    """

    seconds: float
    pause: ServicePause
    suspended_people: Sequence[UserId]
    suspended_servers: Sequence[str]
    people: int
    links: Mapping[BrokerId, LinksAt]
    recent: Mapping[OrderState, int]
    on_their_way: int
    in_doubt: int
    in_doubt_since: datetime | None
    to_read_back: int
    to_tell: int
    untold: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the service is doing; `stored` is None where the store does not answer."""

    process: ThisProcess
    stored: Stored | None


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """One page of people.

    Attributes:
        after: The last one, where there may be more; empty at the end.
    """

    people: Sequence[PersonSeen]
    after: str = ""


class Console:
    """Answers operators and nobody else."""

    def __init__(
        self,
        overview: Overview,
        choices: Choices,
        desk: Desk,
        gateways: Gateways,
        mode: DeploymentMode,
    ) -> None:
        """Built with the process, whose age it knows from that."""
        self._overview = overview
        self._choices = choices
        self._desk = desk
        self._gateways = gateways
        self._since = desk.clock.now()
        self._brokers = tuple(spec.id for spec in brokers_in(mode) if not spec.retired)

    async def status(self, caller: Caller) -> Status:
        """How the service is doing at this moment.

        Raises:
            PolicyRefused: The caller is not an operator.
        """
        self._choices.check_operator(caller)
        try:
            stored = await self._stored()
        except StoreUnavailable:
            stored = None
        return Status(process=self._this_process(), stored=stored)

    async def people(self, caller: Caller, after: str = "") -> People:
        """The people after `after` in the order of their ids, or the first.

        Raises:
            PolicyRefused: The caller is not an operator.
            InvalidInput: `after` is nobody's id.
        """
        self._choices.check_operator(caller)
        if after and not _ID.fullmatch(after):
            raise InvalidInput("That button is out of date. Send /service people again.")
        ids = await self._overview.ids_after(after, limit=PAGE + 1)
        shown = ids[:PAGE]
        people = await asyncio.gather(*(self._overview.person(one) for one in shown))
        return People(people=people, after=shown[-1] if len(ids) > PAGE else "")

    async def person(self, caller: Caller, user_id: UserId) -> People:
        """One person; somebody unknown has nothing.

        Raises:
            PolicyRefused: The caller is not an operator.
        """
        self._choices.check_operator(caller)
        return People(people=[await self._overview.person(user_id)])

    def _this_process(self) -> ThisProcess:
        desk = self._desk
        return ThisProcess(
            name=desk.process,
            since=self._since,
            sessions=desk.sessions.number_open,
            waiting=desk.lanes.waiting(),
            resting=desk.sessions.resting(),
            gateways=self._gateways.statuses(),
            lag_seconds=desk.metrics.last_loop_lag(),
        )

    async def _stored(self) -> Stored:
        see, now = self._overview, self._desk.clock.now()
        states = sorted(SENT, key=list(OrderState).index)
        counts = await asyncio.gather(*(see.orders(one, since=now - RECENT) for one in states))
        links = await asyncio.gather(*(see.links_at(one, now, now + SOON) for one in self._brokers))
        most = MOST_SUSPENDED + 1
        return Stored(
            seconds=await see.seconds_to_answer(),
            pause=await self._choices.service_pause(),
            suspended_people=await see.suspended_people(limit=most),
            suspended_servers=await see.suspended_servers(limit=most),
            people=await see.people(),
            links=dict(zip(self._brokers, links, strict=True)),
            recent=dict(zip(states, counts, strict=True)),
            on_their_way=await see.orders(OrderState.SENDING),
            in_doubt=await see.orders(OrderState.UNKNOWN),
            in_doubt_since=await see.oldest(OrderState.UNKNOWN),
            to_read_back=await see.to_read_back(now),
            to_tell=await see.to_tell(now),
            untold=await see.untold(),
        )

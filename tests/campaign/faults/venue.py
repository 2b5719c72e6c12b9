"""A simulated broker as the campaign sees it: who has an account, what goes wrong, its book."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from random import Random
from typing import Any, ClassVar, Final

from floorbroker.bootstrap import App
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.shared.gateway_wire import Pace
from floorbroker.brokers.spec import Capability
from floorbroker.config import Switch
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderType
from floorbroker.services.choices import PersonalSwitch
from floorbroker.services.link_requests import Wanted
from tests.campaign.faults.running_clock import RunningClock

SHARES: Final = "AAPL"
BRISK: Final = Pace(pauses=(0.01, 0.02, 0.05), slow=0.05, probe=600, least=0)
"""A gateway that comes back fast."""

_HUNDREDTH: Final = Decimal("0.01")


class Kind(StrEnum):
    """What is asked of a broker about an order."""

    PLACE = "place"
    MODIFY = "modify"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One order of a broker's own book; the numbers of two campaign orders are never equal.

    Attributes:
        replaced: Another entry has taken its place.
        ref: The id of ours that it carries; None where the broker keeps none.
    """

    quantity: Decimal
    state: OrderState
    filled: Decimal
    limit: Decimal | None
    stop: Decimal | None
    replaced: bool = False
    ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """What is to go wrong with one request.

    Attributes:
        silent: Its answer proves nothing, so that whoever asked is told "unknown".
        refuses: The broker's own no, which is proof.
        rests: After it the broker wants to be left alone for a while.
        met: Whether a request has run into it.
        release: Lets go of what hangs; meets no request from then on.
    """

    name: str
    silent: bool
    refuses: bool = False
    rests: bool = False
    met: Callable[[], bool]
    release: Callable[[], None]


class Venue(ABC):
    """One broker for one day.

    Attributes:
        deadline_seconds: Real ones, after which an order request counts as unanswered.
        people: So many have an account.
        at_once: So many orders are at work together.
        a_day: Orders of one process: brokers end days and sessions, and count what is asked of them
            in real minutes, and this campaign is not about that.
        price, tick: About what one unit costs, and the step of its price.
        first, step: The quantity of the first order, and by how much each one is larger.
        finest, digits: The broker's own step of a quantity, and how many digits of it are tried.
    """

    broker: ClassVar[str]
    environment: ClassVar[Environment] = Environment.PAPER
    mode: ClassVar[DeploymentMode] = DeploymentMode.MULTI_USER
    symbol: ClassVar[str] = SHARES
    price: Decimal = Decimal(190)
    tick: ClassVar[Decimal] = _HUNDREDTH
    first: ClassVar[Decimal] = Decimal(1)
    step: ClassVar[Decimal] = Decimal(1)
    finest: ClassVar[Decimal] = Decimal(1)
    digits: ClassVar[int] = 3
    deadline_seconds: ClassVar[float] = 0.5
    people: ClassVar[int] = 5
    at_once: ClassVar[int] = 5
    a_day: ClassVar[int] = 25

    def __init__(self, clock: RunningClock) -> None:
        """`clock` is the only one, here and in the product."""
        self.clock = clock

    @abstractmethod
    def open(self) -> AbstractAsyncContextManager[Any]:
        """Serves on loopback, with money and a position in every account."""

    @abstractmethod
    def settings(self) -> Mapping[str, Any]:
        """What the operator sets for this broker; known once it serves."""

    def options(self) -> Mapping[BrokerId, Mapping[str, Any]]:
        """What the product is given beside the settings."""
        return {}

    @abstractmethod
    async def link(self, app: App, user: UserId, number: int) -> None:
        """Connects the account of the person of that number."""

    @abstractmethod
    def priced(self) -> None:
        """A price of now: an old one is none for a market order."""

    @abstractmethod
    def plant(self, kind: Kind, chance: Random) -> Planted | None:
        """Something that goes wrong with the next request of a kind; None: all is well."""

    @abstractmethod
    def received(self, kind: Kind) -> int:
        """How many requests of a kind came."""

    @abstractmethod
    async def book(self) -> Sequence[Entry]:
        """Every order that the broker has, oldest first."""

    def booked(self) -> Any:
        """The newest order as the simulator has it; None where there is none."""
        sim = getattr(self, "sim", None)
        return sim.orders[-1] if sim is not None else None

    async def settled(self, app: App) -> None:  # noqa: B027  # most have nothing to wait for
        """After faults: waits for what needs real time, such as a new connection."""

    @property
    def types(self) -> Sequence[OrderType]:
        """What can be ordered."""
        return sorted(get_broker(self.broker).order_types)

    @property
    def modifies(self) -> bool:
        """Whether the broker changes orders."""
        return Capability.MODIFY in get_broker(self.broker).capabilities

    def wanted(self, user: UserId) -> Wanted:
        """What a person asks to connect."""
        return Wanted(user_id=user, broker=BrokerId(self.broker), environment=self.environment)

    async def key_in(self, app: App, user: UserId, given: Mapping[str, str]) -> None:
        """Connects an account with a key, as the page does it."""
        linking = app.floor.linking
        await linking.keep(await linking.try_out(self.wanted(user), given))


LIVE: Final[Mapping[str, Any]] = {"live_trading": Switch.ON}


async def unlocked(app: App, user: UserId) -> None:
    """A person's own switch for real money and their consent."""
    await app.floor.linking.accept_terms(user)
    await app.floor.choices.switch(user, PersonalSwitch.LIVE, True)

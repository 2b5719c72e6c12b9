"""What a vendor says on a line of prices, and how it is understood; the line is everybody's."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, TypedDict

from floorbroker.domain.errors import BrokerError

if TYPE_CHECKING:
    from floorbroker.brokers.shared.websocket import WebSocket


class Prices(TypedDict, total=False):
    """Those fields of a quote that a message tells; None is told too: nobody quotes."""

    bid: Decimal | None
    ask: Decimal | None
    last: Decimal | None
    last_at: datetime | None
    volume: Decimal | None
    delayed: bool
    halted: bool


@dataclass(frozen=True, slots=True)
class Told:
    """News of one instrument; what it leaves out is as it was told before on this connection.

    Attributes:
        key: The vendor's name of the instrument, as it was subscribed.
        at: When the vendor says that these prices were made.
    """

    key: str
    at: datetime
    prices: Prices


@dataclass(frozen=True, slots=True)
class Taken:
    """These are subscribed. `Told` says so too."""

    keys: Sequence[str]


@dataclass(frozen=True, slots=True)
class Refused:
    """These are not, and will not be on this connection."""

    keys: Sequence[str]
    why: BrokerError


Update = Told | Taken | Refused


class PriceTalk(ABC):
    """One vendor's words on one connection; a new one is made for each, and may count and remember.

    Messages are what JSON holds. Everything here may raise a `Failure` or a `BrokerError`: it ends
    the connection, and whoever listens gets it as the reason.

    Attributes:
        source: Who says what the quotes tell, in words for people.
        apart_seconds: What the vendor wants between two messages of ours.
    """

    source: str
    apart_seconds: ClassVar[float] = 0.0

    @abstractmethod
    async def address(self) -> str:
        """Where to connect; asked each time, within the line's deadline for opening."""

    async def log_in(self, socket: "WebSocket") -> None:
        """Whatever must be said and heard before the first subscription, within that deadline."""
        del socket

    @abstractmethod
    def subscribe(self, keys: Sequence[str]) -> Iterable[Any]:
        """The messages that ask for prices of `keys`, which are never empty."""

    @abstractmethod
    def unsubscribe(self, keys: Sequence[str]) -> Iterable[Any]:
        """The messages that end that."""

    @abstractmethod
    def heard(self, message: Any) -> Iterable[Update]:
        """What `message` means; nothing where it is of no interest. Awaits nothing.

        Raises:
            ValueError, TypeError, LookupError, AttributeError: It cannot be read; that ends the
                connection, since nobody knows which price it would have changed.
        """

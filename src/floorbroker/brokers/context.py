"""What the factory hands to each adapter, so that brokers never import storage or settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import SessionExpired
from floorbroker.domain.ids import LinkId, UserId
from floorbroker.domain.modes import Environment

Record = dict[str, Any]
"""JSON-like: text, whole numbers, truth, None, lists and mappings of these."""


class PaperBooks(Protocol):
    """The paper broker's books: one live book a link, and an archive of ended orders."""

    async def load(self, user_id: UserId, link_id: LinkId) -> tuple[Record, int] | None:
        """The book and its version; None before the first save."""
        ...

    async def save(
        self, user_id: UserId, link_id: LinkId, book: Record, *, expected_version: int
    ) -> bool:
        """Stores the book as `expected_version + 1`; False if somebody else was faster.

        `expected_version` 0 creates it.
        """
        ...

    async def archive(self, user_id: UserId, link_id: LinkId, order_id: str, order: Record) -> None:
        """Keeps an ended order; doing it again changes nothing. `order["at"]` is its time."""
        ...

    async def archived(self, user_id: UserId, link_id: LinkId, order_id: str) -> Record | None:
        """One ended order."""
        ...

    async def archived_between(
        self, user_id: UserId, link_id: LinkId, since: datetime, until: datetime, limit: int
    ) -> list[Record]:
        """Ended orders by their time, newest first."""
        ...

    async def erase(self, user_id: UserId, link_id: LinkId) -> None:
        """Removes the book and its archive."""
        ...


class Nonces(Protocol):
    """Numbers for brokers that take each request only with a higher one than the last."""

    async def next(self, link_id: LinkId, at_least: int) -> int:
        """A number above every earlier one of this link, and not below `at_least`."""
        ...


class Tokens(Protocol):
    """The credential of a link whose access ends and is renewed, as it is at this moment.

    Both calls raise `SessionExpired` where the person has to sign in again, and `BrokerError`
    where the access could not be renewed now. One of them is awaited before each request.
    """

    async def current(self) -> Mapping[str, str]:
        """By field; renewed first where its time is near."""
        ...

    async def instead_of(self, refused: Mapping[str, str]) -> Mapping[str, str]:
        """Another one than `refused`, which the broker did not take though its time was not up."""
        ...


@dataclass(frozen=True, slots=True)
class LastingTokens:
    """The credential of a link whose access does not end, or of a try."""

    given: Mapping[str, str] = field(repr=False)

    async def current(self) -> Mapping[str, str]:
        """What was given."""
        return self.given

    async def instead_of(self, refused: Mapping[str, str]) -> Mapping[str, str]:
        """There is no other."""
        del refused
        raise SessionExpired


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all adapters of a process have in common; see `BrokerContext`."""

    paper_books: PaperBooks
    transport: Transport
    cache: SharedCache
    allowances: Allowances
    nonces: Nonces
    gateways: Gateways


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerContext:
    """One adapter's surroundings.

    Attributes:
        transport: Threads and connections that everybody shares.
        cache: What is the same for everybody at this broker; never a person's own.
        allowances: How much may be asked of this broker, shared by whoever it counts as one.
        nonces: Rising numbers, also across processes.
        gateways: The connections to processes on this machine, shared by whoever uses them.
        tokens: The link's credential where it is renewed from time to time.
        endpoints: The addresses to talk to, by the names that the manifest gives them.
        options: The operator's own settings for this broker (seeds, latencies).
    """

    user_id: UserId
    link_id: LinkId
    environment: Environment
    clock: Clock
    paper_books: PaperBooks
    transport: Transport
    cache: SharedCache
    allowances: Allowances
    nonces: Nonces
    gateways: Gateways
    tokens: Tokens
    endpoints: Mapping[str, str]
    options: Mapping[str, Any]

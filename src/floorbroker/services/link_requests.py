"""What connecting an account asks for, and what it leads to."""

from collections.abc import Sequence
from dataclasses import dataclass

from floorbroker.brokers.oauth import Grant
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.ids import BrokerId, LinkId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link
from floorbroker.domain.portfolio import BrokerAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which account a person wants to connect.

    Attributes:
        relinks: The link whose credential is to be replaced; None for a new one.
        label: The person's own name for it; empty for the broker's.
    """

    user_id: UserId
    broker: BrokerId
    environment: Environment
    relinks: LinkId | None = None
    label: str = ""

    @property
    def spec(self) -> BrokerSpec:
        """The broker's manifest."""
        return get_broker(self.broker)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """Credentials that the broker accepted, not stored yet.

    Attributes:
        grant: The credentials, and how long they last. Never printed.
    """

    wanted: Wanted
    link: Link
    accounts: Sequence[BrokerAccount]
    warnings: Sequence[str]
    grant: Grant

    def __repr__(self) -> str:
        """Without the credentials."""
        return f"Tried(link={self.link.link_id!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """An account that is stored and can be traded.

    Attributes:
        warnings: What to keep running, and what the credential may do beyond what is needed.
        renewed: It was linked before; its access was replaced.
        made_default: Orders that name no account go there from now on.
    """

    link: Link
    accounts: Sequence[BrokerAccount]
    warnings: Sequence[str]
    renewed: bool
    made_default: bool

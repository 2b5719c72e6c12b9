"""Where the way to a broker stands, and what is remembered of its changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from floorbroker.domain.ids import BrokerId


class ConnectionState(StrEnum):
    """Where the way to the broker stands."""

    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionStatus:
    """How the way to the broker is, since when, and a sentence for people."""

    state: ConnectionState
    healthy: bool
    since: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionEvent:
    """The connection to a gateway passed from one state to another.

    Attributes:
        detail: Why, in a sentence for people.
        facts: What else is known, such as the attempt's number or the gateway's version.
    """

    broker: BrokerId
    before: ConnectionState
    state: ConnectionState
    at: datetime
    detail: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

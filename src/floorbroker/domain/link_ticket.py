"""The right to link one account, once, within minutes; the address of a page stands for it."""

from dataclasses import dataclass
from datetime import datetime

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.ids import BrokerId, LinkId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import ReplyAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTicket:
    """See the module's first line.

    Attributes:
        ticket_id: The digest of the token in the address; the token itself is stored nowhere.
        version: Counts every stored change; a writer names the version that it saw.
        relinks: The link whose credential is to be replaced; None for a new one.
        browser: The digest of the secret of the browser that proved whose it is; empty before.
        tries: How often credentials were tried.
        away: What is needed when the person comes back from signing in at the broker, sealed; empty
            while they are not there.
        used_at: When an account was linked by it.
        reply: The card in Discord that asked for it.
    """

    ticket_id: str
    version: int = 0
    user_id: UserId
    broker: BrokerId
    environment: Environment
    relinks: LinkId | None = None
    created_at: datetime
    expires_at: datetime
    browser: str = ""
    tries: int = 0
    away: str = ""
    used_at: datetime | None = None
    reply: ReplyAddress | None = None


class LinkExpired(FloorbrokerError):
    """A one-time link is too old, or never was one: the two are not told apart."""

    code = ErrorCode.LINK_EXPIRED


class LinkUsed(FloorbrokerError):
    """A one-time link has done its work, or was tried too often."""

    code = ErrorCode.LINK_USED

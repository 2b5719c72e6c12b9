"""Links that a broker no longer accepts: marked, so that nothing knocks again and again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import structlog

from floorbroker.brokers.registry import get_broker
from floorbroker.domain.clock import Clock
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    AuthenticationFailed,
    BrokerError,
    OrderRejected,
    SessionExpired,
    StoreUnavailable,
)
from floorbroker.domain.people import Link
from floorbroker.services.audit import Audit
from floorbroker.storage.people import People

REFUSALS: Final = frozenset({ErrorCode.AUTHENTICATION_FAILED, ErrorCode.SESSION_EXPIRED})
Marking = Callable[[Link], Link]
_TRIES: Final = 3
_log = structlog.get_logger(__name__)


class LinkHealth:
    """Marks links dead and alive again."""

    def __init__(self, people: People, audit: Audit, clock: Clock) -> None:
        """See the module's first line."""
        self._people = people
        self._audit = audit
        self._clock = clock
        self._tell: Callable[[Link], object] = lambda _: None

    def announce_to(self, tell: Callable[[Link], object]) -> None:
        """From now on tells `tell`, without waiting, of each link that dies."""
        self._tell = tell

    async def died(self, link: Link, error: BrokerError) -> None:
        """The broker refused the link's credential; one that was replaced since stays alive."""
        code = refusal(error)
        if code is None or not link.sealed:
            return
        now = self._clock.now()
        changed = await self._mark(link, lambda one: replace(one, dead_since=now, dead_code=code))
        if changed:
            _log.warning("link_died", broker=link.broker, code=code)
            self._tell(replace(link, dead_since=now, dead_code=code))
            await self._audit.link(link, "link_died")

    async def revived(self, link: Link) -> None:
        """The broker accepts it after all."""
        await self._mark(link, lambda one: replace(one, dead_since=None, dead_code=None))

    async def _mark(self, link: Link, change: Marking) -> bool:
        """Whether it was stored; a mark that cannot be is made at the next refusal."""
        try:
            for _ in range(_TRIES):
                present = await self._people.link(link.user_id, link.link_id)
                if present is None or present.removed or present.linked_at != link.linked_at:
                    return False
                after = change(present)
                if (after.dead_since is None) == (present.dead_since is None):
                    return False
                if await self._people.save_link(after) is not None:
                    return True
        except StoreUnavailable as error:
            _log.warning("link_not_marked", broker=link.broker, error=error.detail)
        return False


def refusal(error: BrokerError) -> ErrorCode | None:
    """The code of an error that says that the credential itself is refused; None for any other."""
    code = error.reason if isinstance(error, OrderRejected) else error.code
    return code if code in REFUSALS else None


def ended(link: Link, clock: Clock) -> bool:
    """Whether the time is up that the broker gave the link's access."""
    return link.ends_at is not None and clock.now() >= link.ends_at


def told_again(link: Link) -> BrokerError:
    """What a command on a link that is dead or at its end says, without asking the broker."""
    name = get_broker(link.broker).name
    kind: type[BrokerError] = AuthenticationFailed
    words = f"{name} no longer accepts the access stored for {link.label}."
    if link.dead_code in {None, ErrorCode.SESSION_EXPIRED}:
        kind = SessionExpired
    if link.dead_code is None:
        words = f"{name} ends each access after a while; the one for {link.label} has ended."
    error = kind(words, broker=link.broker)
    error.link_id = link.link_id
    return error

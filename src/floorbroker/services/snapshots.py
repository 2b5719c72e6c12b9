"""What the owner's accounts behind gateways are worth, written down from time to time."""

from datetime import timedelta
from typing import Final

import structlog

from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.ids import UserId
from floorbroker.domain.people import Link
from floorbroker.domain.portfolio import Snapshot
from floorbroker.services.sessions import Sessions
from floorbroker.storage.people import People
from floorbroker.storage.snapshots import Snapshots

EVERY: Final = timedelta(minutes=15)
_log = structlog.get_logger(__name__)


class SnapshotTaker:
    """Asks what a standing connection tells; it opens none."""

    def __init__(
        self,
        people: People,
        sessions: Sessions,
        gateways: Gateways,
        snapshots: Snapshots,
        owner: UserId,
    ) -> None:
        """See the class's first line."""
        self._people = people
        self._sessions = sessions
        self._gateways = gateways
        self._snapshots = snapshots
        self._owner = owner

    async def sweep(self) -> int:
        """Stores what each account is worth now; how many there were."""
        connected = {
            broker for broker, status in self._gateways.statuses().items() if status.healthy
        }
        if not connected:
            return 0
        links = await self._people.links(self._owner)
        return sum([await self._of(link) for link in links if link.broker in connected])

    async def _of(self, link: Link) -> int:
        try:
            async with self._sessions.lease(link) as adapter:
                accounts = await adapter.accounts()
                for account in accounts:
                    balances = await adapter.balances(account)
                    positions = await adapter.positions(account)
                    present = await self._people.link(link.user_id, link.link_id)
                    if present is None or present.removed:
                        return 0  # removed or erased while the broker was asked
                    await self._snapshots.add(
                        Snapshot.of(
                            link.user_id, link.link_id, account.account_id, balances, positions
                        )
                    )
        except BrokerError as error:
            _log.info("no_snapshot", broker=link.broker, code=error.code)
            return 0
        return len(accounts)

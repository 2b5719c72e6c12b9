"""A credential that is taken away in one replica is let go of in all of them.

Commands need no such word: each reads its link before it takes a lease. What it ends are leases
that are held for long, for streams of prices and news of orders, and what is open for no use.
"""

from floorbroker.domain.ids import LinkId
from floorbroker.replicas.word import What, Word
from floorbroker.services.sessions import Sessions
from floorbroker.storage.people import People


class OtherReplicas:
    """Tells them of links, and hears them."""

    def __init__(self, word: Word, people: People, sessions: Sessions) -> None:
        """From now on."""
        self._people = people
        self._sessions = sessions
        sessions.announce_ends_to(lambda link_id: word.tell(What.LINK, link_id))
        word.on(What.LINK, self._taken_away)
        word.on(What.ANYTHING, self._look_at_all)

    async def _taken_away(self, link_id: str) -> None:
        await self._sessions.close(LinkId(link_id))

    async def _look_at_all(self) -> None:
        """Words may have been lost, so the store is asked of every link that is open here."""
        for link in self._sessions.links():
            present = await self._people.link(link.user_id, link.link_id)
            if present is None or present.removed or present.linked_at != link.linked_at:
                await self._sessions.close(link.link_id)

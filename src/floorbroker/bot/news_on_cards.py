"""What the menus of /settings, Notifications do."""

from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.news_cards import DIGEST, DIGESTS, notifications_card
from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.news import USUAL, NewsKind, NewsLevel
from floorbroker.services.callers import Caller
from floorbroker.services.floor import Floor

_OUT_OF_DATE = "That menu is out of date. Send /settings again."


class NewsCards:
    """Acts on the clicker's own choices only."""

    def __init__(self, floor: Floor) -> None:
        """See the module's first line."""
        self._floor = floor

    async def settings(self, caller: Caller) -> Card:
        """What of their orders a person is told, and how loudly."""
        return notifications_card(await self._floor.accounts.person(caller.user_id))

    async def step(self, caller: Caller, what: str) -> Card:
        """The button of /settings."""
        if what != "notifications":
            raise InvalidInput(_OUT_OF_DATE)
        return await self.settings(caller)

    async def level(self, caller: Caller, kind: str, level: str) -> Card:
        """Sets one kind of news, or when the daily summary comes."""
        if kind == DIGEST:
            return await self._digest(caller, level)
        if kind not in {one.value for one in USUAL} or level not in set(NewsLevel):
            raise InvalidInput(_OUT_OF_DATE)
        choices = self._floor.choices
        chosen = await choices.set_level(caller.user_id, NewsKind(kind), NewsLevel(level))
        return notifications_card(chosen)

    async def _digest(self, caller: Caller, value: str) -> Card:
        wanted = DIGESTS.get(value)
        if wanted is None:
            raise InvalidInput(_OUT_OF_DATE)
        digests = self._floor.digests
        chosen = await digests.choose(caller.user_id, wanted.at, every_day=wanted.every_day)
        return notifications_card(chosen)
